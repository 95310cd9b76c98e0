"""From the tables to dated changes: the calendar of a run, and the record as a history."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from rapallo.errors import RapalloError
from rapallo.record.edtf import FIRST_YEAR, LAST_YEAR
from rapallo.record.readings import DRAWN
from rapallo.record.rows import ActRow
from rapallo.record.time import to_date, to_day
from rapallo.scenario.check_tables import EVERYBODY
from rapallo.scenario.resolution import Resolution, begin_of, resolve
from rapallo.scenario.scenario import Scenario
from rapallo.system.calendar import (
    ACT,
    ATTRIBUTE,
    EXISTS,
    HOLD,
    NUMBER,
    PAIR,
    TICK,
    YEARLY,
    Calendar,
    apply_entry,
    make_calendar,
)
from rapallo.system.history import CHANGES, ORIGINS, History, known_to_column
from rapallo.system.world import World

_EVE = 1.0 / 1024.0
"""Flows and stocks of a year are brought up to date this part of a day before it ends."""


@dataclass(frozen=True, slots=True)
class Dated:
    """One act of the record, its reading chosen and its day resolved."""

    day: float
    row: ActRow


def timeline(
    scenario: Scenario,
    start: str | float | None = None,
    end: str | float | None = None,
    *,
    dates: str = "begins",
    readings: str = "most certain",
    seed: int = 0,
    draw: int = 0,
    as_of: str | float | None = None,
) -> Calendar:
    """Make the calendar of a run: what comes from outside, and the state it opens with.

    Parameters
    ----------
    scenario
        The scenario.
    start, end
        First and last day (both included); the scenario's own where not given.
    dates
        Rule that resolves dates; one of ``resolution.DATE_RULES``.
    readings
        Rule that chooses among rival readings; one of ``readings.RULES``.
    seed, draw
        Name of the draw, for the rules that draw: the same name gives the same calendar.
    as_of
        Where given, benchmarks dated after this day are not looked at, not even to interpolate.

    Raises
    ------
    RapalloError
        If the end does not come after the start.
    """
    first, last = span(scenario, start, end)
    limit = np.inf if as_of is None else _day(as_of)
    entries = list(_entries(scenario, Resolution.of(scenario.tables, dates, readings, seed, draw), limit))
    world = World(scenario.tables.actor_ids, scenario.layers, scenario.quantities, scenario.memories)
    opening = [entry for entry in entries if entry["time"] < first]
    _replay(world, scenario, opening, first)
    names = {name for name, quantity in scenario.quantities.items() if quantity.written}
    given = {k for k, process in enumerate(scenario.processes.values()) if process.given}
    inside = [
        entry
        for entry in entries
        if first <= entry["time"] < last
        and (entry["kind"] != ACT or entry["process"] in given or entry["fact"] in scenario.forced)
        and entry.get("quantity") not in names
    ]
    ticks = list(_ticks(first, last))
    world.tick(first, ticks[0]["time"] if ticks else last)
    inside += ticks
    if scenario.yearly:
        for year in range(to_date(first).year, to_date(last - _EVE).year + 1):
            ends = to_day(date(year + 1, 1, 1)) - _EVE
            if first <= ends < last:
                inside.append({"time": ends, "kind": YEARLY, "what": year})
    for entry in inside:
        if entry["kind"] == ACT and entry["fact"] in scenario.held:
            entry["kind"] = HOLD
    inside += _changing_numbers(scenario, first, last)
    numbers = {each.parameter: scenario.number(each.parameter, first) for each in scenario.spells}
    return replace(make_calendar(first, last, world, inside), numbers=numbers)


def _changing_numbers(scenario: Scenario, first: float, last: float) -> Iterator[dict[str, Any]]:
    """Give every day inside a span on which a parameter becomes another."""
    names = list(scenario.parameters)
    for name in dict.fromkeys(each.parameter for each in scenario.spells):
        mine = [each for each in scenario.spells if each.parameter == name]
        days = sorted({day for each in mine for day in (each.begins, each.ends) if first < day < last})
        for day in days:
            yield {"time": day, "kind": NUMBER, "what": names.index(name), "value": scenario.number(name, day)}


def span(scenario: Scenario, start: str | float | None = None, end: str | float | None = None) -> tuple[float, float]:
    """Give the first day of a run and the day after its last, as days since 1900-01-01.

    Raises
    ------
    RapalloError
        If the end does not come after the start, or a day lies outside the years that a table may name.
    """
    first = to_day(scenario.start) if start is None else _day(start)
    last = (to_day(scenario.end) if end is None else _day(end)) + 1.0
    for day in (first, last - 1.0):
        if not FIRST_YEAR <= to_date(day).year <= LAST_YEAR:
            raise RapalloError(
                f"the day {to_date(day).isoformat()} lies outside the years {FIRST_YEAR} to {LAST_YEAR}; "
                "give the start and a later end as YYYY-MM-DD"
            )
    if not last > first:
        raise RapalloError(
            f"the span ends ({to_date(last - 1).isoformat()}) before it starts ({to_date(first).isoformat()}); "
            "give the start and a later end as YYYY-MM-DD"
        )
    return first, last


def record_history(
    scenario: Scenario, *, dates: str = "begins", readings: str = "most certain", seed: int = 0, draw: int = 0
) -> History:
    """Give the record as a history: the same type of thing as a run.

    Parameters
    ----------
    scenario
        The scenario.
    dates, readings
        Rules that resolve dates and choose among rival readings; they are noted in ``facts``.
    seed, draw
        Name of the draw, for the rules that draw: the same name gives the same record.

    Returns
    -------
    History
        From the first act of a layer that the model knows to the last, or the scenario's end.
        What is recorded as mere context before or after that stays in the tables.
    """
    rules = Resolution.of(scenario.tables, dates, readings, seed, draw)
    entries = list(_entries(scenario, rules, np.inf))
    world = World(scenario.tables.actor_ids, scenario.layers, scenario.quantities, scenario.memories)
    acts = [entry["time"] for entry in entries if entry["kind"] == ACT and entry["row"].layer != "context"]
    start = float(np.floor(min(acts, default=to_day(scenario.start))))
    end = max([to_day(scenario.end) + 1.0, *(time + 1.0 for time in acts)])
    before = [entry for entry in entries if entry["time"] < start and entry["kind"] != ACT]
    _replay(world, scenario, before, start)
    ticks = list(_ticks(start, end))
    world.tick(start, ticks[0]["time"] if ticks else end)
    kept = [entry for entry in entries if start <= entry["time"] < end] + ticks
    kept.sort(key=lambda entry: (entry["time"], entry["kind"]))
    calendar = make_calendar(start, end, world, kept)
    logged = list(_recorded(scenario, calendar, kept))
    rows = [entry["row"] for entry in logged]

    def column(name: str, kind: Any) -> Any:
        return np.array([entry[name] for entry in logged], dtype=kind)

    return History(
        scenario=scenario,
        actors=world.actors,
        layers=tuple(scenario.layers),
        processes=tuple(scenario.processes),
        time=column("time", float),
        process=column("process", np.int16),
        layer=column("what", np.int16),
        change=column("change", np.int8),
        sender=column("sender", np.int16),
        receiver=column("receiver", np.int16),
        occasion=column("occasion", np.int32),
        origin=column("origin", np.int8),
        start=start,
        end=end,
        initial={name: np.zeros((len(world.actors),) * 2, dtype=bool) for name in scenario.layers},
        series=_recorded_series(scenario, rules),
        label="record",
        ids=column("fact", object),
        extra={
            "date_text": np.array([row.date.text if row else "" for row in rows], dtype=object),
            "title": np.array([row.title if row else "" for row in rows], dtype=object),
            "certainty": np.array([row.certainty if row else "" for row in rows], dtype=object),
            "basis": np.array([row.basis if row else "" for row in rows], dtype=object),
        },
        facts=_facts(rules),
        calendar=calendar,
        known_to=known_to_column([entry["known_to"] for entry in logged]),
    )


def _facts(rules: Resolution) -> dict[str, Any]:
    found: dict[str, Any] = {"dates": rules.dates, "readings": rules.readings}
    if rules.dates == "draw" or rules.readings in DRAWN:
        found |= {"seed": rules.seed, "draw": rules.number, "dates not drawn": rules.kept}
    return found


def dated_acts(scenario: Scenario, dates: str, readings: str) -> list[Dated]:
    """Give each tie of each fact once, its reading chosen, in order of day and then of the table."""
    return _dated(scenario, Resolution.of(scenario.tables, dates, readings))


def _dated(scenario: Scenario, rules: Resolution) -> list[Dated]:
    groups: dict[tuple[str, ...], list[ActRow]] = {}
    for row in scenario.tables.acts:
        groups.setdefault((row.id, row.layer, row.change, row.sender, row.receiver), []).append(row)
    chosen = [rules.choose(rows[0].id, rows).row for rows in groups.values()]
    chosen = [row for row in chosen if row.layer in scenario.layers]
    sequences: dict[tuple[str, ...], list[int]] = {}
    for place, row in enumerate(chosen):
        layer = scenario.layers[row.layer]
        if layer.lasting:
            pair = tuple(sorted((row.sender, row.receiver))) if layer.mutual else (row.sender, row.receiver)
            sequences.setdefault((row.layer, *pair), []).append(place)
        else:
            sequences[row.layer, str(place)] = [place]
    draws = rules.dates == "draw"
    when = [begin_of(row.date) if draws and not scenario.layers[row.layer].lasting else row.date for row in chosen]
    spells = _exists(scenario)

    def bounds(row: ActRow) -> tuple[float, float]:
        early, late = (-np.inf if row.date.earliest is None else row.date.earliest), row.date.latest
        first, last = -np.inf, np.inf
        for actor in (row.sender, row.receiver):
            there = [each for each in spells.get(actor, ()) if each[1] >= early and (late is None or each[0] <= late)]
            if there:
                first, last = max(first, there[0][0]), min(last, there[-1][1])
        return first, last

    days = rules.days(chosen, when, sequences.values(), limits=[bounds(row) for row in chosen] if draws else None)
    found = [Dated(day, row) for day, row in zip(days, chosen, strict=True)]
    found.sort(key=lambda each: (each.day, each.row.line))
    return found


def _exists(scenario: Scenario) -> dict[str, list[tuple[float, float]]]:
    """Give the first and the last day of each spell of each actor."""
    found: dict[str, list[tuple[float, float]]] = {}
    for row in scenario.tables.actors:
        begins = -np.inf if row.begins is None or row.begins.earliest is None else row.begins.earliest
        ends = np.inf if row.ends is None or row.ends.latest is None else row.ends.latest
        found.setdefault(row.id, []).append((begins, ends))
    return found


def _entries(scenario: Scenario, rules: Resolution, limit: float) -> Iterator[dict[str, Any]]:
    """Give every dated change of the tables, in order of time."""
    index = {name: k for k, name in enumerate(scenario.tables.actor_ids)}
    entries = [
        *_spells(scenario, index),
        *_numbers(scenario, index, rules, limit),
        *_people(scenario, index),
        *_acts(scenario, index, rules),
    ]
    entries.sort(key=lambda entry: (entry["time"], entry["kind"]))
    yield from entries


def _spells(scenario: Scenario, index: dict[str, int]) -> Iterator[dict[str, Any]]:
    for row in scenario.tables.actors:
        begins = -np.inf if row.begins is None or row.begins.earliest is None else row.begins.resolve("earliest")
        yield {"time": begins, "kind": EXISTS, "sender": index[row.id], "value": 1.0}
        if row.ends is not None and row.ends.latest is not None:
            yield {"time": row.ends.resolve("latest") + 1.0, "kind": EXISTS, "sender": index[row.id], "value": 0.0}


def _numbers(scenario: Scenario, index: dict[str, int], rules: Resolution, limit: float) -> Iterator[dict[str, Any]]:
    quantities = scenario.quantities
    actor_names = [name for name, each in quantities.items() if each.shape == "actor"]
    pair_names = [name for name, each in quantities.items() if each.shape == "pair"]
    series: dict[tuple[str, int, int], list[Any]] = {}
    for row in _chosen(scenario.tables.attributes, lambda row: (row.actor,), rules):
        if row.attribute in quantities:
            series.setdefault((row.attribute, index[row.actor], -1), []).append(row)
    for row in _chosen(scenario.tables.dyads, lambda row: (row.sender, row.receiver), rules):
        if row.attribute in quantities:
            sender, receiver = index[row.sender], index[row.receiver]
            series.setdefault((row.attribute, sender, receiver), []).append(row)
            if quantities[row.attribute].mutual:
                series.setdefault((row.attribute, receiver, sender), []).append(row)
    for (name, sender, receiver), rows in series.items():
        points = _points(rows, quantities[name].rule, rules)
        points.sort(key=lambda point: point[0])
        kept = [point for point in points if point[0] <= limit]
        for day, value, fact in _between(kept, quantities[name].rule):
            yield {
                "time": day,
                "kind": ATTRIBUTE if receiver < 0 else PAIR,
                "what": actor_names.index(name) if receiver < 0 else pair_names.index(name),
                "sender": sender,
                "receiver": receiver,
                "value": value,
                "fact": fact,
                "quantity": name,
            }
    yield from _unrecorded(scenario, index, pair_names, series)


def _unrecorded(
    scenario: Scenario, index: dict[str, int], names: Sequence[str], series: dict[tuple[str, int, int], list[Any]]
) -> Iterator[dict[str, Any]]:
    """Give pairs without a row what their quantity says of them; such an entry rests on no fact."""
    for name in names:
        if scenario.quantities[name].unrecorded != "middle":
            continue
        for receiver in sorted({second for one, _, second in series if one == name}):
            own = {first: rows for (one, first, second), rows in series.items() if (one, second) == (name, receiver)}
            begins = {sender: min(_earliest(row) for row in rows) for sender, rows in own.items()}
            least: dict[float, float] = {}  # by the day from which it is the least
            for day, value in sorted((_earliest(row), row.value) for rows in own.values() for row in rows):
                if 0 < value < min(least.values(), default=np.inf):
                    least[day] = value
            for sender in index.values():
                for day, value in least.items():
                    if sender != receiver and day < begins.get(sender, np.inf):
                        yield {
                            "time": day,
                            "kind": PAIR,
                            "what": names.index(name),
                            "sender": sender,
                            "receiver": receiver,
                            "value": float(np.expm1(0.5 * np.log1p(value))),
                            "fact": "",
                            "quantity": name,
                        }


def _earliest(row: Any) -> float:
    """Give the first day that a row's date allows."""
    return -np.inf if row.date.earliest is None else float(row.date.earliest)


