"""The world of an intervention, as far as the record reaches into it: what is dropped, moved, forced or forbidden."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.engine import layout as at
from rapallo.engine import luck_table as of
from rapallo.engine.plan import Plan, make_plan
from rapallo.engine.recorded_world import (
    FORCED,
    RecordedWorld,
    act_entry,
    clock_index,
    entries_of,
    keys_of,
    refuse_toggles,
)
from rapallo.engine.simulate import prepared
from rapallo.system.calendar import ACT, Calendar, make_calendar
from rapallo.system.history import CHANGES, History

Condition = tuple[int, int, int]
"""Kind, where the matrix or vector begins in F, sign: as the mask of a process has them."""


@dataclass(frozen=True, slots=True, eq=False)
class ChangedWorld:
    """A world in which the record's luck is run again; the record's own is one of them.

    Parameters
    ----------
    plan
        The changed plan, its calendar with the acts that are carried out by themselves.
    here
        For each clock of the record's own world the number that it has here, -1 where it has none.
    options
        For each process whose options are others here: the place that each had there, -1 where it had none.
    flows
        For each place of the yearly series the place that it had there, -1 where it had none; ``None``: the same.
    rules
        For each rule in force there the number that it has here, -1 where it is not in force, or finds otherwise.
    every
        For each entry of the calendar the forced act that it is, -1 for none.
    forced
        For each forced act its position in the record, -1 for one that the intervention brings.
    known
        For each forced act its place among those of the record's own world, -1 where it has none.
    conditions
        For each forced act what must hold besides: an intervention's prohibitions.
    flags, held
        For each firing what becomes of it, and the day it is held to.
    votes_dropped
        For each recorded vote whether the intervention takes it away.
    told
        By firing who else is let into its secret, where the changed record has it otherwise.
    """

    plan: Plan
    here: NDArray[np.int64]
    options: Mapping[int, NDArray[np.int64]]
    flows: NDArray[np.int64] | None
    rules: tuple[int, ...]
    every: NDArray[np.int64]
    forced: tuple[int, ...]
    known: tuple[int, ...]
    conditions: tuple[tuple[Condition, ...], ...]
    flags: NDArray[np.int64]
    held: NDArray[np.float64]
    votes_dropped: NDArray[np.bool_]
    told: Mapping[int, tuple[int, ...]]


def same_world(world: RecordedWorld) -> ChangedWorld:
    """Give the record's own world, unchanged."""
    every = np.full(len(world.plan.calendar), -1, dtype=np.int64)
    for place, (_, entry) in enumerate(world.forced):
        every[entry] = place
    count = len(world.forced)
    return ChangedWorld(
        plan=world.plan,
        here=np.arange(len(world.clocks)),
        options={},
        flows=None,
        rules=tuple(range(int(world.plan.X[at.RULES]))),
        every=every,
        forced=tuple(act for act, _ in world.forced),
        known=tuple(range(count)),
        conditions=((),) * count,
        flags=np.zeros(len(world.firings), dtype=np.int64),
        held=np.full(len(world.firings), math.nan),
        votes_dropped=np.zeros(sum(len(case.votes) for case in world.cases), dtype=bool),
        told={},
    )


