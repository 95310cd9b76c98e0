"""A tornado: what an answer hangs on, the largest first, each with its error and who says so."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from rapallo.report.plots.canvas import INK, PALE, QUIET, SECOND, SIMULATED, WIDE, is_narrow, sheet, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.sensitivity import Sensitivity

MOST = 25


def plot_sensitivity(found: Sensitivity, width: float = WIDE) -> Figure:
    """Draw a bar for each variant or parameter that stands out of noise; noise itself is a grey band.

    Parameters
    ----------
    found
        From :func:`rapallo.experiment.sensitivity.sensitivity`.
    width
        Inches.
    """
    facts = found.method == "facts"
    shown = found.table[found.table["rank"] > 0].head(MOST)
    effect = shown["difference" if facts else "effect"].to_numpy(float)
    error = (shown["error"] if facts else np.hypot(shown["luck_error"], shown["sample_error"])).to_numpy(float)
    places = np.arange(len(shown))[::-1].astype(float)
    with style():
        figure = sheet(width, 1.5 + 0.42 * max(1, len(shown)))
        axes = figure.add_subplot()
        axes.axvspan(-found.noise if facts else 0.0, found.noise, color=PALE, linewidth=0.0, label="noise could do it")
        colours = [SECOND if each > 0 else SIMULATED for each in effect]
        axes.barh(places, effect, height=0.55, color=colours, linewidth=0.0)
        axes.errorbar(effect, places, xerr=1.96 * error, fmt="none", ecolor=INK, elinewidth=0.8)
        axes.axvline(0.0, color=QUIET, linewidth=0.7)
        axes.set_yticks(places, [_label(row, facts, is_narrow(width)) for _, row in shown.iterrows()])
        axes.tick_params(axis="y", labelsize=8.5)
        axes.set_ylim(-0.8, max(0.8, len(shown) - 0.2))
        if not len(shown):
            axes.text(0.5, 0.5, "nothing stands out of noise", transform=axes.transAxes, ha="center")
        at = "" if found.at == "value" else f", {found.at}"
        of_sample = "total index" if found.method == "sobol" else "elementary effects, root mean square"
        what = "changed less base" if facts else of_sample
        axes.set_xlabel(what + (f", {found.unit}" if found.unit and found.method != "sobol" else ""))
        axes.set_title(f"{found.measure}{at}: what it hangs on")
        axes.legend(loc="lower right")
    return figure


def _label(row: Any, facts: bool, narrow: bool) -> str:
    """Name a variant, and below it its works: those that were opened, else those to look it up in."""
    wide = 34 if narrow else 52
    if not facts:
        return str(row["parameter"]) + (f"\n[{row['source']}]" if row["source"] else "")
    title = textwrap.shorten(str(row["title"]), wide, placeholder=" …")
    works = row["source"] or (f"look up in {row['look_up']}" if row["look_up"] else "no source")
    return f"{title}\n{row['fact']} {row['kind']} [{textwrap.shorten(str(works), wide, placeholder=' …')}]"
