"""Elections and recognition."""

import numpy as np

from rapallo.measures.attribute import changes_in
from rapallo.measures.measure import measure

DAYS = 5.0 * 365.25 / 12.0


@measure(unit="share", shape="number", needs=("recognition", "colour", "USSR"))
def recognition_by_government(history):
    """How large a share of recognitions of the USSR follows a left or centre-left government within five months.

    Months from its taking office. Of all beginnings of de jure relations with the USSR, also of states whose
    governments the calendar does not follow; a government that took office before the span opened is not seen. NaN
    where there are none.
    """
    soviet = history.code("actor", "USSR")
    acts = history.select(layer="recognition", change="form")
    sender, receiver = history.sender[acts], history.receiver[acts]
    ours = (sender == soviet) | (receiver == soviet)
    partner, when = np.where(sender == soviet, receiver, sender)[ours], history.time[acts][ours]
    if not len(when):
        return np.nan
    day, actor, colour = changes_in(history, "colour")
    left = colour > 0
    since = when[:, None] - day[left]
    return ((partner[:, None] == actor[left]) & (since >= 0) & (since <= DAYS)).any(axis=1).mean()
