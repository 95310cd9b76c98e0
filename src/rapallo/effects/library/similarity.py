"""Nearness on one property."""

from rapallo.effects.effect import effect


@effect(
    reads="attribute",
    changes="row and column",
    unit="unit of the attribute, negative",
    cites="mcpherson2001",
    aliases=("sim",),
)
def similarity(view, sender, receiver):
    """Close on one property, two actors have more to do with each other."""
    return -abs(view.attribute[sender] - view.attribute[receiver])
