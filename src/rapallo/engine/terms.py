"""What a plan is built on: the state laid out, the statistics in use, and the fixed arrays while they grow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rapallo.effects import get_effect
from rapallo.engine import layout as at
from rapallo.errors import UnknownNameError
from rapallo.scenario.condition import read_condition
from rapallo.system.calendar import ATTRIBUTE, Calendar
from rapallo.system.history import CHANGES
from rapallo.system.process import Motive
from rapallo.system.world import World, decay_per_day


@dataclass(slots=True)
class Tables:
    """The fixed arrays while they grow."""

    integers: list[int] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    shared: dict[tuple[int, ...], int] = field(default_factory=dict)

    def put(self, values: Iterable[int]) -> int:
        """Add integers; gives where they begin."""
        place = len(self.integers)
        self.integers.extend(int(value) for value in values)
        return place

    def share(self, values: Iterable[int]) -> int:
        """Give where integers begin that nobody changes: those that are there already are not added again."""
        key = tuple(int(value) for value in values)
        if key not in self.shared:
            self.shared[key] = self.put(key)
        return self.shared[key]

    def rows(self, lists: Sequence[Sequence[int]]) -> int:
        """Add rows of any length, after a list of where each begins and the last ends; gives where that list begins."""
        ends = [len(self.integers) + len(lists) + 1]
        for each in lists:
            ends.append(ends[-1] + len(each))
        place = self.put(ends)
        self.put(value for each in lists for value in each)
        return place

    def put_numbers(self, values: Iterable[float]) -> int:
        """Add numbers; gives where they begin."""
        place = len(self.numbers)
        self.numbers.extend(float(value) for value in values)
        return place


@dataclass(slots=True)
class Term:
    """One statistic in use: an effect, bound; shared by every process that reads it alike."""

    motive: Motive
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    users: list[tuple[int, int]] = field(default_factory=list)
    fresh: bool = False
    own: bool = False


class Terms:
    """The state of a scenario laid out, and every statistic that it uses with the pairs it is asked for."""

    def __init__(self, scenario: Any, calendar: Calendar, say: Callable[[str], None]) -> None:
        self.scenario, self.calendar, self.say = scenario, calendar, say
        self.world: World = calendar.opening
        self.actors = self.world.actors
        self.n = len(self.actors)
        self.layers = list(scenario.layers)
        self.attributes = list(self.world.attributes)
        self.pairs = list(self.world.pairs)
        self.memories = list(scenario.memories)
        self.processes = list(scenario.processes)
        self.tables = Tables()
        self.terms: dict[tuple[Any, ...], Term] = {}
        self.X = np.zeros(at.X_PARTS + len(at.PARTS), dtype=np.int64)
        self.F_size = 3
        self.place: dict[str, int] = {}
        self.number_uses: dict[str, list[int]] = {name: [] for name in scenario.parameters}

    def _reserve(self, size: int) -> int:
        place = self.F_size
        self.F_size += size
        return place

    def _lay_state(self) -> None:
        n = self.n
        self.X[at.F_TIES] = self._reserve(len(self.layers) * n * n)
        self.X[at.F_ATTRIBUTES] = self._reserve(len(self.attributes) * n)
        self.X[at.F_PAIRS] = self._reserve(len(self.pairs) * n * n)
        for k, name in enumerate(self.layers):
            self.place[name] = int(self.X[at.F_TIES]) + k * n * n
        for k, name in enumerate(self.attributes):
            self.place[name] = int(self.X[at.F_ATTRIBUTES]) + k * n
        for k, name in enumerate(self.pairs):
            self.place[name] = int(self.X[at.F_PAIRS]) + k * n * n

    def _layers_and_memories(self) -> None:
        views = list(self.world.seen)
        self.views = views
        rows = [
            (kind.mutual, kind.covert, kind.lasting, views.index(name) if name in views else -1)
            for name, kind in self.scenario.layers.items()
        ]
        self.X[at.I_LAYER] = self.tables.put(int(value) for row in rows for value in row)
        memory_rows: list[int] = []
        fades: list[float] = []
        self.raw_place: dict[str, int] = {}
        self.live_place: dict[str, int] = {}
        self.live_size = 0
        for name, memory in self.scenario.memories.items():
            length = self.n * self.n if memory.by == "pair" else self.n
            self.place[name] = self._reserve(length)
            self.raw_place[name] = self._reserve(length)
            memory_rows += [
                self.layers.index(memory.layer),
                CHANGES.index(memory.change),
                self.processes.index(memory.process) if memory.process else -1,
                ("pair", "sender", "receiver", "system").index(memory.by),
                self.place[name],
                self.raw_place[name],
                length,
                self.attributes.index(memory.weight) if memory.weight else -1,
                self.live_size,
            ]
            self.live_place[name] = self.live_size
            self.live_size += 1 + length
            fades += [decay_per_day(memory.half_life), memory.negligible]
        self.X[at.I_MEMORY] = self.tables.put(memory_rows)
        self.X[at.G_MEMORY] = self.tables.put_numbers(fades)

    def members(self, spec: str | Sequence[str]) -> tuple[list[int], str]:
        """Give the actors that a senders or receivers entry can ever mean, and the attribute it rests on."""
        if not isinstance(spec, str):
            return sorted(self.actors.index(name) for name in spec), ""
        kinds: Mapping[str, Sequence[str]] = self.scenario.kinds
        if spec in kinds:
            return sorted(self.actors.index(name) for name in kinds[spec]), ""
        if spec in self.actors:
            return [self.actors.index(spec)], ""
        if spec not in self.attributes:
            raise UnknownNameError("kind of actor, attribute or actor", spec, [*kinds, *self.attributes, *self.actors])
        if self.scenario.quantities[spec].written:
            return list(range(self.n)), spec
        ever = set(np.flatnonzero(self.world.attributes[spec] > 0).tolist())
        index = self.attributes.index(spec)
        calendar = self.calendar
        hit = (calendar.kind == ATTRIBUTE) & (calendar.what == index) & (calendar.value > 0)
        return sorted(ever | set(calendar.sender[hit].tolist())), spec

    def _term(self, motive: Motive, rows: Iterable[int], columns: Iterable[int], user: tuple[int, int] | None) -> Term:
        effect = get_effect(motive.effect)
        reads = dict(motive.reads)
        bound = tuple(reads.get(slot, slot) for slot in effect.reads)
        use = "fresh" if user is None else "own" if user[1] == at.RATE else "pairs"
        settings = tuple({**dict(effect.settings), **dict(motive.settings)}.items())
        grid = (tuple(rows), tuple(columns))
        key = (effect.name, id(effect.function), bound, settings, use, grid)
        term = self.terms.setdefault(key, Term(motive, *grid, fresh=use == "fresh", own=use == "own"))
        if user is not None and user not in term.users:
            term.users.append(user)
        return term

    def _collect_terms(self) -> None:
        """Give every statistic in use its domain: the pairs of all the processes that read it."""
        self.domains: list[tuple[list[int], str, list[int], str]] = []
        for index, process in enumerate(self.scenario.processes.values()):
            senders, by_sender = self.members(process.senders)
            receivers, by_receiver = self.members(process.receivers)
            if process.given:
                senders, receivers = [], []
            if process.weighting == "coordination":
                senders = receivers = sorted(set(senders) & set(receivers))
            self.domains.append((senders, by_sender, receivers, by_receiver))
            if process.given:
                continue
            for motive in process.motives:
                self._term(motive, senders, receivers, (index, at.MAIN))
            for motive in process.rate:
                self._term(motive, senders, (), (index, at.RATE))
            for motive in process.consent:
                self._term(motive, receivers, senders, (index, at.CONSENT))
        for motives in self.scenario.votes.values():
            for motive in motives:
                self._term(motive, (), (), None)
        for update in self.scenario.yearly.values():
            for motive in update.motives:
                self._term(motive, (), (), None)
        self.order = {key: place for place, key in enumerate(self.terms)}

    def _motives(
        self,
        motives: Sequence[Motive],
        use: str,
        rows: Sequence[int] = (),
        columns: Sequence[int] = (),
        process: int = -1,
    ) -> tuple[int, int, int]:
        """Write a list of terms and their parameters; gives count and the two places."""
        places = []
        for motive in motives:
            effect = get_effect(motive.effect)
            bound = tuple(dict(motive.reads).get(slot, slot) for slot in effect.reads)
            settings = tuple({**dict(effect.settings), **dict(motive.settings)}.items())
            places.append(
                self.order[(effect.name, id(effect.function), bound, settings, use, (tuple(rows), tuple(columns)))]
            )
        weights = [self.value(motive.parameter) for motive in motives]
        place = self.tables.put(value for term in places for value in (term, -1, 0, 0))
        return len(motives), place, self.put_parameters(weights, [motive.parameter for motive in motives], process)

    def put_parameters(self, values: Sequence[float], names: Sequence[str], process: int = -1) -> int:
        """Add numbers and note where each parameter is (one named "" is none); gives where they begin.

        ``process`` is the one whose hazards they move.
        """
        begins = self.tables.put_numbers(values)
        for offset, name in enumerate(names):
            if name:
                self.number_uses[name] += [begins + offset, process]
        return begins

    def value(self, parameter: str) -> float:
        """Give the value of a parameter at the start."""
        if parameter in self.calendar.numbers:
            return self.calendar.numbers[parameter]
        try:
            return float(self.scenario.parameters[parameter].value)
        except KeyError:
            raise UnknownNameError("parameter", parameter, self.scenario.parameters) from None

    def condition(self, text: str) -> tuple[int, int, int, int]:
        """Read one condition of a mask: kind, where what it reads begins, sign; and the source it reads."""
        condition = read_condition(text)
        sources = [*self.layers, *self.attributes, *self.pairs, *self.memories]
        if condition is None or condition.name not in sources:
            raise UnknownNameError(
                "layer, quantity or memory in a condition", condition.name if condition else text, sources
            )
        kinds = {"pair": at.IF_MATRIX, "reversed": at.IF_REVERSED, "sender": at.IF_SENDER, "receiver": at.IF_RECEIVER}
        name = condition.name
        return kinds[condition.side], self.place[name], 0 if condition.negated else 1, sources.index(name)


def effects_in_use(scenario: Any) -> tuple[Any, ...]:
    """Give the functions of the effects that a scenario uses, as they are registered now."""
    parts = [part for each in scenario.processes.values() for part in (each.motives, each.rate, each.consent)]
    parts += [*scenario.votes.values(), *(each.motives for each in scenario.yearly.values())]
    names = dict.fromkeys(motive.effect for part in parts for motive in part)
    return tuple(get_effect(name).function for name in names)
