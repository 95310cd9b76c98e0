"""What was done to one, returned, with less weight on each repetition."""

import math

from rapallo.effects.effect import effect


@effect(reads="pair", changes="pair", unit="log of one plus the pair's value, the other way")
def log_reverse_value(view, sender, receiver):
    """Each returns what the other has done, each further time counting less."""
    return math.log1p(max(view.pair[receiver, sender], 0.0))
