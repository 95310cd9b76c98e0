"""Sooner, later, never: what a change does to the date of each state, as a forest of bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rapallo.report.plots.canvas import INK, PALE, QUIET, SECOND, SIMULATED, WIDE, is_narrow, sheet, style
from rapallo.report.plots.names import short_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.compare import Comparison

MOST = 45
"""States drawn at most: those that move in the most pairs."""

LEAST = 0.01
"""Share of the pairs in which a state's date must move for it to be drawn."""

SOONER, GAINED, LATER, LOST = "#2f6f62", "#8fbfb3", "#d9a07f", SECOND
_PARTS = (("gained", GAINED, -1), ("sooner", SOONER, -1), ("later", LATER, 1), ("lost", LOST, 1))


@dataclass(frozen=True, slots=True)
class StateShift:
    """One state.

    Parameters
    ----------
    actor, name
        Its id and name.
    sooner, later, gained, lost
        Shares of the pairs in which its date comes sooner or later, or only in the changed or the base world.
    quantiles
        Years by which it shifts where it moves and comes in both: 0.25, 0.5 and 0.75; NaN where it never does.
    """

    actor: str
    name: str
    sooner: float
    later: float
    gained: float
    lost: float
    quantiles: tuple[float, float, float]

    @property
    def moved(self) -> float:
        """Share of the pairs in which anything about it changes."""
        return self.sooner + self.later + self.gained + self.lost


@dataclass(frozen=True, slots=True)
class StateShifts:
    """All of them.

    Parameters
    ----------
    rows
        The states drawn, the one that comes later or never in the most pairs first.
    still
        How many others move in fewer than one pair of a hundred.
    pairs
        Number of pairs of runs.
    """

    rows: tuple[StateShift, ...]
    still: int
    pairs: int


def state_shifts_data(comparison: Comparison, measure: str) -> StateShifts:
    """Gather the shifts of a measure by actor whose values are dates."""
    table = comparison.dates(measure)
    first, second = comparison.base.measure(measure).values, comparison.changed.measure(measure).values
    rows = []
    for actor, line in table.iterrows():
        shift = (second[actor] - first[actor]).to_numpy(float)
        moved = shift[np.isfinite(shift) & (np.abs(shift) > 1.0 / 365.25)]
        quantiles = np.quantile(moved, (0.25, 0.5, 0.75)).tolist() if len(moved) else [float("nan")] * 3
        shares = {name: float(line[name]) for name in ("sooner", "later", "gained", "lost")}
        name = short_name(comparison.base.scenario, str(actor))
        rows.append(StateShift(str(actor), name, **shares, quantiles=(quantiles[0], quantiles[1], quantiles[2])))
    moving = sorted((row for row in rows if row.moved >= LEAST), key=lambda row: -row.moved)[:MOST]
    moving.sort(key=lambda row: (row.sooner + row.gained - row.later - row.lost, row.name))
    return StateShifts(tuple(moving), len(rows) - len(moving), len(first))


def draw_state_shifts(data: StateShifts, width: float = WIDE) -> Figure:
    """Draw, for each state, the share of pairs in which it comes sooner or later, and by how long."""
    narrow = is_narrow(width)
    lines = len(data.rows)
    with style():
        figure = sheet(width, 1.5 + 0.2 * lines)
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2) if not narrow else (3, 1.7))
        for axes in (left, right):
            axes.grid(axis="x")
            axes.spines[["left"]].set_visible(False)
            axes.axvline(0.0, color=QUIET, lw=0.8)
        for place, row in enumerate(data.rows):
            _bars(left, row, place)
            low, middle, high = row.quantiles
            if np.isfinite(middle):
                right.plot([low, high], [place, place], color=SIMULATED, alpha=0.55, lw=3.2)
                right.plot([middle], [place], "o", color=INK, ms=3.4)
            else:
                right.text(0.0, place, "·", color=PALE, ha="center", va="center")
        left.set_yticks(range(lines), [row.name for row in data.rows])
        left.tick_params(axis="y", length=0, labelsize=9.5 if narrow else 10, labelcolor=INK)
        right.tick_params(axis="y", length=0)
        left.set_ylim(lines - 0.4, -0.6)
        most = max([0.05, *(max(row.sooner + row.gained, row.later + row.lost) for row in data.rows)])
        left.set_xlim(-1.08 * most, 1.08 * most)
        left.xaxis.set_major_formatter(lambda share, _: f"{100 * abs(share):.0f}%")
        left.set_xlabel("share of pairs")
        right.set_xlabel("years" if narrow else "years later, where it moves")
        _legend(figure, narrow)
    return figure


def _bars(axes: Any, row: StateShift, place: int) -> None:
    reach = {-1: 0.0, 1: 0.0}
    # nearest to the middle what still comes, outside what comes in one world alone
    for name, colour, side in sorted(_PARTS, key=lambda part: part[0] in ("gained", "lost")):
        share = getattr(row, name)
        axes.barh(place, side * share, left=reach[side], height=0.72, color=colour, lw=0)
        reach[side] += side * share


def _legend(figure: Figure, narrow: bool) -> None:
    from matplotlib.patches import Patch

    names = {"gained": "only if changed", "sooner": "sooner", "later": "later", "lost": "never, if changed"}
    handles = [Patch(color=colour, label=names[name]) for name, colour, _ in _PARTS]
    figure.legend(handles=handles, loc="outside lower center", ncols=2 if narrow else 4)
