"""What of the record happens by itself in a world, and what the clocks of the model have to make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.engine import layout as at
from rapallo.engine.plan import Plan, make_plan
from rapallo.engine.simulate import prepared
from rapallo.errors import RapalloError
from rapallo.system.calendar import ACT, Calendar, make_calendar
from rapallo.system.history import CHANGES, ORIGINS, History

Key = tuple[str, str, str, str, str, str, int]
"""Fact, process, layer, change, sender and receiver of an act, and which of those that are alike it is."""

_COLUMNS = ("time", "kind", "what", "sender", "receiver", "value", "change", "process", "occasion")


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A case that an act of the record opened before an institution, and who found what in it.

    Parameters
    ----------
    rule
        Index among the rules in force.
    accused, victim
        Parties of the act that opened it.
    opened
        When.
    due
        When a council decided, where the record has it on another day than the rule; else ``nan``.
    votes
        Position in the record, voter and day of each finding; the day is ``nan`` where it is the rule's own.
    word
        Position of the council's own finding; -1 where it is not recorded.
    """

    rule: int
    accused: int
    victim: int
    opened: float
    due: float
    votes: tuple[tuple[int, int, float], ...] = ()
    word: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class RecordedWorld:
    """A plan in which a record can be lived through again.

    Parameters
    ----------
    plan
        The plan, its calendar with the acts that are carried out by themselves.
    record
        The history.
    firings
        Position in the record, and clock, of each act that a clock makes, in order of time.
    others
        For each of them the clock of the other party where the record does not say who came forward, else -1.
    forced
        Position in the record of each forced act, and the entry of the calendar that carries it out.
    cases
        Cases of the record before institutions.
    flows
        For each year and place of the yearly series what is recorded; ``nan`` where nothing is.
    impossible
        Positions of the forced acts that a process of the model should have made and cannot.
    clocks
        Process, sender and receiver of each clock (empty where it has none).
    """

    plan: Plan
    record: History
    firings: tuple[tuple[int, int], ...]
    others: NDArray[np.int64]
    forced: tuple[tuple[int, int], ...]
    cases: tuple[Case, ...]
    flows: NDArray[np.float64]
    impossible: tuple[int, ...]
    clocks: tuple[tuple[str, str, str], ...]


def recorded_world(
    scenario: Any,
    record: History,
    calendar: Calendar,
    say: Callable[[str], None] = lambda word: None,
    impossible: frozenset[int] = frozenset(),
    plan: Plan | None = None,
) -> RecordedWorld:
    """Lay a record out for being lived through again.

    Parameters
    ----------
    scenario
        The model.
    record
        Its record, or any history of it; what lies outside the calendar's span is left out.
    calendar
        The dated changes from outside, without forced acts.
    say
        Called with a word where something takes time.
    impossible
        Positions of acts that are known to have weight zero, and of findings that no rule gives: they are forced.
    plan
        The plan of this model and calendar, where it is made already; of use where no act is forced.

    Raises
    ------
    RapalloError
        If a process that decides is a ``toggle``.
    """
    refuse_toggles(scenario)
    inside = np.flatnonzero((record.time >= calendar.start) & (record.time < calendar.end))
    by_clock, by_rule, by_itself = _sorted(scenario, record, inside, impossible)
    cases, unheard = _cases(scenario, record, inside, by_rule)
    forced = sorted({*by_itself, *unheard})
    if plan is None or forced:
        plan = prepared(make_plan(scenario, _with_acts(calendar, record, forced), say))
    clocks = clock_index(plan)
    names = list(scenario.processes)
    firings, beyond = [], []
    for act in by_clock:
        process = scenario.processes[names[record.process[act]]]
        clock = clocks.get(clock_key(process, record, act))
        if clock is None:
            beyond.append(act)
        else:
            firings.append((act, clock))
    if beyond:
        return recorded_world(scenario, record, calendar, say, impossible | set(beyond), plan)
    return RecordedWorld(
        plan=plan,
        record=record,
        firings=tuple(firings),
        others=_others(scenario, record, firings, clocks),
        forced=_places(plan.calendar, record, forced),
        cases=cases,
        flows=_flows(plan, record),
        impossible=tuple(sorted(impossible)),
        clocks=tuple(clocks),
    )


def refuse_toggles(scenario: Any) -> None:
    """Refuse processes whose nulls are unobserved.

    Raises
    ------
    RapalloError
        Naming each.
    """
    toggles = [each.name for each in scenario.processes.values() if each.weighting == "toggle" and not each.given]
    if toggles:
        raise RapalloError(
            f"{', '.join(toggles)}: a toggle decides now and then to leave all as it is, and no record of dated acts "
            "shows that; its luck cannot be read off the record. Let the process be a choice or an intensity, or given"
        )


