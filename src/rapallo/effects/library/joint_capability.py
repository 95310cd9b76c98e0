"""Two great powers."""

import math

from rapallo.effects.effect import effect


@effect(
    reads="capability", changes="row and column", unit="geometric mean of the capability shares", cites="bremer1992"
)
def joint_capability(view, sender, receiver):
    """Great powers have interests everywhere and meet each other everywhere."""
    return math.sqrt(max(view.capability[sender], 0.0) * max(view.capability[receiver], 0.0))
