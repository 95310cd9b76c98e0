"""Talks and offers."""

from rapallo.measures.measure import measure
from rapallo.measures.yearly import acts_per_year


@measure(unit="talks", shape="yearly", needs="negotiation")
def negotiations(history):
    """How many talks are opened or offers made in each year.

    Refusals are not counted.
    """
    return acts_per_year(history, history.select(layer="negotiation", change="form"), layer="negotiation")
