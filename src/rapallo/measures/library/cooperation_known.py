"""The secret found out by anyone."""

from rapallo.measures.knowledge import first_known
from rapallo.measures.measure import measure
from rapallo.measures.yearly import decimal_year


@measure(unit="year", shape="number", needs="cooperation")
def cooperation_known(history):
    """When secret military cooperation was first known to anyone but its parties.

    A decimal year; the start of the span where it was known then. NaN where nobody found it out while it stood.
    """
    return decimal_year(first_known(history, "cooperation"))
