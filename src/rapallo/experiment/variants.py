"""What of the record could be otherwise: every rival reading, and every fact of low certainty dropped or moved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
    """

    fact: str
    title: str
    kind: str
    change: Intervention
    says: str
    certainty: str
    source: tuple[str, ...]
    look_up: tuple[str, ...]


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
    looks = _Looks(scenario, start, end, frozenset({*_words(scenario), *needs}), frozenset(map(id, _rows(scenario))))
    made, unread = [], []
    for variant in (each for rows in by_fact.values() for each in _of_fact(scenario, rows)):
        if looks.at(variant.change.apply(scenario)):
            made.append(variant)
        else:
            unread.append(f"{variant.fact} {variant.kind}")
    return Variants(tuple(made), tuple(unread))


@dataclass(slots=True)
class _Looks:
    """Tells whether a run of a changed scenario reads anything that one of the scenario does not, or the other way."""

    scenario: Scenario
    start: float
    end: float
    read: frozenset[str]
    before: frozenset[int]
    usual: dict[tuple[str, ...], list[Any]] = field(default_factory=dict)

    def at(self, changed: Scenario) -> bool:
        """Look at the rows that are gone or new; the others are the very same."""
        after = set(map(id, _rows(changed)))
        rows = [row for row in _rows(self.scenario) if id(row) not in after]
        rows += [row for row in _rows(changed) if id(row) not in self.before]
        if any(self._is_act(row) for row in rows):
            return True
        keys = {(row.attribute, *_parties(row)) for row in rows if not isinstance(row, ActRow)}
        keys = {key for key in keys if self._is_number(key[0])}
        if not keys:
            return False
        if not self.usual:
            self.usual = _series(self.scenario)
        return any(self._values(key, self.usual[key]) != self._values(key, _one(changed, key)) for key in keys)

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


def _one(scenario: Scenario, key: tuple[str, ...]) -> list[Any]:
    rows = scenario.tables.attributes if len(key) == 2 else scenario.tables.dyads
    return [row for row in rows if (row.attribute, *_parties(row)) == key]


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
        found.setdefault((row.attribute, *_parties(row)), []).append(row)
    return found


def _parties(row: Any) -> tuple[str, ...]:
    return (row.actor,) if hasattr(row, "actor") else (row.sender, row.receiver)


def _open(row: Any) -> bool:
    return row.date.earliest is not None and row.date.latest is not None and row.date.earliest < row.date.latest
