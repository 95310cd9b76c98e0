"""Precedent of one's like."""

from rapallo.effects.effect import effect


@effect(
    reads=("network", "attribute"),
    changes="everything",
    unit="precedents, by likeness",
    cites="simmons_elkins2004",
    settings={"width": 1.0},
)
def others_alike(view, sender, receiver):
    """Each is moved by what those like it have done before it."""
    precedents = 0.0
    for other in range(view.actors):
        if view.network[other, receiver] > 0 and other != sender and other != receiver:
            precedents += max(1.0 - abs(view.attribute[sender] - view.attribute[other]) / view.width, 0.0)
    return precedents
