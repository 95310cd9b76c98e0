"""The volume sent to the receiver."""

from rapallo.effects.effect import effect


@effect(
    reads="network",
    changes="column",
    unit="sum of tie values",
    cites="stadtfeld_block2017",
    aliases=("indeg_weighted", "indegree_weighted"),
)
def receiver_instrength(view, sender, receiver):
    """Whoever is sent much is sent more."""
    total = 0.0
    for other in range(view.actors):
        total += view.network[other, receiver]
    return total
