"""When each state recognised one state: the runs' dates as a strip, the record's as a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rapallo.measures import decimal_year, tied_at
from rapallo.record.readings import choose
from rapallo.record.time import to_day
from rapallo.report.plots.canvas import INK, PALE, QUIET, RECORD, SIMULATED, WIDE, is_narrow, sheet, style, years_axis
from rapallo.report.plots.names import short_name
from rapallo.report.plots.standing import EVE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.ensemble import Ensemble

OF = "USSR"
LAYER = "recognition"
MEASURE = "recognition_dates"


@dataclass(frozen=True, slots=True)
class StateDates:
    """The dates of one state.

    Parameters
    ----------
    actor, name
        Its id and its name.
    quantiles
        Decimal years by which 5, 25, 50, 75 and 95 of 100 runs had its recognition; infinite where
        so many never had.
    never
        Share of the runs in which it never came.
    recorded
        The record's date, as a decimal year; NaN where the record has none within the span.
    earliest, latest
        Between which the record's date lies.
    rivals
        Dates that lost to it, as decimal years.
    """

    actor: str
    name: str
    quantiles: tuple[float, float, float, float, float]
    never: float
    recorded: float
    earliest: float
    latest: float
    rivals: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RecognitionDates:
    """The dates of every state.

    Parameters
    ----------
    of
        Name of the state that is recognised.
    first, last
        The span, as decimal years.
    recorded
        States whose recognition the record dates within the span, in order of that date.
    unrecorded
        States of which the record has none, the likeliest in the runs first.
    before
        Names of states that had relations when the span opened.
    runs
        Number of runs.
    acts
        Positions, in the record, of the acts shown.
    """

    of: str
    first: float
    last: float
    recorded: tuple[StateDates, ...]
    unrecorded: tuple[StateDates, ...]
    before: tuple[str, ...]
    runs: int
    acts: tuple[int, ...]


def recognition_dates_data(ensemble: Ensemble) -> RecognitionDates:
    """Gather, state by state, when relations with the USSR first began."""
    found, record, scenario = ensemble.measure(MEASURE), ensemble.record, ensemble.scenario
    first, last = to_day(ensemble.manifest["span"]["from"]), to_day(ensemble.manifest["span"]["to"]) + 1.0
    soviet = record.code("actor", OF)
    stood = tied_at(record, [LAYER], [first - EVE])[0, soviet]
    acts = _first_acts(record, soviet, first, last)
    rows = []
    for actor in found.values.columns:
        values = found.values[actor].to_numpy()
        never = float(np.isnan(values).mean())
        known = actor in acts
        if never == 1.0 and not known:
            continue
        rows.append(
            StateDates(
                actor=actor,
                name=short_name(scenario, actor),
                quantiles=_quantiles(values),
                never=never,
                recorded=decimal_year(float(record.time[acts[actor]])) if known else float("nan"),
                **(_doubts(scenario, record, acts[actor]) if known else _NO_DOUBTS),
            )
        )
    recorded = sorted((row for row in rows if row.actor in acts), key=lambda row: (row.recorded, row.name))
    rest = [row for row in rows if row.actor not in acts and not stood[record.code("actor", row.actor)]]
    return RecognitionDates(
        of=short_name(scenario, OF),
        first=decimal_year(first),
        last=decimal_year(last),
        recorded=tuple(recorded),
        unrecorded=tuple(sorted(rest, key=lambda row: (row.never, row.quantiles[2], row.name))),
        before=tuple(sorted(short_name(scenario, record.actors[k]) for k in np.flatnonzero(stood))),
        runs=len(ensemble),
        acts=tuple(sorted(acts.values())),
    )


def draw_recognition_dates(data: RecognitionDates, width: float = WIDE) -> Figure:
    """Draw one strip a state; a strip that leaves on the right stands for runs in which it never came."""
    narrow = is_narrow(width)
    groups = [rows for rows in (data.recorded, data.unrecorded) if rows]
    lines = sum(len(rows) for rows in groups) + 1.6 * len(groups)
    with style():
        figure = sheet(width, 0.6 + 0.178 * lines)
        axes = figure.subplots()
        years_axis(axes, data.first, data.last)
        axes.xaxis.tick_top()
        axes.grid(axis="x")
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.spines["top"].set_visible(True)
        ticks, labels = [], []
        place = 0.0
        for rows, head in (
            (
                data.recorded,
                "in the order of the record" if narrow else "recognised within the span, in the order of the record",
            ),
            (data.unrecorded, "no act in the record within the span"),
        ):
            if not rows:
                continue
            place += 1.3
            axes.text(data.first, place - 0.1, head, style="italic", fontsize=10, va="center", ha="left", color=INK)
            for row in rows:
                place += 1.0
                _strip(axes, row, place, data.last)
                ticks.append(place)
                labels.append(row.name)
        axes.set_yticks(ticks, labels)
        axes.tick_params(axis="y", length=0, labelsize=9.5 if narrow else 10, labelcolor=INK)
        axes.set_ylim(place + 0.8, 0.3)
        axes.text(1.015, 1.2, "never", transform=axes.get_yaxis_transform(), fontsize=9.5, va="center", style="italic")
    return figure


def _strip(axes: Any, row: StateDates, place: float, last: float) -> None:
    low, lower, median, upper, high = row.quantiles
    axes.plot([axes.get_xlim()[0], last], [place, place], color=PALE, lw=0.7, zorder=0)
    for begins, ends, thick in ((low, high, 2.0), (lower, upper, 5.5)):
        if begins < last:
            axes.plot([begins, min(ends, last)], [place, place], color=SIMULATED, alpha=0.5, lw=thick, zorder=2)
    if median < last:
        axes.plot([median], [place], "|", color="#1f3f58", ms=7, mew=1.4, zorder=3)
    if np.isfinite(row.recorded):
        axes.plot([row.earliest, row.latest], [place, place], color=RECORD, lw=1.0, zorder=4)
        axes.plot(row.rivals, [place] * len(row.rivals), "o", mfc="white", mec=RECORD, mew=0.8, ms=3.4, zorder=4)
        axes.plot([row.recorded], [place], "o", color=RECORD, ms=4.0, zorder=5)
    share = f"{100 * row.never:.0f}%" if row.never >= 0.005 else "0%" if row.never == 0 else "<1%"
    axes.text(
        1.015,
        place,
        share,
        transform=axes.get_yaxis_transform(),
        va="center",
        fontsize=9.5,
        color=QUIET if row.never == 0 else INK,
    )


def _quantiles(values: Any) -> tuple[float, float, float, float, float]:
    """Take quantiles over all runs; one that never came lies beyond any date."""
    dates = np.where(np.isnan(values), np.inf, values)
    low, lower, median, upper, high = np.quantile(dates, (0.05, 0.25, 0.5, 0.75, 0.95), method="inverted_cdf").tolist()
    return low, lower, median, upper, high


def _first_acts(record: Any, soviet: int, first: float, last: float) -> dict[str, int]:
    """Give the position of each actor's first recognition within the span."""
    found: dict[str, int] = {}
    for act in record.select(layer=LAYER, change="form", since=first, until=last).tolist():
        parties = (int(record.sender[act]), int(record.receiver[act]))
        if soviet in parties:
            found.setdefault(record.actors[parties[1] if parties[0] == soviet else parties[0]], act)
    return found


_NO_DOUBTS: dict[str, Any] = {"earliest": float("nan"), "latest": float("nan"), "rivals": ()}


def _doubts(scenario: Any, record: Any, act: int) -> dict[str, Any]:
    """Give the first and last day that an act may be of, and the dates of its rival readings."""
    names = (record.ids[act], record.actors[record.sender[act]], record.actors[record.receiver[act]])
    rows = [
        row
        for row in scenario.tables.acts
        if row.layer == LAYER and row.change == "form" and (row.id, row.sender, row.receiver) == names
    ]
    if not rows:
        return _NO_DOUBTS
    choice = choose(rows)
    when = choice.row.date

    def year(day: float | None) -> float:
        return float("nan") if day is None else decimal_year(day)

    rivals = {year(row.date.earliest) for row in choice.lost} - {float("nan")}
    return {
        "earliest": year(when.earliest),
        "latest": year(None if when.latest is None else when.latest + 1.0),
        "rivals": tuple(sorted(each for each in rivals if np.isfinite(each))),
    }
