"""Likeness in kind."""

import math

from rapallo.effects.effect import effect


@effect(reads="attribute", changes="row and column", unit="1", cites="mcpherson2001", aliases=("sameX",))
def same(view, sender, receiver):
    """Like seeks like."""
    if math.isnan(view.attribute[sender]) or math.isnan(view.attribute[receiver]):
        return math.nan
    return 1.0 if view.attribute[sender] == view.attribute[receiver] else 0.0
