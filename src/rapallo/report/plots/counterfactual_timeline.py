"""A time line of two worlds: which acts of the record stay, move or fail to come, and which are new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rapallo.report.plots.canvas import (
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

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

MOST = 40
"""Lines of a drawing; what differs most comes first."""

SHOWN = ("moved", "lost", "gained")

COLOURS = {"kept": QUIET, "moved": SIMULATED, "lost": SECOND, "gained": THIRD}


def lines_of(timeline: pd.DataFrame, luck: str, most: int = MOST) -> pd.DataFrame:
    """Choose what a drawing shows: of one luck, what moves, is lost or is new, the likeliest ones, in order of time.

    Parameters
    ----------
    timeline
        From ``Counterfactual.timeline``.
    luck
        The kind of luck.
    most
        Number of lines.
    """
    mine = timeline[(timeline["luck"] == luck) & timeline["fate"].isin(SHOWN) & (timeline["share"] >= 0.25)]
    when = mine["recorded"].fillna(mine["median"])
    shift = (mine["median"] - mine["recorded"]).abs().fillna(1e6)
    weight = mine["share"] * np.log1p(shift)
    chosen = mine.assign(when=when).loc[weight.sort_values(ascending=False, kind="stable").index[:most]]
    return chosen.sort_values("when", kind="stable").reset_index(drop=True)


def plot_timeline(
    timeline: pd.DataFrame, width: float = WIDE, most: int = MOST, lucks: Sequence[str] | None = None
) -> Figure:
    """Draw the time line, one panel a luck.

    A black mark is the record's date; a line leads from it to where the act comes in the changed world, with a bar
    over nine of ten draws; a cross stands where it does not come; a ring is an act that the record has not. The paler
    a mark, the fewer draws it stands for.

    Parameters
    ----------
    timeline
        From ``Counterfactual.timeline``.
    width
        Inches.
    most
        Lines a panel.
    lucks
        Kinds of luck, in order; all that there are if not given.
    """
    kinds = list(dict.fromkeys(timeline["luck"])) if lucks is None else list(lucks)
    panels = [lines_of(timeline, luck, most) for luck in kinds]
    heights = [max(3, len(panel)) for panel in panels]
    with style():
        figure = sheet(width, 0.9 * len(kinds) + 0.19 * sum(heights))
        grid = figure.add_gridspec(len(kinds), 1, height_ratios=heights)
        days = np.concatenate(
            [panel[["recorded", "low", "high"]].to_numpy(float).ravel() for panel in panels] or [[0.0]]
        )
        known = days[np.isfinite(days)]
        first, last = (_year(known.min()), _year(known.max())) if len(known) else (1920.0, 1940.0)
        for row, (luck, panel) in enumerate(zip(kinds, panels, strict=True)):
            axes = figure.add_subplot(grid[row])
            axes.set_title(f"under {luck} luck")
            _draw(axes, panel)
            years_axis(axes, np.floor(first), np.ceil(last))
            axes.set_yticks(range(len(panel)))
            axes.set_yticklabels([_label(line, is_narrow(width)) for line in panel.to_dict("records")], fontsize=8.0)
            axes.set_ylim(len(panel) - 0.4 if len(panel) else 1.0, -0.6)
            axes.grid(axis="x")
    return figure


def _draw(axes: Any, panel: pd.DataFrame) -> None:
    for place, line in enumerate(panel.to_dict("records")):
        colour, strength = COLOURS[line["fate"]], 0.25 + 0.75 * float(line["share"])
        then, now = _year(line["recorded"]), _year(line["median"])
        if line["fate"] != "gained":
            axes.plot([then], [place], "|", color=RECORD, markersize=8.0, markeredgewidth=1.2)
        if line["fate"] == "lost":
            axes.plot([then], [place], "x", color=colour, alpha=strength, markersize=5.5)
            continue
        axes.plot(
            [_year(line["low"]), _year(line["high"])],
            [place, place],
            color=colour,
            alpha=0.35 * strength,
            linewidth=4.5,
        )
        if line["fate"] == "moved":
            axes.plot([then, now], [place, place], color=colour, alpha=strength, linewidth=0.9)
            axes.plot([now], [place], "o", color=colour, alpha=strength, markersize=3.6)
        else:
            axes.plot([now], [place], "o", color=colour, alpha=strength, markersize=4.6, markerfacecolor="white")


def _label(line: dict[str, Any], narrow: bool) -> str:
    name = str(line["process"]).replace("_", " ")
    share = "" if line["share"] >= 0.995 else f" {line['share']:.0%}"
    return f"{line['label']}{share}" if narrow else f"{name}: {line['label']}{share}"


def _year(day: float) -> float:
    """Give the calendar year of a day number, with its part."""
    return 1900.0 + day / 365.2425
