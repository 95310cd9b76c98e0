"""Distance on one property.

With ``signed`` above 0 it counts who is above: the sender's value less the receiver's.
"""

from rapallo.effects.effect import effect


@effect(
    reads="attribute",
    changes="row and column",
    unit="unit of the attribute",
    cites="mcpherson2001",
    settings={"signed": 0.0},
    aliases=("diff", "absDiffX"),
)
def difference(view, sender, receiver):
    """Far apart on one property, two actors have less to do with each other."""
    gap = view.attribute[sender] - view.attribute[receiver]
    return gap if view.signed > 0 else abs(gap)
