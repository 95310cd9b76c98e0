"""A property of the receiver, with diminishing returns."""

import math

from rapallo.effects.effect import effect


@effect(reads="attribute", changes="column", unit="log of one plus the attribute")
def log_receiver_value(view, sender, receiver):
    """More of what the receiver has or bears draws others more, each further unit less than the last."""
    return math.log1p(max(view.attribute[receiver], 0.0))
