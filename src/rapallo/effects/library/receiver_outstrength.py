"""The volume the receiver has out."""

from rapallo.effects.effect import effect


@effect(
    reads="network",
    changes="row and column",
    unit="sum of tie values",
    cites="stadtfeld_block2017",
    aliases=("outdeg_weighted", "outdegree_weighted"),
)
def receiver_outstrength(view, sender, receiver):
    """Partners who send much are chosen more."""
    total = 0.0
    for other in range(view.actors):
        total += view.network[receiver, other]
    return total
