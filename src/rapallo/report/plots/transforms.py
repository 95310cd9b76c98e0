"""Where outcomes fell in their forecasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rapallo.experiment.at_origin import CALENDARS
from rapallo.experiment.question import HORIZONS
from rapallo.report.plots.canvas import QUIET, SIMULATED, WIDE, is_narrow, sheet, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.backtest_result import Backtest

BINS = 10


@dataclass(frozen=True, slots=True)
class Transforms:
    """Randomised probability integral transforms of the model's forecasts.

    Parameters
    ----------
    shares
        By kind (dates, counts), calendar and horizon: the share of outcomes in each tenth.
    numbers
        How many outcomes.
    """

    shares: dict[tuple[str, str, int], Any]
    numbers: dict[tuple[str, str, int], int]


def transforms_data(backtest: Backtest) -> Transforms:
    """Take the transforms of dates and of counts, for both calendars and every horizon."""
    shares, numbers = {}, {}
    for of in ("dates", "counts"):
        for calendar in CALENDARS:
            for horizon in HORIZONS:
                values = backtest.pit(of, horizon, calendar)
                found = np.histogram(values, bins=BINS, range=(0.0, 1.0))[0]
                shares[of, calendar, horizon] = found / max(1, len(values))
                numbers[of, calendar, horizon] = len(values)
    return Transforms(shares, numbers)


def draw_transforms(data: Transforms, width: float = WIDE) -> Figure:
    """Draw a histogram for each; level at the line where forecasts are right."""
    narrow = is_narrow(width)
    columns = len(HORIZONS)
    keys = list(data.shares)
    lines = len(keys) // columns
    with style():
        figure = sheet(width, (1.35 if narrow else 1.5) * lines)
        grid = figure.subplots(lines, columns, sharex=True, squeeze=False)
        for place, key in enumerate(keys):
            axes = grid.flat[place]
            of, calendar, horizon = key
            axes.bar((np.arange(BINS) + 0.5) / BINS, data.shares[key], width=0.92 / BINS, color=SIMULATED)
            axes.axhline(1.0 / BINS, color=QUIET, lw=0.9)
            axes.set_xlim(0, 1)
            axes.set_yticks([])
            axes.set_xticks([0, 0.5, 1])
            axes.spines["left"].set_visible(False)
            size = 8.0 if narrow else 9.5
            axes.set_title(f"{of}, {calendar}, {horizon} y ({data.numbers[key]})", fontsize=size)
    return figure
