"""Two outsiders."""

from rapallo.effects.effect import effect


@effect(reads="membership", changes="row and column", unit="1")
def both_outsiders(view, sender, receiver):
    """Outsiders to the institution of the others have each other."""
    for other in range(view.actors):
        if view.membership[sender, other] > 0 or view.membership[receiver, other] > 0:
            return 0.0
    return 1.0
