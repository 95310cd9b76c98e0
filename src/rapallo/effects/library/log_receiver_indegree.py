"""Cumulative advantage that levels off."""

import math

from rapallo.effects.effect import effect


@effect(reads="network", changes="column", unit="log of one plus ties", cites="price1976")
def log_receiver_indegree(view, sender, receiver):
    """Each further tie to the same receiver draws others less than the last one did."""
    ties = 0.0
    for other in range(view.actors):
        if view.network[other, receiver] > 0:
            ties += 1.0
    return math.log1p(ties)
