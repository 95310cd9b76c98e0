"""A border in common."""

import math

from rapallo.effects.effect import effect


@effect(reads="contiguous", changes="pair", unit="1", cites="bremer1992")
def contiguity(view, sender, receiver):
    """Neighbours have most to do with each other, and most to fight over."""
    if math.isnan(view.contiguous[sender, receiver]):
        return math.nan
    return 1.0 if view.contiguous[sender, receiver] > 0 else 0.0
