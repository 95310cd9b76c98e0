"""Company that a rival keeps."""

from rapallo.effects.effect import effect


@effect(
    reads=("rival", "network"),
    changes={"rival": "row", "network": "column"},
    unit="rivals tied to the receiver, weighed by rank",
    cites="cartwright_harary1956",
)
def tied_to_rival(view, sender, receiver):
    """Whatever my rivals belong to, and whoever is close to them, is suspect to me."""
    rivals = 0.0
    for other in range(view.actors):
        if view.network[other, receiver] > 0 and other != sender and other != receiver:
            rivals += view.rival[sender, other]
    return rivals
