"""Dated changes from outside the model, in the order in which they take effect."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.system.history import CHANGES, History
from rapallo.system.obligations import Obligations
from rapallo.system.world import World

EXISTS, ATTRIBUTE, PAIR, YEARLY, TICK, ACT, NUMBER, HOLD = range(8)
"""Kinds of entry, in the order in which those of one instant take effect."""


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Everything dated that a run takes from outside, and the state it opens with.

    Parameters
    ----------
    start, end
        Span in days since 1900-01-01.
    opening
        The state at ``start``, after everything dated before it.
    time
        Ascending, shape ``(entries,)``; days.
    kind
        ``EXISTS`` (an actor's existence becomes ``value``), ``ATTRIBUTE``, ``PAIR`` (a quantity
        becomes ``value``), ``YEARLY`` (flows and stocks of the year that ended), ``TICK``
        (memories fade), ``ACT`` (an act of a given process), ``NUMBER`` (a parameter becomes
        ``value``), ``HOLD`` (an act that is carried out where the tie does not stand yet).
    what
        Index of the attribute or pair quantity (in the order of the scenario's quantities of that
        shape), of the parameter or of the layer; the year that ended for ``YEARLY``; the next tick
        for ``TICK`` is in ``value``.
    sender, receiver, change, process, occasion
        As in a history; ``sender`` is the actor of an attribute.
    facts
        Id of the fact behind each entry, or an empty string.
    known_to
        For each entry who knows of the secret that it makes or ends, beside its parties; empty where nobody does
        anywhere.
    numbers
        Parameters that are another at ``start`` than the scenario gives them, by name.
    """

    start: float
    end: float
    opening: World
    time: NDArray[np.float64]
    kind: NDArray[np.int64]
    what: NDArray[np.int64]
    sender: NDArray[np.int64]
    receiver: NDArray[np.int64]
    value: NDArray[np.float64]
    change: NDArray[np.int64]
    process: NDArray[np.int64]
    occasion: NDArray[np.int64]
    facts: tuple[str, ...] = ()
    known_to: tuple[tuple[int, ...], ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.time)

    def numbers_at(self, names: Sequence[str], day: float) -> dict[str, float]:
        """Give the parameters that are another on a day than the scenario gives them; ``names`` are all, in order."""
        found = dict(self.numbers)
        for position in np.flatnonzero((self.kind == NUMBER) & (self.time <= day)):
            found[names[self.what[position]]] = float(self.value[position])
        return found


def make_calendar(start: float, end: float, opening: World, entries: list[dict[str, Any]]) -> Calendar:
    """Sort entries into a calendar.

    Parameters
    ----------
    entries
        Dictionaries with ``time``, ``kind`` and whichever of the other columns apply. Entries of
        one instant and kind keep their order.
    """
    kept = [each for each in entries if start <= each["time"] < end]
    kept.sort(key=lambda each: (each["time"], each["kind"]))

    def column(name: str, default: int = -1) -> NDArray[np.int64]:
        return np.array([each.get(name, default) for each in kept], dtype=np.int64)

    return Calendar(
        start=start,
        end=end,
        opening=opening,
        time=np.array([each["time"] for each in kept], dtype=float),
        kind=column("kind"),
        what=column("what"),
        sender=column("sender"),
        receiver=column("receiver"),
        value=np.array([each.get("value", 0.0) for each in kept], dtype=float),
        change=column("change"),
        process=column("process"),
        occasion=column("occasion"),
        facts=tuple(each.get("fact", "") for each in kept),
        known_to=tuple(each.get("known_to", ()) for each in kept) if any(each.get("known_to") for each in kept) else (),
    )


def apply_entry(world: World, calendar: Calendar, position: int) -> list[tuple[str, int, int]]:
    """Carry out one entry, except acts, yearly updates and parameters; gives the ties that ended with an actor."""
    kind, what = calendar.kind[position], int(calendar.what[position])
    sender, receiver = int(calendar.sender[position]), int(calendar.receiver[position])
    value = float(calendar.value[position])
    lapsed: list[tuple[str, int, int]] = []
    if kind == EXISTS:
        if value > 0:
            world.exists[sender] = True
        elif world.exists[sender]:
            lapsed = list(world.leave(sender))
    elif kind == ATTRIBUTE:
        world.attributes[list(world.attributes)[what]][sender] = value
    elif kind == PAIR:
        world.pairs[list(world.pairs)[what]][sender, receiver] = value
    elif kind == TICK:
        world.tick(float(calendar.time[position]), value)
    return lapsed


def replay(history: History, day: float) -> World:
    """Rebuild the state after everything of a history dated up to a day."""
    calendar: Calendar = history.calendar
    world = copy.deepcopy(calendar.opening)
    obligations = Obligations(history.scenario)
    position = 0
    for act in range(len(history) + 1):
        time = history.time[act] if act < len(history) else np.inf
        while position < len(calendar) and calendar.time[position] <= min(time, day):
            if calendar.kind[position] not in (ACT, HOLD):
                world.now = float(calendar.time[position])
                apply_entry(world, calendar, position)
            position += 1
        if time > day:
            break
        world.now = float(time)
        if history.origin[act] != 3:
            process = history.process[act]
            world.act(
                history.layers[history.layer[act]],
                CHANGES[history.change[act]],
                int(history.sender[act]),
                int(history.receiver[act]),
                history.processes[process] if process >= 0 else "",
                history.told(act),
            )
        obligations.follow(world, history, act)
    for name, series in history.series.items():
        _set_series(world, name, series, day)
    world.now = day
    return world


def _set_series(world: World, name: str, series: Any, day: float) -> None:
    """Set a flow or stock to what the last year that ended before the day left."""
    years = np.unique(series["year"])
    ended = [int(year) for year in years if _new_year(int(year) + 1) <= day]
    if not ended:
        return
    rows = series["year"] == ended[-1]
    if name in world.pairs:
        world.pairs[name][series["sender"][rows], series["receiver"][rows]] = series["value"][rows]
    elif name in world.attributes:
        world.attributes[name][series["sender"][rows]] = series["value"][rows]


def _new_year(year: int) -> float:
    from datetime import date

    return float((date(year, 1, 1) - date(1900, 1, 1)).days)
