"""The size of the League."""

from rapallo.measures.measure import measure
from rapallo.measures.yearly import yearly


@measure(unit="states", shape="yearly", needs=("membership", "LEAGUE"))
def league_members(history):
    """How many states are members of the League of Nations, at each year's end."""
    return yearly(history, lambda dates: history.count_at("membership", dates, receiver="LEAGUE"), layer="membership")
