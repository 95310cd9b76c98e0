"""How many states have relations with one state, month by month, beside the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.measures import attribute_at
from rapallo.measures.coverage import covered
from rapallo.record.time import to_day
from rapallo.report.plots.band import Band, band_of, decimal, draw_band, draw_record
from rapallo.report.plots.canvas import INK, RECORD, WIDE, is_narrow, sheet, style, years_axis
from rapallo.report.plots.names import short_name
from rapallo.report.plots.standing import month_ends, standing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.ensemble import Ensemble

OF = "USSR"
LAYER = "recognition"


@dataclass(frozen=True, slots=True, eq=False)
class RecognitionCurve:
    """A count of relations in force.

    Parameters
    ----------
    of
        Name of the state that is recognised.
    band
        The runs, at the end of each month.
    record
        The record at the same moments; NaN outside its coverage.
    powers
        Great powers with the moment of their recognition in the record (a decimal year) and the
        count then.
    acts
        Positions, in the record, of the acts behind its curve.
    """

    of: str
    band: Band
    record: NDArray[np.float64]
    powers: tuple[tuple[str, float, int], ...]
    acts: tuple[int, ...]


def recognition_curve_data(ensemble: Ensemble) -> RecognitionCurve:
    """Count the states that have relations with the USSR at the end of each month."""
    span, record = ensemble.manifest["span"], ensemble.record
    days = month_ends(span["from"], span["to"])
    stated = record.count_at(LAYER, days.tolist(), receiver=OF).astype(float)
    stated[~covered(record, LAYER, days, days)] = np.nan
    soviet = record.code("actor", OF)
    acts = record.select(layer=LAYER, until=float(days[-1]) + 1.0)
    acts = acts[(record.sender[acts] == soviet) | (record.receiver[acts] == soviet)]
    return RecognitionCurve(
        of=short_name(ensemble.scenario, OF),
        band=band_of(standing(ensemble, LAYER, OF, days), decimal(days)),
        record=stated,
        powers=tuple(_powers(ensemble, acts, soviet, days)),
        acts=tuple(acts.tolist()),
    )


def draw_recognition_curve(data: RecognitionCurve, width: float = WIDE) -> Figure:
    """Draw the curve with its band; each great power stands at its act."""
    narrow = is_narrow(width)
    with style():
        figure = sheet(width, 3.6 if narrow else 4.0)
        axes = figure.subplots()
        axes.grid(axis="y")
        draw_band(axes, data.band)
        draw_record(axes, data.band.at, data.record, steps=True)
        top = np.nanmax(np.concatenate([data.band.high, data.record]))
        axes.set_ylim(0, top * 1.06)
        years_axis(axes, float(data.band.at[0]), float(data.band.at[-1]))
        axes.set_ylabel("states with relations de jure")
        _label_powers(axes, data.powers, narrow)
        axes.legend(loc="upper left")
    return figure


def _powers(
    ensemble: Ensemble, acts: NDArray[np.intp], soviet: int, days: NDArray[np.float64]
) -> list[tuple[str, float, int]]:
    """Find the first recognition within the span by each state that was a great power then."""
    record = ensemble.record
    if "great_power" not in record.scenario.quantities:
        return []
    form = record.code("change", "form")
    start = to_day(ensemble.manifest["span"]["from"])
    found: dict[int, tuple[str, float, int]] = {}
    for act in acts.tolist():
        time = float(record.time[act])
        other = int(record.receiver[act] if record.sender[act] == soviet else record.sender[act])
        if record.change[act] != form or not start <= time <= days[-1] or other in found:
            continue
        # a defeated power counts too: great at any time of the span
        if (attribute_at(record, "great_power", other, days) > 0).any():
            count = int(record.count_at(LAYER, [time], receiver=OF)[0])
            found[other] = (short_name(ensemble.scenario, record.actors[other]), float(decimal([time])[0]), count)
    return list(found.values())


def _label_powers(axes: Any, powers: tuple[tuple[str, float, int], ...], narrow: bool) -> None:
    """Write the names of powers below the curve, each clear of the one before it."""
    from matplotlib.patheffects import withStroke

    years = axes.get_xlim()[1] - axes.get_xlim()[0]
    letter = years / (48.0 if narrow else 95.0)  # the width of a letter, in years
    ends, drop = -np.inf, 0
    axes.plot([at for _, at, _ in powers], [count for *_, count in powers], "o", color=RECORD, ms=3.4, zorder=5)
    for at, text, count in _beside(powers):
        drop = drop + 1 if at < ends else 0
        ends = at + letter * max(len(line) for line in text.split("\n"))
        axes.annotate(
            text,
            (at, count),
            xytext=(4, -4 - 14 * drop),
            textcoords="offset points",
            va="top",
            fontsize=9.5,
            linespacing=0.95,
            color=INK,
            zorder=6,
            path_effects=[withStroke(linewidth=2.2, foreground="white")],
        )


def _beside(powers: tuple[tuple[str, float, int], ...]) -> list[tuple[float, str, int]]:
    """Join the names of powers within four months of each other, two to a line."""
    groups: list[tuple[float, list[str], int]] = []
    for name, at, count in sorted(powers, key=lambda each: each[1]):
        if groups and at - groups[-1][0] < 1.0 / 3.0:
            groups[-1][1].append(name)
        else:
            groups.append((at, [name], count))
    return [
        (at, ",\n".join(", ".join(names[k : k + 2]) for k in range(0, len(names), 2)), count)
        for at, names, count in groups
    ]
