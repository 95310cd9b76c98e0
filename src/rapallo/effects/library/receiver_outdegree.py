"""What the receiver has out."""

from rapallo.effects.effect import effect


@effect(
    reads="network",
    changes="row and column",
    unit="ties",
    cites="stadtfeld_block2017",
    aliases=("outdeg", "outdegreeReceiver", "outdegree"),
)
def receiver_outdegree(view, sender, receiver):
    """Active partners are chosen more."""
    ties = 0.0
    for other in range(view.actors):
        if view.network[receiver, other] > 0:
            ties += 1.0
    return ties
