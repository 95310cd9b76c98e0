"""The second track at work."""

from rapallo.measures.measure import measure
from rapallo.measures.yearly import acts_per_year


@measure(unit="acts", shape="yearly", needs="subversion")
def subversion(history):
    """How many acts of subversion are done in each year, found out or not.

    In the record, only what was found out or came to light later: a lower bound.
    """
    return acts_per_year(history, history.select(layer="subversion", change="form"), layer="subversion")
