"""Two actors with two partners in common."""

from rapallo.effects.effect import effect


@effect(
    reads="network",
    changes="everything",
    unit="paths of three ties",
    cites="stadtfeld_hollway_block2017",
    aliases=("four",),
)
def four_cycle(view, sender, receiver):
    """Who chose as I chose once is followed in what else they chose."""
    paths = 0.0
    for middle in range(view.actors):
        if middle == sender or middle == receiver or view.network[sender, middle] <= 0:
            continue
        for other in range(view.actors):
            if other == sender or other == receiver or other == middle:
                continue
            if view.network[other, middle] > 0 and view.network[other, receiver] > 0:
                paths += 1.0
    return paths
