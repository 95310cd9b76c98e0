"""A club without the rival."""

from rapallo.effects.effect import effect


@effect(
    reads=("rival", "network"),
    changes={"rival": "row", "network": "column"},
    unit="rivals not tied to the receiver, weighed by rank",
)
def rival_outside(view, sender, receiver):
    """Something that my rivals have left, or never joined, can serve me against them."""
    rivals = 0.0
    for other in range(view.actors):
        if other != sender and other != receiver and view.network[other, receiver] <= 0:
            rivals += view.rival[sender, other]
    return rivals
