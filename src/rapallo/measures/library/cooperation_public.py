"""The secret made public."""

from rapallo.measures.knowledge import first_known
from rapallo.measures.measure import measure
from rapallo.measures.yearly import decimal_year


@measure(unit="year", shape="number", needs="cooperation")
def cooperation_public(history):
    """When secret military cooperation was first made public.

    A decimal year; the start of the span where it was public then. NaN where it never was while it stood.
    """
    return decimal_year(first_known(history, "cooperation", public=True))