def _points(rows: Sequence[Any], rule: str, rules: Resolution) -> list[tuple[float, float, str]]:
    """Date the values of one series: a benchmark, or a value of whole years, is one of its year and is never drawn."""
    fixed = [rule != "step" or row.date.precision == "year" for row in rows]
    days = rules.days(rows, [row.date for row in rows], [range(len(rows))], fixed)
    return [(day, row.value, row.id) for day, row in zip(days, rows, strict=True)]


def _chosen(rows: Iterable[Any], parties: Callable[[Any], tuple[str, ...]], rules: Resolution) -> Iterator[Any]:
    """Give one row for each number of each fact: rival readings of one id, dated alike or not, are chosen among."""
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        # rows without a reading are different values of one fact (a seat taken and lost), not rivals
        apart = "" if row.reading else (row.date.text, row.value)
        groups.setdefault((row.id, row.attribute, *parties(row), apart), []).append(row)
    for group in groups.values():
        yield rules.choose(group[0].id, group).row


def _between(points: Sequence[tuple[float, float, str]], rule: str) -> Iterator[tuple[float, float, str]]:
    """Give the points and, for interpolating rules, a value at each new year between two of them."""
    for place, (day, value, fact) in enumerate(points):
        yield day, value, fact
        if rule not in ("linear", "log-linear") or place + 1 == len(points):
            continue
        later, goal, _ = points[place + 1]
        for year in range(to_date(day).year + 1, to_date(later).year + 1):
            moment = to_day(date(year, 1, 1))
            if day < moment < later:
                share = (moment - day) / (later - day)
                if rule == "log-linear" and value > 0 and goal > 0:
                    yield moment, float(value * (goal / value) ** share), fact
                else:
                    yield moment, value + share * (goal - value), fact


