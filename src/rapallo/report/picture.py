"""One picture of the report, with what it shows, where its numbers come from, and who says so."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapallo.report.references import References

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, ready to be set.

    Parameters
    ----------
    name
        Short name, for links to it.
    title
        Its heading.
    shows
        One sentence: what it shows.
    how
        How to read it, in a clause or two.
    origin
        Sentences: what in it is recorded, estimated, published or assumed.
    references
        The works behind the recorded part.
    covers
        What the record covers of it, in the words of its coverage table.
    keys
        What numbers or marks in it stand for: number, date, text.
    wide, narrow
        The drawing for a desk and for a telephone, as SVG.
    inside
        Sentences: how often the record lies within the runs, for each yearly measure in it.
    """

    name: str
    title: str
    shows: str
    how: str
    origin: tuple[str, ...]
    references: References
    covers: tuple[str, ...]
    keys: tuple[tuple[str, str, str], ...]
    wide: str
    narrow: str
    inside: tuple[str, ...] = ()

    @property
    def wide_uri(self) -> str:
        """The wide drawing as a data URI."""
        return data_uri(self.wide)

    @property
    def narrow_uri(self) -> str:
        """The narrow drawing as a data URI."""
        return data_uri(self.narrow)


def drawn(draw: Callable[[Any, float], Figure], data: Any) -> tuple[str, str]:
    """Draw a plot twice, for a desk and for a telephone; gives SVG."""
    from rapallo.report.plots.canvas import NARROW, WIDE, to_svg

    return to_svg(draw(data, WIDE)), to_svg(draw(data, NARROW))


def data_uri(svg: str) -> str:
    """Give an SVG as an address that holds it whole."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")
