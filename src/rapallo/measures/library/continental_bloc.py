"""How close the system came to Chicherin's continental system."""

from rapallo.measures.measure import measure
from rapallo.measures.ties import tied_at
from rapallo.measures.yearly import yearly

CONTINENT = ("USSR", "DEU", "FRA")
LAYERS = ("treaty", "alliance", "trade_agreement")


@measure(unit="share", shape="yearly", needs=(*LAYERS, *CONTINENT, "GBR"))
def continental_bloc(history):
    """How far the USSR, Germany and France are bound to each other and not to Britain, at each year's end.

    The share of their three pairs that stand in a treaty, an alliance or a trade agreement, times the share of the
    three that stand in none with Britain. 1: all three with each other, none with Britain; 0: no two of them, or all
    three with Britain.
    """

    def bloc(dates):
        tied = tied_at(history, LAYERS, dates, (*CONTINENT, "GBR"))
        among = tied[:, [0, 0, 1], [1, 2, 2]].mean(axis=1)
        return among * (1.0 - tied[:, :3, 3].mean(axis=1))

    return yearly(history, bloc, layer="treaty")
