"""Confiscated property and repudiated debts."""

import math

from rapallo.effects.effect import effect


@effect(reads="claims", changes="pair", unit="log of one plus the claims", cites="tomz2007")
def claims_held(view, sender, receiver):
    """Creditors hold back from whoever took their property and repudiated its debts."""
    return math.log1p(max(view.claims[sender, receiver], 0.0))
