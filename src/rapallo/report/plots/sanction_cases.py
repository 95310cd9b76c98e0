"""Resort to war, case by case: how many members found a breach and how many applied sanctions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rapallo.measures.coverage import covered
from rapallo.record.time import to_day, to_text
from rapallo.report.plots.canvas import INK, PALE, RECORD, SECOND, SIMULATED, WIDE, is_narrow, sheet, style
from rapallo.report.plots.names import short_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.ensemble import Ensemble

WAR, FINDING, SANCTION = "war", "finding", "sanction"
WITHIN = 365.25
"""Days after the resort to war within which a finding or a sanction against the accused counts to its case."""

Quantiles = tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Case:
    """One resort to war.

    Parameters
    ----------
    accused, victims
        Names of who resorted to war, and of against whom.
    date
        ISO date of the resort.
    found, sanctioned
        How many states found a breach, and how many applied sanctions to the accused, in 5, 25, 50,
        75 and 95 of 100 runs at most.
    found_in, sanctioned_in
        Share of the runs in which anyone did.
    record_found, record_sanctioned
        The record's numbers; NaN where it does not cover the case.
    """

    accused: str
    victims: str
    date: str
    found: Quantiles
    sanctioned: Quantiles
    found_in: float
    sanctioned_in: float
    record_found: float
    record_sanctioned: float


@dataclass(frozen=True, slots=True)
class SanctionCases:
    """Every case of the span, in order of time, and the positions of the acts of the record shown."""

    cases: tuple[Case, ...]
    acts: tuple[int, ...]


def sanction_cases_data(ensemble: Ensemble) -> SanctionCases:
    """Count, for each resort to war within the span, who found and who sanctioned."""
    record, scenario, span = ensemble.record, ensemble.scenario, ensemble.manifest["span"]
    start, end = to_day(span["from"]), to_day(span["to"]) + 1.0
    acts = {layer: ensemble.acts(layer=layer, change="form") for layer in (FINDING, SANCTION)}
    runs = {layer: rows[rows["run"] >= 0] for layer, rows in acts.items()}
    stated = {layer: rows[rows["run"] < 0] for layer, rows in acts.items()}
    cases, shown = [], []
    opened = _opened(record, start, end)
    for k, (accused, time, victims, wars) in enumerate(opened):
        later = [each[1] for each in opened[k + 1 :] if each[0] == accused]
        until = min([time + WITHIN, end, *later])
        counts = {layer: _counts(rows, accused, time, until, len(ensemble)) for layer, rows in runs.items()}
        recorded = {}
        for layer, rows in stated.items():
            mine = rows[(rows["receiver"] == accused) & (rows["time"] >= time) & (rows["time"] < until)]
            known = bool(covered(record, layer, np.array([time]), np.array([min(until, time + 30.0)]))[0])
            recorded[layer] = float(mine["sender"].nunique()) if known or len(mine) else float("nan")
            shown += mine["act"].tolist()
        shown += wars
        cases.append(
            Case(
                accused=short_name(scenario, accused),
                victims=" and ".join(short_name(scenario, each) for each in victims),
                date=to_text(time),
                found=_quantiles(counts[FINDING]),
                sanctioned=_quantiles(counts[SANCTION]),
                found_in=float((counts[FINDING] > 0).mean()),
                sanctioned_in=float((counts[SANCTION] > 0).mean()),
                record_found=recorded[FINDING],
                record_sanctioned=recorded[SANCTION],
            )
        )
    return SanctionCases(tuple(cases), tuple(sorted(set(shown))))


def draw_sanction_cases(data: SanctionCases, width: float = WIDE) -> Figure:
    """Draw two strips a case: findings above, sanctions below."""
    narrow = is_narrow(width)
    with style():
        figure = sheet(width, 1.25 + 0.44 * max(1, len(data.cases)))
        axes = figure.subplots()
        axes.grid(axis="x")
        for place, case in enumerate(data.cases):
            axes.axhline(place + 0.5, color=PALE, lw=0.7, zorder=0)
            _strip(axes, place - 0.17, case.found, case.record_found, SIMULATED)
            _strip(axes, place + 0.17, case.sanctioned, case.record_sanctioned, SECOND)
        labels = [_label(case, narrow) for case in data.cases]
        axes.set_yticks(range(len(labels)), labels)
        axes.tick_params(axis="y", length=0, labelcolor=INK, labelsize=9.5 if narrow else 10)
        for label in axes.get_yticklabels():
            label.set_linespacing(0.9)
        axes.set_ylim(len(labels) - 0.45, -0.6)
        axes.set_xlim(left=-0.6)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("states")
        _legend(figure, narrow)
    return figure


def _opened(record: Any, start: float, end: float) -> list[tuple[str, float, tuple[str, ...], list[int]]]:
    """Give each resort to war: the accused, the time, the victims and the acts; one occasion of one accused is one."""
    found: dict[tuple[int, str], tuple[str, float, list[str], list[int]]] = {}
    for act in record.select(layer=WAR, change="form", since=start, until=end).tolist():
        occasion = int(record.occasion[act])
        accused = record.actors[record.sender[act]]
        key = (occasion if occasion >= 0 else -1 - act, accused)
        _, _, victims, acts = found.setdefault(key, (accused, float(record.time[act]), [], []))
        victims.append(record.actors[record.receiver[act]])
        acts.append(act)
    return [(accused, time, tuple(dict.fromkeys(victims)), acts) for accused, time, victims, acts in found.values()]


def _counts(rows: Any, accused: str, since: float, until: float, runs: int) -> Any:
    mine = rows[(rows["receiver"] == accused) & (rows["time"] >= since) & (rows["time"] < until)]
    mine = mine.drop_duplicates(["run", "sender"])
    return np.bincount(mine["run"].to_numpy(), minlength=runs).astype(float)


def _quantiles(counts: Any) -> Quantiles:
    low, lower, median, upper, high = np.quantile(counts, (0.05, 0.25, 0.5, 0.75, 0.95)).tolist()
    return low, lower, median, upper, high


def _strip(axes: Any, place: float, quantiles: Quantiles, recorded: float, colour: str) -> None:
    low, lower, median, upper, high = quantiles
    axes.plot([low, high], [place, place], color=colour, alpha=0.5, lw=2.0, zorder=2)
    axes.plot([lower, upper], [place, place], color=colour, alpha=0.5, lw=5.5, zorder=2)
    axes.plot([median], [place], "|", color=colour, ms=7, mew=1.6, zorder=3)
    if np.isfinite(recorded):
        axes.plot([recorded], [place], "o", color=RECORD, ms=4.2, zorder=4)


def _label(case: Case, narrow: bool) -> str:
    victims = case.victims.split(" and ")
    against = case.victims if len(victims) < 3 else f"{victims[0]} and {len(victims) - 1} others"
    return f"{case.accused} – {against}" + ("\n" if narrow else ", ") + case.date[:4]


def _legend(figure: Figure, narrow: bool) -> None:
    from matplotlib.lines import Line2D

    figure.legend(
        handles=[
            Line2D([], [], color=SIMULATED, alpha=0.6, lw=5, label="find a breach, in the runs"),
            Line2D([], [], color=SECOND, alpha=0.6, lw=5, label="apply sanctions, in the runs"),
            Line2D([], [], color=RECORD, marker="o", lw=0, ms=4.2, label="the record"),
        ],
        loc="outside lower center",
        ncols=1 if narrow else 3,
    )
