"""Need that meets the means to fill it."""

import math

from rapallo.effects.effect import effect


@effect(reads=("need", "capability"), changes="row and column", unit="need times the root of the capability share")
def need_by_capability(view, sender, receiver):
    """Whoever needs goods turns to those who can make them."""
    return view.need[sender] * math.sqrt(max(view.capability[receiver], 0.0))
