"""Precedent of those who count."""

from rapallo.effects.effect import effect


@effect(
    reads=("network", "weight"),
    changes={"network": "column", "weight": "everything"},
    unit="precedents, by the weight of those who set them",
    cites="strang1991",
)
def others_weighty(view, sender, receiver):
    """Each is moved by what those of weight have done before it."""
    precedents = 0.0
    for other in range(view.actors):
        if view.network[other, receiver] > 0 and other != sender and other != receiver:
            precedents += view.weight[other]
    return precedents
