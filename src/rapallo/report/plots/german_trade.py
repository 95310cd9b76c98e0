"""One partner's place in the trade of one state: its share, and who sold most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.record.readings import choose
from rapallo.report.plots.band import Band, band_of, draw_band, draw_record
from rapallo.report.plots.canvas import (
    FOURTH,
    QUIET,
    RECORD,
    SECOND,
    SIMULATED,
    THIRD,
    WIDE,
    is_narrow,
    sheet,
    style,
    years_axis,
)
from rapallo.report.plots.names import short_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.ensemble import Ensemble

OF, PARTNER = "USSR", "DEU"
MEASURE = "german_trade_share"
SHARES, REPORTED = "trade_share_imports", "trade_reported"


@dataclass(frozen=True, slots=True, eq=False)
class GermanTrade:
    """A share, and the sales that it is a share of.

    Parameters
    ----------
    partner, of
        Names of the partner and of the state that buys.
    years
        The years of the span.
    band, record
        The partner's share of the imports from all partners whose sales are known.
    stated
        The share as works state it: year, share, and whether a page that says so was read.
    sellers
        Sales as each seller's own government reported them: actor, name, years, amounts.
    unit
        Of the sales.
    """

    partner: str
    of: str
    years: NDArray[np.int64]
    band: Band
    record: NDArray[np.float64]
    stated: tuple[tuple[int, float, bool], ...]
    sellers: tuple[tuple[str, str, tuple[int, ...], tuple[float, ...]], ...]
    unit: str


def german_trade_data(ensemble: Ensemble) -> GermanTrade:
    """Gather Germany's share of Soviet imports, and what its rivals in trade reported to sell."""
    scenario, found = ensemble.scenario, ensemble.measure(MEASURE)
    years = np.array([date.year for date in found.values.columns])
    groups: dict[tuple[str, str, str], list[Any]] = {}
    for row in scenario.tables.dyads:
        if row.receiver == OF and row.attribute in (SHARES, REPORTED):
            groups.setdefault((row.attribute, row.sender, row.date.text), []).append(row)
    stated: list[tuple[int, float, bool]] = []
    sellers: dict[str, list[tuple[int, float]]] = {}
    for (what, sender, _), rows in groups.items():
        row = choose(rows).row
        year = int(row.date.text[-4:])  # an economic year (1926/1927) counts as the year in which it ends
        if not years[0] <= year <= years[-1]:
            continue
        if what == SHARES and sender == PARTNER:
            stated.append((year, row.value / 100.0, row.basis != "background"))
        elif what == REPORTED:
            sellers.setdefault(sender, []).append((year, row.value))
    ordered = sorted(sellers.items(), key=lambda each: -sum(value for _, value in each[1]))
    return GermanTrade(
        partner=short_name(scenario, PARTNER),
        of=short_name(scenario, OF),
        years=years,
        band=band_of(found.values.to_numpy(), years),
        record=found.record.to_numpy(),
        stated=tuple(sorted(stated)),
        sellers=tuple(
            (
                actor,
                short_name(scenario, actor),
                tuple(year for year, _ in sorted(rows)),
                tuple(value for _, value in sorted(rows)),
            )
            for actor, rows in ordered
        ),
        unit=scenario.quantities[REPORTED].unit if REPORTED in scenario.quantities else "",
    )


def draw_german_trade(data: GermanTrade, width: float = WIDE) -> Figure:
    """Draw the share on one side and the sales on the other."""
    narrow = is_narrow(width)
    sides = 2 if data.sellers else 1
    with style():
        figure = sheet(width, 6.2 if narrow and sides == 2 else 3.5)
        if narrow:
            panels = figure.subplots(sides, 1, squeeze=False).ravel()
        else:
            panels = figure.subplots(1, sides, squeeze=False, width_ratios=[1.35, 1.0][:sides]).ravel()
        _share(panels[0], data)
        if sides == 2:
            _sales(panels[1], data)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2 if narrow else 3, columnspacing=1.2)
    return figure


def _share(axes: Any, data: GermanTrade) -> None:
    axes.grid(axis="y")
    draw_band(axes, data.band)
    draw_record(axes, data.years, data.record, marks=True)
    for read, face, label in (
        (True, SECOND, "as a work read states it"),
        (False, "white", "as a work not read has it"),
    ):
        points = [(year, share) for year, share, opened in data.stated if opened is read]
        if points:
            axes.plot(*zip(*points, strict=True), "D", mfc=face, mec=SECOND, ms=4.0, mew=0.9, label=label, zorder=5)
    axes.set_title(f"{data.partner}'s share of what {_the(data.of)} bought")
    axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f}%")
    axes.set_ylim(bottom=0)
    years_axis(axes, float(data.years[0]) - 0.5, float(data.years[-1]) + 0.5)


def _sales(axes: Any, data: GermanTrade) -> None:
    axes.grid(axis="y")
    colours = (RECORD, SECOND, SIMULATED, THIRD, FOURTH)
    for place, (_, name, years, values) in enumerate(data.sellers):
        colour = colours[place] if place < len(colours) else QUIET
        # a year left out is unknown: the line breaks there
        every = np.arange(years[0], years[-1] + 1)
        line = np.array([dict(zip(years, values, strict=True)).get(year, np.nan) for year in every.tolist()])
        axes.plot(every, line / 1000.0, "o-", color=colour, ms=3.0, lw=1.3)
        axes.annotate(
            name, (every[-1], line[-1] / 1000.0), xytext=(5, 0), textcoords="offset points", va="center",
            fontsize=10, color=colour,
        )  # fmt: skip
    first = min(years[0] for _, _, years, _ in data.sellers)
    last = max(years[-1] for _, _, years, _ in data.sellers)
    axes.set_title(f"sold to {_the(data.of)}, as sellers reported")
    axes.set_ylabel(_in_thousands(data.unit))
    years_axis(axes, first - 0.3, last + 0.3 + 0.33 * (last - first))
    axes.set_xticks(range(first, last + 1, 2))
    axes.set_ylim(bottom=0)


def _the(name: str) -> str:
    return f"the {name}" if name == "USSR" else name


def _in_thousands(unit: str) -> str:
    return unit.replace("thousand", "million") if unit.startswith("thousand") else f"thousand {unit}"
