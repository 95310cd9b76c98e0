"""A seat among the few."""

import math

from rapallo.effects.effect import effect


@effect(reads="council", changes="row", unit="1")
def council_seat(view, sender, receiver):
    """Who sits among the few has more to lose outside."""
    if math.isnan(view.council[sender]):
        return math.nan
    return 1.0 if view.council[sender] > 0 else 0.0
