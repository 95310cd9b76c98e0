"""Whether what is given a probability happens that often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapallo.experiment.at_origin import CALENDARS
from rapallo.experiment.question import HORIZONS
from rapallo.report.plots.canvas import PALE, QUIET, SIMULATED, WIDE, is_narrow, sheet, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.backtest_result import Backtest


@dataclass(frozen=True, slots=True)
class Calibration:
    """Bins of probabilities.

    Parameters
    ----------
    bins
        By calendar and horizon: forecasts in the bin, mean probability, frequency, low and high of
        what a right forecast would show.
    """

    bins: dict[tuple[str, int], tuple[tuple[int, float, float, float, float], ...]]


def calibration_data(backtest: Backtest) -> Calibration:
    """Take the model's bins, for both calendars and every horizon."""
    return Calibration(
        {
            (calendar, horizon): tuple(
                (int(row.forecasts), float(row.probability), float(row.frequency), float(row.low), float(row.high))
                for row in backtest.calibration(horizon, calendar).itertuples()
            )
            for calendar in CALENDARS
            for horizon in HORIZONS
        }
    )


def draw_calibration(data: Calibration, width: float = WIDE) -> Figure:
    """Draw frequency over probability; a dot belongs within its bar, where forecasts were independent."""
    narrow = is_narrow(width)
    with style():
        keys = list(data.bins)
        columns = 2 if narrow else len(HORIZONS)
        lines = -(-len(keys) // columns)
        figure = sheet(width, (width / columns) * 1.02 * lines)
        grid = figure.subplots(lines, columns, squeeze=False)
        for place, key in enumerate(keys):
            axes = grid.flat[place]
            axes.plot([0, 1], [0, 1], color=QUIET, lw=0.8)
            for number, chance, often, low, high in data.bins[key]:
                axes.plot([chance, chance], [low, high], color=PALE, lw=7.0, solid_capstyle="butt", zorder=1)
                axes.plot([chance], [often], "o", color=SIMULATED, ms=4.5, zorder=3)
                axes.annotate(
                    str(number), (chance, often), xytext=(4, 3), textcoords="offset points", fontsize=8.0, color=QUIET
                )
            axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
            axes.set_xticks([0, 0.5, 1])
            axes.set_yticks([0, 0.5, 1])
            axes.set_title(f"{key[0]}, {key[1]} year{'s' * (key[1] > 1)}")
            if place % columns == 0:
                axes.set_ylabel("how often it came")
            if place >= len(keys) - columns:
                axes.set_xlabel("probability given")
    return figure
