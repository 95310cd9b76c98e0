"""How many obey Article 16."""

import numpy as np

from rapallo.measures.measure import measure
from rapallo.system.history import CHANGES


@measure(unit="states", shape="number", needs="sanction")
def sanctioners(history):
    """How many states at most apply sanctions to one state at the same time."""
    form, end = CHANGES.index("form"), CHANGES.index("end")
    start = history.initial["sanction"].sum(axis=0)
    acts = history.select(layer="sanction")
    acts = acts[(history.change[acts] == form) | (history.change[acts] == end)]
    acts = acts[np.argsort(history.receiver[acts], kind="stable")]
    receivers = history.receiver[acts]
    standing = np.cumsum(np.where(history.change[acts] == form, 1, -1))
    before = np.concatenate([[0], standing])[np.searchsorted(receivers, receivers, side="left")]
    return max(start.max(), (start[receivers] + standing - before).max(initial=0))
