"""The wave of recognition, state by state."""

import numpy as np

from rapallo.measures.actor import per_actor
from rapallo.measures.measure import measure
from rapallo.measures.yearly import decimal_year


@measure(unit="year", shape="actor", needs=("recognition", "USSR"))
def recognition_dates(history):
    """When each state's de jure relations with the USSR first began within the span.

    A decimal year, whichever side's act it was. NaN for a state whose relations did not begin within the span: it never
    had any, or had them before and kept them.
    """
    soviet = history.code("actor", "USSR")
    dates = np.full(len(history.actors), np.nan)
    acts = history.select(layer="recognition", change="form")
    for time, sender, receiver in zip(
        history.time[acts].tolist(), history.sender[acts].tolist(), history.receiver[acts].tolist(), strict=True
    ):
        if soviet in (sender, receiver):
            other = receiver if sender == soviet else sender
            if np.isnan(dates[other]):
                dates[other] = decimal_year(time)
    return per_actor(history, dates)