def clock_index(plan: Plan) -> dict[tuple[str, str, str], int]:
    """Give the clock of a process with a sender and a receiver (empty where it has none)."""
    who = [*plan.calendar.opening.actors, ""]
    names = list(plan.scenario.processes)
    return {(names[p], who[s], who[r]): clock for clock, (p, s, r) in enumerate(plan.clocks.tolist())}


def clock_key(process: Any, record: History, act: int) -> tuple[str, str, str]:
    """Give the name of the clock that would make an act."""
    sender, receiver = record.actors[record.sender[act]], record.actors[record.receiver[act]]
    if process.weighting == "coordination":
        return process.name, "", ""
    return process.name, sender, receiver if process.weighting == "intensity" else ""


def keys_of(record: History, which: NDArray[np.intp]) -> dict[Key, int]:
    """Name acts of a record by what they are, not by where they stand."""
    found: dict[Key, int] = {}
    seen: dict[Any, int] = {}
    for act in which.tolist():
        process, receiver = int(record.process[act]), int(record.receiver[act])
        key = (
            "" if record.ids is None else str(record.ids[act]),
            record.processes[process] if process >= 0 else "",
            record.layers[record.layer[act]],
            CHANGES[record.change[act]],
            record.actors[record.sender[act]] if record.sender[act] >= 0 else "",
            record.actors[receiver] if receiver >= 0 else "",
        )
        found[*key, seen.setdefault(key, 0)] = act
        seen[key] += 1
    return found


def _sorted(
    scenario: Any, record: History, inside: NDArray[np.intp], impossible: frozenset[int]
) -> tuple[list[int], list[int], list[int]]:
    """Sort acts: by a clock, by a rule, and what no part of the model decides."""
    processes = list(scenario.processes.values())
    rules = [rule for home in scenario.institutions.values() for rule in home.rules if rule.active]
    findings = {record.layers.index(rule.layer) for rule in rules}
    form, lapse, given = CHANGES.index("form"), ORIGINS.index("lapse"), ORIGINS.index("given")
    by_clock: list[int] = []
    by_rule: list[int] = []
    by_itself: list[int] = []
    for act in inside.tolist():
        process, origin = int(record.process[act]), int(record.origin[act])
        if origin in (lapse, given) or (process >= 0 and processes[process].given):
            continue
        if process >= 0 and record.receiver[act] >= 0 and act not in impossible:
            by_clock.append(act)
        elif process < 0 and record.layer[act] in findings and record.change[act] == form and act not in impossible:
            by_rule.append(act)
        else:
            by_itself.append(act)
    return by_clock, by_rule, by_itself


def _cases(
    scenario: Any, record: History, inside: NDArray[np.intp], findings: list[int]
) -> tuple[tuple[Case, ...], list[int]]:
    """Give each act that opened a case its findings.

    A finding belongs to the case that fell due with it to the instant, as a simulated one does; a recorded
    one to the last act before it against the same.
    """
    homes = [(home, rule) for home in scenario.institutions.values() for rule in home.rules if rule.active]
    openers: list[tuple[int, int]] = []
    for index, (_, rule) in enumerate(homes):
        layer, change = record.layers.index(rule.trigger.layer), CHANGES.index(rule.trigger.change)
        acts = inside[(record.layer[inside] == layer) & (record.change[inside] == change)]
        openers += [(index, int(act)) for act in acts if record.receiver[act] >= 0]
    votes: dict[tuple[int, int], list[int]] = {each: [] for each in openers}
    left = []
    for act in findings:
        time = float(record.time[act])
        mine = [
            (index, opener)
            for index, opener in openers
            if record.sender[opener] == record.receiver[act]
            and record.time[opener] <= time
            and record.layers.index(homes[index][1].layer) == record.layer[act]
        ]
        due = [each for each in mine if time == record.time[each[1]] + homes[each[0]][1].trigger.after]
        if mine:
            votes[due[-1] if due else max(mine, key=lambda each: float(record.time[each[1]]))].append(act)
        else:
            left.append(act)
    for (index, _), found in votes.items():
        home, rule = homes[index]
        if rule.finding != "each member" and all(record.actors[record.sender[act]] == home.actor for act in found):
            left += found  # only the council's word is recorded, not who gave it
            found.clear()
    cases = [_case(record, index, homes[index], opener, found) for (index, opener), found in votes.items()]
    cases.sort(key=lambda each: each.opened)
    return tuple(cases), left


