"""What becomes of the record's acts in a changed world: a history under its luck, matched with the record."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.system.history import CHANGES, ORIGINS, to_iso

if TYPE_CHECKING:
    from rapallo.engine.changed_world import ChangedWorld
    from rapallo.engine.recorded_world import RecordedWorld
    from rapallo.engine.replay import Replayed
    from rapallo.system.history import History

DECIDED, HELD, VOTED, GIVEN = "decided", "held", "voted", "given"
"""How an act of the record comes about in the counterfactual: by a clock; carried out as it stands, for the model
decides it not or cannot make it; by a vote; from the calendar."""

_SIMULATED = ORIGINS.index("simulated")


def roles(world: RecordedWorld) -> dict[int, str]:
    """Say how each act of the record inside the span comes about, by its position; lapses follow from others."""
    record, calendar = world.record, world.plan.calendar
    found = {act: DECIDED for act, _ in world.firings}
    found |= {act: HELD for act, _ in world.forced}
    found |= {act: VOTED for case in world.cases for act, _, _ in case.votes}
    inside = np.flatnonzero((record.time >= calendar.start) & (record.time < calendar.end))
    lapse = ORIGINS.index("lapse")
    for act in inside.tolist():
        if act not in found and record.origin[act] != lapse:
            found[act] = GIVEN
    return found


def fates(world: RecordedWorld, changed: ChangedWorld, replayed: Replayed) -> tuple[NDArray[np.float64], list[int]]:
    """Find the record's acts again in a history under its luck.

    An act is found where the same firing of the same clock gave it to the same receiver. What is left over
    is matched, in order of time, with acts of the same process between the same two: such an act is moved.

    Parameters
    ----------
    world
        The record.
    changed, replayed
        The other world, and what happened in it.

    Returns
    -------
    tuple
        For each act of the record the instant at which it happens there (``nan``: it does not), and the
        positions in the history of the acts that the record has not.
    """
    record, history = world.record, replayed.history
    times = np.full(len(record), np.nan)
    taken = history.origin != _SIMULATED
    for place in np.flatnonzero(replayed.firing >= 0).tolist():
        act = world.firings[replayed.firing[place]][0]
        if history.sender[place] == record.sender[act] and history.receiver[place] == record.receiver[act]:
            times[act] = history.time[place]
            taken[place] = True
    for act, place in zip(changed.forced, replayed.forced.tolist(), strict=True):
        if act >= 0 and place >= 0:
            times[act] = history.time[place]
    votes = [act for case in world.cases for act, _, _ in case.votes]
    for act, place in zip(votes, replayed.votes.tolist(), strict=True):
        if place >= 0:
            times[act] = history.time[place]
            taken[place] = True
    _given(world, history, times)
    left: dict[Any, list[int]] = defaultdict(list)
    for act in sorted([*(act for act, _ in world.firings), *votes]):
        if np.isnan(times[act]):
            left[_kind(record, act)].append(act)
    gained = []
    for place in np.flatnonzero(~taken).tolist():
        waiting = left.get(_kind(history, place))
        if waiting:
            times[waiting.pop(0)] = history.time[place]
        else:
            gained.append(place)
    return times, gained


def _given(world: RecordedWorld, history: History, times: NDArray[np.float64]) -> None:
    """Find acts of the calendar again, in order."""
    record = world.record
    there: dict[Any, list[int]] = defaultdict(list)
    for place in np.flatnonzero(history.origin == ORIGINS.index("given")).tolist():
        there[_kind(history, place)].append(place)
    for act, role in roles(world).items():
        places = there.get(_kind(record, act)) if role == GIVEN else None
        if places:
            times[act] = history.time[places.pop(0)]


def _kind(history: History, act: int) -> tuple[int, ...]:
    return tuple(
        int(column[act])
        for column in (history.process, history.layer, history.change, history.sender, history.receiver)
    )


def kind_in_words(history: History, act: int) -> tuple[str, ...]:
    """Name an act: process, layer, change, sender and receiver."""
    process, receiver = int(history.process[act]), int(history.receiver[act])
    return (
        history.processes[process] if process >= 0 else "",
        history.layers[history.layer[act]],
        CHANGES[history.change[act]],
        history.actors[history.sender[act]],
        history.actors[receiver] if receiver >= 0 else "",
    )


def with_ids(world: RecordedWorld, changed: ChangedWorld, replayed: Replayed, label: str) -> History:
    """Give a history in which the record's own acts bear the record's ids."""
    record, history = world.record, replayed.history
    ids = np.full(len(history), "", dtype=object)
    if record.ids is not None:
        for place in np.flatnonzero(replayed.firing >= 0).tolist():
            act = world.firings[replayed.firing[place]][0]
            if history.sender[place] == record.sender[act] and history.receiver[place] == record.receiver[act]:
                ids[place] = record.ids[act]
        votes = [act for case in world.cases for act, _, _ in case.votes]
        pairs = [
            *zip(changed.forced, replayed.forced.tolist(), strict=True),
            *zip(votes, replayed.votes.tolist(), strict=True),
        ]
        for act, place in pairs:
            if act >= 0 and place >= 0:
                ids[place] = record.ids[act]
    return replace(history, ids=ids, label=label)


def differences(record: History, lived: History) -> list[str]:
    """Name every act in which two histories differ over the span of the second, to the instant."""
    inside = np.flatnonzero((record.time >= lived.start) & (record.time < lived.end))
    columns = ("time", "process", "layer", "change", "sender", "receiver")
    one = list(zip(*(getattr(record, name)[inside].tolist() for name in columns), strict=True))
    other = list(zip(*(getattr(lived, name).tolist() for name in columns), strict=True))
    if one == other:
        return []
    there, here = set(one), set(other)
    found = [
        f"{to_iso(row[0])}: {' '.join(kind_in_words(record, int(inside[k])))} is missing"
        for k, row in enumerate(one)
        if row not in here
    ]
    found += [
        f"{to_iso(row[0])}: {' '.join(kind_in_words(lived, k))} is too many"
        for k, row in enumerate(other)
        if row not in there
    ]
    return found or ["the same acts come in another order"]
