"""What came of a question in a history: when each pair tied itself, and how many acts there were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapallo.experiment.question import Question
from rapallo.system.history import CHANGES, ORIGINS

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario
    from rapallo.system.history import History

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of a question in one history.

    Parameters
    ----------
    time
        Days from the origin until each pair's tie forms; infinite where it does not.
    counts
        Acts until each horizon, by what was counted: shape ``(horizons,)``.
    """

    time: NDArray[np.float64]
    counts: dict[str, NDArray[np.int64]]


def at_risk(known: Scenario, question: Question, day: float) -> tuple[Pair, ...]:
    """Give the pairs that could tie themselves on a day, as far as a scenario knows: sender and receiver."""
    from rapallo.estimate.process_mask import allowed_pairs
    from rapallo.system.calendar import replay

    world = replay(known.record, float(np.nextafter(day, -np.inf)))
    if question.receiver not in world.actors:
        return ()
    allowed = allowed_pairs(known, world, known.processes[question.process])
    receiver = world.actors.index(question.receiver)
    return tuple((world.actors[sender], question.receiver) for sender in np.flatnonzero(allowed[:, receiver]))


def formed(question: Question) -> str:
    """Name the count of ties that form with the receiver."""
    return f"{question.layer} formed with {question.receiver}"


def ended(question: Question) -> str:
    """Name the count of ties with the receiver that are ended."""
    return f"{question.layer} ended with {question.receiver}"


def outcome(
    history: History, question: Question, pairs: Sequence[Pair], origin: float, ends: Sequence[float]
) -> Outcome:
    """Look up what came of a question.

    Parameters
    ----------
    history
        The record or a run.
    question
        What is asked.
    pairs
        The pairs that could tie themselves at the origin.
    origin
        The day it is asked.
    ends
        The day on which each horizon ends, ascending.

    Notes
    -----
    Ties that lapse because a party ceases to exist are nobody's act and not counted. The acts of a
    process are counted by occasion: fifty states that sign together sign once.
    """
    index = {name: k for k, name in enumerate(history.actors)}
    mutual = history.scenario.layers[question.layer].mutual
    places = {(index.get(sender, -1), index.get(receiver, -1)): k for k, (sender, receiver) in enumerate(pairs)}
    time = np.full(len(pairs), np.inf)
    receiver = index.get(question.receiver, -1)
    asked = history.select(layer=question.layer, since=origin, until=ends[-1])
    asked = asked[history.origin[asked] != ORIGINS.index("lapse")]
    met = history.receiver[asked] == receiver
    if mutual:
        met |= history.sender[asked] == receiver
    asked = asked[met]
    for act in asked[history.change[asked] == CHANGES.index("form")]:
        first, second = int(history.sender[act]), int(history.receiver[act])
        for pair in ((first, second), (second, first)) if mutual else ((first, second),):
            if pair in places:
                time[places[pair]] = min(time[places[pair]], history.time[act] - origin)
    counts = {}
    for name, change in ((formed(question), "form"), (ended(question), "end")):
        when = history.time[asked[history.change[asked] == CHANGES.index(change)]]
        counts[name] = np.searchsorted(when, ends, side="left").astype(np.int64)
    for name in question.counted:
        acts = history.select(process=name, since=origin, until=ends[-1])
        occasion = history.occasion[acts]
        first_of = np.ones(len(acts), dtype=bool)
        together = np.flatnonzero(occasion >= 0)
        first_of[together] = False
        first_of[together[np.unique(occasion[together], return_index=True)[1]]] = True
        counts[name] = np.searchsorted(history.time[acts[first_of]], ends, side="left").astype(np.int64)
    return Outcome(time, counts)
