"""Contradictions among the powers, as treaties show them."""

import numpy as np

from rapallo.measures.attribute import attribute_at
from rapallo.measures.measure import measure
from rapallo.measures.yearly import acts_per_year


@measure(unit="treaties", shape="yearly", needs=("treaty", "vanquished", "victor"))
def treaties_of_the_vanquished(history):
    """How many more treaties the losers of the war conclude outside the circle of its victors than with one of them.

    In each year; pairs of states, so that a treaty of many is many. Below zero where treaties with victors prevail.
    """
    acts = history.select(layer="treaty", change="form")
    sides = np.stack([history.sender[acts], history.receiver[acts]])
    when = history.time[acts][None, :]
    lost, won = (attribute_at(history, name, sides, when) > 0 for name in ("vanquished", "victor"))
    ours, with_victor = lost.any(axis=0), won.any(axis=0)
    more = np.where(ours, np.where(with_victor, -1.0, 1.0), 0.0)
    return acts_per_year(history, acts, layer="treaty", weights=more)
