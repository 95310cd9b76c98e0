"""A receiver at the head of closed triangles."""

from rapallo.effects.effect import effect


@effect(
    reads="network",
    changes="everything",
    unit="transitive triplets",
    cites="stadtfeld_block2017",
    aliases=("node_trans", "nodeTrans"),
)
def receiver_transitivity(view, sender, receiver):
    """Whoever stands at the head of closed triangles is chosen more."""
    triplets = 0.0
    for middle in range(view.actors):
        if middle != receiver and view.network[receiver, middle] > 0:
            for end in range(view.actors):
                if (
                    end != receiver
                    and end != middle
                    and view.network[middle, end] > 0
                    and view.network[receiver, end] > 0
                ):
                    triplets += 1.0
    return triplets
