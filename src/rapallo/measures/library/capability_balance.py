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
    sides = [[history.code("actor", name) for name in side] for side in (REVISIONISTS, UPHOLDERS)]
    powers = sides[0] + sides[1]

    def balance(dates):
        allied = tied_at(history, ("alliance",), dates)
        with_side = [np.logical_or.reduce([allied[:, power] for power in side]) for side in sides]
        counted = [with_side[0] & ~with_side[1], with_side[1] & ~with_side[0]]
        for side, mine in zip(sides, counted, strict=True):
            mine[:, powers] = False
            mine[:, side] = True
        codes = np.flatnonzero((counted[0] | counted[1]).any(axis=0))
        capability = attribute_at(history, "capability", codes, dates[:, None])
        known = (capability[:, np.searchsorted(codes, powers)] > 0).all(axis=1)
        first, second = ((capability * mine[:, codes]).sum(axis=1) for mine in counted)
        return np.divide(first + _hidden(history), second, out=np.full(len(dates), np.nan), where=known)

    return yearly(history, balance, layer="alliance")


def _hidden(history):
    quantities = history.scenario.quantities
    hidden = quantities.get("hidden_capability")
    if hidden is None or hidden.unit != quantities["capability"].unit:
        return 0.0
    held = flow_per_year(history, "hidden_capability", sender="DEU")
    return held if np.isfinite(held).any() else 0.0
