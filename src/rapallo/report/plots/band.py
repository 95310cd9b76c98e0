"""What many runs have in common at each of several moments: the middle half, the middle nine tenths, the median."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapallo.report.plots.canvas import RECORD, SIMULATED

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Quantiles of many runs.

    Parameters
    ----------
    at
        Moments as decimal years, or places on another axis; shape ``(moments,)``.
    low, lower, median, upper, high
        Quantiles 0.05, 0.25, 0.5, 0.75 and 0.95 at each moment; NaN where no run has an answer.
    """

    at: Numbers
    low: Numbers
    lower: Numbers
    median: Numbers
    upper: Numbers
    high: Numbers


def band_of(values: ArrayLike, at: ArrayLike) -> Band:
    """Give the band of runs × moments; runs without an answer at a moment are passed over there."""
    numbers = np.asarray(values, dtype=np.float64)
    found = np.full((len(LEVELS), numbers.shape[1]), np.nan)
    for place, column in enumerate(numbers.T):
        known = column[~np.isnan(column)]
        if len(known):
            found[:, place] = np.quantile(known, LEVELS)
    return Band(np.asarray(at, dtype=np.float64), *found)


def draw_band(axes: Any, band: Band, *, colour: str = SIMULATED, steps: bool = False, label: bool = True) -> None:
    """Draw a band: nine tenths pale, the middle half darker, the median a line.

    Parameters
    ----------
    axes
        Matplotlib axes.
    band
        The band.
    colour
        Its colour.
    steps
        Draw a level stretch around each moment, as for counts of a year, not a curve.
    label
        Name the parts for a legend.
    """
    how: dict[str, Any] = {"step": "mid"} if steps else {}
    name = (lambda text: text) if label else (lambda text: f"_{text}")
    at, (low, lower, median, upper, high) = band.at, _all(band)
    if steps:
        at, (low, lower, median, upper, high) = _widened(at, (low, lower, median, upper, high))
        how = {"step": "post"}
    axes.fill_between(at, low, high, color=colour, alpha=0.17, lw=0, label=name("9 of 10 runs"), **how)
    axes.fill_between(at, lower, upper, color=colour, alpha=0.30, lw=0, label=name("half of the runs"), **how)
    axes.plot(
        at, median, color=colour, lw=1.3, label=name("median run"), drawstyle="steps-post" if steps else "default"
    )


def draw_record(axes: Any, at: ArrayLike, values: ArrayLike, *, steps: bool = False, marks: bool = False) -> None:
    """Draw the record as a dark line that breaks off where the record is silent."""
    when, numbers = np.asarray(at, dtype=np.float64), np.asarray(values, dtype=np.float64)
    axes.plot(
        when,
        numbers,
        color=RECORD,
        lw=1.5,
        label="the record",
        drawstyle="steps-post" if steps else "default",
        marker="o" if marks else "",
        ms=2.8,
        zorder=4,
    )


def decimal(dates: Any) -> Numbers:
    """Give dates (a DatetimeIndex, or an array of days since 1900-01-01) as decimal years."""
    from rapallo.measures import decimal_year

    if hasattr(dates, "year"):
        origin = np.datetime64("1900-01-01")
        dates = (dates.to_numpy().astype("datetime64[D]") - origin).astype(float) + 1.0
    return np.array([decimal_year(day) for day in np.asarray(dates, dtype=float)])


def _all(band: Band) -> tuple[Numbers, ...]:
    return band.low, band.lower, band.median, band.upper, band.high


def _widened(at: Numbers, lines: tuple[Numbers, ...]) -> tuple[Numbers, tuple[Numbers, ...]]:
    """Give each moment a level stretch from half a step before it to half a step after."""
    if not len(at):
        return at, lines
    step = float(np.median(np.diff(at))) if len(at) > 1 else 1.0
    edges = np.append(at, at[-1] + step) - step / 2.0
    return edges, tuple(np.append(line, line[-1]) for line in lines)
