"""From a history and a process of its scenario to one pass: the very effects that simulate it, on the very views."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.effects import get_effect
from rapallo.errors import RapalloError, UnknownNameError
from rapallo.estimate import places as at
from rapallo.estimate.arrange import Arranged, moments_drawn, options_drawn
from rapallo.estimate.design import GROUPS, Layout
from rapallo.estimate.event_data import Changes
from rapallo.estimate.formula import (
    Formula,
    Names,
    Statistic,
    Term,
    read_formula,
    refuse_pairs,
    split_formula,
    split_parts,
)
from rapallo.estimate.model import DOMAINS
from rapallo.estimate.process_mask import allowed_pairs, parties, read_by_mask
from rapallo.estimate.recorded_cells import RecordedCells
from rapallo.estimate.unfolding import ChangeTable, Column, Source, Unfolding
from rapallo.system.calendar import ACT, ATTRIBUTE, PAIR, TICK, YEARLY, apply_entry
from rapallo.system.history import CHANGES, ORIGINS, History, as_day, to_iso
from rapallo.system.process import Motive, Process
from rapallo.system.world import World

YEAR = 365.25
"""Days; rates are per year."""


@dataclass(slots=True, eq=False)
class Told:
    """How a process is to be read from a history; every field is explained at :func:`rapallo.fit`."""

    model: str | None
    missing: str
    unknown: tuple[str, ...] = ()
    start: float | str | None = None
    end: float | str | None = None
    allowed: NDArray[np.bool_] | None = None
    occasions: str = "joint"
    controls: int = 0
    seed: int = 0


@dataclass(slots=True, eq=False)
class Read:
    """A pass over a history, and what it found on the way."""

    arranged: Arranged
    model: str
    timed: bool
    consent_assumed: dict[str, float]
    warnings: list[str] = field(default_factory=list)
    impossible: tuple[str, ...] = ()


def read_history(
    history: History, formula: str, told: Told, pool: Mapping[str, str | Sequence[str]] | None = None
) -> Read:
    """Read what a process could choose among, act by act, from a history.

    Parameters
    ----------
    history
        The record or a run.
    formula
        A process's name (all its motives), or ``"process ~ terms"``, where a term is one of its
        motives or an effect bound to layers, quantities and memories of the scenario.
    told
        How to read it.
    pool
        Terms whose parameter differs by sender, receiver or year.
    """
    return _Reader(history, formula, told, pool or {}).read()


class _Reader:
    def __init__(self, history: History, formula: str, told: Told, pool: Mapping[str, str | Sequence[str]]) -> None:
        self.history, self.told, self.scenario = history, told, history.scenario
        left, right = split_formula(formula) if "~" in formula else (formula.strip(), "")
        if "~" in formula and not right:
            raise RapalloError(f"nothing stands after '~'; write {left!r} alone for all of its motives, or name some")
        if left not in self.scenario.processes:
            raise UnknownNameError("process", left, self.scenario.processes)
        self.process: Process = self.scenario.processes[left]
        self.world: World = copy.deepcopy(history.calendar.opening)
        self.n = len(self.world.actors)
        self.warnings: list[str] = []
        if told.allowed is not None and told.allowed.shape != (self.n, self.n):
            raise RapalloError(f"allowed has the shape {told.allowed.shape}; it should be {(self.n, self.n)}")
        self.model = self._model()
        self.layout, self.assumed = self._layout(right)
        if pool:
            if self.model == "joint":
                raise RapalloError("pool=… does not go with model='joint'; pool in the rate or in the choice alone")
            sides = ("sender",) if self.model == "rate" else ("sender", "receiver")
            own = {column.name.removeprefix(f"{left}."): column.name for column in self.layout.columns}
            self.layout = self.layout.pooled({own.get(term, term): by for term, by in pool.items()}, (*sides, "year"))
        self.timed = self.model in ("intensity", "rate", "joint")
        if told.controls:
            if self.model not in ("choice", "intensity"):
                raise RapalloError(
                    f"controls are drawn for the models choice and intensity, and {left!r} is told as {self.model}: "
                    "leave controls=… out"
                )
            drawn = moments_drawn if self.timed else options_drawn
            self.warnings.append(drawn(told.controls))

    def _model(self) -> str:
        weighting = self.process.weighting
        if self.process.given:
            raise RapalloError(f"process {self.process.name!r} is given by the record: nothing decides it")
        if weighting == "toggle":
            raise RapalloError(
                f"process {self.process.name!r} toggles: its choices to leave all as it is are not seen in dated acts"
            )
        found = self.told.model or weighting
        valid = {"intensity": (weighting,), "choice": (weighting, "rate", "joint")}.get(weighting, (weighting, "rate"))
        if found not in valid:
            raise RapalloError(
                f"process {self.process.name!r} is of the form {weighting}; model is {' or '.join(valid)}"
            )
        if found == "rate" and self.process.consent:
            raise RapalloError(
                f"process {self.process.name!r} asks consent, which moves how often its senders act: "
                "give model='joint', which tells rate, choice and consent together"
            )
        if found == "joint" and not self.process.rate:
            raise RapalloError(f"process {self.process.name!r} has no rate effects: there is nothing to join")
        return found

    def _layout(self, right: str) -> tuple[Layout, dict[str, float]]:
        process, joint = self.process, self.model == "joint"
        parts = split_parts(right, joint) if right else []
        if len(parts) == 3:
            raise RapalloError("the consent of a process is its scenario's; a formula says its rate | choice alone")
        rate = None
        if joint:
            rate = Formula("", False, self._terms(process.rate, parts[0] if parts else "", True))
        motives = process.rate if self.model == "rate" else process.motives
        terms = self._terms(motives, parts[-1] if parts else "", self.model == "rate")
        asked = None
        assumed: dict[str, float] = {}
        if process.consent and self.model in ("intensity", "choice", "joint"):
            asked = Formula("", False, tuple(_term(each) for each in process.consent))
            assumed = {
                f"consent {each.parameter}": self.scenario.parameters[each.parameter].value for each in process.consent
            }
        return Layout.of(terms, False, asked, process.layer, rate, before=""), assumed

    def _terms(self, motives: tuple[Motive, ...], said: str, by_actor: bool) -> tuple[Term, ...]:
        """Give the terms of a part: all its motives, or what a formula says."""
        if not said:
            return tuple(_term(each) for each in motives)
        by_name = {each.name: _term(each) for each in motives}
        return tuple(
            by_name[word] if (word := text.strip()) in by_name else self._effect_term(word, by_actor)
            for text in _split_sum(said)
        )

    def _effect_term(self, text: str, by_actor: bool) -> Term:
        memories = self.world.memories
        names = Names(
            (*self.world.ties, *self.world.pairs, *(name for name, each in memories.items() if each.by == "pair")),
            (*self.world.attributes, *(name for name, each in memories.items() if each.by != "pair")),
            self.process.layer,
        )
        found = read_formula(f"~ {text}", names, by_actor=by_actor)
        if by_actor:
            refuse_pairs(found)
        return found.terms[0]

    def read(self) -> Read:
        columns = self._columns()
        self._check_obligations()
        tape = self._follow()
        domain = DOMAINS[self.model]
        plan = Unfolding(
            actors=self.n,
            domain=domain,
            sources=self.sources,
            columns=columns,
            changes=tape.changes(),
            elapsed=np.array(tape.elapsed) / YEAR if self.timed else np.zeros(len(tape.elapsed)),
            sender=np.array(tape.sender, dtype=np.int64),
            receiver=np.array(tape.receiver, dtype=np.int64),
            act=np.array(tape.act, dtype=np.int64),
            mask=tape.mask,
            present=np.ones(self.n, dtype=bool),
            skip_missing=self.told.missing == "leave out",
            every=self.timed,
            together=np.array(tape.together, dtype=np.int64) if max(tape.together, default=-1) >= 0 else None,
            now=tape.now,
            controls=self.told.controls,
            seed=self.told.seed,
        )
        acts = self.history
        table = Changes(
            acts.time,
            acts.sender.astype(np.int64),
            acts.receiver.astype(np.int64),
            np.ones(len(acts)),
            np.zeros(len(acts), dtype=bool),
            np.arange(len(acts)),
        )
        arranged = Arranged(plan, self.layout, table, self.timed, 0, warnings=self.warnings)
        return Read(arranged, self.model, self.timed, self.assumed, self.warnings, self.impossible)

    def _check_obligations(self) -> None:
        """Refuse a run whose rules wrote what the process reads: a history keeps findings, not obligations."""
        words = {word for text in self.process.allowed for word in text.split()} | set(self.names)
        for institution in self.scenario.institutions.values():
            for rule in institution.rules:
                if rule.obligation in words and (self.history.origin == ORIGINS.index("simulated")).any():
                    raise RapalloError(
                        f"process {self.process.name!r} rests on {rule.obligation!r}, which the rule "
                        f"{institution.name}.{rule.name} writes during a run and a history does not keep; "
                        "it can be estimated from the record only"
                    )

    def _columns(self) -> list[Column]:
        """Bind the statistics to arrays of the world, each array once."""
        self.sources: list[Source] = []
        self.names: list[str] = []
        self.reads_now: list[int] = []
        columns = []
        for term, base in enumerate(self.layout.statistics):
            effect = get_effect(base.statistic.effect)
            reads = dict(base.statistic.reads)
            bound = tuple(self._source(reads.get(slot, slot), effect.name) for slot in effect.reads)
            settings = {**dict(effect.settings), **dict(base.statistic.settings)}
            if "now" in effect.function.__code__.co_names:
                self.reads_now.append(term)
            columns.append(Column(effect, bound, tuple(settings.values()), base.parties))
        return columns

    def _source(self, name: str, effect: str) -> int:
        if name in self.names:
            return self.names.index(name)
        kind = at.SEEN if name in self.world.seen else None
        if name.startswith(GROUPS):
            kind = at.VECTOR
        if kind is None:
            try:
                kind = at.MATRIX if self.world.reads(name, 0).ndim == 2 else at.VECTOR
            except KeyError:
                world = self.world
                known = [*world.ties, *world.attributes, *world.pairs, *world.shown]
                raise UnknownNameError(f"quantity read by effect {effect!r}", name, known) from None
        self.names.append(name)
        self.sources.append(Source(name, kind, np.zeros(0)))
        return len(self.names) - 1

    def _array(self, name: str) -> NDArray[np.float64]:
        """Give the array behind a name, with what nobody recorded marked as missing where the rule asks it."""
        if name in self.world.seen:
            return self.world.seen[name]
        if name == GROUPS + "year":
            return np.full(self.n, float(to_iso(self.today)[:4]))
        if name.startswith(GROUPS):
            return np.arange(float(self.n))
        values = self.world.reads(name, 0)
        return self.recorded.marked(name, values)

    def _open(self) -> NDArray[np.bool_]:
        """Give what is open: pairs, or on the diagonal the actors that may act."""
        mask = allowed_pairs(self.scenario, self.world, self.process)
        if self.told.allowed is not None:
            mask &= self.told.allowed
        if self.process.weighting == "coordination":
            mask &= np.outer(self.both, self.both)
        if self.model != "rate":
            return mask
        acts = np.zeros((self.n, self.n), dtype=bool)
        if self.process.weighting == "coordination":
            acts[self.first_party, self.first_party] = np.triu(mask).any()
        else:
            np.fill_diagonal(acts, mask.any(axis=1))
        return acts

    def _follow(self) -> _Tape:
        """Replay the history and write down every change of what the process reads and may do."""
        history, world = self.history, self.world
        self.today = history.start
        low = history.start if self.told.start is None else as_day(self.told.start)
        high = history.end if self.told.end is None else as_day(self.told.end) + 1.0
        if not low < high:
            raise RapalloError(
                f"the span ends ({to_iso(high - 1.0)}) before it starts ({to_iso(low)}): give a later end "
                "or an earlier start"
            )
        self.numbers = {ATTRIBUTE: list(world.attributes), PAIR: list(world.pairs)}
        self.shuts = read_by_mask(self.scenario, self.process)
        self.both = parties(self.scenario, world, self.process)
        self.first_party = int(np.argmax(self.both))
        self.recorded = RecordedCells(
            self.scenario, world, self.names, self.told.missing, self.told.unknown, history.start
        )
        self.warnings += self.recorded.warnings
        agenda = _agenda(history)
        self.ticks = np.array([time for time, kind, _ in agenda.entries if kind == TICK])
        if agenda.first_tick is not None:
            world.tick(history.start, agenda.first_tick)
        tape = _Tape(world.tick_start, self._open())
        kept = [self._array(name).copy() for name in self.names]
        for source, values in zip(self.sources, kept, strict=True):
            source.initial = values.copy()
        open_now = tape.mask.copy()
        mine = history.processes.index(self.process.name)
        last = low
        impossible: list[str] = []
        self.impossible: tuple[str, ...] = ()
        touched: set[str] | None = set()
        pending = False

        def settle(time: float) -> None:
            """Write down what has changed since the last time, and the time that passed before it."""
            nonlocal open_now, last, pending, touched
            passes = time > last and time > low
            step, before = len(tape.elapsed) + passes, len(tape.blocks)
            for index, name in enumerate(self.names):
                if touched is None or name in touched:
                    _compare(tape, step, index, kept, self._array(name))
            if touched is None or touched & self.shuts:
                opened = self._open()
                where = np.argwhere(opened != open_now)
                tape.change(step, at.ALLOW, 0, where, opened[opened != open_now])
                open_now = opened
            if passes and len(tape.blocks) > before:
                tape.step_to(time - last, -1, -1, -1)
                last = time
            pending, touched = False, set()

        entries = [entry for entry in agenda.entries if entry[0] < high]
        joined, counted = self._joined(mine, low, high)
        for position, (time, kind, place) in enumerate(entries):
            if place not in counted and self._is_decided(kind, place, mine) and time >= low:
                if pending:
                    settle(time)
                # acts of one occasion are one event: none of them has seen another
                occasion, places = joined.get(place, (-1, (place,)))
                for act in places:
                    sender, receiver = int(history.sender[act]), int(history.receiver[act])
                    if self._is_open(open_now, sender, receiver):
                        tape.step_to(time - last, act, *self._parties(sender, receiver), occasion)
                        last = time
                    else:
                        impossible.append(self._refusal(act))
                    counted.add(act)
            reached = self._carry_out(time, kind, place)
            touched = None if reached is None or touched is None else touched | reached
            pending = True
            if kind == TICK:
                step = len(tape.elapsed) + (time > last and time > low)
                for term in self.reads_now:
                    tape.change(step, at.NOW, term, np.zeros((1, 2), dtype=np.int64), np.array([world.tick_start]))
                if self.reads_now and time > last and time > low:
                    tape.step_to(time - last, -1, -1, -1)
                    last = time
            if position + 1 == len(entries) or entries[position + 1][0] > time:
                settle(time)
        if high > last:
            tape.step_to(high - last, -1, -1, -1)
        if impossible:
            self.impossible = tuple(impossible)
            shown = "; ".join(impossible[:5]) + ("; …" if len(impossible) > 5 else "")
            self.warnings.append(f"{len(impossible)} acts are impossible in the model and count as given: {shown}")
        return tape

    def _joined(self, mine: int, low: float, high: float) -> tuple[dict[int, tuple[int, tuple[int, ...]]], set[int]]:
        """Give for the first act of each occasion of several on one day its number and acts, and what repeats one."""
        if self.told.occasions == "separate" or self.told.controls:
            return {}, set()
        repeated: set[int] = set()
        history = self.history
        groups: dict[tuple[int, ...], dict[tuple[int, int], int]] = {}
        for act in np.flatnonzero((history.process == mine) & (history.occasion >= 0)):
            if not self._is_decided(ACT, int(act), mine) or not low <= history.time[act] < high:
                continue
            sender, receiver = self._parties(int(history.sender[act]), int(history.receiver[act]))
            key = int(history.occasion[act]), int(history.time[act] // 1.0), sender if self.model == "choice" else -1
            # whoever decides takes part once; a tie is one tie, however often it is told
            part = sender, -1 if self.model == "rate" else receiver
            if groups.setdefault(key, {}).setdefault(part, int(act)) != act:
                repeated.add(int(act))
        several = [tuple(each.values()) for each in groups.values() if len(each) > 1]
        if several or repeated:
            total = sum(len(each) for each in several)
            alone = self.model in ("coordination", "joint")
            self.warnings.append(
                f"{len(several)} occasions with {total} acts "
                + ("hold choices of their own, none of which has seen another" if alone else "count as one event each")
                + (f", and {len(repeated)} further ties of theirs as none" if repeated else "")
                + "; occasions='separate' counts every act"
            )
        return {acts[0]: (number, acts) for number, acts in enumerate(several)}, repeated

    def _is_decided(self, kind: int, act: int, mine: int) -> bool:
        return kind == ACT and self.history.process[act] == mine and self._is_case(act)

    def _is_case(self, act: int) -> bool:
        return ORIGINS[self.history.origin[act]] in ("record", "simulated") and int(self.history.receiver[act]) >= 0

    def _is_open(self, open_now: NDArray[np.bool_], sender: int, receiver: int) -> bool:
        if self.model == "rate":
            who = self.first_party if self.process.weighting == "coordination" else sender
            return bool(open_now[who, who])
        both = self.model != "coordination" or bool(open_now[receiver, sender])
        return both and bool(open_now[sender, receiver])

    def _parties(self, sender: int, receiver: int) -> tuple[int, int]:
        if self.model == "coordination":
            return min(sender, receiver), max(sender, receiver)
        if self.model == "rate" and self.process.weighting == "coordination":
            return self.first_party, self.first_party
        return sender, receiver

    def _refusal(self, act: int) -> str:
        from rapallo.engine.reference import Reference
        from rapallo.engine.why import refusal

        history = self.history
        sender, receiver = int(history.sender[act]), int(history.receiver[act])
        name = f"{history.ids[act]}, " if history.ids is not None else ""
        if self.told.allowed is not None and not self.told.allowed[sender, receiver]:
            reason = "the pair lies outside the risk set (allowed)"
        else:
            twin: Any = Reference.__new__(Reference)
            twin.scenario, twin.world, twin.actors = self.scenario, self.world, history.actors
            reason = refusal(twin, self.process, sender, receiver)
        return f"{name}{to_iso(history.time[act])} {history.actors[sender]} → {history.actors[receiver]}: {reason}"

    def _carry_out(self, time: float, kind: int, place: int) -> set[str] | None:
        """Let one thing happen; gives the names of what it touched, or None for all."""
        history, world = self.history, self.world
        world.now = self.today = time
        if kind == ACT:
            if ORIGINS[history.origin[place]] == "lapse":
                return set()
            process = int(history.process[place])
            layer = history.layers[history.layer[place]]
            world.act(
                layer,
                CHANGES[history.change[place]],
                int(history.sender[place]),
                int(history.receiver[place]),
                history.processes[process] if process >= 0 else "",
                history.told(place),
            )
            return {layer} | {name for name, each in world.memories.items() if each.layer == layer}
        if kind == TICK and place < 0:
            world.tick(time, self._next_tick(time))
            return {*world.memories, GROUPS + "year"}
        calendar = history.calendar
        if kind == YEARLY:
            self._set_yearly(int(calendar.what[place]))
            return set(history.series)
        self.recorded.note(calendar, place)
        apply_entry(world, calendar, place)
        if kind in (ATTRIBUTE, PAIR):
            return {self.numbers[kind][int(calendar.what[place])]}
        return {*world.memories, GROUPS + "year"} if kind == TICK else None

    def _next_tick(self, time: float) -> float:
        """Give the tick after one that was put in."""
        later = self.ticks[np.searchsorted(self.ticks, time, side="right") :]
        return float(later[0]) if len(later) else self.history.end

    def _set_yearly(self, year: int) -> None:
        for name, series in self.history.series.items():
            rows = series["year"] == year
            if name in self.world.pairs:
                self.world.pairs[name][series["sender"][rows], series["receiver"][rows]] = series["value"][rows]
            elif name in self.world.attributes:
                self.world.attributes[name][series["sender"][rows]] = series["value"][rows]


@dataclass(slots=True, eq=False)
class _Tape:
    """What happened, step by step, as the compiled pass wants it."""

    now: float
    mask: NDArray[np.bool_]
    blocks: list[tuple[int, NDArray[np.int64], NDArray[np.float64]]] = field(default_factory=list)
    elapsed: list[float] = field(default_factory=list)
    act: list[int] = field(default_factory=list)
    sender: list[int] = field(default_factory=list)
    receiver: list[int] = field(default_factory=list)
    together: list[int] = field(default_factory=list)

    def step_to(self, elapsed: float, act: int, sender: int, receiver: int, occasion: int = -1) -> None:
        self.elapsed.append(elapsed)
        self.act.append(act)
        self.sender.append(sender)
        self.receiver.append(receiver)
        self.together.append(occasion)

    def change(self, step: int, kind: int, source: int, where: NDArray[np.int64], value: NDArray[Any]) -> None:
        """Note changed cells, one row of ``where`` each."""
        if not len(where):
            return
        codes = np.zeros((len(where), at.C_WIDTH), dtype=np.int64)
        codes[:, at.C_KIND], codes[:, at.C_SOURCE] = kind, source
        codes[:, at.C_FIRST : at.C_FIRST + where.shape[1]] = where
        self.blocks.append((int(step), codes, np.asarray(value, dtype=float)))

    def changes(self) -> ChangeTable:
        """Give all changes as one table."""
        if not self.blocks:
            return ChangeTable(np.empty(0, np.int64), np.empty((0, at.C_WIDTH), np.int64), np.empty(0))
        steps = [np.full(len(codes), step, dtype=np.int64) for step, codes, _ in self.blocks]
        codes, values = [each[1] for each in self.blocks], [each[2] for each in self.blocks]
        return ChangeTable(np.concatenate(steps), np.concatenate(codes), np.concatenate(values))


def _compare(tape: _Tape, step: int, index: int, kept: list[Any], now: NDArray[np.float64]) -> None:
    """Note the cells of an array that differ from when it was last looked at."""
    before = kept[index]
    if np.array_equal(now, before):
        return
    differs = (now != before) & ((now == now) | (before == before))
    if differs.any():
        tape.change(step, at.SET, index, np.argwhere(differs), now[differs])
        kept[index] = now.copy()


def _agenda(history: History) -> SimpleNamespace:
    """Put the calendar, the acts and (where there are none) monthly ticks into one order of time."""
    calendar = history.calendar
    entries = [
        (float(calendar.time[k]), int(calendar.kind[k]), k) for k in range(len(calendar)) if calendar.kind[k] != ACT
    ]
    first = None
    if not any(kind == TICK for _, kind, _ in entries):
        months = _months(history.start, history.end)
        entries += [(month, TICK, -1) for month in months]
        first = months[0] if months else history.end
    entries += [(float(time), ACT, k) for k, time in enumerate(history.time)]
    entries.sort(key=lambda each: (each[0], each[1]))
    return SimpleNamespace(entries=entries, first_tick=first)


def _months(start: float, end: float) -> list[float]:
    """Give the first day of each month inside a span."""
    first = np.datetime64("1900-01-01", "D")
    begin = (first + np.timedelta64(int(np.floor(start)), "D")).astype("datetime64[M]")
    finish = (first + np.timedelta64(int(np.floor(end)), "D")).astype("datetime64[M]")
    days = (np.arange(begin, finish + 2).astype("datetime64[D]") - first).astype(float)
    return [float(day) for day in days if start < day < end]


def _term(motive: Motive) -> Term:
    effect = get_effect(motive.effect)
    reads = {**{slot: slot for slot in effect.reads}, **dict(motive.reads)}
    return Term(motive.parameter, (Statistic(effect.name, tuple(reads.items()), motive.settings),))


def _split_sum(text: str) -> list[str]:
    """Split a formula's right side at the plus signs outside brackets."""
    parts, depth, current = [], 0, ""
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "+" and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += letter
    return [*parts, current]
