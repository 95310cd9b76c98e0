"""Cumulative advantage that slows."""

import math

from rapallo.effects.effect import effect


@effect(reads="network", changes="column", unit="square root of ties", cites="price1976")
def root_receiver_indegree(view, sender, receiver):
    """Receivers already tied to many draw more, slowly."""
    ties = 0.0
    for other in range(view.actors):
        if view.network[other, receiver] > 0:
            ties += 1.0
    return math.sqrt(ties)
