"""Activity that levels off."""

import math

from rapallo.effects.effect import effect


@effect(reads="network", changes="row", unit="log of one plus ties", cites="price1976")
def log_sender_outdegree(view, sender, receiver):
    """Each further tie of the same sender adds less to its activity than the last one did."""
    ties = 0.0
    for other in range(view.actors):
        if view.network[sender, other] > 0:
            ties += 1.0
    return math.log1p(ties)
