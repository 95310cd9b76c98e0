"""The volume the sender has out."""

from rapallo.effects.effect import effect


@effect(
    reads="network",
    changes="row",
    unit="sum of tie values",
    cites="stadtfeld_block2017",
    aliases=("outdeg_ego_weighted", "outdegree_ego_weighted"),
)
def sender_outstrength(view, sender, receiver):
    """Whoever sends much goes on sending."""
    total = 0.0
    for other in range(view.actors):
        total += view.network[sender, other]
    return total
