"""Soviet trade, partner by partner."""

import numpy as np

from rapallo.measures.actor import per_actor
from rapallo.measures.counted import counted
from rapallo.measures.measure import measure


@measure(unit="million US dollars a year", shape="actor", needs=("trade", "USSR"))
def soviet_trade_by_partner(history):
    """How much each partner sells to the USSR and buys from it, in the mean of the years that are known.

    The mean of its known sales and the mean of its known purchases, added; NaN where one of the two is known for no
    year. In a run too the years that the record knows are counted; what it doubts is not.
    """
    count = len(history.actors)
    turnover = np.zeros(count)
    series = history.series.get("trade")
    if series is None:
        return per_actor(history, np.full(count, np.nan))
    soviet = history.code("actor", "USSR")
    sure, doubted = counted(history, "trade")
    known = sure & ~doubted & np.isfinite(series["value"])
    for here, partner in (("sender", "receiver"), ("receiver", "sender")):
        rows = known & (series[here] == soviet)
        partners = series[partner][rows]
        years = np.bincount(partners, minlength=count)
        sums = np.bincount(partners, weights=series["value"][rows], minlength=count)
        turnover += np.where(years > 0, sums / np.maximum(years, 1), np.nan)
    return per_actor(history, turnover)
