"""What of the record could be otherwise: every rival reading, and every fact of low certainty dropped or moved."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from rapallo.errors import RapalloError
from rapallo.experiment.plans import RULES
from rapallo.record.readings import choose
from rapallo.record.rows import ActRow
from rapallo.scenario.change import Change, Drop, MoveToBound, Read
from rapallo.scenario.intervention import Intervention
from rapallo.scenario.resolution import resolve

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario

KINDS = ("read otherwise", "dropped", "at its earliest", "at its latest")


@dataclass(frozen=True, slots=True)
class Variant:
    """One fact, otherwise.

    Parameters
    ----------
    fact, title
        Its id, and what it is.
    kind
        One of ``KINDS``.
    change
        The change that makes it so.
    says
        The change in words.
    certainty
        Of the reading that counts, or of the rival that is taken.
    source, look_up
        Works behind the reading that is left or taken; those that were opened, and those that were not.
    touches
        What a run reads otherwise: a layer or quantity, and its parties; each once.
    since
        The first day from which it may differ, as days since 1900-01-01.
    """

    fact: str
    title: str
    kind: str
    change: Intervention
    says: str
    certainty: str
    source: tuple[str, ...]
    look_up: tuple[str, ...]
    touches: tuple[tuple[str, ...], ...] = ()
    since: float = -math.inf


@dataclass(frozen=True, slots=True)
class Variants:
    """All variants of a scenario's record.

    Parameters
    ----------
    made
        Those that change what a run reads.
    unread
        Readings and facts of low certainty that no run reads: the model decides such acts itself,
        or the calendar stays as it is.
    """

    made: tuple[Variant, ...]
    unread: tuple[str, ...]


def variants(scenario: Scenario, start: float, end: float, needs: Sequence[str] = (), facts: str = "*") -> Variants:
    """Find every variant that changes what a run between two days reads.

    Parameters
    ----------
    scenario
        The scenario.
    start, end
        First day, and the day after the last.
    needs
        What the measure reads beside the acts; what neither it nor the model reads changes nothing.
    facts
        Pattern of the ids to look at, such as ``GOV*``.
    """
    by_fact: dict[str, list[Any]] = {}
    for row in _rows(scenario):
        if fnmatchcase(row.id, facts):
            by_fact.setdefault(row.id, []).append(row)
    looks = _Looks(scenario, start, end, frozenset({*_words(scenario), *needs}))
    related = _Related(scenario)
    made, unread = [], []
    for fact, rows in by_fact.items():
        small = related.to(fact)
        for variant in _of_fact(small, rows):
            found = looks.at(small, variant.change.apply(small))
            if found:
                days = [row.date.earliest for row in found if row.date.earliest is not None]
                touches = tuple(dict.fromkeys(_touched(row) for row in found))
                since = min(days) if len(days) == len(found) else -math.inf
                made.append(replace(variant, touches=touches, since=since))
            else:
                unread.append(f"{variant.fact} {variant.kind}")
    return Variants(tuple(made), tuple(unread))


class _Related:
    """Gives a scenario with the rows alone that a change of one fact can touch: changing it costs next to nothing."""

    def __init__(self, scenario: Scenario) -> None:
        tables = self.tables = scenario.tables
        self.scenario = scenario
        self.group: dict[str, str] = {}
        links = [(link.canonical, link.member) for link in tables.identity]
        dated: tuple[Any, ...] = (*tables.acts, *tables.attributes)
        links += [(row.id, each.partition(":")[0]) for row in dated for each in row.depends_on]
        for one, other in links:
            first, second = self._first(one), self._first(other)
            if first != second:
                self.group[second] = first
        self.rows: dict[str, list[tuple[str, Any]]] = {}
        for name in ("acts", "attributes", "dyads", "persons"):
            for row in getattr(tables, name):
                self.rows.setdefault(self._first(row.id), []).append((name, row))
        for link in tables.identity:
            self.rows.setdefault(self._first(link.canonical), []).append(("identity", link))

    def to(self, fact: str) -> Scenario:
        """Give the scenario, with what is linked to a fact."""
        mine: dict[str, list[Any]] = {name: [] for name in ("acts", "attributes", "dyads", "persons", "identity")}
        for name, row in self.rows[self._first(fact)]:
            mine[name].append(row)
        changed: dict[str, Any] = {name: tuple(rows) for name, rows in mine.items()}
        tables = replace(self.tables, **changed)
        return replace(self.scenario, tables=tables, _kept={})

    def _first(self, fact: str) -> str:
        while fact in self.group:
            fact = self.group[fact]
        return fact


@dataclass(slots=True)
class _Looks:
    """Tells what a run of a changed scenario reads that one of the scenario does not, and the other way."""

    scenario: Scenario
    start: float
    end: float
    read: frozenset[str]
    usual: dict[tuple[str, ...], list[Any]] = field(default_factory=dict)

    def at(self, before: Scenario, after: Scenario) -> list[Any]:
        """Give the rows that are gone or new and that a run reads; the others are the very same."""
        one, other = ({id(row): row for row in _rows(each)} for each in (before, after))
        gone = [row for key, row in one.items() if key not in other]
        new = [row for key, row in other.items() if key not in one]
        found = [row for row in (*gone, *new) if self._is_act(row)]
        numbers = [row for row in (*gone, *new) if not isinstance(row, ActRow) and self._is_number(row.attribute)]
        if numbers and not self.usual:
            self.usual = _series(self.scenario)
        lost = set(map(id, gone))
        for key in dict.fromkeys(_touched(row) for row in numbers):
            usual = self.usual[key]
            changed = [row for row in usual if id(row) not in lost] + [row for row in new if _touched(row) == key]
            if self._values(key, usual) != self._values(key, changed):
                found += [row for row in numbers if _touched(row) == key]
        return found

    def _is_act(self, row: Any) -> bool:
        """Tell whether a run reads an act: one before the start, or one that the model does not decide."""
        if not isinstance(row, ActRow) or row.layer not in self.scenario.layers or row.layer not in self.read:
            return False
        if row.date.earliest is not None and row.date.earliest >= self.end:
            return False
        process = self.scenario.processes.get(row.process)
        given = (process is not None and process.given) or row.id in self.scenario.forced
        return given or row.date.earliest is None or row.date.earliest < self.start

    def _is_number(self, name: str) -> bool:
        quantity = self.scenario.quantities.get(name)
        return quantity is not None and not quantity.written and name in self.read

    def _values(self, key: tuple[str, ...], rows: Sequence[Any]) -> list[tuple[float, float]]:
        """Give the values of one series that a run reads: the last before it starts, and all within."""
        groups: dict[tuple[Any, ...], list[Any]] = {}
        for row in rows:
            apart = () if row.reading else (row.date.text, row.value)
            groups.setdefault((row.id, *apart), []).append(row)
        chosen = [choose(group, RULES["readings"]).row for group in groups.values()]
        points = sorted((resolve(row.date, RULES["dates"]), row.value) for row in chosen)
        if self.scenario.quantities[key[0]].rule != "step":
            return points
        early = [(self.start, value) for day, value in points if day <= self.start][-1:]
        return early + [point for point in points if self.start < point[0] < self.end]


def _words(scenario: Scenario) -> set[str]:
    """Give every name that the model's declarations mention, and what its effects read by their own names."""
    from rapallo.effects import get_effect

    parts = (scenario.processes, scenario.institutions, scenario.yearly, scenario.votes, scenario.memories)
    effects = [motive.effect for each in scenario.processes.values() for motive in (*each.motives, *each.rate)]
    effects += [motive.effect for each in scenario.processes.values() for motive in each.consent]
    effects += [motive.effect for each in scenario.yearly.values() for motive in each.motives]
    effects += [motive.effect for each in scenario.votes.values() for motive in each]
    return {*re.findall(r"\w+", repr(parts)), *(name for each in set(effects) for name in get_effect(each).reads)}


