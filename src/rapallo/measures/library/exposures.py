"""The second track found out."""

from rapallo.measures.measure import measure
from rapallo.measures.yearly import acts_per_year


@measure(unit="exposures", shape="yearly", needs="exposure")
def exposures(history):
    """How many times subversion is exposed in each year, rightly or wrongly."""
    return acts_per_year(history, history.select(layer="exposure", change="form"), layer="exposure")
