"""The paper that every plot is drawn on: sizes, colours, lettering, and the way to SVG."""

from __future__ import annotations

import io
import re
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE = 7.6
"""Inches: the width of a column of text on a desk."""

NARROW = 4.2
"""Inches: the width of a telephone held upright, so that lettering is not shrunk there."""

INK = "#1f1f1f"
RECORD = "#111111"
SIMULATED = "#3d6b8e"
SECOND = "#a5552b"
THIRD = "#5d7a3a"
FOURTH = "#7a5a8c"
QUIET = "#8a8a86"
PALE = "#e9e7e1"

FONTS = ["STIXGeneral", "DejaVu Serif"]
"""Both come with Matplotlib, so that a plot has the same bytes wherever it is drawn."""

STYLE: dict[str, Any] = {
    "font.family": FONTS,
    "font.size": 11.0,
    "mathtext.fontset": "stix",
    "text.color": INK,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.labelsize": 11.0,
    "axes.linewidth": 0.7,
    "axes.titlesize": 11.5,
    "axes.titlelocation": "left",
    "axes.titlepad": 5.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": "#dcdad4",
    "grid.linewidth": 0.6,
    "xtick.color": "#55534e",
    "ytick.color": "#55534e",
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 10.5,
    "legend.handlelength": 1.6,
    "legend.borderaxespad": 0.2,
    "lines.linewidth": 1.4,
    "lines.solid_capstyle": "butt",
    "hatch.linewidth": 0.5,
    "hatch.color": "#d3d0c8",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "rapallo",
    "svg.fonttype": "path",
}


def style() -> AbstractContextManager[None]:
    """Give a context in which Matplotlib draws in the style of the report."""
    from matplotlib import rc_context

    context: AbstractContextManager[None] = rc_context(cast("Any", STYLE))
    return context


def sheet(width: float, height: float) -> Figure:
    """Give an empty figure; it shows itself in a notebook and needs no window system.

    Parameters
    ----------
    width, height
        Inches.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    class Sheet(Figure):
        """A figure that notebooks can show although no window system is attached."""

        def _repr_svg_(self) -> str:
            return to_svg(self)

    made = Sheet(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(made)
    return made


def to_svg(figure: Figure) -> str:
    """Give a figure as SVG; the same figure gives the same text on any day."""
    text = io.StringIO()
    with style():
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return _PLACES.sub(lambda found: _LONG.sub(_hundredths, found.group()), text.getvalue())


_PLACES = re.compile(r'\b(?:d|x|y|points)="[^"]*"')
_LONG = re.compile(r"-?[0-9]+\.[0-9]{3,}")
"""Coordinates finer than a hundredth of a point: no eye sees the rest, and it makes up a third of a file."""


def _hundredths(found: re.Match[str]) -> str:
    return f"{float(found.group()):.2f}".rstrip("0").rstrip(".")


def is_narrow(width: float) -> bool:
    """Tell whether a figure of this width is for a telephone."""
    return width < (WIDE + NARROW) / 2.0


def years_axis(axes: Any, first: float, last: float) -> None:
    """Set a horizontal axis in years: every fifth labelled, each ticked."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    span = last - first
    step = 5 if span > 12 else 2 if span > 5 else 1
    axes.set_xlim(first, last)
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.xaxis.set_minor_locator(MultipleLocator(1))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    axes.tick_params(axis="x", which="minor", length=2.0, width=0.5, color=QUIET)
