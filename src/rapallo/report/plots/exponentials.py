"""Does the record's luck look like luck? Its exponentials against the standard one, process by process."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapallo.engine.exponentials import exponential_test
from rapallo.report.plots.canvas import QUIET, RECORD, SECOND, SIMULATED, WIDE, is_narrow, sheet, style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, eq=False)
class ExponentialPanel:
    """One process.

    Parameters
    ----------
    process
        Its name.
    acts, expected
        How often it acted, and how often its integrated hazard says it should have.
    statistic, p
        Of the test for censored exponentials.
    expected_path, seen_path
        For each act, smallest value first: what was expected up to that value, and how many acts there were.
    """

    process: str
    acts: int
    expected: float
    statistic: float
    p: float
    expected_path: NDArray[np.float64]
    seen_path: NDArray[np.float64]


def exponentials_data(values: pd.DataFrame, processes: Sequence[str] | None = None) -> tuple[ExponentialPanel, ...]:
    """Count, for each process, acts against expectation as the values grow.

    Parameters
    ----------
    values
        From ``rapallo.engine.exponentials.exponentials``.
    processes
        Which, in order; all that acted or should have at least once, if not given.
    """
    panels = []
    names = list(dict.fromkeys(values["process"])) if processes is None else list(processes)
    for name in names:
        mine = values[values["process"] == name]
        value, acted = mine["value"].to_numpy(float), mine["acted"].to_numpy(bool)
        if processes is None and max(float(value.sum()), float(acted.sum())) < 1.0:
            continue
        points = np.sort(value[acted])
        expected = np.array([np.minimum(value, point).sum() for point in points])
        statistic, p = exponential_test(value, acted)
        ends = np.array([0.0, *expected, float(value.sum())])
        seen = np.array([0.0, *np.arange(1, len(points) + 1), len(points)])
        panels.append(ExponentialPanel(name, int(acted.sum()), float(value.sum()), statistic, p, ends, seen))
    return tuple(panels)


def plot_exponentials(data: Sequence[ExponentialPanel], width: float = WIDE) -> Figure:
    """Draw one panel a process: acts seen against acts expected, which a model that fits keeps on the diagonal.

    The values of a process (the integrated hazard that each of its acts took, and what its clocks had come to
    without acting) are gone through from the smallest. The grey band is where nine of ten lines end that follow
    the model. The p-value says how rarely a line strays so far.

    Parameters
    ----------
    data
        From :func:`exponentials_data`.
    width
        Inches.
    """
    across = 2 if is_narrow(width) else 4
    rows = max(1, math.ceil(len(data) / across))
    with style():
        figure = sheet(width, 1.75 * rows * (width / across) / 1.9)
        for place, panel in enumerate(data):
            axes = figure.add_subplot(rows, across, place + 1)
            most = max(float(panel.expected_path[-1]), float(panel.seen_path[-1]), 1.0)
            line = np.linspace(0.0, float(panel.expected_path[-1]), 60)
            spread = 1.645 * math.sqrt(max(float(panel.expected_path[-1]), 1e-9))
            axes.fill_between(line, line - spread, line + spread, color=QUIET, alpha=0.18, linewidth=0)
            axes.plot([0.0, most], [0.0, most], color=RECORD, linewidth=0.7)
            colour = SECOND if panel.p < 0.01 else SIMULATED
            axes.step(panel.expected_path, panel.seen_path, where="post", color=colour, linewidth=1.2)
            axes.set_xlim(0.0, most * 1.03)
            axes.set_ylim(0.0, most * 1.03)
            axes.set_title(panel.process.replace("_", " "), fontsize=9.0)
            p = "p < 0.001" if panel.p < 0.001 else f"p = {panel.p:.2g}"
            axes.text(
                0.05,
                0.95,
                f"{panel.acts} of {panel.expected:.3g}\n{p}",
                transform=axes.transAxes,
                va="top",
                fontsize=8.0,
            )
            axes.tick_params(labelsize=7.5)
    return figure
