"""How surprising each act was, and where the cumulated scores leave the band in which they should wander."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rapallo.report.plots.canvas import FOURTH, INK, PALE, QUIET, RECORD, SECOND, SIMULATED, THIRD, WIDE, sheet, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.estimate.residuals import Residuals

BAND = 1.3581
"""A Brownian bridge stays within it with a probability of 95 per cent."""


def plot_residuals(residuals: Residuals, *, named: int = 5, shown: int = 4, width: float = WIDE) -> Figure:
    """Draw surprise over the acts, and the processes that wander furthest.

    Parameters
    ----------
    residuals
        Of a fit.
    named
        How many of the least expected acts bear their parties.
    shown
        How many processes are drawn in colour; the others are grey.
    width
        In inches.
    """
    with style():
        figure = sheet(width, 0.8 * width)
        above, below = figure.subplots(2, 1, sharex=True, gridspec_kw={"hspace": 0.18})
        surprise = -residuals.acts["log_probability"].to_numpy(dtype=float) / np.log(2.0)
        places = np.arange(1, len(surprise) + 1)
        above.vlines(places, 0, surprise, color=QUIET, linewidth=0.6)
        above.plot(places, surprise, ".", color=RECORD, markersize=3)
        for place in np.argsort(-surprise, kind="stable")[:named]:
            act = residuals.acts.iloc[int(place)]
            when = act["date"] if "date" in act else f"{act['time']:g}"
            above.annotate(
                f"{act['sender']} → {act['receiver']}, {when}",
                (float(places[place]), float(surprise[place])),
                xytext=(3, 2),
                textcoords="offset points",
                fontsize=8,
                color=INK,
            )
        above.set_ylabel("surprise, bits")
        above.set_title("How little each act was expected")
        walks = residuals.processes()
        table = residuals.change_points().set_index("process")
        below.axhspan(-BAND, BAND, color=PALE)
        first = table["largest"].sort_values(ascending=False).index[:shown]
        for name in walks:
            if name not in first:
                below.plot(places, walks[name], color=QUIET, linewidth=0.5)
        for name, colour in zip(first, (SIMULATED, SECOND, THIRD, FOURTH), strict=False):
            below.plot(places, walks[name], color=colour, label=f"{name} (p {table.loc[name, 'p_holm']:.2g})")
        below.legend(loc="best", fontsize=8)
        below.set_ylabel("cumulated score")
        below.set_xlabel("act")
        below.set_title("Does a parameter change on the way? In the band with 95 % if none does")
    return figure
