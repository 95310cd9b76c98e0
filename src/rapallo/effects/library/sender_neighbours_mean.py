"""The company a sender keeps."""

from rapallo.effects.effect import effect


@effect(
    reads=("network", "attribute"),
    changes="everything",
    unit="unit of the attribute",
    cites="stadtfeld_block2017",
    aliases=("tertius_ego",),
)
def sender_neighbours_mean(view, sender, receiver):
    """Senders act as those who chose them are."""
    total, count = 0.0, 0.0
    for other in range(view.actors):
        if view.network[other, sender] > 0:
            total += view.attribute[other]
            count += 1.0
    if count == 0.0:
        # nobody chose the sender: it is taken for an average one, as goldfish does
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
    return total / count
