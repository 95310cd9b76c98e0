"""Trade at stake."""

import math

from rapallo.effects.effect import effect


@effect(reads="trade", changes="pair", unit="log of one plus the trade both ways")
def trade_between(view, sender, receiver):
    """Trade gives both sides something to lose and something to win."""
    return math.log1p(max(view.trade[sender, receiver] + view.trade[receiver, sender], 0.0))
