"""How closely a system is tied, in any scenario."""

import numpy as np

from rapallo.measures.measure import measure
from rapallo.measures.yearly import yearly


@measure(unit="ties", shape="yearly")
def ties(history):
    """How many ties stand at each year's end.

    All lasting layers of the scenario together, whatever they are; a mutual tie counts once. It needs nothing by name,
    and so applies to every scenario.
    """
    lasting = [name for name in history.layers if history.scenario.layers[name].lasting]
    return yearly(history, lambda dates: sum((history.count_at(name, dates) for name in lasting), np.zeros(len(dates))))
