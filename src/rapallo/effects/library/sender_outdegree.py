"""What the sender has out."""

from rapallo.effects.effect import effect


@effect(
    reads="network",
    changes="row",
    unit="ties",
    cites="stadtfeld_block2017",
    aliases=("outdeg_ego", "outdegreeSender", "outdegree_ego"),
)
def sender_outdegree(view, sender, receiver):
    """Whoever acts much goes on acting."""
    ties = 0.0
    for other in range(view.actors):
        if view.network[sender, other] > 0:
            ties += 1.0
    return ties
