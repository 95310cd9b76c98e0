"""Diplomacy above, subversion below, exposures between: the record act by act, the runs' yearly rates behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.measures.coverage import covered
from rapallo.measures.yearly import occasions
from rapallo.record.time import to_day, to_text
from rapallo.report.plots.acts_a_year import counts_of_runs, edges_of, years_of
from rapallo.report.plots.band import Band, band_of, decimal, draw_band
from rapallo.report.plots.canvas import (
    INK,
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
from rapallo.report.plots.names import short_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.ensemble import Ensemble

OF = "USSR"
DIPLOMACY = ("recognition", "de_facto", "treaty", "trade_agreement", "alliance")
SUBVERSION = ("subversion", "rising")
EXPOSURE = ("exposure",)

COLOURS = {
    "recognition": SIMULATED,
    "de_facto": "#8fb0c9",
    "treaty": THIRD,
    "trade_agreement": "#c2a23a",
    "alliance": "#7a5a8c",
    "subversion": "#7c3a2a",
    "rising": SECOND,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One recorded act on a track.

    Parameters
    ----------
    at
        Decimal year.
    date
        ISO date, as resolved.
    layer, title, other
        Its layer, its title, and the name of the other side.
    act
        Its position in the record.
    """

    at: float
    date: str
    layer: str
    title: str
    other: str
    act: int


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One track.

    Parameters
    ----------
    name
        ``diplomacy``, ``exposure`` or ``subversion``.
    layers
        The layers whose acts stand on it.
    marks
        The recorded acts, in order; of an occasion the first.
    band
        How many acts a year the runs have on it.
    silent
        Years that the record's coverage of any of its layers leaves out, in whole or in part.
    """

    name: str
    layers: tuple[str, ...]
    marks: tuple[Mark, ...]
    band: Band
    silent: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TwoTracks:
    """The three tracks of one state over the years of the span."""

    of: str
    years: NDArray[np.int64]
    diplomacy: Track
    exposure: Track
    subversion: Track


def two_tracks_data(ensemble: Ensemble) -> TwoTracks:
    """Gather the acts of each track in which the USSR has a part."""
    years = years_of(ensemble)
    present = set(ensemble.scenario.layers)
    tracks = {
        name: _track(ensemble, name, tuple(each for each in layers if each in present), years)
        for name, layers in (("diplomacy", DIPLOMACY), ("exposure", EXPOSURE), ("subversion", SUBVERSION))
    }
    return TwoTracks(of=short_name(ensemble.scenario, OF), years=years, **tracks)


def draw_two_tracks(data: TwoTracks, width: float = WIDE) -> Figure:
    """Draw each recorded act as one square of its year's column; exposures stand at their dates."""
    from matplotlib.ticker import MaxNLocator

    narrow = is_narrow(width)
    tops = [_top(track) for track in (data.diplomacy, data.subversion)]
    with style():
        heights = [max(2.0, 0.105 * tops[0]), 0.62, max(0.9, 0.105 * tops[1])]
        figure = sheet(width, sum(heights) + 1.15)
        above, between, below = figure.subplots(3, 1, sharex=True, height_ratios=heights)
        for axes, track, top in ((above, data.diplomacy, tops[0]), (below, data.subversion, tops[1])):
            axes.grid(axis="y")
            draw_band(axes, track.band, colour=QUIET, steps=True, label=axes is above)
            _squares(axes, track, narrow)
            _silence(axes, track, data.years)
            axes.set_ylim(0, top)
            axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
            axes.set_ylabel("acts a year")
        below.invert_yaxis()
        above.set_title(f"diplomacy: what {_the(data.of)} and others agreed")
        known = "subversion and risings, as far as they are known"
        below.set_xlabel(known if narrow else f"the second track: {known}", loc="left", fontsize=11.5)
        _exposures(between, data.exposure, data.years)
        for axes in (above, between):
            axes.tick_params(axis="x", which="both", length=0, labelbottom=False)
            axes.spines["bottom"].set_visible(axes is above)
        years_axis(below, float(data.years[0]) - 0.5, float(data.years[-1]) + 0.5)
        below.spines["bottom"].set_visible(True)
        below.spines["top"].set_visible(True)
        figure.align_ylabels([above, below])
        _legend(figure, data, above, narrow)
    return figure


