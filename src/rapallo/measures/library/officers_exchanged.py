"""The exchange of officers."""

from rapallo.measures.measure import measure
from rapallo.measures.yearly import acts_per_year


@measure(unit="delegations", shape="yearly", needs="exchange")
def officers_exchanged(history):
    """How many delegations of officers visit the other army in each year.

    Delegations, not persons.
    """
    return acts_per_year(history, history.select(layer="exchange", change="form"), layer="exchange")
