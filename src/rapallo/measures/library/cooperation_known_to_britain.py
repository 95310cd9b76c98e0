"""The secret found out by Britain."""

from rapallo.measures.knowledge import first_known
from rapallo.measures.measure import measure
from rapallo.measures.yearly import decimal_year


@measure(unit="year", shape="number", needs=("cooperation", "GBR"))
def cooperation_known_to_britain(history):
    """When secret military cooperation of others was first known to Britain.

    A decimal year, by a find of its own or because it was made public; the start of the span where Britain knew then.
    NaN where it never did while it stood.
    """
    return decimal_year(first_known(history, "cooperation", observer="GBR"))
