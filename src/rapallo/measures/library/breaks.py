"""Recognition undone."""

import numpy as np

from rapallo.measures.measure import measure
from rapallo.system.history import ORIGINS


@measure(unit="breaks", shape="number", needs=("recognition", "USSR"))
def breaks(history):
    """How often a government broke off its de jure relations with the USSR, or the USSR its own.

    Only what a process of the model decides is counted, in the record too: relations that lapsed, without an act of
    either or with the state, are not.
    """
    soviet = history.code("actor", "USSR")
    acts = history.select(layer="recognition", change="end")
    kinds = [k for k, name in enumerate(history.processes) if not history.scenario.processes[name].given]
    decided = np.isin(history.process[acts], kinds) | (history.origin[acts] == ORIGINS.index("simulated"))
    broken = (history.sender[acts] == soviet) | (history.receiver[acts] == soviet)
    return (broken & decided).sum()
