"""Distance."""

import math

from rapallo.effects.effect import effect


@effect(reads="distance", changes="pair", unit="log of km", cites="tinbergen1962", settings={"floor": 100.0})
def log_distance(view, sender, receiver):
    """Distance keeps states from dealing with each other, and from fighting."""
    return math.log(max(view.distance[sender, receiver], view.floor))