def _people(scenario: Scenario, index: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Count persons in office, for each attribute that is such a count."""
    actor_names = [name for name, each in scenario.quantities.items() if each.shape == "actor"]
    for name, quantity in scenario.quantities.items():
        if not quantity.counts:
            continue
        changes: list[tuple[float, int, int, str]] = []
        for row in scenario.tables.persons:
            if row.kind != quantity.counts or row.actor not in index or row.begins is None:
                continue
            changes.append((row.begins.resolve("earliest", first=-np.inf), 1, index[row.actor], row.id))
            if row.ends is not None and row.ends.latest is not None:
                changes.append((row.ends.resolve("latest") + 1.0, -1, index[row.actor], row.id))
        held: dict[int, int] = {}
        for day, step, actor, fact in sorted(changes):
            held[actor] = held.get(actor, 0) + step
            yield {
                "time": day,
                "kind": ATTRIBUTE,
                "what": actor_names.index(name),
                "sender": actor,
                "value": float(held[actor]),
                "fact": fact,
            }


def _acts(scenario: Scenario, index: dict[str, int], rules: Resolution) -> Iterator[dict[str, Any]]:
    layers, processes = list(scenario.layers), list(scenario.processes)
    dated = _dated(scenario, rules)
    per_day: dict[float, int] = {}
    for each in dated:
        per_day[each.day] = per_day.get(each.day, 0) + 1
    rank: dict[float, int] = {}
    occasions: dict[str, int] = {}
    for each in dated:
        row, kind = each.row, scenario.layers[each.row.layer]
        secret = kind.covert and kind.lasting and row.change in ("form", "end") and row.receiver
        rank[each.day] = rank.get(each.day, 0) + 1
        name = row.occasion or row.id
        # acts of one day get instants of their own, in the order of the record
        made = each.day + rank[each.day] / (per_day[each.day] + 1.0)
        entry = {
            "time": made,
            "kind": ACT,
            "what": layers.index(row.layer),
            "sender": index[row.sender] if row.sender else -1,
            "receiver": index[row.receiver] if row.receiver else -1,
            "change": CHANGES.index(row.change),
            "process": processes.index(row.process) if row.process in processes else -1,
            "occasion": occasions.setdefault(name, len(occasions)),
            "fact": row.id,
            "row": row,
            "known_to": _knowers(row, index) if secret else (),
        }
        yield entry
        if kind.covert and kind.lasting and row.change == "form" and row.public_from is not None:
            last = row.public_from.resolve("latest")
            # a day that was drawn late does not keep what became public secret
            public = (max(last, each.day) if rules.dates == "draw" else last) + 1.0 - _EVE
            if public > made:
                published = {"time": public, "change": CHANGES.index("expose"), "process": -1, "known_to": ()}
                yield {**entry, **published, "publication": True}


def _knowers(row: ActRow, index: dict[str, int]) -> tuple[int, ...]:
    """Give who else knew of an act."""
    if EVERYBODY in row.known_to:
        return tuple(index.values())
    return tuple(index[name] for name in row.known_to if name in index)


def _replay(world: World, scenario: Scenario, entries: Iterable[dict[str, Any]], until: float) -> None:
    """Carry out entries on a world, with a tick at each new month so that memories fade as in a run."""
    ordered = list(entries)
    if not ordered:
        return
    finite = [entry["time"] for entry in ordered if np.isfinite(entry["time"])]
    begins = float(np.floor(min(finite, default=until)))
    months = [*_months(begins, until), until]
    world.now = begins
    world.tick_start, world.tick_end = begins, months[0]
    calendar = make_calendar(-np.inf, np.inf, world, ordered)
    month = 0
    for position, entry in enumerate(sorted(ordered, key=lambda each: (each["time"], each["kind"]))):
        while month + 1 < len(months) and entry["time"] >= months[month]:
            world.tick(months[month], months[month + 1])
            month += 1
        world.now = max(begins, float(entry["time"]))
        if entry["kind"] == ACT:
            _act(world, scenario, entry)
        else:
            apply_entry(world, calendar, position)


def _act(world: World, scenario: Scenario, entry: dict[str, Any]) -> None:
    layer = list(scenario.layers)[entry["what"]]
    process = entry["process"]
    if entry.get("publication") and world.known[layer][entry["sender"], entry["receiver"]]:
        return
    world.act(
        layer,
        CHANGES[entry["change"]],
        entry["sender"],
        entry["receiver"],
        list(scenario.processes)[process] if process >= 0 else "",
        entry["known_to"],
    )


def _recorded(scenario: Scenario, calendar: Calendar, entries: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give the record's acts in order, with the ties that lapse when an actor goes.

    ``entries`` are those the calendar was made from, in its order.
    """
    world = copy.deepcopy(calendar.opening)
    layers = list(scenario.layers)
    for position, entry in enumerate(entries):
        world.now = entry["time"]
        if entry["kind"] == ACT:
            if entry.get("publication") and world.known[layers[entry["what"]]][entry["sender"], entry["receiver"]]:
                continue  # an act of the record has told the world before
            _act(world, scenario, entry)
            yield {**entry, "origin": ORIGINS.index("record")}
        else:
            for layer, sender, receiver in apply_entry(world, calendar, position):
                yield {
                    "time": entry["time"],
                    "what": layers.index(layer),
                    "sender": sender,
                    "receiver": receiver,
                    "change": CHANGES.index("end"),
                    "process": -1,
                    "occasion": -1,
                    "fact": "",
                    "row": None,
                    "known_to": (),
                    "origin": ORIGINS.index("lapse"),
                }


def _recorded_series(scenario: Scenario, rules: Resolution) -> dict[str, dict[str, Any]]:
    """Give the recorded yearly values of every written pair quantity; what is not stated is not there."""
    index = {name: k for k, name in enumerate(scenario.tables.actor_ids)}
    series: dict[str, list[tuple[int, int, int, float]]] = {}
    for row in _chosen(scenario.tables.dyads, lambda row: (row.sender, row.receiver), rules):
        quantity = scenario.quantities.get(row.attribute)
        if quantity is not None and quantity.written:
            year = to_date(resolve(row.date, "begins" if rules.dates == "draw" else rules.dates)).year
            series.setdefault(row.attribute, []).append((year, index[row.sender], index[row.receiver], row.value))
    made = {}
    for name, rows in series.items():
        rows.sort()
        made[name] = {
            "year": np.array([row[0] for row in rows]),
            "sender": np.array([row[1] for row in rows], dtype=np.int16),
            "receiver": np.array([row[2] for row in rows], dtype=np.int16),
            "value": np.array([row[3] for row in rows], dtype=float),
        }
    return made


def _ticks(start: float, end: float) -> Iterator[dict[str, Any]]:
    """Give a tick for each first of a month inside a span, with the next in ``value``."""
    for month, later in pairwise([*_months(start, end), end]):
        yield {"time": month, "kind": TICK, "what": 0, "value": later}


def _months(start: float, end: float) -> Iterator[float]:
    """Give the first of each month after ``start`` and before ``end``."""
    day = to_date(start)
    year, month = day.year, day.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        first = to_day(date(year, month, 1))
        if first >= end:
            return
        if first > start:
            yield first


def _day(when: str | float) -> float:
    return to_day(when) if isinstance(when, str) else float(when)
