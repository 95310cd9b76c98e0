"""Manoeuvre against the main adversary."""

import math

import numpy as np

from rapallo.effects.effect import effect


@effect(reads="rival", changes="row and column", unit="rivals' rivals, weighed by rank", cites="walt1987")
def rival_of_rival(view, sender, receiver):
    """My main rival's rivals are the ones to draw to my side."""
    drawn = 0.0
    for other in range(view.actors):
        mine = view.rival[sender, other]
        if (mine > 0 or math.isnan(mine)) and other != sender and other != receiver:
            theirs = np.maximum(view.rival[other, receiver], view.rival[receiver, other])
            if theirs != 0:
                drawn += mine * theirs
    return drawn
