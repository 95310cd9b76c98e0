"""Payments that drive a state to outsiders."""

import math

from rapallo.effects.effect import effect


@effect(
    reads=("burden", "status"),
    changes="row and column",
    unit="log of one plus the burden in units of its scale",
    settings={"scale": 1000.0},
)
def grievance_outside(view, sender, receiver):
    """Under payments imposed by the victors, whoever pays turns to those who are not among them."""
    grievance = 0.0
    for payer, other in ((sender, receiver), (receiver, sender)):
        owed = math.log1p(max(view.burden[payer], 0.0) / view.scale)
        if view.status[other] <= 0:
            grievance += owed
        elif math.isnan(view.status[other]) and owed != 0:
            grievance = math.nan
    return grievance
