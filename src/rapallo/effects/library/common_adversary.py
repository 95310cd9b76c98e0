"""An adversary in common, by how much each minds it."""

import math

from rapallo.effects.effect import effect


@effect(reads="rival", changes="row and column", unit="adversaries in common, weighed by rank", cites="walt1987")
def common_adversary(view, sender, receiver):
    """Adversaries in common draw two states together, whichever side named the other first."""
    adversaries = 0.0
    for other in range(view.actors):
        if other == sender or other == receiver:
            continue
        # the max of a number and an unknown would be the number
        mine = max(view.rival[sender, other], view.rival[other, sender])
        mine += 0.0 * (view.rival[sender, other] + view.rival[other, sender])
        if mine > 0 or math.isnan(mine):
            theirs = max(view.rival[receiver, other], view.rival[other, receiver])
            theirs += 0.0 * (view.rival[receiver, other] + view.rival[other, receiver])
            if theirs != 0:
                adversaries += mine * theirs
    return adversaries
