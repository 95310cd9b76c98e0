"""The trade of one state with its main partners, year by year, beside what is recorded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapallo.record.time import to_date
from rapallo.report.plots.acts_a_year import years_of
from rapallo.report.plots.band import Band, band_of, draw_band, draw_record
from rapallo.report.plots.canvas import RECORD, WIDE, is_narrow, sheet, style, years_axis
from rapallo.report.plots.names import short_name

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from rapallo.experiment.ensemble import Ensemble
    from rapallo.scenario.scenario import Scenario

OF = "USSR"
SERIES = "trade"
DOUBTED = "of low certainty"
PARTNERS = 8
"""Panels: the partners with the most recorded trade over the span."""


@dataclass(frozen=True, slots=True, eq=False)
class PartnerTrade:
    """Trade with one partner.

    Parameters
    ----------
    actor, name
        The partner's id and name.
    band
        The runs, by year: exports to it and imports from it together.
    record
        The recorded figures of the same years; NaN where either direction is not stated.
    doubted
        Of which years the record itself doubts a figure: it is stated with low certainty.
    """

    actor: str
    name: str
    band: Band
    record: NDArray[np.float64]
    doubted: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class SovietTrade:
    """Trade with the main partners.

    Parameters
    ----------
    of
        Name of the state whose trade it is.
    unit
        Of all numbers, a year.
    years
        The years of the span.
    partners
        The main partners, the largest first.
    share
        Share of the recorded trade over the span that they make up.
    """

    of: str
    unit: str
    years: NDArray[np.int64]
    partners: tuple[PartnerTrade, ...]
    share: float


def soviet_trade_data(ensemble: Ensemble) -> SovietTrade:
    """Gather exports and imports of the USSR by partner and year."""
    scenario, years = ensemble.scenario, years_of(ensemble)
    rows = ensemble.series(series=SERIES)
    rows = rows[rows["year"].isin(years)]
    stated = _turnover(rows[rows["run"] < 0], years)
    totals = stated.groupby("partner")["value"].sum().sort_values(ascending=False, kind="stable")
    chosen = list(totals.index[:PARTNERS])
    simulated = _turnover(rows[rows["run"] >= 0], years)
    doubts = _doubts(scenario)
    partners = []
    for actor in chosen:
        mine, theirs = stated[stated["partner"] == actor], simulated[simulated["partner"] == actor]
        record = np.full(len(years), np.nan)
        record[mine["year"].to_numpy() - years[0]] = mine["value"].to_numpy()
        values = np.full((len(ensemble), len(years)), np.nan)
        values[theirs["run"].to_numpy(), theirs["year"].to_numpy() - years[0]] = theirs["value"].to_numpy()
        doubted = np.array([(actor, int(year)) in doubts for year in years])
        partners.append(PartnerTrade(actor, short_name(scenario, actor), band_of(values, years), record, doubted))
    whole = float(totals.sum())
    return SovietTrade(
        of=short_name(scenario, OF),
        unit=scenario.quantities[SERIES].unit,
        years=years,
        partners=tuple(partners),
        share=float(totals.loc[chosen].sum()) / whole if whole else math.nan,
    )


def draw_soviet_trade(data: SovietTrade, width: float = WIDE) -> Figure:
    """Draw one panel a partner, each with a scale of its own."""
    from matplotlib.ticker import MaxNLocator

    columns = 2 if is_narrow(width) else 4
    lines = max(1, math.ceil(len(data.partners) / columns))
    with style():
        figure = sheet(width, 0.45 + 1.75 * lines)
        grid = figure.subplots(lines, columns, sharex=True, squeeze=False)
        for axes, partner in zip(grid.flat, data.partners, strict=False):
            axes.grid(axis="y")
            draw_band(axes, partner.band)
            draw_record(axes, data.years, partner.record, marks=True)
            doubted = np.where(partner.doubted, partner.record, np.nan)
            axes.plot(data.years, doubted, "o", ms=3.4, mfc="white", mec=RECORD, zorder=5, label=DOUBTED)
            axes.set_title(partner.name)
            years_axis(axes, float(data.years[0]) - 0.5, float(data.years[-1]) + 0.5)
            axes.set_ylim(0, 1.06 * np.nanmax(np.concatenate([partner.band.high, partner.record, [1.0]])))
            axes.yaxis.set_major_locator(MaxNLocator(4))
        for axes in grid.flat[len(data.partners) :]:
            axes.set_visible(False)
        figure.supylabel(f"{data.unit} a year", fontsize=10.5)
        handles, labels = grid[0, 0].get_legend_handles_labels()
        if not any((each.doubted & np.isfinite(each.record)).any() for each in data.partners):
            handles, labels = handles[:-1], labels[:-1]
        figure.legend(handles, labels, loc="outside lower center", ncols=2 if is_narrow(width) else 3)
    return figure


def _doubts(scenario: Scenario) -> set[tuple[str, int]]:
    """Give partners and years of which a figure is stated with low certainty."""
    return {
        (row.receiver if row.sender == OF else row.sender, to_date(row.date.earliest).year)
        for row in scenario.tables.dyads
        if row.attribute == SERIES and row.certainty == "low" and row.date.earliest is not None
    }


def _turnover(rows: pd.DataFrame, years: NDArray[np.int64]) -> pd.DataFrame:
    """Add the two directions of each run, partner and year; what is stated in one alone is left out."""
    import pandas as pd

    sold, bought = rows[rows["sender"] == OF], rows[rows["receiver"] == OF]
    keys = ["run", "year", "partner"]
    sides = [
        side.assign(partner=side[whose].astype(str))[[*keys, "value"]]
        for side, whose in ((sold, "receiver"), (bought, "sender"))
    ]
    both = pd.merge(*sides, on=keys)
    both["value"] = both["value_x"] + both["value_y"]
    return both[[*keys, "value"]]
