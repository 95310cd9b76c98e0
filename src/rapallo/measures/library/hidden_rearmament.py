"""What Versailles forbids, grown in secret."""

from rapallo.measures.measure import measure
from rapallo.measures.yearly import flow_per_year, yearly


@measure(unit="facility-years", shape="yearly", needs=("hidden_capability", "DEU"))
def hidden_rearmament(history):
    """How much hidden capability Germany holds at the end of each year.

    The record states none: NaN there.
    """
    return yearly(history, flow_per_year(history, "hidden_capability", sender="DEU"))
