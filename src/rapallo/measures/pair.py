"""The dated numbers that pairs of actors carry, at moments of a history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.system.calendar import PAIR, Calendar
from rapallo.system.history import History


def pair_at(history: History, name: str, days: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Give a pair's quantity from the calendar at each of some ascending days.

    Parameters
    ----------
    name
        The quantity; one that a flow writes has its numbers in ``history.series`` instead.
    days
        Days since 1900-01-01, ascending, within the history's span.

    Yields
    ------
    ndarray
        Shape ``(actors, actors)``, indexed ``[sender, receiver]``; one array, brought up to date.

    Raises
    ------
    UnknownNameError
        If the scenario has no such quantity.
    RapalloError
        If the history has no calendar.
    """
    calendar: Calendar | Any = history.calendar
    if calendar is None:
        raise RapalloError(f"{history!r} has no calendar, so {name!r} at a date is not to be had from it")
    names = list(calendar.opening.pairs)
    if name not in names:
        raise UnknownNameError("pair's quantity", name, names)
    values = calendar.opening.pairs[name].copy()
    entries = np.flatnonzero((calendar.kind == PAIR) & (calendar.what == names.index(name)))
    done = 0
    for day in days:
        while done < len(entries) and calendar.time[entries[done]] <= day:
            entry = entries[done]
            values[calendar.sender[entry], calendar.receiver[entry]] = calendar.value[entry]
            done += 1
        yield values
