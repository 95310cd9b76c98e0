"""Results with one number for each year, and the ways to come by them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapallo.errors import RapalloError
from rapallo.measures.counted import counted
from rapallo.measures.coverage import covered
from rapallo.system.history import History, to_iso

if TYPE_CHECKING:
    import pandas as pd

_EPOCH = date(1900, 1, 1)


def yearly(
    history: History, values: Callable[[NDArray[np.float64]], ArrayLike] | ArrayLike, *, layer: str = ""
) -> pd.Series[float]:
    """Give one number for each year of a history's span, dated on the year's last day within it.

    Parameters
    ----------
    history
        The history; the first date is the first 31 December of its span, the last one the last
        day of the span. The years at both ends may be partial.
    values
        A function of ``dates``, shape ``(years,)``: the last instant of each year in days, as
        ``history.count_at`` and ``history.at`` take them; or the numbers themselves.
    layer
        Where given, the number of a year at whose end the record's coverage of this layer is not
        in force is unknown: NaN. A run is known throughout.

    Raises
    ------
    RapalloError
        If there is not one number for each year.
    """
    import pandas as pd

    _, dates, index = _years(history.start, history.end)
    found = values(dates) if callable(values) else values
    numbers = np.asarray(found, dtype=np.float64)
    if numbers.shape != dates.shape:
        raise RapalloError(
            f"yearly was given numbers of shape {numbers.shape}; "
            f"give one for each of the {len(dates)} years of the span"
        )
    if layer:
        numbers = np.where(covered(history, layer, dates, dates), numbers, np.nan)
    return pd.Series(numbers, index=index)


def acts_per_year(
    history: History, acts: NDArray[Any], *, layer: str = "", weights: NDArray[np.float64] | None = None
) -> pd.Series[float]:
    """Count acts in each year of a history's span; acts of one occasion count once, at the first.

    Parameters
    ----------
    acts
        Positions of acts, ascending, as ``history.select`` gives them.
    layer
        Where given, a year that the record's coverage of this layer does not span from end to end
        is unknown: NaN. A run is known throughout.
    weights
        What each act adds instead of one, where given; every act of an occasion then adds its own.
    """
    edges, _, _ = _years(history.start, history.end)
    if weights is None:
        counts = np.diff(np.searchsorted(history.time[occasions(history, acts)], edges, side="left"))
    else:
        before = np.concatenate([[0.0], np.cumsum(weights)])
        counts = np.diff(before[np.searchsorted(history.time[acts], edges, side="left")])
    if layer:
        counts = np.where(covered(history, layer, edges[:-1], edges[1:]), counts, np.nan)
    return yearly(history, counts)


def occasions(history: History, acts: NDArray[Any]) -> NDArray[Any]:
    """Keep of the acts of one occasion only the first; takes and gives ascending positions."""
    which = history.occasion[acts]
    alone = which < 0
    if alone.all():
        return acts
    first = np.unique(np.where(alone, -1 - np.arange(len(acts)), which), return_index=True)[1]
    return acts[np.sort(first)]


def flow_per_year(
    history: History, name: str, *, sender: str | None = None, receiver: str | None = None
) -> NDArray[np.float64]:
    """Sum a yearly flow or stock over the pairs that fit, for each year of a history's span.

    Of a run only the pairs are counted that the record knows in that year: see :func:`counted`.

    Parameters
    ----------
    name
        Name of the series.
    sender, receiver
        Only pairs from or to one actor.

    Returns
    -------
    ndarray
        Shape ``(years,)``, for :func:`yearly`. A pair whose value is unknown adds nothing; a year
        of which no pair is known, which the record does not cover from end to end, or for which it
        holds a number that it doubts (of low certainty), is NaN.
    """
    edges, _, index = _years(history.start, history.end)
    totals = np.full(len(index), np.nan)
    series = history.series.get(name)
    if series is None:
        return totals
    keep, doubted = counted(history, name)
    keep &= np.isfinite(series["value"])
    if sender is not None:
        keep &= series["sender"] == history.code("actor", sender)
    if receiver is not None:
        keep &= series["receiver"] == history.code("actor", receiver)
    years = series["year"][keep] - _year_of(history.start)
    values = series["value"][keep]
    inside = (years >= 0) & (years < len(totals))
    years, values = years[inside], values[inside]
    sums = np.bincount(years, weights=values, minlength=len(totals))
    known = np.bincount(years, minlength=len(totals)) > 0
    known &= covered(history, name, edges[:-1], edges[1:])
    if history.ids is not None:
        known[np.isin(np.arange(len(known)) + _year_of(history.start), series["year"][keep & doubted])] = False
    return np.where(known, sums, np.nan)


def decimal_year(day: float) -> float:
    """Give a moment as a year and its fraction; NaN stays NaN.

    Examples
    --------
    >>> decimal_year(365.0)
    1901.0
    >>> decimal_year(365.0 + 182.5)
    1901.5
    """
    if not np.isfinite(day):
        return float("nan")
    year = _year_of(day)
    begins = _new_year(year)
    return year + (day - begins) / (_new_year(year + 1) - begins)


@lru_cache(maxsize=64)
def _years(start: float, end: float) -> tuple[NDArray[np.float64], NDArray[np.float64], Any]:
    """Give the edges of the years of a span (one more than years), their last instants and their dates."""
    import pandas as pd

    if not end > start:
        raise RapalloError(f"the span from day {start} to day {end} holds no time; the end must come after the start")
    inner = [_new_year(year) for year in range(_year_of(start) + 1, _year_of(end) + 1)]
    edges = np.array([start, *[day for day in inner if start < day < end], end])
    # the last instant before the edge, so that what happens on the day itself is in and the next day is not
    instants = np.nextafter(edges[1:], -np.inf)
    edges.flags.writeable = instants.flags.writeable = False
    labels = np.array([to_iso(day) for day in instants], dtype="datetime64[s]")
    return edges, instants, pd.DatetimeIndex(labels, name="date")


def _year_of(day: float) -> int:
    return int(to_iso(day)[:4])


@lru_cache(maxsize=1024)
def _new_year(year: int) -> float:
    return float((date(year, 1, 1) - _EPOCH).days)
