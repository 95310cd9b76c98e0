"""A property of the sender, with diminishing returns."""

import math

from rapallo.effects.effect import effect


@effect(reads="attribute", changes="row", unit="log of one plus the attribute")
def log_sender_value(view, sender, receiver):
    """More of what the sender has or bears moves it more, each further unit less than the last."""
    return math.log1p(max(view.attribute[sender], 0.0))
