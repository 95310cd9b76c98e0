"""What has changed in the slow twin's world since it last looked: what reads nothing of that is as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import CodeType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.effects import get_effect
from rapallo.system.process import Motive, Process
from rapallo.system.world import World

NOW = "now"
"""Stands for the time that a view tells, beside the names of arrays."""


class Watch:
    """Compares every array of a world with what it was, and keeps statistics whose arrays are the same.

    It knows of an effect only what it reads, and asks for no pattern of change: one entry of one array that differs
    anywhere, and all that reads the array is evaluated again, for every pair.

    Parameters
    ----------
    world
        The world, which others change.
    processes
        Those whose motives are kept; whatever else is asked for is evaluated each time.
    """

    def __init__(self, world: World, processes: Iterable[Process]) -> None:
        self.world = world
        self.before: dict[str, list[NDArray[Any]]] = {}
        self.changed: set[str] = set()
        motives = [motive for each in processes for motive in (*each.motives, *each.rate, *each.consent)]
        self.reads = {id(motive): names_read(motive) for motive in motives}
        self.kept: dict[int, dict[tuple[int, int], float]] = {place: {} for place in self.reads}
        self.views: dict[tuple[int, int], Any] = {}

    def look(self) -> None:
        """Find what has changed since the last look, and forget what was evaluated from it."""
        changed = set()
        for name, arrays in self._arrays():
            before = self.before.get(name)
            if before is None or not all(map(np.array_equal, arrays, before)):
                self.before[name] = [array.copy() for array in arrays]
                changed.add(name)
        if changed:
            self.views.clear()
            for place, names in self.reads.items():
                if names & changed:
                    self.kept[place].clear()
        self.changed |= changed

    def take(self) -> set[str]:
        """Give the names of all that has changed since they were last taken."""
        self.look()
        taken, self.changed = self.changed, set()
        return taken

    def value(self, motive: Motive, first: int, second: int, view_of: Callable[[Motive, int], Any]) -> float:
        """Give a statistic, evaluated where it is not known from before."""
        place = id(motive)
        kept = self.kept.get(place, {})
        if (first, second) not in kept:
            if (place, first) not in self.views:
                self.views[place, first] = view_of(motive, first)
            kept[first, second] = float(get_effect(motive.effect)(self.views[place, first], first, second))
        return kept[first, second]

    def _arrays(self) -> Iterator[tuple[str, list[NDArray[Any]]]]:
        world = self.world
        yield NOW, [np.array(world.tick_start)]
        yield "exists", [world.exists]
        for table in (world.ties, world.attributes, world.pairs, world.shown):
            for name, array in table.items():
                views = [world.seen[name], world.known[name]] if name in world.seen else []
                yield name, [array, *views]


def names_read(motive: Motive) -> frozenset[str]:
    """Give the names of all that a motive's effect can see."""
    effect = get_effect(motive.effect)
    names = {dict(motive.reads).get(slot, slot) for slot in effect.reads}
    return frozenset(names | ({NOW} if _tells_time(effect.function.__code__) else set()))


def _tells_time(code: CodeType) -> bool:
    return NOW in code.co_names or any(_tells_time(each) for each in code.co_consts if isinstance(each, CodeType))
