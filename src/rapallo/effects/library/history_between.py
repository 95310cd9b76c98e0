"""Old quarrels."""

import math

from rapallo.effects.effect import effect


@effect(reads="memory", changes="pair", unit="log of one plus recent acts both ways", cites="diehl_goertz2000")
def history_between(view, sender, receiver):
    """Quarrels that two states have had, whoever began them, breed more."""
    return math.log1p(max(view.memory[sender, receiver] + view.memory[receiver, sender], 0.0))