def _track(ensemble: Ensemble, name: str, layers: tuple[str, ...], years: NDArray[np.int64]) -> Track:
    record, scenario = ensemble.record, ensemble.scenario
    start, end = to_day(ensemble.manifest["span"]["from"]), to_day(ensemble.manifest["span"]["to"]) + 1.0
    of = record.code("actor", OF)
    marks = []
    for layer in layers:
        acts = record.select(layer=layer, change="form", since=start, until=end)
        acts = acts[(record.sender[acts] == of) | (record.receiver[acts] == of)]
        for act in occasions(record, acts).tolist():
            other = int(record.receiver[act] if record.sender[act] == of else record.sender[act])
            marks.append(
                Mark(
                    at=float(decimal([record.time[act]])[0]),
                    date=to_text(float(record.time[act])),
                    layer=layer,
                    title=str(record.extra["title"][act]) if "title" in record.extra else "",
                    other=short_name(scenario, record.actors[other]) if other >= 0 else "",
                    act=act,
                )
            )
    edges = edges_of(ensemble)
    known = np.ones(len(years), dtype=bool)
    for layer in layers:
        known &= covered(record, layer, edges[:-1], edges[1:])
    return Track(
        name=name,
        layers=layers,
        marks=tuple(sorted(marks, key=lambda mark: (mark.at, mark.act))),
        band=band_of(counts_of_runs(ensemble, layers, OF), years),
        silent=tuple(years[~known].tolist()),
    )


def _top(track: Track) -> float:
    years = [int(mark.at) for mark in track.marks]
    most = max((years.count(year) for year in set(years)), default=0)
    return float(max(most, np.nanmax(track.band.high, initial=0.0), 3.0) + 1.0)


def _squares(axes: Any, track: Track, narrow: bool) -> None:
    """Stack a year's acts as squares, layer by layer."""
    from matplotlib.patches import Rectangle

    for year in sorted({int(mark.at) for mark in track.marks}):
        mine = [mark for mark in track.marks if int(mark.at) == year]
        mine.sort(key=lambda mark: (track.layers.index(mark.layer), mark.at))
        for height, mark in enumerate(mine):
            axes.add_patch(Rectangle((year - 0.3, height + 0.08), 0.6, 0.84, color=COLOURS[mark.layer], lw=0, zorder=3))


def _silence(axes: Any, track: Track, years: NDArray[np.int64]) -> None:
    """Hatch the years of which the record says nothing of a track."""
    for year in track.silent:
        axes.axvspan(year - 0.5, year + 0.5, facecolor="none", edgecolor="#d3d0c8", hatch="////", lw=0, zorder=0.5)


def _exposures(axes: Any, track: Track, years: NDArray[np.int64]) -> None:
    """Put a numbered mark at the date of each exposure; marks that would touch stand one above the other."""
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.spines[["left"]].set_visible(False)
    axes.set_ylabel("exposed", rotation=0, ha="right", va="center")
    axes.axhline(0.5, color=QUIET, lw=0.6, zorder=0)
    _silence(axes, track, years)
    last, level = -np.inf, 0
    for number, mark in enumerate(track.marks, 1):
        level = 1 - level if mark.at - last < 0.75 else 0
        last = mark.at
        axes.text(
            mark.at,
            0.5 if level == 0 else 0.93,
            str(number),
            ha="center",
            va="center",
            fontsize=9,
            color="white",
            bbox={"boxstyle": "circle,pad=0.18", "fc": INK, "ec": "white", "lw": 0.6},
            zorder=5 + level,
        )


def _legend(figure: Figure, data: TwoTracks, above: Any, narrow: bool) -> None:
    from matplotlib.patches import Patch

    used = {mark.layer for track in (data.diplomacy, data.subversion) for mark in track.marks}
    handles = [Patch(color=COLOURS[layer], label=_words(layer)) for layer in COLOURS if layer in used]
    bands, names = above.get_legend_handles_labels()
    if any(track.silent for track in (data.diplomacy, data.exposure, data.subversion)):
        bands.append(Patch(facecolor="none", edgecolor="#d3d0c8", hatch="////", lw=0))
        names.append("record silent")
    figure.legend(
        handles=[*handles, *bands],
        labels=[*[handle.get_label() for handle in handles], *names],
        loc="outside lower center",
        ncols=2 if narrow else 5,
        columnspacing=1.2,
    )


def _words(layer: str) -> str:
    return {"recognition": "recognition de jure", "de_facto": "de facto"}.get(layer, layer.replace("_", " "))


def _the(name: str) -> str:
    return f"the {name}" if name == "USSR" else name
