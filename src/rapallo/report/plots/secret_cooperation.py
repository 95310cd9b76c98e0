"""A secret tie: what was true, and what one outsider could know of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.measures.coverage import covered
from rapallo.record.time import to_day, to_text
from rapallo.report.plots.band import Numbers, decimal
from rapallo.report.plots.canvas import (
    INK,
    QUIET,
    RECORD,
    SECOND,
    SIMULATED,
    WIDE,
    is_narrow,
    sheet,
    style,
    years_axis,
)
from rapallo.report.plots.names import short_name
from rapallo.report.plots.standing import EVE, month_ends

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.ensemble import Ensemble

LAYER, FIRST, SECOND_PARTY, OBSERVER = "cooperation", "DEU", "USSR", "GBR"
BELOW = ("facility", "exchange")

Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class SecretCooperation:
    """The cooperation of two states and what a third could know.

    Parameters
    ----------
    first, second, observer
        Names of the two, and of the third.
    at
        Moments, as decimal years.
    true, known
        Share of the runs in which, at each moment, the tie stands, and in which it stands and the
        observer can know of it.
    elsewhere
        Share of the runs in which the first had such a tie with anyone else at any time.
    stood, could_know
        Stretches of the record in which the tie stood, and in which the observer could know.
    events
        Recorded acts under the tie: layer, decimal year, title.
    exposed
        Recorded exposures: decimal year, ISO date, title.
    silent
        Stretches of the span outside the record's coverage of the layer.
    acts
        Positions, in the record, of the acts shown.
    """

    first: str
    second: str
    observer: str
    at: Numbers
    true: Numbers
    known: Numbers
    elsewhere: float
    stood: tuple[Stretch, ...]
    could_know: tuple[Stretch, ...]
    events: tuple[tuple[str, float, str], ...]
    exposed: tuple[tuple[float, str, str], ...]
    silent: tuple[Stretch, ...]
    acts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Stretches of days in which a tie stood, and in which an outsider could know that it did."""

    stood: tuple[Stretch, ...]
    known: tuple[Stretch, ...]


def knowledge(
    acts: Iterable[tuple[float, str, str, str]],
    pair: tuple[str, str],
    observer: str,
    end: float,
    *,
    opens: float | None = None,
    known_then: bool = False,
) -> Knowledge:
    """Follow a covert tie of two actors and what an outsider can know of it.

    Parameters
    ----------
    acts
        Acts of the covert layer in order of time: day, change, sender, receiver. ``expose`` lets all
        know of the sender's tie with the receiver, ``discover`` lets the sender know every tie of
        the receiver; a tie formed anew is secret again.
    pair, observer
        The two, and the outsider.
    end
        The day on which a tie that still stands is cut off.
    opens, known_then
        The day on which the tie stood from the beginning, if it did, and whether it was known then.
    """
    stood: list[Stretch] = []
    known: list[Stretch] = []
    since, since_known = opens, opens if known_then else None
    for day, change, sender, receiver in acts:
        ours = {sender, receiver} == set(pair)
        if change == "form" and ours and since is None:
            since = day
        elif change == "end" and ours and since is not None:
            stood.append((since, day))
            if since_known is not None:
                known.append((since_known, day))
            since = since_known = None
        elif since is not None and since_known is None:
            found = change == "discover" and sender == observer and receiver in pair
            if found or (change == "expose" and ours):
                since_known = day
    if since is not None:
        stood.append((since, end))
        if since_known is not None:
            known.append((since_known, end))
    return Knowledge(tuple(stood), tuple(known))


def secret_cooperation_data(ensemble: Ensemble) -> SecretCooperation:
    """Gather the secret tie of Germany and the USSR, and what London could know."""
    scenario, record, span = ensemble.scenario, ensemble.record, ensemble.manifest["span"]
    days = month_ends(span["from"], span["to"])
    start, end = to_day(span["from"]), to_day(span["to"]) + 1.0
    pair = (FIRST, SECOND_PARTY)
    stands, seen, elsewhere = _runs(ensemble, pair, days, _at_start(record, pair, start), end)
    acts = record.select(layer=LAYER, since=start, until=end)
    rows = record.acts(layer=LAYER, since=start, until=end)
    recorded = knowledge(
        zip(rows["time"], rows["change"], rows["sender"], rows["receiver"], strict=True),
        pair,
        OBSERVER,
        end,
        **_at_start(record, pair, start),
    )
    events = [
        (layer, float(decimal([record.time[act]])[0]), _title(record, act), act)
        for layer in BELOW
        if layer in scenario.layers
        for act in record.select(layer=layer, change="form", since=start, until=end).tolist()
        if {record.actors[record.sender[act]], record.actors[record.receiver[act]]} == set(pair)
    ]
    exposed = [
        (float(decimal([record.time[act]])[0]), to_text(float(record.time[act])), _title(record, act))
        for act in acts.tolist()
        if record.change[act] == record.code("change", "expose")
    ]
    return SecretCooperation(
        first=short_name(scenario, FIRST),
        second=short_name(scenario, SECOND_PARTY),
        observer=short_name(scenario, OBSERVER),
        at=decimal(days),
        true=stands.mean(axis=0),
        known=seen.mean(axis=0),
        elsewhere=elsewhere,
        stood=_years(recorded.stood),
        could_know=_years(recorded.known),
        events=tuple((layer, at, title) for layer, at, title, _ in sorted(events, key=lambda each: each[1])),
        exposed=tuple(exposed),
        silent=_silent(record, days, start),
        acts=tuple(sorted([*acts.tolist(), *(act for *_, act in events)])),
    )


