"""Acts that fade: what a network looks like where each act halves in a stated time."""

from __future__ import annotations

import numpy as np

from rapallo.errors import RapalloError
from rapallo.estimate.event_data import Changes
from rapallo.system.world import decay_per_day, mean_over

NEGLIGIBLE = 1e-3
"""Below this, what is left of old acts counts as nothing."""


def fading(changes: Changes, actors: int, half_life: float, tick: float, end: float) -> Changes:
    """Give the changes of a network in which every act fades, as a step on each tick.

    The steps are those of the engine's memories: between two ticks a value stands at the mean of
    the decaying curve, and an act adds the mean of its own over what is left of its tick.

    Parameters
    ----------
    changes
        Increments, in any order.
    actors
        How many there are.
    half_life, tick
        In the unit of the times.
    end
        No tick comes after it.

    Raises
    ------
    RapalloError
        If a length is not above zero, or a change replaces instead of adding.
    """
    if not half_life > 0 or not tick > 0:
        raise RapalloError("a half-life and a tick must be longer than nothing")
    if not changes.adds.all():
        raise RapalloError("only acts (increments) can fade; this network has changes that replace")
    rate = decay_per_day(half_life / 365.25)
    order = np.argsort(changes.time, kind="stable")
    times = changes.time[order]
    raw = np.zeros((actors, actors))
    parts: list[tuple[np.ndarray, ...]] = []
    begin = float(times[0]) if len(times) else end
    position = 0
    while begin <= end:
        finish = begin + tick
        last = int(np.searchsorted(times, finish, side="left"))
        inside = order[position:last]
        if len(inside):
            when, first, second = changes.time[inside], changes.first[inside], changes.second[inside]
            left = np.array([mean_over(rate, finish - each) for each in when])
            parts.append((when, first, second, changes.value[inside] * left, np.ones(len(inside), dtype=bool)))
            # written back to the tick's start, so that all of it fades as one
            np.add.at(raw, (first, second), changes.value[inside] * np.exp(rate * (when - begin)))
        position = last
        raw *= np.exp(-rate * tick)
        active = np.argwhere(raw != 0.0)
        small = np.abs(raw) < NEGLIGIBLE
        values = np.where(small, 0.0, raw * mean_over(rate, tick))[active[:, 0], active[:, 1]]
        raw[small] = 0.0
        begin = finish
        if begin <= end and len(active):
            there = np.full(len(active), begin)
            parts.append((there, active[:, 0], active[:, 1], values, np.zeros(len(active), dtype=bool)))
        if position == len(times) and not raw.any():
            break
        if not raw.any():  # nothing to fade until the next act
            begin += tick * np.floor((times[position] - begin) / tick)
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [np.empty(0)] * 5
    places, count = (columns[1].astype(np.int64), columns[2].astype(np.int64)), len(columns[0])
    return Changes(columns[0], *places, columns[3], columns[4].astype(bool), np.arange(1, count + 1))


def fading_by_act(changes: Changes, half_life: float, tick: float, end: float) -> Changes:
    """Give the same, act by act: what each adds to its pair and what of that goes again, in the rows of its own.

    An act redrawn takes its whole trace along. Where several acts of one pair overlap, what is left of each counts as
    nothing on its own, and not their sum: the difference is below ``NEGLIGIBLE`` for each.
    """
    rate = decay_per_day(half_life / 365.25)
    begin = float(changes.time.min(initial=np.inf))
    inside = np.floor((changes.time - begin) / tick)
    left = np.array(
        [mean_over(rate, begin + (k + 1.0) * tick - when) for k, when in zip(inside, changes.time, strict=True)]
    )
    before, parts = changes.value * left, [(changes.time, changes.value * left, np.arange(len(changes)))]
    going = np.arange(len(changes))
    for step in range(
        1, 2 + int(np.ceil(np.log(max(np.abs(changes.value).max(initial=0.0), 1.0) / NEGLIGIBLE) / (rate * tick)))
    ):
        when = begin + (inside[going] + step) * tick
        raw = changes.value[going] * np.exp(-rate * (when - changes.time[going]))
        value = np.where(np.abs(raw) < NEGLIGIBLE, 0.0, raw * mean_over(rate, tick))
        kept = when <= end
        parts.append((when[kept], (value - before[going])[kept], going[kept]))
        before[going] = value
        going = going[kept & (value != 0.0)]
    time, value, act = (np.concatenate(column) for column in zip(*parts, strict=True))
    adds = np.ones(len(time), dtype=bool)
    return Changes(time, changes.first[act], changes.second[act], value, adds, changes.row[act])
