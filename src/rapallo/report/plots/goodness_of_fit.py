"""The record beside what the fitted model makes, statistic by statistic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rapallo.report.plots.canvas import INK, RECORD, SIMULATED, WIDE, sheet, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.estimate.goodness import GoodnessOfFit


def plot_goodness_of_fit(fit: GoodnessOfFit, *, width: float = WIDE) -> Figure:
    """Draw for each statistic how the runs spread (violins) and where the record lies (line).

    Every value is drawn in standard deviations of the runs around their mean, so that counts of
    every size share one scale; the p of a panel is that of all its values together.

    Parameters
    ----------
    fit
        From a fit's ``goodness_of_fit()``.
    width
        In inches.
    """
    names = list(fit.observed)
    columns = 2 if len(names) > 1 else 1
    rows = -(-len(names) // columns)
    with style():
        figure = sheet(width, 0.42 * width * rows)
        panels = np.atleast_1d(np.asarray(figure.subplots(rows, columns))).ravel()
        for axes, name in zip(panels, names, strict=False):
            runs = fit.simulated[name].to_numpy(dtype=float)
            spread = runs.std(axis=0)
            scale = np.where(spread > 0, spread, 1.0)
            centre = runs.mean(axis=0)
            at = np.arange(1, runs.shape[1] + 1)
            parts = axes.violinplot(((runs - centre) / scale).T.tolist(), positions=at, widths=0.8, showextrema=False)
            for body in parts["bodies"]:
                body.set_facecolor(SIMULATED)
                body.set_alpha(0.45)
            record = (fit.observed[name].to_numpy(dtype=float) - centre) / scale
            axes.plot(at, record, "o-", color=RECORD, markersize=3, linewidth=1.0)
            labels = [str(each) for each in fit.observed[name].index]
            axes.set_xticks(at, labels, rotation=60 if max(map(len, labels)) > 3 else 0, ha="right", fontsize=7)
            axes.set_title(f"{name}: p {fit.p[name]:.2g}", color=INK)
        for axes in panels[len(names) :]:
            axes.set_axis_off()
        for axes in panels[::columns]:
            axes.set_ylabel("standard deviations")
    return figure
