"""One measure of many runs beside the record, drawn by its shape."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.report.plots.band import Band, band_of, draw_band, draw_record
from rapallo.report.plots.canvas import INK, RECORD, SIMULATED, WIDE, is_narrow, sheet, style, years_axis

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.measure_of_runs import MeasureOfRuns

MOST_ACTORS = 60
"""Strips in one plot at most: actors with an answer in the record, then those with one in the most runs."""


@dataclass(frozen=True, slots=True, eq=False)
class MeasureData:
    """What is drawn of a measure.

    Parameters
    ----------
    name, unit, shape
        The measure's.
    keys
        Years, actors, or one empty text for a number.
    band
        The runs, by key.
    answered
        Share of the runs with an answer, by key.
    record
        The record, by key; NaN where it is silent.
    values
        Of a number: the value of each run that has one; else empty.
    """

    name: str
    unit: str
    shape: str
    keys: tuple[Any, ...]
    band: Band
    answered: NDArray[np.float64]
    record: NDArray[np.float64]
    values: NDArray[np.float64]


def measure_data(measure: MeasureOfRuns) -> MeasureData:
    """Take what is drawn from a measure of runs."""
    values, record = measure.values.to_numpy(), measure.record.to_numpy(dtype=float)
    names = list(measure.values.columns)
    if measure.shape == "yearly":
        keys: list[Any] = [date.year for date in names]
        at = np.array(keys, dtype=float)
    elif measure.shape == "actor":
        shares = (~np.isnan(values)).mean(axis=0)
        wanted = [k for k in range(len(names)) if shares[k] > 0 or np.isfinite(record[k])]
        wanted = sorted(wanted, key=lambda k: (not np.isfinite(record[k]), -shares[k]))[:MOST_ACTORS]
        wanted = sorted(wanted, key=lambda k: _place(record, values, k))
        values, record = values[:, wanted], record[wanted]
        keys = [names[k] for k in wanted]
        at = np.arange(len(keys), dtype=float)
    else:
        keys, at = [""], np.zeros(1)
    whole = values[:, 0] if measure.shape == "number" else np.empty(0)
    return MeasureData(
        name=measure.name,
        unit=measure.unit,
        shape=measure.shape,
        keys=tuple(keys),
        band=band_of(values, at),
        answered=(~np.isnan(values)).mean(axis=0),
        record=record,
        values=whole[~np.isnan(whole)],
    )


def plot_measure(measure: MeasureOfRuns, width: float = WIDE) -> Figure:
    """Draw a measure of runs: a yearly one as a curve, one by actor as strips, a number as a histogram.

    Parameters
    ----------
    measure
        What :meth:`Ensemble.measure` gives.
    width
        Inches.

    Returns
    -------
    Figure
        A Matplotlib figure; notebooks show it, ``savefig`` writes it.
    """
    data = measure_data(measure)
    heights = {"actor": 0.9 + 0.19 * len(data.keys), "number": 2.6}
    with style():
        figure = sheet(width, heights.get(data.shape, 3.2))
        axes = figure.subplots()
        draw_measure(axes, data)
        axes.set_title(measure.says, wrap=True)
        handles, labels = axes.get_legend_handles_labels()
        if handles:
            figure.legend(handles, labels, loc="outside lower center", ncols=2 if is_narrow(width) else 4)
    return figure


def draw_measure(axes: Any, data: MeasureData) -> None:
    """Draw a measure on axes that are there."""
    {"yearly": _yearly, "actor": _by_actor}.get(data.shape, _number)(axes, data)


def _yearly(axes: Any, data: MeasureData) -> None:
    axes.grid(axis="y")
    draw_band(axes, data.band)
    draw_record(axes, data.keys, data.record, marks=True)
    years_axis(axes, data.keys[0] - 0.5, data.keys[-1] + 0.5)
    axes.set_ylabel(data.unit)
    lowest = np.nanmin(np.concatenate([data.band.low, data.record, [np.inf]]))
    if 0 <= lowest < math.inf:
        axes.set_ylim(bottom=0)
    _whole_numbers(axes.yaxis, data.record)


def _by_actor(axes: Any, data: MeasureData) -> None:
    axes.grid(axis="x")
    band = data.band
    for place in range(len(data.keys)):
        axes.plot([band.low[place], band.high[place]], [place, place], color=SIMULATED, alpha=0.5, lw=2.0)
        axes.plot([band.lower[place], band.upper[place]], [place, place], color=SIMULATED, alpha=0.5, lw=5.5)
        axes.plot([band.median[place]], [place], "|", color="#1f3f58", ms=7, mew=1.4)
        if data.answered[place] < 1.0:
            axes.text(
                1.01,
                place,
                f"{100 * data.answered[place]:.0f}%",
                transform=axes.get_yaxis_transform(),
                va="center",
                fontsize=9,
            )
    axes.plot(data.record, range(len(data.keys)), "o", color=RECORD, ms=4.0, label="the record")
    axes.set_yticks(range(len(data.keys)), data.keys)
    axes.tick_params(axis="y", length=0, labelsize=9.5, labelcolor=INK)
    axes.set_ylim(len(data.keys) - 0.4, -0.6)
    axes.set_xlabel(data.unit)
    if (data.answered < 1.0).any():
        axes.text(1.01, -0.9, "in", transform=axes.get_yaxis_transform(), va="center", fontsize=9, style="italic")
    _plain_years(axes, data.unit)


def _number(axes: Any, data: MeasureData) -> None:
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    whole = len(data.values) > 0 and bool((data.values == np.round(data.values)).all())
    if whole and np.ptp(data.values) <= 60:
        places, counts = np.unique(data.values, return_counts=True)
        axes.bar(places, counts, width=0.85, color=SIMULATED, alpha=0.55, label="the runs")
        _whole_numbers(axes.xaxis, places)
    elif len(data.values):
        axes.hist(
            data.values, bins=min(30, max(8, len(data.values) // 6)), color=SIMULATED, alpha=0.55, label="the runs"
        )
    if np.isfinite(data.record[0]):
        axes.axvline(data.record[0], color=RECORD, lw=1.8, label="the record")
    axes.set_xlabel(data.unit)
    _plain_years(axes, data.unit)
    if data.answered[0] < 1.0:
        axes.text(
            0.99,
            0.97,
            f"none in {100 * (1 - data.answered[0]):.0f}% of the runs",
            transform=axes.transAxes,
            ha="right",
            va="top",
            fontsize=9.5,
            style="italic",
            bbox={"facecolor": "white", "alpha": 0.85, "linewidth": 0, "pad": 1.0},  # it may lie on the record's line
        )


def _whole_numbers(axis: Any, values: NDArray[np.float64]) -> None:
    """Label the axis of a count, whose values are whole, by whole numbers."""
    from matplotlib.ticker import MaxNLocator

    known = values[np.isfinite(values)]
    if len(known) and (known == np.round(known)).all():
        axis.set_major_locator(MaxNLocator(5, integer=True))


def _plain_years(axes: Any, unit: str) -> None:
    """Label an axis of years by whole years, without a comma or a fraction."""
    from matplotlib.ticker import MaxNLocator

    if unit == "year":
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")


def _place(record: NDArray[np.float64], values: NDArray[np.float64], k: int) -> tuple[float, float]:
    """Order actors by the record's number, those without one behind, by their median."""
    known = values[~np.isnan(values[:, k]), k]
    return (
        record[k] if np.isfinite(record[k]) else math.inf,
        float(np.median(known)) if len(known) else math.inf,
    )
