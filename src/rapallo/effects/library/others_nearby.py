"""Precedent next door."""

from rapallo.effects.effect import effect


@effect(
    reads=("network", "distance"),
    changes={"network": "column", "distance": "row"},
    unit="precedents, discounted by distance",
    cites="strang1991",
    settings={"scale": 1000.0},
)
def others_nearby(view, sender, receiver):
    """Each is moved by what those near it have done before it."""
    precedents = 0.0
    for other in range(view.actors):
        if view.network[other, receiver] > 0 and other != sender and other != receiver:
            precedents += view.scale / (view.scale + view.distance[sender, other])
    return precedents
