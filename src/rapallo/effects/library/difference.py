"""Distance on one property."""

from rapallo.effects.effect import effect


@effect(
    reads="attribute",
    changes="row and column",
    unit="unit of the attribute",
    cites="mcpherson2001",
    aliases=("diff", "absDiffX"),
)
def difference(view, sender, receiver):
    """Far apart on one property, two actors have less to do with each other."""
    return abs(view.attribute[sender] - view.attribute[receiver])
