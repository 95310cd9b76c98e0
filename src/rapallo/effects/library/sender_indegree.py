"""What is sent to the sender."""

from rapallo.effects.effect import effect


@effect(
    reads="network",
    changes="row and column",
    unit="ties",
    cites="stadtfeld_block2017",
    aliases=("indeg_ego", "indegreeSender", "indegree_ego"),
)
def sender_indegree(view, sender, receiver):
    """Much sought actors act more."""
    ties = 0.0
    for other in range(view.actors):
        if view.network[other, sender] > 0:
            ties += 1.0
    return ties
