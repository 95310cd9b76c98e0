"""How many pairs have relations, in any scenario with recognition."""

from rapallo.measures.measure import measure
from rapallo.measures.yearly import yearly


@measure(unit="pairs", shape="yearly", needs="recognition")
def relations(history):
    """How many pairs have relations with each other at each year's end.

    Of all states, whoever they are: it asks for no actor by name, and so applies to every scenario that has the layer.
    """
    return yearly(history, lambda dates: history.count_at("recognition", dates))
