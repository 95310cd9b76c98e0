"""A standing in common."""

import math

from rapallo.effects.effect import effect


@effect(reads="status", changes="row and column", unit="1")
def joint_status(view, sender, receiver):
    """Two states of one standing, such as two that lost the war, have one cause."""
    mine, theirs = view.status[sender], view.status[receiver]
    if mine <= 0 or theirs <= 0:
        return 0.0
    return math.nan if math.isnan(mine + theirs) else 1.0
