"""Activity that slows."""

import math

from rapallo.effects.effect import effect


@effect(reads="network", changes="row", unit="square root of ties", cites="price1976")
def root_sender_outdegree(view, sender, receiver):
    """Senders with many ties act more, slowly."""
    ties = 0.0
    for other in range(view.actors):
        if view.network[sender, other] > 0:
            ties += 1.0
    return math.sqrt(ties)
