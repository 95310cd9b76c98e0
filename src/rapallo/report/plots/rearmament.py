"""What was built up in secret, and the balance of capability it weighs in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapallo.report.plots.band import Band, band_of, draw_band, draw_record
from rapallo.report.plots.canvas import QUIET, WIDE, is_narrow, sheet, style, years_axis

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.ensemble import Ensemble

HIDDEN, BALANCE = "hidden_rearmament", "capability_balance"


@dataclass(frozen=True, slots=True, eq=False)
class Rearmament:
    """Two yearly measures side by side.

    Parameters
    ----------
    years
        The years of the span.
    hidden, balance
        Bands of the runs.
    record_hidden, record_balance
        The record; NaN where it states nothing.
    units
        Of the two.
    """

    years: NDArray[np.int64]
    hidden: Band
    record_hidden: NDArray[np.float64]
    balance: Band
    record_balance: NDArray[np.float64]
    units: tuple[str, str]


def rearmament_data(ensemble: Ensemble) -> Rearmament:
    """Gather Germany's hidden capability and the balance of capability, year by year."""
    hidden, balance = ensemble.measure(HIDDEN), ensemble.measure(BALANCE)
    years = np.array([date.year for date in hidden.values.columns])
    return Rearmament(
        years=years,
        hidden=band_of(hidden.values.to_numpy(), years),
        record_hidden=hidden.record.to_numpy(),
        balance=band_of(balance.values.to_numpy(), years),
        record_balance=balance.record.to_numpy(),
        units=(hidden.unit, balance.unit),
    )


def draw_rearmament(data: Rearmament, width: float = WIDE) -> Figure:
    """Draw the two measures; a broken line stands where the two coalitions are equal."""
    narrow = is_narrow(width)
    with style():
        figure = sheet(width, 5.6 if narrow else 3.1)
        left, right = figure.subplots(2, 1) if narrow else figure.subplots(1, 2)
        for axes, band, record in (
            (left, data.hidden, data.record_hidden),
            (right, data.balance, data.record_balance),
        ):
            axes.grid(axis="y")
            draw_band(axes, band)
            draw_record(axes, data.years, record, marks=True)
            years_axis(axes, float(data.years[0]) - 0.5, float(data.years[-1]) + 0.5)
            axes.set_ylim(bottom=0)
        left.set_title("hidden arms of Germany")
        left.set_ylabel(data.units[0])
        if np.isnan(data.record_hidden).all():
            left.text(0.03, 0.95, "the record states no figures", transform=left.transAxes, style="italic", va="top")
        right.axhline(1.0, color=QUIET, lw=0.9, ls=(0, (4, 2)), zorder=1)
        right.set_title("Germany, Italy, Japan to Britain, France")
        right.set_ylabel("ratio, allies included")
        handles, labels = right.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2 if narrow else 4)
    return figure
