"""From a scenario and its calendar to the flat arrays that the compiled engine works on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.effects import get_effect
from rapallo.effects.effect import Effect
from rapallo.engine import layout as at
from rapallo.engine.compile import compile_effect, ships, try_effect
from rapallo.engine.luck import stable_hash
from rapallo.engine.terms import Term, Terms
from rapallo.errors import UnknownNameError
from rapallo.system.calendar import NUMBER, YEARLY, Calendar
from rapallo.system.history import CHANGES

LUCKS = ("clock", "date")
STRATEGIES = ("incremental", "by process", "everything")


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything one run needs, ready to be copied and started.

    Parameters
    ----------
    scenario, calendar
        What it was made from.
    X, F, J, B, U, I, G, H
        The flat arrays of ``engine.layout``, as they stand at the start.
    first_year, years
        First year that yearly updates are made for, and how many.
    series
        For each flow and stock: name written, offset, senders, receivers.
    clocks
        For each clock: process index, sender index (-1: none), receiver index (-1: none).
    numbers
        Each place of ``G`` that holds a parameter, and which.
    """

    scenario: Any
    calendar: Calendar
    X: NDArray[np.int64]
    F: NDArray[np.float64]
    J: NDArray[np.int64]
    B: NDArray[np.int8]
    U: NDArray[np.uint64]
    I: NDArray[np.int64]
    G: NDArray[np.float64]
    H: NDArray[np.uint64]
    first_year: int
    years: int
    series: tuple[tuple[str, str, int, tuple[int, ...], tuple[int, ...]], ...]
    clocks: NDArray[np.int64]
    numbers: tuple[tuple[int, str], ...] = ()

    def with_parameters(self, values: Mapping[str, float]) -> Plan:
        """Give the same plan with other values of some parameters.

        Only for a plan whose opening has not been weighed yet; the result is like one made anew
        from the scenario with these values, at a hundredth of the cost.
        """
        scenario = self.scenario.with_parameters(dict(values))
        names, calendar = list(scenario.parameters), self.calendar
        dated = np.flatnonzero(calendar.kind == NUMBER)
        later = calendar.value.copy()
        for entry in dated:
            later[entry] = scenario.number(names[calendar.what[entry]], float(calendar.time[entry]))
        opening = {name: scenario.number(name, calendar.start) for name in calendar.numbers}
        G = self.G.copy()
        G[self.X[at.G_ENTRY_VALUE] + dated] = later[dated]
        for place, name in self.numbers:
            G[place] = opening[name] if name in opening else scenario.parameters[name].value
        return replace(
            self,
            scenario=scenario,
            calendar=replace(calendar, value=later, numbers=opening),
            G=G,
            F=self.F.copy(),
            J=self.J.copy(),
            B=self.B.copy(),
        )

    def with_switches(self, luck: str = "clock", strategy: str = "incremental") -> Plan:
        """Give the same plan under another luck or re-weighing strategy."""
        if luck not in LUCKS:
            raise UnknownNameError("luck", luck, LUCKS)
        X = self.X.copy()
        X[at.LUCK], X[at.STRATEGY] = LUCKS.index(luck), STRATEGIES.index(strategy)
        return replace(self, X=X)


def make_plan(scenario: Any, calendar: Calendar, say: Callable[[str], None] = lambda word: None) -> Plan:
    """Lay a scenario out for the compiled engine.

    Parameters
    ----------
    scenario
        The model.
    calendar
        Its dated changes and opening state.
    say
        Called with a word where compiling takes time.

    Raises
    ------
    RapalloError
        If an effect cannot be compiled, or a span has no length.
    """
    return _Planner(scenario, calendar, say).plan()


