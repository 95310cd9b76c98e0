"""The volume sent to the sender."""

from rapallo.effects.effect import effect


@effect(
    reads="network",
    changes="row and column",
    unit="sum of tie values",
    cites="stadtfeld_block2017",
    aliases=("indeg_ego_weighted", "indegree_ego_weighted"),
)
def sender_instrength(view, sender, receiver):
    """Actors to whom much is sent act more."""
    total = 0.0
    for other in range(view.actors):
        total += view.network[other, sender]
    return total
