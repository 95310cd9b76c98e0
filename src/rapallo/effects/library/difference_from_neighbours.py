"""How unlike the company a receiver keeps.

``summary`` says how the values of those who chose the receiver are brought together: 0 their mean, 1 the sum, 2 the
least, 3 the greatest, 4 the median. With ``signed`` above 0 it counts who is above: the sender's value less theirs.
With ``squared`` above 0 it is the square of the difference. Towards a receiver whom nobody chose it is the mean of
what it is for all pairs whose second somebody chose; actors without a value have no part in that mean.
"""

import math

from rapallo.effects.effect import effect


@effect(
    reads=("network", "attribute"),
    changes="everything",
    unit="unit of the attribute",
    cites="stadtfeld_block2017",
    settings={"summary": 0.0, "signed": 0.0, "squared": 0.0},
    aliases=("tertius_diff", "tertiusDiff"),
)
def difference_from_neighbours(view, sender, receiver):
    """Receivers are sought by those who resemble the ones who chose them before."""
    total, pairs = 0.0, 0.0
    for step in range(view.actors + 1):
        # where nobody chose the receiver, all pairs follow: theirs is taken for an average one
        node = receiver if step == 0 else step - 1
        whole, count, least, greatest = 0.0, 0.0, math.inf, -math.inf
        for other in range(view.actors):
            if view.network[other, node] > 0:
                whole += view.attribute[other]
                count += 1.0
                least = min(least, view.attribute[other])
                greatest = max(greatest, view.attribute[other])
        if count == 0.0:
            continue
        if whole != whole:  # a missing value leaves every summary missing
            return whole
        found = whole / count
        if view.summary == 1:
            found = whole
        elif view.summary == 2:
            found = least
        elif view.summary == 3:
            found = greatest
        elif view.summary == 4:
            low, high = least, greatest
            for other in range(view.actors):
                if view.network[other, node] > 0:
                    below, alike = 0.0, 0.0
                    for third in range(view.actors):
                        if view.network[third, node] > 0:
                            below += 1.0 if view.attribute[third] < view.attribute[other] else 0.0
                            alike += 1.0 if view.attribute[third] == view.attribute[other] else 0.0
                    # of an even number there are two in the middle
                    if below <= (count - 1) // 2 < below + alike:
                        low = view.attribute[other]
                    if below <= count // 2 < below + alike:
                        high = view.attribute[other]
            found = (low + high) / 2
        for other in range(sender if step == 0 else 0, sender + 1 if step == 0 else view.actors):
            gap = view.attribute[other] - found
            if step == 0 or (other != node and gap == gap):
                total += gap * gap if view.squared > 0 else gap if view.signed > 0 else abs(gap)
                pairs += 1.0
        if step == 0:
            break
    if pairs == 0.0:
        return 0.0
    return total / pairs