def kinds_in_use(scenario: Any, calendar: Calendar) -> list[tuple[Effect, list[str]]]:
    """Give every effect that a scenario uses, and how what it reads lies in the state, in the order of compiling."""
    planner = _Planner(scenario, calendar, lambda word: None)
    planner._lay_state()
    planner._layers_and_memories()
    planner._collect_terms()
    return [
        (get_effect(term.motive.effect), [planner._kind(name) for name in key[2]])
        for key, term in planner.terms.items()
    ]


class _Planner(Terms):
    def plan(self) -> Plan:
        from rapallo.engine import kernel

        X = self.X
        X[at.ACTORS], X[at.LAYERS], X[at.PAIRS] = self.n, len(self.layers), len(self.pairs)
        X[at.ATTRIBUTES], X[at.MEMORIES], X[at.PROCESSES] = (
            len(self.attributes),
            len(self.memories),
            len(self.processes),
        )
        X[at.ROOM] = 2 * self.n * len(self.layers) + self.n + 2  # one who leaves ends every tie; a rule asks everyone
        self._lay_state()
        self._layers_and_memories()
        self._collect_terms()
        process_rows, masks, clocks = self._processes()
        rules = self._rules()
        yearlies, series, stride = self._yearlies()
        self._terms()
        self._point(process_rows)
        self._sources(masks)
        self._entries()
        X[at.I_NUMBER] = self.tables.rows(list(self.number_uses.values()))
        X[at.I_PROCESS] = self.tables.put(value for row in process_rows for value in row)
        X[at.I_BLOCK] = self.tables.put(clocks[:: at.BLOCK, 0] if len(clocks) else [0])
        X[at.I_RULE], X[at.RULES] = self.tables.put(value for row in rules for value in row), len(rules)
        X[at.I_YEARLY], X[at.YEARLIES] = self.tables.put(value for row in yearlies for value in row), len(yearlies)
        X[at.X_SIZE] = stride
        X[at.X_PARTS :] = kernel.addresses
        return self._assemble(clocks, series)

    def _processes(self) -> tuple[list[list[int]], list[tuple[int, int, int]], NDArray[np.int64]]:
        rows: list[list[int]] = []
        masks: list[tuple[int, int, int]] = []
        clocks: list[tuple[int, int, int]] = []
        self.first_clock: list[int] = []
        forbidden: dict[str, list[str]] = {}
        for institution in self.scenario.institutions.values():
            for name in institution.forbids:
                forbidden.setdefault(name, []).append(f"not sender.{institution.restricts}")
        for index, (name, process) in enumerate(self.scenario.processes.items()):
            senders, by_sender, receivers, by_receiver = self.domains[index]
            layer = self.layers.index(process.layer)
            texts = [*process.allowed, *forbidden.get(name, ())]
            texts += [f"sender.{by_sender}"] if by_sender else []
            texts += [f"receiver.{by_receiver}"] if by_receiver else []
            conditions = [self.condition(text) for text in texts]
            base = len(clocks)
            self.first_clock.append(base)
            if process.weighting == "intensity":
                clocks += [(index, sender, receiver) for sender in senders for receiver in receivers]
            elif process.weighting == "coordination":
                clocks += [(index, -1, -1)] if senders else []
            else:
                clocks += [(index, sender, -1) for sender in senders]
            if not process.given:
                kind = self.scenario.layers[process.layer]
                if kind.lasting:
                    masks.append((layer, index, 3 if process.change == "discover" else 0))
                sides = {at.IF_MATRIX: 0, at.IF_REVERSED: 0, at.IF_SENDER: 1, at.IF_RECEIVER: 2}
                masks += [(source, index, sides[kind]) for kind, _, _, source in conditions]
            motives = () if process.given else process.motives
            rates = () if process.given else process.rate
            consents = () if process.given else process.consent
            rows.append(
                [
                    at.WEIGHTINGS.index(process.weighting),
                    layer,
                    CHANGES.index(process.change),
                    len(senders),
                    len(receivers),
                    self.tables.share(senders),
                    self.tables.share(receivers),
                    self.tables.share(_places(senders, self.n)),
                    self.tables.share(_places(receivers, self.n)),
                    base,
                    *self._motives(motives, "pairs", senders, receivers, index),
                    *self._motives(rates, "own", senders, process=index),
                    *self._motives(consents, "pairs", receivers, senders, index),
                    len(conditions),
                    self.tables.share(value for condition in conditions for value in condition[:3]),
                    0,
                    0,
                    (1 << at.INVERSE) // max(1, len(receivers)) + 1,
                ]
            )
        self.X[at.CLOCKS] = len(clocks)
        return rows, masks, np.array(clocks, dtype=np.int64).reshape(-1, 3)

    def _rules(self) -> list[list[int]]:
        rows, names = [], []
        for institution in self.scenario.institutions.values():
            for rule in institution.rules:
                if not rule.active:
                    continue
                name = f"{institution.name}.{rule.name}"
                trigger = rule.trigger
                conditions = [self.condition(text) for text in trigger.when]
                rows.append(
                    [
                        self.layers.index(trigger.layer),
                        CHANGES.index(trigger.change),
                        CHANGES.index(trigger.ends_with) if trigger.ends_with else -1,
                        len(conditions),
                        self.tables.share(value for condition in conditions for value in condition[:3]),
                        at.FINDINGS.index(rule.finding),
                        self.layers.index(rule.layer),
                        self.pairs.index(rule.obligation),
                        self.attributes.index(institution.council) if institution.council else -1,
                        self.layers.index(institution.membership),
                        self.actors.index(institution.actor),
                        *self._motives(self.scenario.votes.get(name, ()), "fresh"),
                        self.put_parameters(
                            [trigger.after, rule.obliges, self.value(rule.shock) if rule.shock else 0.0],
                            ["", "", rule.shock],
                        ),
                    ]
                )
                names.append(name)
        self.rule_names = names
        return rows

    def _yearlies(self) -> tuple[list[list[int]], tuple[Any, ...], int]:
        rows, series, offset = [], [], 0
        for update in self.scenario.yearly.values():
            senders, by_sender = self.members(update.senders)
            receivers, by_receiver = self.members(update.receivers)
            texts = list(update.allowed)
            texts += [f"sender.{by_sender}"] if by_sender else []
            texts += [f"receiver.{by_receiver}"] if by_receiver else []
            conditions = [self.condition(text) for text in texts]
            flow = update.kind == "flow"
            numbers = [
                self.value(update.noise) if update.noise else 0.0,
                self.value(update.retention) if update.retention else 1.0,
            ]
            rows.append(
                [
                    at.FLOW if flow else at.STOCK,
                    self.pairs.index(update.writes) if flow else self.attributes.index(update.writes),
                    len(senders),
                    len(receivers),
                    self.tables.share(senders),
                    self.tables.share(receivers),
                    *self._motives(update.motives, "fresh"),
                    len(conditions),
                    self.tables.share(value for condition in conditions for value in condition[:3]),
                    self.put_parameters(numbers, [update.noise, update.retention]),
                    offset,
                    0,
                ]
            )
            series.append((update.writes, update.kind, offset, tuple(senders), tuple(receivers)))
            offset += len(senders) * (len(receivers) if flow else 1)
        return rows, tuple(series), offset

    def _terms(self) -> None:
        """Compile what is used, and lay out the statistics."""
        rows: list[list[int]] = []
        self.term_sources: list[dict[int, int]] = []
        shapes = [self._shape(term, [self._kind(name) for name in key[2]]) for key, term in self.terms.items()]
        self.stats_place = self._lay_statistics(shapes)
        source_of = {name: k for k, name in enumerate([*self.layers, *self.attributes, *self.pairs, *self.memories])}
        largest = self.n * self.n
        for place, ((_, _, bound, settings, *_), term) in enumerate(self.terms.items()):
            effect = get_effect(term.motive.effect)
            for name in bound:
                if name not in source_of:
                    raise UnknownNameError(f"quantity read by effect {effect.name!r}", name, source_of)
            if not ships(effect):
                reads, given = dict(zip(effect.reads, bound, strict=True)), dict(settings)
                try_effect(effect, lambda seer, r=reads, s=given: self.world.view(seer, r, s), self.actors)  # type: ignore[misc]
            address = compile_effect(effect, [self._kind(name) for name in bound], self.say)
            slots = [self.n] + [
                self._seen_place(name) if self._kind(name) == "seen" else self.place[name] for name in bound
            ]
            senders, receivers = term.rows, term.columns
            sources: dict[int, int] = {}
            for slot, name in zip(effect.reads, bound, strict=True):
                pattern = at.PATTERNS.index(effect.pattern(slot))
                known = sources.setdefault(source_of[name], pattern)
                if known != pattern:  # one thing read through two slots: as far as either reaches
                    sources[source_of[name]] = at.ALL
            if _reads_now(effect.function.__code__):
                sources[len(source_of)] = at.ALL
            self.term_sources.append({} if term.fresh else sources)
            users = [self._way(*user) for user in term.users if self._moves_hazard(*user)]
            shape = shapes[place]
            columns = 1 if term.own else len(receivers)
            anywhere = [0] * self.n
            row_places = anywhere if shape in (at.OF_RECEIVER, at.OF_NEITHER) else _places(senders, self.n)
            column_places = _places(receivers, self.n) if shape in (at.OF_PAIR, at.OF_RECEIVER) else anywhere
            rows.append(
                [
                    address,
                    len(senders),
                    columns,
                    self.tables.share(senders),
                    self.tables.share(receivers),
                    self.tables.share(row_places),
                    self.tables.share(column_places),
                    self.stats_place[place][0],
                    self.stats_place[place][1 if shape in (at.OF_SENDER, at.OF_OWN) else 2],
                    self.tables.share(slots),
                    self.tables.put_numbers(value for _, value in settings),
                    self.tables.share(value for user in users for value in user),
                    len(users),
                    shape,
                    int(shape == at.OF_PAIR and self._lazy(term)),
                    int(shape == at.OF_PAIR and self._waits(term)),
                ]
            )
        self.X[at.TERMS] = len(rows)
        self.X[at.I_TERM] = self.tables.put(value for row in rows for value in row)
        self.X[at.MAX_DOMAIN] = largest + 4 * self.n + 8

    def _kind(self, name: str) -> str:
        """Say how what a slot is bound to lies in the state: a matrix, one matrix for each observer, or a vector."""
        if name in self.views:
            return "seen"
        of_one = name in self.attributes or (name in self.memories and self.scenario.memories[name].by != "pair")
        return "vector" if of_one else "matrix"

    def _lay_statistics(self, shapes: Sequence[int]) -> list[tuple[int, int, int]]:
        """Give for each term where its statistics begin, and the steps from row to row and column to column.

        What is looked at pair by pair lies pair by pair: all the terms of one grid side by side. What is looked at
        only when someone chooses has one row, written anew each time.
        """
        processes = list(self.scenario.processes.values())
        grids: dict[tuple[Any, ...], list[int]] = {}
        places = []
        for place, (shape, term) in enumerate(zip(shapes, self.terms.values(), strict=True)):
            by_pair = any(processes[index].weighting == "intensity" for index, _ in term.users)
            if shape == at.OF_PAIR and by_pair:
                grids.setdefault((term.rows, term.columns), []).append(place)
        begins = {grid: self._reserve(len(grid[0]) * len(grid[1]) * len(terms)) for grid, terms in grids.items()}
        self.grids = {grid: (begins[grid], len(terms)) for grid, terms in grids.items()}
        for place, (shape, term) in enumerate(zip(shapes, self.terms.values(), strict=True)):
            grid, rows, columns = (term.rows, term.columns), len(term.rows), len(term.columns)
            if shape == at.OF_PAIR and place in grids.get(grid, ()):
                width = len(grids[grid])
                places.append((begins[grid] + grids[grid].index(place), columns * width, width))
            elif shape == at.OF_PAIR and self._lazy(term):
                places.append((self._reserve(columns), 0, 1))
            elif shape == at.OF_PAIR:
                places.append((self._reserve(rows * columns), columns, 1))
            elif shape == at.OF_RECEIVER:
                places.append((self._reserve(columns), 0, 1))
            elif shape == at.OF_NEITHER:
                places.append((self._reserve(1), 0, 0))
            else:
                places.append((self._reserve(rows), 1, 0))
        return places

    def _shape(self, term: Term, kinds: Sequence[str]) -> int:
        """Say whom a statistic depends on: one that never asks for the receiver is the same for all of them."""
        if term.own:
            return at.OF_OWN
        effect = get_effect(term.motive.effect)
        of_sender = effect.asks_for(1) or "seen" in kinds  # what is seen is seen by the first party
        if of_sender:
            return at.OF_PAIR if term.fresh or effect.asks_for(2) else at.OF_SENDER
        return at.OF_RECEIVER if effect.asks_for(2) else at.OF_NEITHER

    def _moves_hazard(self, index: int, role: int) -> bool:
        """Say whether a statistic enters a hazard: a chooser's options do not, unless others must agree."""
        process = list(self.scenario.processes.values())[index]
        if role != at.MAIN or process.weighting == "intensity":
            return True
        return process.weighting != "coordination" and bool(process.consent)

    def _lazy(self, term: Term) -> bool:
        """Say whether a statistic is looked at only when a chooser chooses: then it is evaluated then."""
        processes = list(self.scenario.processes.values())
        return bool(term.users) and all(
            role == at.MAIN and processes[index].weighting in ("choice", "toggle") and not processes[index].consent
            for index, role in term.users
        )

    def _waits(self, term: Term) -> bool:
        """Say whether a statistic is looked at only for a pair's own clocks: behind shut masks it can wait."""
        processes = list(self.scenario.processes.values())
        return bool(term.users) and all(processes[index].weighting == "intensity" for index, _ in term.users)

    def _way(self, index: int, role: int) -> tuple[int, int]:
        """Say how the place of a statistic gives the clock of a process that it moves."""
        weighting = list(self.scenario.processes.values())[index].weighting
        clock = self.first_clock[index]
        if weighting == "coordination":
            return at.BY_PROCESS_CLOCK, clock
        if role == at.RATE:
            return at.BY_ROW, clock
        if weighting == "intensity":
            return (at.BY_PLACE if role == at.MAIN else at.BY_TURNED_PLACE), clock
        return (at.BY_ROW if role == at.MAIN else at.BY_COLUMN), clock

    def _point(self, process_rows: list[list[int]]) -> None:
        """Tell each motive where its statistics begin."""
        for row, (senders, _, receivers, _) in zip(process_rows, self.domains, strict=True):
            if row[at.P_WEIGHTING] == at.INTENSITY:
                row[at.P_GRID], row[at.P_GRID_WIDTH] = self.grids.get((tuple(senders), tuple(receivers)), (0, 0))
            for count, place in (
                (at.P_MOTIVES, at.P_MOTIVE_LIST),
                (at.P_RATES, at.P_RATE_LIST),
                (at.P_CONSENTS, at.P_CONSENT_LIST),
            ):
                for k in range(row[count]):
                    begins = row[place] + k * at.W_WIDTH
                    term = self.tables.integers[begins + at.W_TERM]
                    self.tables.integers[begins + at.W_STATS : begins + at.W_WIDTH] = self.stats_place[term]

    def _seen_place(self, name: str) -> int:
        return self.n + self.views.index(name) * self.n**3

    def _sources(self, masks: list[tuple[int, int, int]]) -> None:
        """List, for everything that can change, the terms and masks that read it."""
        count = len(self.layers) + len(self.attributes) + len(self.pairs) + len(self.memories) + 1
        readers: list[list[int]] = [[] for _ in range(count)]
        for term, sources in enumerate(self.term_sources):
            for source, pattern in sorted(sources.items()):
                readers[source] += [term, pattern]
        self.X[at.I_SOURCE_TERMS] = self.tables.rows(readers)
        mask_readers: list[list[int]] = [[] for _ in range(count)]
        for source, process, side in dict.fromkeys(masks):
            mask_readers[source] += [process, side]
        # where a change of one entry can be followed along its row and column; memories fade many at once
        followed = {*(set(self.layers) - set(self.views)), *self.pairs}
        names = [*self.layers, *self.attributes, *self.pairs, *self.memories]
        places = [self.place[name] if name in followed else -1 for name in names]
        self.X[at.I_SOURCE_PLACE] = self.tables.put([*places, -1])
        self.X[at.I_SOURCE_MASKS] = self.tables.rows(mask_readers)

    def _entries(self) -> None:
        calendar = self.calendar
        known_to = calendar.known_to or ((),) * len(calendar)
        told = np.array([len(each) for each in known_to], dtype=np.int64)
        begins = self.tables.put(actor for each in known_to for actor in each)
        columns = (
            calendar.kind,
            calendar.what,
            calendar.sender,
            calendar.receiver,
            calendar.change,
            calendar.process,
            calendar.occasion,
            told,
            begins + np.cumsum(told) - told,
        )
        self.X[at.I_ENTRY] = self.tables.put(np.stack(columns, axis=1).ravel() if len(calendar) else [])
        self.X[at.ENTRIES] = len(calendar)
        self.X[at.G_ENTRY_TIME] = self.tables.put_numbers(calendar.time)
        self.X[at.G_ENTRY_VALUE] = self.tables.put_numbers(calendar.value)

    def _assemble(self, clocks: NDArray[np.int64], series: tuple[Any, ...]) -> Plan:
        X, n, count = self.X, self.n, len(clocks)
        cases = 64
        first_leaf = 1
        while 7 * first_leaf + 1 < count:  # a tree of eight branches a fork that ends in so many clocks
            first_leaf = 8 * first_leaf + 1
        X[at.FIRST_LEAF], X[at.NODES], X[at.MAX_CASES] = first_leaf, first_leaf, cases
        self.F_size += -self.F_size % at.LINE  # no clock's numbers lie across two lines of memory
        X[at.F_CLOCK] = self._reserve(count * at.K_WIDTH)
        X[at.F_NEXT] = self._reserve(count)
        X[at.F_TREE] = self._reserve(first_leaf)
        X[at.F_SCRATCH] = self._reserve(n * n)
        X[at.F_ANSWERS] = self._reserve(int(X[at.MAX_DOMAIN]))
        X[at.F_OPTION] = self._reserve(n)
        X[at.F_TOTAL], X[at.F_WEIGHED] = self._reserve(at.STRETCH), self._reserve(at.STRETCH)
        X[at.F_CASE_DUE] = self._reserve(cases)
        size = 0
        for offset, length in (
            (at.J_OCCURRENCE, count),
            (at.J_DIRTY, count),
            (at.J_TOP, count),
            (at.J_SCRATCH, 2 * int(X[at.MAX_DOMAIN])),
            (at.J_CELL, int(X[at.MAX_DOMAIN])),
            (at.J_OPEN, 3 * at.STRETCH),
            (at.J_ONE, 1),
            (at.J_MOVED, n * n),
            (at.J_LIVE, max(1, self.live_size)),
            (at.J_CASE, cases * at.C_WIDTH),
            (at.J_CASES, 1),
            (at.J_NEXT_OCCASION, 1),
            (at.J_DIRTIES, 1),
            (at.J_RULE_COUNT, max(1, len(self.rule_names) * n)),
            (at.J_ERROR, 1),
            (at.J_ENTRY, 1),
            (at.J_COUNT, 1),
        ):
            X[offset] = size
            size += length
        X[at.B_EXISTS], X[at.B_SEEN] = 0, n
        X[at.B_KNOWN] = n + len(self.views) * n**3
        F = np.zeros(self.F_size)
        J = np.zeros(size, dtype=np.int64)
        X[at.B_FLAG] = X[at.B_KNOWN] + len(self.views) * n * n
        B = np.zeros(int(X[at.B_FLAG]) + count, dtype=np.int8)
        self._fill(F, J, B, count)
        hashes = [stable_hash(f"actor:{name}") for name in self.actors]
        X[at.H_ACTOR], X[at.H_PROCESS] = 0, n
        hashes += [stable_hash(f"process:{name}/{each.organ}") for name, each in self.scenario.processes.items()]
        X[at.H_YEARLY] = len(hashes)
        hashes += [stable_hash(f"yearly:{name}") for name in self.scenario.yearly]
        X[at.H_RULE] = len(hashes)
        hashes += [stable_hash(f"rule:{name}") for name in self.rule_names]
        years = self.calendar.what[self.calendar.kind == YEARLY]
        return Plan(
            scenario=self.scenario,
            calendar=self.calendar,
            X=X,
            F=F,
            J=J,
            B=B,
            U=np.zeros(max(count, 1), dtype=np.uint64),
            I=np.array(self.tables.integers, dtype=np.int64),
            G=np.array([*self.tables.numbers, 0.0], dtype=float),
            H=np.array(hashes, dtype=np.uint64),
            first_year=int(years.min()) if len(years) else 0,
            years=len(years),
            series=series,
            clocks=clocks,
            numbers=tuple((place, name) for name, uses in self.number_uses.items() for place in uses[::2]),
        )

    def _fill(self, F: NDArray[np.float64], J: NDArray[np.int64], B: NDArray[np.int8], count: int) -> None:
        world, X, n = self.world, self.X, self.n
        F[at.NOW], F[at.TICK_START], F[at.TICK_END] = self.calendar.start, world.tick_start, world.tick_end
        for table in (world.ties, world.attributes, world.pairs, world.shown):
            for name, values in table.items():
                F[self.place[name] : self.place[name] + values.size] = values.ravel()
        for name, values in world.raw.items():
            F[self.raw_place[name] : self.raw_place[name] + values.size] = values.ravel()
            alive = np.flatnonzero(values)
            place = int(X[at.J_LIVE]) + self.live_place[name]
            J[place] = len(alive)
            J[place + 1 : place + 1 + len(alive)] = alive
        clocks = F[X[at.F_CLOCK] : X[at.F_CLOCK] + count * at.K_WIDTH].reshape(count, at.K_WIDTH)
        clocks[:, at.K_SINCE] = self.calendar.start
        clocks[:, at.K_TARGET] = -1.0
        F[X[at.F_NEXT] : X[at.F_NEXT] + count] = math.inf
        F[X[at.F_TREE] : X[at.F_TREE] + X[at.NODES]] = math.inf
        J[X[at.J_TOP] : X[at.J_TOP] + count] = -1
        J[X[at.J_ENTRY]] = -1
        J[X[at.J_NEXT_OCCASION]] = 1 + max([0, *self.calendar.occasion.tolist()])
        B[:n] = world.exists
        for view, name in enumerate(self.views):
            B[n + view * n**3 : n + (view + 1) * n**3] = world.seen[name].transpose(0, 2, 1).ravel() > 0
            base = X[at.B_KNOWN] + view * n * n
            B[base : base + n * n] = world.known[name].ravel()


def _reads_now(code: CodeType) -> bool:
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return "now" in code.co_names or any(_reads_now(each) for each in inner)


def _places(members: Sequence[int], n: int) -> list[int]:
    places = [-1] * n
    for place, member in enumerate(members):
        places[member] = place
    return places
