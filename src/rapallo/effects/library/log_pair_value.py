"""What stands between two actors, with diminishing returns."""

import math

from rapallo.effects.effect import effect


@effect(reads="pair", changes="pair", unit="log of one plus the pair's value")
def log_pair_value(view, sender, receiver):
    """More of what stands between two actors moves the sender more, each further unit less than the last."""
    return math.log1p(max(view.pair[sender, receiver], 0.0))
