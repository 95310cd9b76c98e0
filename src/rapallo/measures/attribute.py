"""The dated numbers that actors carry, at any moment of a history."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.system.calendar import ATTRIBUTE, Calendar
from rapallo.system.history import History


def attribute_at(history: History, name: str, actors: ArrayLike, days: ArrayLike) -> NDArray[np.float64]:
    """Give an attribute from the calendar for actors at days; the two are broadcast together.

    Parameters
    ----------
    name
        The attribute; one that a stock writes has its numbers in ``history.series`` instead.
    actors
        Codes of actors.
    days
        Days since 1900-01-01, within the history's span.

    Raises
    ------
    UnknownNameError
        If the scenario has no such attribute.
    RapalloError
        If the history has no calendar.
    """
    codes, times = np.asarray(actors, dtype=np.int64), np.asarray(days, dtype=np.float64)
    when, who, value = changes_in(history, name)
    opening = history.calendar.opening.attributes[name]
    if not len(when):
        return np.array(np.broadcast_arrays(opening[codes], times)[0], dtype=np.float64)
    # sixteen bits, because NumPy sorts those by radix
    order = np.argsort(who.astype(np.int16), kind="stable")
    # the rank of a moment among the changes, not the moment itself: added to an actor's offset it loses nothing
    far = len(when) + 1
    ranks = codes * far + np.searchsorted(when, times, side="right")
    place = np.searchsorted(who[order] * far + order + 1, ranks, side="right") - 1
    found = order[np.maximum(place, 0)]
    return np.where((place >= 0) & (who[found] == codes), value[found], opening[codes])


def changes_in(history: History, name: str) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Give the dated changes of an attribute within a history's span: days, codes of actors, values.

    Raises
    ------
    UnknownNameError
        If the scenario has no such attribute.
    RapalloError
        If the history has no calendar.
    """
    calendar: Calendar | Any = history.calendar
    if calendar is None:
        raise RapalloError(f"{history!r} has no calendar, so {name!r} at a date is not to be had from it")
    names = list(calendar.opening.attributes)
    if name not in names:
        raise UnknownNameError("attribute", name, names)
    at = np.flatnonzero((calendar.kind == ATTRIBUTE) & (calendar.what == names.index(name)))
    return calendar.time[at], calendar.sender[at], calendar.value[at]
