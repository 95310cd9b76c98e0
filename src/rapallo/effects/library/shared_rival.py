"""The enemy of my enemy."""

from rapallo.effects.effect import effect


@effect(reads="dispute", changes="row and column", unit="rivals in common", cites="walt1987")
def shared_rival(view, sender, receiver):
    """Rivals in common draw two states together."""
    rivals = 0.0
    for other in range(view.actors):
        if view.dispute[sender, other] > 0 and view.dispute[receiver, other] > 0:
            rivals += 1.0
    return rivals
