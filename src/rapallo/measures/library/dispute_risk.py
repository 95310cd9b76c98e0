"""Great powers at odds."""

from rapallo.measures.attribute import attribute_at
from rapallo.measures.measure import measure
from rapallo.measures.yearly import acts_per_year


@measure(unit="disputes", cites="jones_bremer_singer1996", shape="yearly", needs=("dispute", "great_power"))
def dispute_risk(history):
    """How many militarised disputes begin with a great power on both sides, in each year.

    Who is a great power is asked on the day of the dispute.
    """
    acts = history.select(layer="dispute", change="form")
    acts = acts[history.receiver[acts] >= 0]
    great = [
        attribute_at(history, "great_power", side[acts], history.time[acts])
        for side in (history.sender, history.receiver)
    ]
    return acts_per_year(history, acts[(great[0] > 0) & (great[1] > 0)], layer="dispute")
