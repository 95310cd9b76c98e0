"""Unequal power."""

import math

from rapallo.effects.effect import effect


@effect(
    reads="capability",
    changes="row and column",
    unit="log of the ratio of capabilities",
    cites="bremer1992",
    settings={"floor": 0.0001},
)
def preponderance(view, sender, receiver):
    """Between unequals less is contested, for the weaker gives way."""
    ratio = max(view.capability[sender], view.floor) / max(view.capability[receiver], view.floor)
    return abs(math.log(ratio))
