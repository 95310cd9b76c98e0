"""Practice with one partner."""

import math

from rapallo.effects.effect import effect


@effect(reads="memory", changes="pair", unit="log of one plus recent acts", cites="gulati1995")
def experience(view, sender, receiver):
    """Practice with a partner makes the next step easier, each one less than the last."""
    return math.log1p(max(view.memory[sender, receiver], 0.0))
