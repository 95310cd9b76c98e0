"""The state of the system at a moment, and what an act does to it: the definition in plain Python."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.system.layer import Layer
from rapallo.system.memory import Memory
from rapallo.system.quantity import Quantity

Matrix = NDArray[np.float64]
Effect = Callable[[int, int, str, str], None]


class World:
    """Everything that is so at a moment, and what each actor knows of it.

    Parameters
    ----------
    actors
        Actor ids, in the order of every index.
    layers, quantities, memories
        The scenario's declarations, by name.

    Attributes
    ----------
    now
        Days since 1900-01-01.
    exists
        Shape ``(actors,)``, bool.
    ties
        Layer to ``(actors, actors)``, 0 or 1, indexed ``[sender, receiver]``.
    seen
        Layer with views to ``(actors, actors, actors)``, indexed ``[observer, sender, receiver]``.
    attributes, pairs
        Quantity to ``(actors,)`` or ``(actors, actors)``.
    shown
        Memory to its step value: ``(actors, actors)`` by pair, else ``(actors,)``.
    """

    def __init__(
        self,
        actors: Sequence[str],
        layers: Mapping[str, Layer],
        quantities: Mapping[str, Quantity],
        memories: Mapping[str, Memory],
    ) -> None:
        self.actors = tuple(actors)
        self.layers, self.quantities, self.memories = dict(layers), dict(quantities), dict(memories)
        n = len(self.actors)
        self.now = 0.0
        self.tick_start = 0.0
        self.tick_end = math.inf
        self.exists = np.zeros(n, dtype=bool)
        self.ties: dict[str, Matrix] = {name: np.zeros((n, n)) for name in layers}
        self.seen: dict[str, Matrix] = {name: np.zeros((n, n, n)) for name, layer in layers.items() if has_views(layer)}
        self.known: dict[str, NDArray[np.bool_]] = {name: np.zeros((n, n), dtype=bool) for name in self.seen}
        self.attributes: dict[str, Matrix] = {
            name: np.full(n, each.default) for name, each in quantities.items() if each.shape == "actor"
        }
        self.pairs: dict[str, Matrix] = {
            name: np.full((n, n), each.default) for name, each in quantities.items() if each.shape == "pair"
        }
        self.raw: dict[str, Matrix] = {}
        self.shown: dict[str, Matrix] = {}
        for name, memory in memories.items():
            shape = (n, n) if memory.by == "pair" else (n,)
            self.raw[name], self.shown[name] = np.zeros(shape), np.zeros(shape)
        self._fading: set[str] = set()

    def act(
        self,
        layer: str,
        change: str,
        sender: int,
        receiver: int,
        process: str = "",
        known_to: Sequence[int] = (),
    ) -> None:
        """Carry out one act; ``receiver`` is -1 where there is none."""
        kind = self.layers[layer]
        if receiver >= 0 and change in ("form", "end") and kind.lasting:
            self._tie(layer, sender, receiver, 1.0 if change == "form" else 0.0, known_to)
        elif receiver >= 0 and change == "rumour" and layer in self.seen:
            for first, second in self._directions(kind, sender, receiver):
                self.seen[layer][:, first, second] = 1.0
        elif receiver >= 0 and change == "expose" and layer in self.seen:
            for first, second in self._directions(kind, sender, receiver):
                self.seen[layer][:, first, second] = self.ties[layer][first, second]
                self.known[layer][first, second] = True
        elif receiver >= 0 and change == "discover" and layer in self.seen:
            self.seen[layer][sender, receiver, :] = self.ties[layer][receiver, :]
            self.seen[layer][sender, :, receiver] = self.ties[layer][:, receiver]
        for name, memory in self.memories.items():
            if memory.layer == layer and memory.change == change and memory.process in ("", process):
                self._remember(name, memory, sender, receiver)

    def leave(self, actor: int) -> Iterator[tuple[str, int, int]]:
        """End an actor's existence; yields each standing tie that ends with it, once."""
        for name, kind in self.layers.items():
            if not kind.lasting:
                continue
            for other in range(len(self.actors)):
                for sender, receiver in ((actor, other), (other, actor)):
                    if self.ties[name][sender, receiver] > 0:
                        self._tie(name, sender, receiver, 0.0, range(len(self.actors)))
                        yield name, sender, receiver
        self.exists[actor] = False

    def tick(self, start: float, end: float) -> None:
        """Begin a stretch of constant weights; memories fade by what the stretch before it was long."""
        past = start - self.tick_start
        for name in list(self._fading):
            memory, raw = self.memories[name], self.raw[name]
            rate = decay_per_day(memory.half_life)
            if not (raw.any() or self.shown[name].any()):
                self._fading.remove(name)  # nothing is remembered, and nothing shown
                continue
            raw *= math.exp(-rate * past)
            raw[np.abs(raw) < memory.negligible] = 0.0
            self.shown[name][...] = raw * mean_over(rate, end - start)
        self.tick_start, self.tick_end = start, end

    def reads(self, name: str, observer: int) -> Matrix:
        """Give the array behind a name, as an observer knows it."""
        if name in self.seen:
            known: Matrix = self.seen[name][observer]
            return known
        for table in (self.ties, self.attributes, self.pairs, self.shown):
            if name in table:
                return table[name]
        raise KeyError(name)

    def view(self, observer: int, reads: Mapping[str, str], settings: Mapping[str, float]) -> Any:
        """Give what an effect reads: one array a slot, as the observer knows it."""
        return SimpleNamespace(
            actors=len(self.actors),
            now=self.tick_start,
            **{slot: self.reads(name, observer) for slot, name in reads.items()},
            **settings,
        )

    @staticmethod
    def _directions(kind: Layer, sender: int, receiver: int) -> tuple[tuple[int, int], ...]:
        return ((sender, receiver), (receiver, sender)) if kind.mutual else ((sender, receiver),)

    def _tie(self, layer: str, sender: int, receiver: int, value: float, known_to: Sequence[int]) -> None:
        kind = self.layers[layer]
        for first, second in self._directions(kind, sender, receiver):
            self.ties[layer][first, second] = value
            if layer not in self.seen:
                continue
            # what begins in secret also ends so, unless all knew of it: who had found it out believes in it still
            everybody = len(known_to) == len(self.actors)
            if kind.covert and (value > 0 or not self.known[layer][first, second]):
                self.seen[layer][[sender, receiver, *known_to], first, second] = value
            else:
                self.seen[layer][:, first, second] = value
            self.known[layer][first, second] = value > 0 and (not kind.covert or everybody)

    def _remember(self, name: str, memory: Memory, sender: int, receiver: int) -> None:
        rate = decay_per_day(memory.half_life)
        backdated = math.exp(rate * (self.now - self.tick_start))
        step = mean_over(rate, self.tick_end - self.now)
        if memory.by == "pair":
            places: Any = self._directions(self.layers[memory.layer], sender, receiver) if receiver >= 0 else ()
        elif memory.by == "sender":
            places = (sender,)
        elif memory.by == "receiver":
            places = (receiver,) if receiver >= 0 else ()
        else:
            places = range(len(self.actors))
        amount = float(self.attributes[memory.weight][sender]) if memory.weight else 1.0
        self._fading.add(name)
        for place in places:
            self.raw[name][place] += amount * backdated
            self.shown[name][place] += amount * step


def has_views(layer: Layer) -> bool:
    """Say whether a layer keeps what each actor knows apart from what is so."""
    return layer.lasting and (layer.covert or layer.views)


def decay_per_day(half_life: float) -> float:
    """Give the decay rate per day of a half-life in years."""
    return 0.0 if math.isinf(half_life) else math.log(2.0) / (half_life * 365.25)


def mean_over(rate: float, days: float) -> float:
    """Give the mean of ``exp(-rate t)`` over a stretch from zero."""
    x = rate * days
    return 1.0 if rate == 0.0 or x < 1e-12 else (1.0 - math.exp(-x)) / x
