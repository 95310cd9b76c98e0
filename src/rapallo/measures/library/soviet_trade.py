"""Soviet trade, in and out."""

from rapallo.measures.measure import measure
from rapallo.measures.yearly import flow_per_year, yearly


@measure(unit="million US dollars", shape="yearly", needs=("trade", "USSR"))
def soviet_trade(history):
    """How much the USSR exports and imports in each year, over the partners whose trade is known.

    At current prices. In a run too the partners that the record knows in that year are counted, and after its last year
    those of its last year. NaN for a year of which the exports or the imports of no partner are known, for one of which
    the record doubts a number, and for the part of a year with which a span ends.
    """
    exports = flow_per_year(history, "trade", sender="USSR")
    imports = flow_per_year(history, "trade", receiver="USSR")
    return yearly(history, exports + imports)