def _case(record: History, index: int, home: tuple[Any, Any], opener: int, found: list[int]) -> Case:
    institution, rule = home
    opened = float(record.time[opener])
    usual = opened + rule.trigger.after
    council = rule.finding != "each member"
    days = [float(record.time[vote]) for vote in found]
    due = max(days) if council and days and max(days) != usual else np.nan
    itself = record.actors.index(institution.actor) if council else -1
    votes = tuple(
        (vote, int(record.sender[vote]), np.nan if council or day == usual else day)
        for vote, day in zip(found, days, strict=True)
        if record.sender[vote] != itself
    )
    word = next((vote for vote in found if record.sender[vote] == itself), -1)
    return Case(index, int(record.sender[opener]), int(record.receiver[opener]), opened, due, votes, word)


def _others(
    scenario: Any, record: History, firings: list[tuple[int, int]], clocks: Mapping[Any, int]
) -> NDArray[np.int64]:
    """Give the clock of the other party where both must want an act and a source does not say who asked whom."""
    found = np.full(len(firings), -1, dtype=np.int64)
    if record.ids is None:  # a simulated act was proposed by its sender
        return found
    for place, (act, _) in enumerate(firings):
        process = scenario.processes[record.processes[record.process[act]]]
        if process.consent and process.weighting != "coordination" and scenario.layers[process.layer].mutual:
            sender, receiver = record.actors[record.sender[act]], record.actors[record.receiver[act]]
            name = process.name, receiver, sender if process.weighting == "intensity" else ""
            found[place] = clocks.get(name, -1)
    return found


def _with_acts(calendar: Calendar, record: History, acts: list[int]) -> Calendar:
    """Give a calendar that carries out acts of the record besides."""
    entries = entries_of(calendar) + [act_entry(record, act) for act in acts]
    made = make_calendar(calendar.start, calendar.end, calendar.opening, entries)
    return replace(made, numbers=calendar.numbers)


def entries_of(calendar: Calendar) -> list[dict[str, Any]]:
    """Give the entries of a calendar as it takes them."""
    columns = {name: getattr(calendar, name).tolist() for name in _COLUMNS}
    facts = calendar.facts or ("",) * len(calendar)
    known_to = calendar.known_to or ((),) * len(calendar)
    return [
        {name: columns[name][k] for name in _COLUMNS} | {"fact": facts[k], "known_to": known_to[k]}
        for k in range(len(calendar))
    ]


def act_entry(record: History, act: int, time: float | None = None) -> dict[str, Any]:
    """Give the entry of a calendar that carries out an act of the record."""
    return {
        "time": float(record.time[act]) if time is None else time,
        "kind": ACT,
        "what": int(record.layer[act]),
        "sender": int(record.sender[act]),
        "receiver": int(record.receiver[act]),
        "change": int(record.change[act]),
        "process": int(record.process[act]),
        "occasion": int(record.occasion[act]),
        "fact": f"{FORCED}{act}",
        "known_to": record.told(act),
    }


FORCED = "forced:"
"""How the fact of an entry begins that carries out an act of the record by its position."""


def _places(calendar: Calendar, record: History, forced: list[int]) -> tuple[tuple[int, int], ...]:
    """Find the entry that carries out each forced act."""
    place = {fact: entry for entry, fact in enumerate(calendar.facts)}
    return tuple((act, place[f"{FORCED}{act}"]) for act in forced)


def _flows(plan: Plan, record: History) -> NDArray[np.float64]:
    """Give what is recorded of each place of the yearly series."""
    stride = int(plan.X[at.X_SIZE])
    values = np.full(max(1, plan.years * stride), np.nan)
    recorded: Mapping[str, Mapping[str, Any]] = record.series
    for name, kind, offset, senders, receivers in plan.series:
        series = recorded.get(name)
        if kind != "flow" or series is None:
            continue
        row = {code: k for k, code in enumerate(senders)}
        column = {code: k for k, code in enumerate(receivers)}
        for year, sender, receiver, value in zip(
            series["year"].tolist(),
            series["sender"].tolist(),
            series["receiver"].tolist(),
            series["value"].tolist(),
            strict=True,
        ):
            behind = year - plan.first_year
            if 0 <= behind < plan.years and sender in row and receiver in column and sender != receiver:
                values[behind * stride + offset + row[sender] * len(receivers) + column[receiver]] = value
    return values
