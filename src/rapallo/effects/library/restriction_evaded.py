"""Arms where nobody counts them."""

import math

from rapallo.effects.effect import effect


@effect(reads=("restricted", "overseer"), changes="row and column", unit="1")
def restriction_evaded(view, sender, receiver):
    """Forbidden to arm at home, a state seeks a host who is not among the overseers."""
    restricted, overseer = view.restricted[sender], view.overseer[receiver]
    if restricted <= 0 or overseer > 0:
        return 0.0
    return math.nan if math.isnan(restricted + overseer) else 1.0
