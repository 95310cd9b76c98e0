"""A sender at the head of closed triangles."""

from rapallo.effects.effect import effect


@effect(
    reads="network",
    changes="everything",
    unit="transitive triplets",
    cites="stadtfeld_block2017",
    aliases=("node_trans_ego",),
)
def sender_transitivity(view, sender, receiver):
    """Whoever stands at the head of closed triangles acts more."""
    triplets = 0.0
    for middle in range(view.actors):
        if view.network[sender, middle] > 0 and middle != sender:
            for end in range(view.actors):
                if view.network[middle, end] > 0 and view.network[sender, end] > 0 and end != sender and end != middle:
                    triplets += 1.0
    return triplets
