"""What is sent to the receiver."""

from rapallo.effects.effect import effect


@effect(
    reads="network",
    changes="column",
    unit="ties",
    cites="stadtfeld_block2017",
    aliases=("indeg", "indegreeReceiver", "indegree"),
)
def receiver_indegree(view, sender, receiver):
    """Whoever is sought by many is sought by more."""
    ties = 0.0
    for other in range(view.actors):
        if view.network[other, receiver] > 0:
            ties += 1.0
    return ties
