"""Whether every tie can have stood: between actors that exist, begun before it ended, not begun twice."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapallo.errors import Problem
from rapallo.record.check_rows import CONTEXT
from rapallo.record.columns import RELATIONS_OF_ONE_EVENT
from rapallo.record.edtf import Edtf
from rapallo.record.record import Record
from rapallo.record.rows import ActRow
from rapallo.system.layer import Layer

_MOST_STEPS = 5_000
"""Orders tried for one pair and layer; beyond that the order counts as one that cannot be told."""


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that happens to one tie on one of the days from ``first`` to ``last``."""

    first: float
    last: float
    change: str
    row: ActRow | None


def check_ties(record: Record, layers: dict[str, Layer], problems: list[Problem]) -> None:
    """Add every tie before its actor exists or after, and every end and form that cannot be.

    Dates are compared as intervals. Only what no choice of days within them can mend is a problem.
    """
    if {"acts", "actors"} & record.unreadable:
        return
    _check_existence(record, problems)
    one = _one_event(record)
    events: dict[tuple[str, str, str], dict[tuple[str, str], list[ActRow]]] = defaultdict(lambda: defaultdict(list))
    for row in record.acts:
        layer = layers.get(row.layer)
        if layer is None or not layer.lasting or row.change not in ("form", "end", "expose", "rumour"):
            continue
        if row.sender not in record.spells or row.receiver not in record.spells:
            continue
        pair = (row.sender, row.receiver)
        if layer.mutual:
            pair = (min(pair), max(pair))
        events[(row.layer, *pair)][(one.get(row.id, row.id), row.change)].append(row)
    for (layer_name, first, second), facts in events.items():
        happenings = [_event(rows) for rows in facts.values()]
        _check_exposures(happenings, record, problems)
        lapses = [*_lapses(record, first), *_lapses(record, second)]
        _check_order(
            layer_name, [each for each in happenings if each.change in ("form", "end")], lapses, record, problems
        )


def _bounds(when: Edtf | None, open_side: float) -> tuple[float, float]:
    if when is None:
        return open_side, open_side
    first = -math.inf if when.earliest is None else when.earliest - when.hesitation[0]
    last = math.inf if when.latest is None else when.latest + when.hesitation[1]
    return first, last


def _event(rows: Sequence[ActRow]) -> _Event:
    bounds = [_bounds(row.date, math.inf) for row in rows]
    return _Event(min(first for first, _ in bounds), max(last for _, last in bounds), rows[0].change, rows[0])


def _one_event(record: Record) -> dict[str, str]:
    """Map each fact to the one that stands for it."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.get(name, name) != name:
            name = parent[name]
        return name

    for row in record.identity:
        if row.relation in RELATIONS_OF_ONE_EVENT:
            canonical, member = root(row.canonical), root(row.member)
            if canonical != member:
                parent[member] = canonical
    return {name: root(name) for name in parent}


def _check_existence(record: Record, problems: list[Problem]) -> None:
    for row in record.acts:
        if row.layer == CONTEXT:
            continue
        for column, actor in (("sender", row.sender), ("receiver", row.receiver)):
            spells = record.spells.get(actor, ())
            outside = [
                (spell.begins is not None and row.date.surely_before(spell.begins))
                or (spell.ends is not None and spell.ends.surely_before(row.date))
                for spell in spells
            ]
            if outside and all(outside):
                life = " and ".join(
                    f"from {each.begins or 'the beginning'} to {each.ends or 'the end'}" for each in spells
                )
                what = f"{actor} does not exist on {row.date}"
                right = f"its spells in {record.files['actors']}: {life}"
                problems.append(Problem(record.files["acts"], row.line, column, what, right))


def _lapses(record: Record, actor: str) -> list[_Event]:
    return [
        _Event(*_bounds(each.ends, math.inf), "lapse", None) for each in record.spells[actor] if each.ends is not None
    ]


def _check_exposures(events: Iterable[_Event], record: Record, problems: list[Problem]) -> None:
    events = list(events)
    begun = [each.first for each in events if each.change in ("form", "rumour")]
    for event in events:
        if event.change == "expose" and event.row is not None and not any(first <= event.last for first in begun):
            what = f"{event.row.id} exposes a tie of the layer {event.row.layer!r} neither formed nor rumoured before"
            right = "add the act that formed it, or the rumour of it"
            problems.append(Problem(record.files["acts"], event.row.line, "change", what, right))


def _check_order(
    layer: str, events: list[_Event], lapses: list[_Event], record: Record, problems: list[Problem]
) -> None:
    file = record.files["acts"]
    while events and not _possible([*events, *lapses]):
        events.sort(key=lambda event: (event.first, event.last, event.row.line if event.row else 0))
        culprit = next(
            (each for each in reversed(events) if _possible([*(e for e in events if e is not each), *lapses])),
            events[-1],
        )
        row = culprit.row
        events.remove(culprit)
        if row is None:
            return
        parties = f"{row.sender} and {row.receiver}"
        if culprit.change == "form":
            others = [
                e.row.line for e in events if e.change == "form" and e.row is not None and e.first <= culprit.last
            ]
            since = f", formed on line {others[-1]}" if others else ""
            what = f"{row.id} forms a tie of the layer {layer!r} between {parties} that stands already{since}"
            right = "add the act that ended it, link the two facts in identity.csv as same_event, or take one away"
        else:
            what = f"{row.id} ends a tie of the layer {layer!r} between {parties} that does not stand"
            right = "add the act that formed it, or take this one away"
        problems.append(Problem(file, row.line, "change", what, right))


def _possible(events: Sequence[_Event]) -> bool:
    """Tell whether days can be chosen so that forms and ends take turns, a form first.

    When an actor ceases to exist its ties lapse, whatever stood.
    """
    order = sorted(events, key=lambda event: (event.first, event.last))
    steps = 0
    dead: set[tuple[int, bool]] = set()
    stack: list[tuple[int, bool, float]] = [((1 << len(order)) - 1, False, -math.inf)]
    while stack:
        left, stands, day = stack.pop()
        if not left:
            return True
        if (left, stands) in dead:
            continue
        dead.add((left, stands))
        steps += 1
        if steps > _MOST_STEPS:
            return True
        remaining = [k for k in range(len(order)) if left >> k & 1]
        deadline = min(order[k].last for k in remaining)
        for k in reversed(remaining):
            event = order[k]
            if event.first > deadline or max(day, event.first) > event.last:
                continue
            if event.change == ("end" if stands else "form") or event.change == "lapse":
                stack.append((left & ~(1 << k), event.change == "form", max(day, event.first)))
    return False
