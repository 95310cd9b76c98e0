"""A measure by setting: for each a dot with the middle nine tenths of its runs, in the order of the grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rapallo.report.plots.canvas import QUIET, SECOND, SIMULATED, WIDE, sheet, style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

MOST = 60
"""Settings beyond which labels could not be read."""


def plot_sweep(table: pd.DataFrame, columns: Sequence[str], measure: str, unit: str, width: float = WIDE) -> Figure:
    """Draw a row a setting; where there are more than ``MOST``, the first of them.

    Parameters
    ----------
    table
        From :meth:`rapallo.experiment.sweep.Sweep.table`.
    columns
        The columns that say what is set.
    measure, unit
        The measure's.
    width
        Inches.
    """
    shown = table.head(MOST)
    places = np.arange(len(shown))[::-1]
    labels = [
        ", ".join(str(row[name]) if name == "if" else f"{name} {row[name]:g}" for name in columns)
        for _, row in shown.iterrows()
    ]
    with style():
        figure = sheet(width, 1.1 + 0.24 * len(shown))
        axes = figure.add_subplot()
        axes.hlines(places, shown["low"], shown["high"], color=SIMULATED, linewidth=1.0)
        errors = 1.96 * shown["error"].to_numpy(float)
        axes.errorbar(shown["mean"], places, xerr=errors, fmt="o", color=SECOND, markersize=3.5, linewidth=2.4)
        axes.axvline(float(shown["mean"].iloc[0]), color=QUIET, linewidth=0.6)
        axes.set_yticks(places, labels)
        axes.set_ylim(-0.8, len(shown) - 0.2)
        at = str(shown["at"].iloc[0])
        axes.set_xlabel(", ".join(filter(None, (unit, "" if at == "value" else at))))
        axes.set_title(f"{measure} by setting: mean with its error, middle nine tenths of runs")
    return figure
