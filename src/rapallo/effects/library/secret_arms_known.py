"""Secret arms of others, as far as they are known."""

from rapallo.effects.effect import effect


@effect(reads="cooperation", changes="row and column", unit="known ties")
def secret_arms_known(view, sender, receiver):
    """Whoever is known to arm in secret with a third is met with distrust."""
    known = 0.0
    for other in range(view.actors):
        if view.cooperation[receiver, other] > 0 and other != sender and other != receiver:
            known += 1.0
    return known
