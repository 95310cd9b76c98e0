"""How unlike the company a receiver keeps."""

from rapallo.effects.effect import effect


@effect(
    reads=("network", "attribute"),
    changes="everything",
    unit="unit of the attribute",
    cites="stadtfeld_block2017",
    aliases=("tertius_diff", "tertiusDiff"),
)
def difference_from_neighbours(view, sender, receiver):
    """Receivers are sought by those who resemble the ones who chose them before."""
    total, count = 0.0, 0.0
    for other in range(view.actors):
        if view.network[other, receiver] > 0:
            total += view.attribute[other]
            count += 1.0
    if count == 0.0:
        # nobody chose the receiver: it is taken for an average one, as goldfish does
        means, holders = 0.0, 0.0
        for node in range(view.actors):
            node_total, node_count = 0.0, 0.0
            for other in range(view.actors):
                if view.network[other, node] > 0:
                    node_total += view.attribute[other]
                    node_count += 1.0
            if node_count > 0.0:
                means += node_total / node_count
                holders += 1.0
        if holders == 0.0:
            return 0.0
        total, count = means, holders
    return abs(view.attribute[sender] - total / count)
