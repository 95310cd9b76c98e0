"""Recognition undone."""

from rapallo.measures.measure import measure
from rapallo.system.history import ORIGINS


@measure(unit="breaks", shape="number", needs=("recognition", "USSR"))
def breaks(history):
    """How often de jure relations with the USSR were broken off.

    Relations that lapsed because a state ceased to exist are not counted.
    """
    soviet = history.code("actor", "USSR")
    acts = history.select(layer="recognition", change="end")
    broken = (history.sender[acts] == soviet) | (history.receiver[acts] == soviet)
    return (broken & (history.origin[acts] != ORIGINS.index("lapse"))).sum()
