"""Two camps, or one web of ties."""

import numpy as np

from rapallo.measures.measure import measure
from rapallo.measures.ties import tied_at
from rapallo.measures.yearly import yearly

CAMPS = (("DEU", "ITA", "JPN", "HUN", "BUL"), ("GBR", "FRA", "BEL", "POL", "CZE", "ROM", "YUG"))


@measure(
    unit="-1 to 1",
    cites="krackhardt_stern1988",
    shape="yearly",
    needs=("treaty", "alliance", "DEU", "ITA", "GBR", "FRA"),
)
def polarisation(history):
    """How far treaties and alliances run within two camps rather than between them, at each year's end.

    The E-I index with its sign turned: pairs tied within a camp less pairs tied across, over all pairs tied; 1 where no
    tie crosses. One camp is Germany, Italy, Japan, Hungary and Bulgaria, the other Britain, France, Belgium, Poland,
    Czechoslovakia, Romania and Yugoslavia, as they stood in the later 1930s; the USSR is in neither. NaN where no two
    of the twelve are tied.
    """
    camps = [[name for name in camp if name in history.actors] for camp in CAMPS]
    camp = np.repeat([0, 1], [len(camps[0]), len(camps[1])])
    within = camp[:, None] == camp

    def index(dates):
        tied = tied_at(history, ("treaty", "alliance"), dates, camps[0] + camps[1])
        tied[:, np.arange(len(camp)), np.arange(len(camp))] = False
        ties = tied.sum(axis=(1, 2))
        inside = (tied & within).sum(axis=(1, 2))
        return np.where(ties > 0, (2.0 * inside - ties) / np.maximum(ties, 1), np.nan)

    return yearly(history, index, layer="alliance")
