"""Debts that one does not mean to pay."""

import math

from rapallo.effects.effect import effect


@effect(reads="claims", changes="pair", unit="log of one plus the claims", cites="tomz2007")
def claims_faced(view, sender, receiver):
    """Debtors keep clear of those who would present the bill."""
    return math.log1p(max(view.claims[receiver, sender], 0.0))