def draw_secret_cooperation(data: SecretCooperation, width: float = WIDE) -> Figure:
    """Draw the record as bars above, the share of the runs as curves below."""
    narrow = is_narrow(width)
    layers = [layer for layer in BELOW if any(each == layer for each, _, _ in data.events)]
    lanes = [
        "they work\ntogether" if narrow else f"{data.first} and the {data.second} work together",
        *[_LANES[layer][narrow] for layer in layers],
        f"{data.observer}\ncould know" if narrow else f"{data.observer} could know",
    ]
    with style():
        row = 0.5 if narrow else 0.42
        figure = sheet(width, row * len(lanes) + 3.3)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[row * len(lanes), 2.2])
        for axes in (above, below):
            for begins, ends in data.silent:
                axes.axvspan(begins, ends, facecolor="none", edgecolor="#d3d0c8", hatch="////", lw=0, zorder=0)
        _bars(above, 0, data.stood, RECORD)
        for place, layer in enumerate(layers, 1):
            points = [at for each, at, _ in data.events if each == layer]
            above.plot(points, [place] * len(points), "|", color=RECORD, ms=11, mew=1.3, zorder=3)
        last = len(lanes) - 1
        _bars(above, last, data.could_know, SECOND)
        above.set_ylim(len(lanes) - 0.4, -0.6)
        above.set_yticks(range(len(lanes)), lanes)
        above.tick_params(axis="y", length=0, labelcolor=INK)
        for label in above.get_yticklabels():
            label.set_linespacing(0.9)
        above.tick_params(axis="x", which="both", length=0, labelbottom=False)
        above.spines[["left", "bottom"]].set_visible(False)
        above.set_title("in the record")
        below.set_title("in the runs: share in which, at that date …")
        below.grid(axis="y")
        below.fill_between(data.at, data.known, data.true, color=SIMULATED, alpha=0.22, lw=0)
        below.fill_between(data.at, 0, data.known, color=SECOND, alpha=0.20, lw=0)
        below.plot(data.at, data.true, color=SIMULATED, label=f"{data.first} and the {data.second} work together")
        below.plot(data.at, data.known, color=SECOND, label=f"… and {data.observer} could know of it")
        below.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f}%")
        below.set_ylim(0, 1)
        figure.legend(*below.get_legend_handles_labels(), loc="outside lower center", ncols=1 if narrow else 2)
        for at, _, _ in data.exposed:
            for axes in (above, below):
                axes.axvline(at, color=QUIET, lw=0.8, ls=(0, (3, 2)), zorder=1)
            above.text(at, -0.62, " made public", fontsize=9.5, color="#55534e", va="bottom", ha="left", style="italic")
        years_axis(below, float(data.at[0]), float(data.at[-1]))
    return figure


_LANES = {
    "facility": ("plants, schools, test grounds", "plants,\nschools"),
    "exchange": ("delegations of officers", "officers\nsent"),
}


def _runs(
    ensemble: Ensemble, pair: tuple[str, str], days: NDArray[np.float64], opening: dict[str, Any], end: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], float]:
    """Tell of each run at each date whether the tie stands and whether it is known; and who strayed."""
    rows = ensemble.acts(layer=LAYER)
    rows = rows[rows["run"] >= 0]
    stands = np.zeros((len(ensemble), len(days)), dtype=bool)
    seen = np.zeros_like(stands)
    strayed = 0
    for run in range(len(ensemble)):
        mine = rows[rows["run"] == run]
        acts = list(zip(mine["time"], mine["change"], mine["sender"], mine["receiver"], strict=True))
        found = knowledge(acts, pair, OBSERVER, end, **opening)
        for stretches, table in ((found.stood, stands), (found.known, seen)):
            for begins, ends in stretches:
                table[run] |= (days >= begins) & (days < ends)
        strayed += any(
            change == "form" and FIRST in (sender, receiver) and {sender, receiver} != set(pair)
            for _, change, sender, receiver in acts
        )
    return stands, seen, strayed / max(1, len(ensemble))


def _at_start(record: Any, pair: tuple[str, str], start: float) -> dict[str, Any]:
    """Tell whether the tie stood, and was known to the observer, when the span opened."""
    if start <= record.start:
        return {}
    world = record.at(min(start - EVE, record.end)).world
    first, second, observer = (world.actors.index(name) for name in (*pair, OBSERVER))
    if not world.ties[LAYER][first, second] > 0:
        return {}
    return {"opens": start, "known_then": bool(world.seen[LAYER][observer, first, second] > 0)}


def _silent(record: Any, days: NDArray[np.float64], start: float) -> tuple[Stretch, ...]:
    edges = np.concatenate([[start], days])
    known = covered(record, LAYER, edges[:-1], edges[1:])
    at = decimal(edges)
    stretches: list[Stretch] = []
    for k in np.flatnonzero(~known).tolist():
        if stretches and stretches[-1][1] == at[k]:
            stretches[-1] = (stretches[-1][0], float(at[k + 1]))
        else:
            stretches.append((float(at[k]), float(at[k + 1])))
    return tuple(stretches)


def _title(record: Any, act: int) -> str:
    return str(record.extra["title"][act]) if "title" in record.extra else ""


def _years(stretches: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    return tuple((float(first), float(last)) for first, last in (decimal(each) for each in stretches))


def _bars(axes: Any, place: int, stretches: tuple[Stretch, ...], colour: str) -> None:
    for first, last in stretches:
        axes.barh([place], [last - first], left=[first], height=0.5, color=colour, zorder=3)
