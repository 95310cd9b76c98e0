"""How much better or worse the model forecasts than each baseline, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapallo.experiment.at_origin import ASSUMED, CALENDARS, MODEL
from rapallo.report.plots.canvas import QUIET, SECOND, SIMULATED, WIDE, is_narrow, sheet, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.backtest_result import Backtest

LABELS = {"log_score": "log score, a pair", "crps": "error of the date, years"}


@dataclass(frozen=True, slots=True)
class ScoreDifferences:
    """Differences of mean scores, the model's less another's.

    Parameters
    ----------
    rows
        Calendar, score, horizon, other forecaster, difference, low, high.
    others
        The other forecasters, in order.
    horizons
        In years.
    """

    rows: tuple[tuple[str, str, int, str, float, float, float], ...]
    others: tuple[str, ...]
    horizons: tuple[int, ...]


def score_differences_data(backtest: Backtest) -> ScoreDifferences:
    """Take the differences of the log score and of the date's CRPS."""
    found = backtest.differences()
    found = found[found["score"].isin(list(LABELS)) & (found["other"] != ASSUMED)]
    rows = tuple(
        (row.calendar, row.score, int(row.horizon), row.other, float(row.difference), float(row.low), float(row.high))
        for row in found.itertuples()
    )
    others = tuple(name for name in backtest.forecasters if name not in (MODEL, ASSUMED))
    return ScoreDifferences(rows, others, tuple(sorted({row[2] for row in rows})))


def draw_score_differences(data: ScoreDifferences, width: float = WIDE) -> Figure:
    """Draw a line for each baseline and horizon: left of the upright line the model is better."""
    narrow = is_narrow(width)
    calendars = list(CALENDARS)
    places = {
        (horizon, other): -(k * (len(data.others) + 0.8) + m)
        for k, horizon in enumerate(data.horizons)
        for m, other in enumerate(data.others)
    }
    with style():
        shape = (len(LABELS) * len(calendars), 1) if narrow else (len(LABELS), len(calendars))
        figure = sheet(width, (2.6 if narrow else 2.5) * shape[0])
        grid = figure.subplots(*shape, squeeze=False)
        for place, (score, calendar) in enumerate((score, each) for score in LABELS for each in calendars):
            axes = grid.flat[place]
            axes.axvline(0.0, color=QUIET, lw=0.8)
            axes.grid(axis="x")
            for at, kind, horizon, other, gap, low, high in data.rows:
                if (at, kind) == (calendar, score):
                    y = places[horizon, other]
                    colour = SIMULATED if high < 0 else SECOND if low > 0 else QUIET
                    axes.plot([low, high], [y, y], color=colour, lw=1.6)
                    axes.plot([gap], [y], "o", color=colour, ms=4.2)
            axes.set_title(f"calendar {calendar}")
            axes.set_xlabel(LABELS[score])
            axes.set_yticks(list(places.values()))
            names = [f"{other}, {horizon} y" for horizon, other in places]
            axes.set_yticklabels(names if narrow or place % len(calendars) == 0 else [""] * len(places))
            axes.tick_params(axis="y", length=0, labelsize=9.5)
            axes.set_ylim(min(places.values()) - 0.7, 0.7)
        note = "left of the line: the model is better (blue where the interval leaves 0 out; brown: the baseline is)"
        figure.suptitle(note, fontsize=9.5 if not narrow else 8.0, color=QUIET, x=0.01, ha="left")
    return figure
