"""Which years of a layer the record covers: outside them a count is unknown, not zero."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rapallo.system.history import History


def covered(history: History, layer: str, edges: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which stretches between edges the record's coverage of a layer spans from end to end.

    Parameters
    ----------
    history
        The record as a history. Where its scenario states no coverage of the layer, all is
        taken as covered.
    layer
        The layer.
    edges
        Ascending days, shape ``(stretches + 1,)``.

    Returns
    -------
    ndarray
        Bool, shape ``(stretches,)``. A stretch is covered where one row of the coverage table
        spans it, whichever actors the row is about.
    """
    tables = getattr(history.scenario, "tables", None)
    rows = [row for row in getattr(tables, "coverage", ()) if row.table == "acts" and row.about == layer]
    if not rows:
        return np.ones(len(edges) - 1, dtype=bool)
    known = np.zeros(len(edges) - 1, dtype=bool)
    for row in rows:
        begins = -np.inf if row.begins is None or row.begins.earliest is None else row.begins.earliest
        ends = np.inf if row.ends is None or row.ends.latest is None else row.ends.latest + 1.0
        known |= (edges[:-1] >= begins) & (edges[1:] <= ends)
    return known
