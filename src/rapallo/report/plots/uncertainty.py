"""The variance of a measure, split: a bar a year, chance, parameters, sources and what they do only together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rapallo.report.plots.canvas import (
    FOURTH,
    INK,
    PALE,
    QUIET,
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

COLOURS = {
    "chance": SIMULATED,
    "parameters": SECOND,
    "sources": THIRD,
    "chance × parameters": FOURTH,
    "chance × sources": QUIET,
    "parameters × sources": "#c9a24b",
    "chance × parameters × sources": "#c4c1b8",
}


def plot_uncertainty(table: pd.DataFrame, measure: str, unit: str, width: float = WIDE) -> Figure:
    """Draw the shares of a measure's variance, stacked; what is estimated below zero is drawn as nothing.

    Parameters
    ----------
    table
        From :meth:`rapallo.experiment.uncertainty.Uncertainty.table`.
    measure, unit
        The measure's.
    width
        Inches.
    """
    keys = list(dict.fromkeys(table["at"]))
    parts = [part for part in COLOURS if part in set(table["part"])]
    shares = table.pivot_table(index="at", columns="part", values="share", sort=False, dropna=False)
    spread = table[table["part"] == "all"].set_index("at")["variance"].clip(lower=0.0) ** 0.5
    heights = shares.reindex(index=keys, columns=parts).clip(lower=0.0)
    total = heights.sum(axis=1).replace(0.0, np.nan)
    yearly = len(keys) > 1 and hasattr(keys[0], "year")
    places = np.array([key.year for key in keys] if yearly else range(len(keys)), dtype=float)
    with style():
        figure = sheet(width, 3.6 if not is_narrow(width) else 4.4)
        axes = figure.add_subplot()
        bottom = np.zeros(len(keys))
        for part in parts:
            height = np.nan_to_num((heights[part] / total).to_numpy(float))
            axes.bar(places, height, bottom=bottom, width=0.86, color=COLOURS[part], label=part, linewidth=0.0)
            bottom += height
        for place, key in zip(places, keys, strict=True):
            if not bottom[int(np.flatnonzero(places == place)[0])]:
                axes.bar(place, 1.0, width=0.86, color=PALE, linewidth=0.0)
            if not yearly or (place - places[0]) % (5 if is_narrow(width) else 3) == 0:
                axes.text(place, 1.01, f"±{spread[key]:.2g}", ha="center", va="bottom", fontsize=9.0, color=INK)
        axes.set_ylim(0.0, 1.0)
        axes.set_ylabel("share of variance")
        if yearly:
            years_axis(axes, places[0] - 0.6, places[-1] + 0.6)
        else:
            axes.set_xticks(places, [measure if key == "value" else str(key) for key in keys])
            axes.set_xlim(-1.5, len(keys) + 0.5)
        axes.set_title(f"{measure}: what its spread is made of (±: standard deviation, {unit or 'its unit'})", pad=16.0)
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2 if is_narrow(width) else 4)
    return figure
