"""A measure in two worlds under one luck: both bands above, the paired difference below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.experiment.coupling import difference_of
from rapallo.record.time import to_day
from rapallo.report.plots.band import Band, band_of, decimal, draw_band, draw_record
from rapallo.report.plots.canvas import INK, QUIET, SECOND, SIMULATED, THIRD, WIDE, is_narrow, sheet, style, years_axis

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.compare import Comparison


@dataclass(frozen=True, slots=True, eq=False)
class TwoWorlds:
    """What is drawn of a yearly measure in two worlds.

    Parameters
    ----------
    name, unit
        The measure's.
    base, changed
        Its band in either world.
    difference
        The band of the paired difference.
    mean, error
        The mean paired difference and its standard error, at each moment.
    record
        The record at each moment; NaN where it is silent.
    begins
        When the change begins, as a decimal year; NaN where it has no date after the start.
    """

    name: str
    unit: str
    base: Band
    changed: Band
    difference: Band
    mean: NDArray[np.float64]
    error: NDArray[np.float64]
    record: NDArray[np.float64]
    begins: float


def two_worlds_data(comparison: Comparison, measure: str) -> TwoWorlds:
    """Take what is drawn of a yearly measure from two worlds."""
    base, changed = comparison.base.measure(measure), comparison.changed.measure(measure)
    keys = [key for key in base.values.columns if key in changed.values.columns]
    first, second = base.values[keys].to_numpy(float), changed.values[keys].to_numpy(float)
    at = np.array([key.year for key in keys], dtype=float)
    paired = difference_of(first, second)
    known = np.maximum(1, (~np.isnan(paired)).sum(axis=0))
    scenario = comparison.base.scenario
    begins = to_day(comparison.intervention.begins(scenario))
    dated = begins > to_day(comparison.base.manifest["span"]["from"])
    with np.errstate(all="ignore"):
        mean, error = np.nanmean(paired, axis=0), np.nanstd(paired, axis=0, ddof=1) / np.sqrt(known)
    return TwoWorlds(
        name=base.name,
        unit=base.unit,
        base=band_of(first, at),
        changed=band_of(second, at),
        difference=band_of(paired, at),
        mean=mean,
        error=error,
        record=base.record[keys].to_numpy(float),
        # years are drawn at their number and mean their end
        begins=float(decimal(np.array([begins]))[0]) - 1.0 if dated else float("nan"),
    )


def draw_two_worlds(data: TwoWorlds, width: float = WIDE) -> Figure:
    """Draw both worlds' bands with the record, and the difference below."""
    narrow = is_narrow(width)
    with style():
        figure = sheet(width, 5.0 if not narrow else 5.4)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        above.grid(axis="y")
        below.grid(axis="y")
        draw_band(above, data.base, colour=SIMULATED, label=False)
        draw_band(above, data.changed, colour=SECOND, label=False)
        draw_record(above, data.base.at, data.record, marks=True)
        draw_band(below, data.difference, colour=THIRD, label=False)
        below.fill_between(
            data.difference.at,
            data.mean - 1.96 * data.error,
            data.mean + 1.96 * data.error,
            color=INK,
            alpha=0.35,
            lw=0,
        )
        below.plot(data.difference.at, data.mean, color=INK, lw=1.2)
        below.axhline(0.0, color=QUIET, lw=0.8)
        for axes in (above, below):
            if np.isfinite(data.begins):
                axes.axvline(data.begins, color=QUIET, lw=0.8, ls=(0, (4, 3)))
        years_axis(below, data.base.at[0] - 0.3, data.base.at[-1] + 0.3)
        lowest = min(np.nanmin(data.base.low), np.nanmin(data.changed.low))
        if lowest >= 0:
            above.set_ylim(bottom=0)
        above.set_ylabel(data.unit)
        below.set_ylabel("changed less base")
        _legend(figure, narrow, bool(np.isfinite(data.record).any()), bool(np.isfinite(data.begins)))
    return figure


def draw_small_differences(panels: list[TwoWorlds], width: float = WIDE) -> Figure:
    """Draw the paired differences of several measures as small panels."""
    narrow = is_narrow(width)
    columns = 2 if narrow else 3
    rows = -(-len(panels) // columns)
    with style():
        figure = sheet(width, 0.5 + 1.55 * rows)
        grid: Any = figure.subplots(rows, columns, squeeze=False)
        for place, axes in enumerate(grid.flat):
            if place >= len(panels):
                axes.set_visible(False)
                continue
            data = panels[place]
            axes.grid(axis="y")
            draw_band(axes, data.difference, colour=THIRD, label=False)
            axes.plot(data.difference.at, data.mean, color=INK, lw=1.1)
            axes.axhline(0.0, color=QUIET, lw=0.8)
            if np.isfinite(data.begins):
                axes.axvline(data.begins, color=QUIET, lw=0.7, ls=(0, (4, 3)))
            years_axis(axes, data.base.at[0] - 0.3, data.base.at[-1] + 0.3)
            axes.tick_params(labelsize=8.5)
            axes.set_title(data.name.replace("_", " "), fontsize=9.5)
    return figure


def _legend(figure: Figure, narrow: bool, recorded: bool, dated: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [
        Patch(color=SIMULATED, alpha=0.45, label="as it was"),
        Patch(color=SECOND, alpha=0.45, label="changed"),
        Patch(color=THIRD, alpha=0.45, label="the difference, pair by pair"),
        Line2D([], [], color=INK, lw=1.2, label="its mean, ± 2 standard errors"),
    ]
    if recorded:
        handles.insert(2, Line2D([], [], color=INK, lw=1.5, marker="o", ms=2.8, label="the record"))
    if dated:
        handles.append(Line2D([], [], color=QUIET, lw=0.8, ls=(0, (4, 3)), label="the change begins"))
    figure.legend(handles=handles, loc="outside lower center", ncols=2 if narrow else 3)
