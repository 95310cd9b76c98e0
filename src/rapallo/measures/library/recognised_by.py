"""The wave of recognition, as a count."""

from rapallo.measures.measure import measure
from rapallo.measures.yearly import yearly


@measure(unit="states", shape="yearly", needs=("recognition", "USSR"))
def recognised_by(history):
    """How many states have de jure relations with the USSR, at each year's end."""
    return yearly(history, lambda dates: history.count_at("recognition", dates, receiver="USSR"), layer="recognition")
