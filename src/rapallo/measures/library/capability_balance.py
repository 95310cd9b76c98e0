"""The balance of power between two coalitions."""

import numpy as np

from rapallo.measures.attribute import attribute_at
from rapallo.measures.measure import measure
from rapallo.measures.ties import tied_at
from rapallo.measures.yearly import flow_per_year, yearly

REVISIONISTS = ("DEU", "ITA", "JPN")
UPHOLDERS = ("GBR", "FRA")


@measure(unit="ratio", cites="singer1987", shape="yearly", needs=("capability", "alliance", *REVISIONISTS, *UPHOLDERS))
def capability_balance(history):
    """How strong Germany, Italy, Japan and their allies are beside Britain, France and theirs, at each year's end.

    The sum of capability on the first side over that on the second; capability is the share of world capability (CINC).
    A state allied with both sides counts on neither; the five themselves always count on their own. Germany's hidden
    capability is added where it is known and in the unit of capability. Who is a revisionist is judged from the end of
    the period. NaN while the capability of any of the five is not known.
    """
    codes = np.arange(len(history.actors))
    sides = [[history.code("actor", name) for name in side] for side in (REVISIONISTS, UPHOLDERS)]

    def balance(dates):
        capability = attribute_at(history, "capability", codes, dates[:, None])
        allied = tied_at(history, ("alliance",), dates)
        with_side = [allied[:, side].any(axis=1) for side in sides]
        totals = []
        for side, mine, other in zip(sides, with_side, with_side[::-1], strict=True):
            counted = mine & ~other
            counted[:, sides[0] + sides[1]] = False
            counted[:, side] = True
            totals.append((capability * counted).sum(axis=1))
        totals[0] += _hidden(history)
        known = (capability[:, sides[0] + sides[1]] > 0).all(axis=1)
        return np.divide(totals[0], totals[1], out=np.full(len(dates), np.nan), where=known)

    return yearly(history, balance, layer="alliance")


def _hidden(history):
    quantities = history.scenario.quantities
    hidden = quantities.get("hidden_capability")
    if hidden is None or hidden.unit != quantities["capability"].unit:
        return 0.0
    held = flow_per_year(history, "hidden_capability", sender="DEU")
    return held if np.isfinite(held).any() else 0.0
