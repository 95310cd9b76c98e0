"""Germany's place in Soviet trade."""

import numpy as np

from rapallo.measures.measure import measure
from rapallo.measures.yearly import flow_per_year, yearly


@measure(unit="share", shape="yearly", needs=("trade", "USSR", "DEU"))
def german_trade_share(history):
    """How large Germany's share of Soviet imports is in each year, over the partners whose sales are known.

    In a run too the partners that the record knows in that year are counted, and after its last year those of its last
    year. NaN for a year in which Germany's own sales are not known, the record doubts a number, or the USSR imports
    nothing.
    """
    german = flow_per_year(history, "trade", sender="DEU", receiver="USSR")
    imports = flow_per_year(history, "trade", receiver="USSR")
    return yearly(history, german / np.where(imports > 0, imports, np.nan))
