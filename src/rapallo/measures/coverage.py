"""Which years of a layer, or of what pairs carry, the record covers: outside them a count is unknown, not zero."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.system.history import History


def covered(history: History, layer: str, begin: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which stretches of time the record's coverage of a layer, or of a pair's quantity, spans from end to end.

    Parameters
    ----------
    history
        The record as a history, or a run, which is known throughout. Where a record's scenario
        states no coverage of the layer, all is taken as covered.
    layer
        The layer or quantity.
    begin, end
        Days, shape ``(stretches,)``; equal for a moment.

    Returns
    -------
    ndarray
        Bool, shape ``(stretches,)``. A stretch is covered where one row of the coverage table
        spans it, whichever actors the row is about.
    """
    if history.ids is None:
        return np.ones(len(begin), dtype=bool)
    return spanned(getattr(history.scenario, "tables", None), layer, begin, end)


def spanned(tables: Any, about: str, begin: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which stretches of time a scenario's coverage table spans; all where it states none about this."""
    rows = [row for row in getattr(tables, "coverage", ()) if row.table in ("acts", "dyads") and row.about == about]
    if not rows:
        return np.ones(len(begin), dtype=bool)
    known = np.zeros(len(begin), dtype=bool)
    for row in rows:
        first = -np.inf if row.begins is None or row.begins.earliest is None else row.begins.earliest
        last = np.inf if row.ends is None or row.ends.latest is None else row.ends.latest + 1.0
        known |= (begin >= first) & (end <= last)
    return known