def changed_world(
    world: RecordedWorld,
    scenario: Any,
    calendar: Calendar,
    record: History | None = None,
    say: Callable[[str], None] = lambda word: None,
    plan: Plan | None = None,
) -> ChangedWorld:
    """Lay out the world of an intervention.

    Parameters
    ----------
    world
        The record in its own world.
    scenario, calendar
        The changed model and its dated changes from outside.
    record
        The record that the changed scenario has; what of it differs from the first is dropped, moved or new. ``None``
        where an intervention cannot change it.
    say
        Called with a word where something takes time.
    plan
        The plan of the changed model and calendar, where it is made already; of use where no act is forced.

    Raises
    ------
    RapalloError
        If a process that decides is a ``toggle``.
    """
    refuse_toggles(scenario)
    mine = world.record
    start, end = world.plan.calendar.start, world.plan.calendar.end
    inside = np.flatnonzero((mine.time >= start) & (mine.time < end))
    old = keys_of(mine, inside)
    new = old if record is None else keys_of(record, np.flatnonzero((record.time >= start) & (record.time < end)))
    moved: dict[int, float] = {}
    gone: set[int] = set()
    for key, act in old.items():
        if key not in new:
            gone.add(act)
        elif record is not None and math.floor(record.time[new[key]]) != math.floor(mine.time[act]):
            moved[act] = float(record.time[new[key]])
    if record is not None:
        told = {act: record.told(new[key]) for key, act in old.items() if key in new}
    else:
        told = {act: mine.told(act) for act in old.values()}
    flags = np.zeros(len(world.firings), dtype=np.int64)
    held = np.full(len(world.firings), math.nan)
    entries: list[dict[str, Any]] = []
    origin: list[tuple[int, int]] = []
    for place, (act, _) in enumerate(world.firings):
        process = mine.scenario.processes[mine.processes[mine.process[act]]]
        if act in gone:
            flags[place] = of.VOID
        elif act in moved and process.weighting == "intensity":
            flags[place], held[place] = of.HELD, moved[act]
        elif act in moved:
            flags[place] = of.VOID
            entries.append({**act_entry(mine, act, moved[act]), "known_to": told[act]})
            origin.append((act, -1))
    for place, (act, _) in enumerate(world.forced):
        if act not in gone:
            entries.append({**act_entry(mine, act, moved.get(act)), "known_to": told[act]})
            origin.append((act, place))
    if record is not None:
        brought = _brought(scenario, record, [act for key, act in new.items() if key not in old])
        entries += [act_entry(record, act) for act in brought]
        origin += [(-1, -1)] * len(brought)
    for number, entry in enumerate(entries):
        entry["fact"] = f"{FORCED}{number}"
    if plan is None or entries:
        aligned = _aligned(calendar, world.plan.calendar)
        whole = replace(make_calendar(start, end, calendar.opening, aligned + entries), numbers=calendar.numbers)
        plan = prepared(make_plan(scenario, whole, say))
    whole = plan.calendar
    every = np.full(len(whole), -1, dtype=np.int64)
    for place, fact in enumerate(whole.facts):
        if fact.startswith(FORCED):
            every[place] = int(fact.removeprefix(FORCED))
    votes = [act for case in world.cases for act, _, _ in case.votes]
    index = clock_index(plan)
    return ChangedWorld(
        plan=plan,
        here=np.array([index.get(name, -1) for name in world.clocks], dtype=np.int64),
        options=_options_here(world.plan, plan),
        flows=_flows_here(world.plan, plan),
        rules=_rules_here(world.plan.scenario, scenario),
        every=every,
        forced=tuple(act for act, _ in origin),
        known=tuple(place for _, place in origin),
        conditions=tuple(_prohibitions(plan, mine.scenario, entry) for entry in entries),
        flags=flags,
        held=held,
        votes_dropped=np.array([act in gone for act in votes], dtype=bool),
        told={place: told[act] for place, (act, _) in enumerate(world.firings) if told.get(act, ()) != mine.told(act)},
    )


def _options_here(before: Plan, after: Plan) -> dict[int, NDArray[np.int64]]:
    """Give, by process of the changed plan, where its options stood before, where they stood otherwise."""
    found = {}
    names = list(before.scenario.processes)
    for process, name in enumerate(after.scenario.processes):
        if name in names:
            old, new = columns_of(before, names.index(name)), columns_of(after, process)
            if not np.array_equal(old, new):
                place = {actor: k for k, actor in enumerate(old.tolist())}
                found[process] = np.array([place.get(actor, -1) for actor in new.tolist()], dtype=np.int64)
    return found


def columns_of(plan: Plan, process: int) -> NDArray[np.int64]:
    """Give the actors that a process may turn to, in the order of its options."""
    table = int(plan.X[at.I_PROCESS]) + process * at.P_WIDTH
    begins = int(plan.I[table + at.P_COLUMN_LIST])
    return plan.I[begins : begins + int(plan.I[table + at.P_COLUMNS])]


