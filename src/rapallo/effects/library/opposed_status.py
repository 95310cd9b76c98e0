"""Opposed standings."""

import math

from rapallo.effects.effect import effect


@effect(reads=("status", "other_status"), changes="row and column", unit="1")
def opposed_status(view, sender, receiver):
    """Between states of opposed standing, such as one that lost the war and one that won it, ties are hard to make."""
    unknown = 0.0
    for one, other in ((sender, receiver), (receiver, sender)):
        mine, theirs = view.status[one], view.other_status[other]
        if mine > 0 and theirs > 0:
            return 1.0
        if not (mine <= 0 or theirs <= 0):
            unknown = math.nan
    return unknown
