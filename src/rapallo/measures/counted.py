"""Which pairs of a yearly flow a measure counts: the same ones in the record and in the runs."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from rapallo.measures.coverage import spanned
from rapallo.record.time import to_date, to_day
from rapallo.system.history import History

_RECORDED: WeakKeyDictionary[Any, dict[str, tuple[dict[int, NDArray[np.int64]], NDArray[np.int64]]]] = (
    WeakKeyDictionary()
)


def counted(history: History, name: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say which rows of a yearly flow are counted, and which of these the record itself doubts.

    A run gives a number for every pair, the record for some. So that both are sums over the same pairs, those of
    which the record states a number for the year are counted, in a run too; in a year that the record does not
    cover, those of the last year that it does. All are counted where the scenario records none.

    Parameters
    ----------
    history
        The record as a history, or a run.
    name
        Name of the series, which the history holds.

    Returns
    -------
    counted, doubted
        Bool, shape ``(rows of the series,)``. Doubted is what the record states with low certainty.
    """
    series = history.series[name]
    size = len(history.actors)
    rows = np.asarray(series["year"], dtype=np.int64) * size**2
    rows += np.asarray(series["sender"], dtype=np.int64) * size + np.asarray(series["receiver"], dtype=np.int64)
    tables = getattr(history.scenario, "tables", None)
    pairs, doubtful = _recorded(tables, name) if getattr(tables, "dyads", ()) else ({}, np.empty(0, dtype=np.int64))
    doubted = np.isin(rows, doubtful)
    if not pairs or not len(rows):  # a span within a year holds no rows
        return np.ones(len(rows), dtype=bool), doubted
    years = np.array(list(pairs))
    wanted = np.unique(np.asarray(series["year"]))
    stands = years[np.maximum(np.searchsorted(years, wanted, side="right") - 1, 0)]
    known = [pairs[int(stood)] + int(year) * size**2 for year, stood in zip(wanted, stands, strict=True)]
    return np.isin(rows, np.concatenate(known)), doubted


def _recorded(tables: Any, name: str) -> tuple[dict[int, NDArray[np.int64]], NDArray[np.int64]]:
    """Give the pairs recorded in each covered year, the years ascending, and the doubtful rows."""
    found = _RECORDED.setdefault(tables, {})
    if name not in found:
        size, index = len(tables.actor_ids), {actor: code for code, actor in enumerate(tables.actor_ids)}
        pairs: dict[int, set[int]] = {}
        doubtful = set()
        for row in tables.dyads:
            if row.attribute == name:
                year = to_date(row.date.earliest).year
                pair = index[row.sender] * size + index[row.receiver]
                pairs.setdefault(year, set()).add(pair)
                if row.certainty == "low":
                    doubtful.add(year * size**2 + pair)
        years = sorted(pairs)
        begins, ends = (np.array([to_day(f"{year + far}-01-01") for year in years]) for far in (0, 1))
        known = spanned(tables, name, begins, ends)
        found[name] = (
            {year: np.array(sorted(pairs[year])) for year, inside in zip(years, known, strict=True) if inside},
            np.array(sorted(doubtful), dtype=np.int64),
        )
    return found[name]