def _flows_here(before: Plan, after: Plan) -> NDArray[np.int64] | None:
    """Give where each place of the yearly series stood before; ``None`` where all stand where they stood."""
    if before.series == after.series:
        return None
    stride, old_stride = int(after.X[at.X_SIZE]), int(before.X[at.X_SIZE])
    found = np.full((after.years, max(stride, 1)), -1, dtype=np.int64)
    there: dict[tuple[Any, ...], int] = {}
    for name, kind, offset, senders, receivers in before.series:
        wide = receivers if kind == "flow" else (-1,)
        pairs = [(sender, receiver) for sender in senders for receiver in wide]
        there |= {(name, offset, *pair): offset + place for place, pair in enumerate(pairs)}
    begins = {name: [row[2] for row in before.series if row[0] == name] for name, *_ in before.series}
    for order, (name, kind, offset, senders, receivers) in enumerate(after.series):
        wide = receivers if kind == "flow" else (-1,)
        which = sum(row[0] == name for row in after.series[:order])
        if which >= len(begins.get(name, ())):
            continue
        for place, pair in enumerate([(sender, receiver) for sender in senders for receiver in wide]):
            old = there.get((name, begins[name][which], *pair), -1)
            if old >= 0:
                found[:, offset + place] = old + old_stride * np.arange(after.years)
    return found.ravel()


def _rules_here(before: Any, after: Any) -> tuple[int, ...]:
    here = _in_force(after)
    return tuple(here.index(rule) if rule in here else -1 for rule in _in_force(before))


def _in_force(scenario: Any) -> list[tuple[str, str, str]]:
    """Give the rules in force, in the order of the plan: institution, rule and who finds."""
    homes = scenario.institutions.values()
    return [(home.name, rule.name, rule.finding) for home in homes for rule in home.rules if rule.active]


def _brought(scenario: Any, record: History, acts: list[int]) -> list[int]:
    """Give the acts that the changed record has besides, and that no calendar carries out."""
    lapse = 3
    return [
        act
        for act in acts
        if record.origin[act] != lapse
        and not (record.process[act] >= 0 and scenario.processes[record.processes[record.process[act]]].given)
        and not (record.ids is not None and str(record.ids[act]) in scenario.forced)
    ]


def _aligned(calendar: Calendar, before: Calendar) -> list[dict[str, Any]]:
    """Give what is done on the same day in both calendars the same instant: one act less does not move the others."""
    instants: dict[Any, float] = {}
    for entry in entries_of(before):
        if entry["kind"] == ACT:
            instants[_same(entry)] = entry["time"]
    made = []
    for entry in entries_of(calendar):
        if entry["kind"] == ACT:
            entry = {**entry, "time": instants.get(_same(entry), entry["time"])}
        made.append(entry)
    return made


def _same(entry: dict[str, Any]) -> tuple[Any, ...]:
    names = ("fact", "what", "sender", "receiver", "change", "process")
    return (*(entry[name] for name in names), math.floor(entry["time"]))


def _prohibitions(plan: Plan, before: Any, entry: dict[str, Any]) -> tuple[Condition, ...]:
    """Give what an intervention forbids a forced act: a process switched off, a tie forbidden or held in place."""
    world, n = plan.calendar.opening, int(plan.X[at.ACTORS])
    found: list[Condition] = []
    layer = list(plan.scenario.layers)[entry["what"]]
    change = CHANGES[entry["change"]]
    gate = {"form": f"forbidden_{layer}", "end": f"kept_{layer}"}.get(change, "")
    if gate in world.pairs and gate not in before.quantities and entry["receiver"] >= 0:
        place = int(plan.X[at.F_PAIRS]) + list(world.pairs).index(gate) * n * n
        found.append((at.IF_MATRIX, place, 0))
    if entry["process"] >= 0:
        gate = f"off_{list(plan.scenario.processes)[entry['process']]}"
        if gate in world.attributes and gate not in before.quantities:
            found.append((at.IF_SENDER, int(plan.X[at.F_ATTRIBUTES]) + list(world.attributes).index(gate) * n, 0))
    return tuple(found)
