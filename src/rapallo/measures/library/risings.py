"""The second track at its most open."""

from rapallo.measures.measure import measure
from rapallo.measures.yearly import acts_per_year


@measure(unit="risings", shape="yearly", needs="rising")
def risings(history):
    """How many risings are instigated or led from Moscow in each year."""
    return acts_per_year(history, history.select(layer="rising", change="form"), layer="rising")