def _rows(scenario: Scenario) -> tuple[Any, ...]:
    return (*scenario.tables.acts, *scenario.tables.attributes, *scenario.tables.dyads)


def _touched(row: Any) -> tuple[str, ...]:
    """Name the layer or quantity of a row, and its parties."""
    return (row.layer if isinstance(row, ActRow) else row.attribute, *_parties(row))


def _of_fact(scenario: Scenario, rows: list[Any]) -> Iterator[Variant]:
    """Give the variants of one fact."""
    fact = rows[0].id
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        apart = () if row.reading or isinstance(row, ActRow) else (row.date.text, row.value)
        what = (row.layer, row.change) if isinstance(row, ActRow) else (row.attribute,)
        groups.setdefault((*what, *_parties(row), *apart), []).append(row)
    chosen = [choose(group, RULES["readings"]).row for group in groups.values()]
    rivals = [row for group in groups.values() for row in group if row.reading and len({x.reading for x in group}) > 1]
    won = {row.reading for row in chosen}
    for label in dict.fromkeys(row.reading for row in rivals if row.reading not in won):
        taken = [row for row in rivals if row.reading == label]
        change: Change = Read(f"read {fact} as {label}", {"fact": fact, "reading": label})
        yield from _made(scenario, KINDS[0], change, taken, chosen)
    if any(row.certainty != "low" for row in chosen):
        return
    yield from _made(scenario, KINDS[1], Drop(f"drop {fact}", {"fact": fact}), chosen, chosen)
    if any(_open(row) for row in chosen):
        for kind, bound in ((KINDS[2], "earliest"), (KINDS[3], "latest")):
            change = MoveToBound(f"move {fact} to its {bound}", {"fact": fact, "bound": bound})
            yield from _made(scenario, kind, change, chosen, chosen)


def _made(scenario: Scenario, kind: str, change: Change, about: list[Any], chosen: list[Any]) -> Iterator[Variant]:
    made = Intervention(change.text, (change,))
    try:
        says = made.sentences(scenario)[0]
    except RapalloError:  # what cannot be changed alone is no variant
        return
    row: Any = chosen[0]
    title = getattr(row, "title", "") or row.note.split(";")[0] or row.attribute
    source = tuple(dict.fromkeys(key for each in about for key in each.source))
    look_up = tuple(dict.fromkeys(key for each in about for key in each.look_up))
    certainty = min((each.certainty for each in about), key=("high", "medium", "low").index)
    yield Variant(row.id, title, kind, made, says, certainty, source, look_up)


def _series(scenario: Scenario) -> dict[tuple[Any, ...], list[Any]]:
    found: dict[tuple[Any, ...], list[Any]] = {}
    rows: tuple[Any, ...] = (*scenario.tables.attributes, *scenario.tables.dyads)
    for row in rows:
        found.setdefault(_touched(row), []).append(row)
    return found


def _parties(row: Any) -> tuple[str, ...]:
    return (row.actor,) if hasattr(row, "actor") else (row.sender, row.receiver)


def _open(row: Any) -> bool:
    return row.date.earliest is not None and row.date.latest is not None and row.date.earliest < row.date.latest
