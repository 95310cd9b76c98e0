"""An adversary in common, by how much each minds it."""

import math

import numpy as np

from rapallo.effects.effect import effect


@effect(reads="rival", changes="row and column", unit="adversaries in common, weighed by rank", cites="walt1987")
def common_adversary(view, sender, receiver):
    """Adversaries in common draw two states together, whichever side named the other first."""
    adversaries = 0.0
    for other in range(view.actors):
        if other == sender or other == receiver:
            continue
        mine = np.maximum(view.rival[sender, other], view.rival[other, sender])
        if mine > 0 or math.isnan(mine):
            theirs = np.maximum(view.rival[receiver, other], view.rival[other, receiver])
            if theirs != 0:
                adversaries += mine * theirs
    return adversaries
