"""Gravity: the masses."""

import math

from rapallo.effects.effect import effect


@effect(reads="size", changes="row and column", unit="sum of logs", cites="tinbergen1962")
def log_sizes(view, sender, receiver):
    """Large economies trade more, with everyone."""
    return math.log(max(view.size[sender], 1.0)) + math.log(max(view.size[receiver], 1.0))
