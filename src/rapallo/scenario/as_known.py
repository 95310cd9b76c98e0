"""A scenario as a well-informed contemporary could have written it down at a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from rapallo.errors import RapalloError
from rapallo.record.check_rows import CONTEXT
from rapallo.record.edtf import Edtf, read_date
from rapallo.record.record import Record
from rapallo.record.rows import ActRow
from rapallo.record.time import to_day, to_text
from rapallo.scenario.check_tables import EVERYBODY
from rapallo.scenario.scenario import Scenario
from rapallo.scenario.timeline import dated_acts
from rapallo.system.process import Process, Yearly

TELLING = ("same_event", "part_of", "seat_of", "seat_end")
"""Relations of ``identity.csv`` by which a number tells of an act."""


def as_known(scenario: Scenario, date: str | float) -> Scenario:
    """Give a scenario without anything dated, or known only, on a day or after it.

    What is gone is gone from the tables, not hidden: whatever is made of the result cannot rest on it.

    - An act stays where every day on which it may have been done lies before the date, and where it
      was public by then: a fact that became public later is not known, and one that never did is
      never known. In a covert layer an act of which the table does not say since when it was public
      is not known either.
    - An event of a layer that does not last (talks, a visit) stays where its first day lies before the
      date; the end of its stretch is cut off.
    - An end, an exposure or a discovery of a tie that is not known is not known.
    - A number, a spell of existence, an organ, a person or a stretch of coverage stays where it began
      before the date; an end on the date or after it is taken away.
    - Rows that name an actor that did not exist yet, links to facts that are not there, and the
      sentences of a text written later are taken away; actors that do not exist yet leave the model's
      lists of senders and receivers too.

    The span ends on the day before. Processes, effects and parameters stay what they are: whoever
    wrote them had seen all of the record.

    Parameters
    ----------
    scenario
        The scenario.
    date
        The day, ``YYYY-MM-DD`` or in days since 1900-01-01.

    Raises
    ------
    RapalloError
        If no act is dated and public before the date.

    Examples
    --------
    >>> from rapallo.scenario.load import load
    >>> as_known(load("pair"), "1925-01-01")
    <Scenario 'pair': 2 actors, 1 layers, 2 processes, 2 parameters, 1920-01-01 to 1924-12-31>
    """
    limit = to_day(date) if isinstance(date, str) else float(date)
    tables = _known_tables(scenario, limit)
    if not tables.acts:
        raise RapalloError(
            f"no act of {scenario.name!r} is dated and public before {to_text(limit)}; take a later date"
        )
    end = min(scenario.end, to_text(limit - 1.0))
    actors = set(tables.actor_ids)
    gone = set(scenario.tables.actor_ids) - actors
    groups = {name: tuple(each for each in members if each not in gone) for name, members in scenario.groups.items()}
    known = replace(
        scenario,
        start=min(scenario.start, end),
        end=end,
        tables=tables,
        groups=groups,
        processes={name: _without(each, gone) for name, each in scenario.processes.items()},
        yearly={name: _without(each, gone) for name, each in scenario.yearly.items()},
        institutions={name: each for name, each in scenario.institutions.items() if each.actor not in gone},
        forced=scenario.forced & tables.fact_ids,
        warnings=(),
        _kept={},
    )
    return replace(known, votes={name: each for name, each in known.votes.items() if _home(name) in known.institutions})


def with_calendar(known: Scenario, later: Scenario) -> Scenario:
    """Give what was known at one date with the calendar as it was known at a later one.

    The calendar is who exists, who holds office, every number that the model does not write, and
    the acts that it takes as given. What the model decides itself stays as it was known at the
    earlier date; so does a number that is the same event as, part of, or dependent on an act that
    is not known there, and the end of a tie that such an act formed, for they would tell of that act.

    Parameters
    ----------
    known, later
        Both from :func:`as_known`, of one scenario.
    """
    then, tables = known.tables, later.tables
    new = [
        row for row in tables.acts if row.layer != CONTEXT and not _given(later, row) and row.id not in then.fact_ids
    ]
    told = _tells(tables, {row.id for row in new})
    formed = {_tie(later, row) for row in new if row.change == "form"}
    model = {name for name, quantity in later.quantities.items() if quantity.written}
    acts = [row for row in then.acts if not _given(known, row)]
    acts += [
        row for row in tables.acts if _given(later, row) and (row.change == "form" or _tie(later, row) not in formed)
    ]
    numbers: dict[str, Any] = {
        name: tuple(
            [row for row in getattr(then, name) if row.attribute in model]
            + [row for row in getattr(tables, name) if row.attribute not in model and row.id not in told]
        )
        for name in ("attributes", "dyads")
    }
    made = replace(tables, acts=tuple(sorted(acts, key=lambda row: row.line)), identity=then.identity, **numbers)
    return replace(later, tables=made, start=known.start, _kept={})


def _known_tables(scenario: Scenario, limit: float) -> Record:
    tables = scenario.tables
    actors = tuple(_cut(row, limit) for row in tables.actors if _begun(row, limit))
    exist = {row.id for row in actors}
    acts = _known_acts(scenario, exist, limit)
    numbers: dict[str, Any] = {
        name: tuple(row for row in getattr(tables, name) if _past(row.date, limit) and set(whose(row)) <= exist)
        for name, whose in (
            ("attributes", lambda row: (row.actor,)),
            ("dyads", lambda row: (row.sender, row.receiver)),
        )
    }
    spells: dict[str, Any] = {
        name: tuple(
            _cut(row, limit)
            for row in getattr(tables, name)
            if _begun(row, limit) and (not row.actor or row.actor in exist)
        )
        for name in ("organs", "persons")
    }
    coverage = tuple(
        _cut(row, limit)._replace(actors=tuple(each for each in row.actors if each in exist))
        for row in tables.coverage
        if _begun(row, limit) and (not row.actors or set(row.actors) & exist)
    )
    made = replace(tables, actors=actors, acts=acts, coverage=coverage, text_claims=(), **numbers, **spells)
    facts = made.fact_ids
    return replace(
        made,
        acts=tuple(_independent(row, facts) for row in made.acts),
        attributes=tuple(_independent(row, facts) for row in made.attributes),
        identity=tuple(row for row in tables.identity if {row.canonical, row.member} <= facts),
        notes=(),
    )


def _past(when: Edtf | None, limit: float) -> bool:
    """Say whether every day that is meant lies before the limit."""
    return when is not None and when.latest is not None and when.latest < limit


def _begun(row: Any, limit: float) -> bool:
    return row.begins is None or row.begins.latest is None or row.begins.latest < limit


def _cut(row: Any, limit: float) -> Any:
    """Take an end away that is not past."""
    return row if row.ends is None or _past(row.ends, limit) else row._replace(ends=None)


def _independent(row: Any, facts: Collection[str]) -> Any:
    if not row.depends_on:
        return row
    return row._replace(depends_on=tuple(each for each in row.depends_on if each.partition(":")[0] in facts))


def _known_acts(scenario: Scenario, exist: Collection[str], limit: float) -> tuple[ActRow, ...]:
    kept: list[ActRow] = []
    removed: set[tuple[str, ...]] = set()
    for row in scenario.tables.acts:
        known = _dated_before(scenario, row, limit) if _public(scenario, row, limit) else None
        if known is not None and {each for each in (row.sender, row.receiver) if each} <= set(exist):
            kept.append(known._replace(known_to=tuple(each for each in row.known_to if each in exist)))
        else:
            removed.add(_tie(scenario, row))
    idle = _without_a_tie(scenario, kept, removed)
    return tuple(row for row in kept if (row.id, row.change, *_tie(scenario, row)) not in idle)


def _dated_before(scenario: Scenario, row: ActRow, limit: float) -> ActRow | None:
    """Give an act as far as it was done before the limit, or nothing."""
    if _past(row.date, limit):
        return row
    layer = scenario.layers.get(row.layer)
    first, stretch, _ = row.date.text.partition("/")
    if layer is None or layer.lasting or not stretch or first == "..":
        return None
    begun = read_date(first)
    return row._replace(date=read_date(f"{first}/..")) if _past(begun, limit) else None


def _public(scenario: Scenario, row: ActRow, limit: float) -> bool:
    """Say whether a contemporary outside could know of an act."""
    if row.not_public:
        return False
    if row.public_from is not None:
        return _past(row.public_from, limit)
    layer = scenario.layers.get(row.layer)
    return layer is None or not layer.covert or EVERYBODY in row.known_to or row.change in ("expose", "rumour")


def _tie(scenario: Scenario, row: ActRow) -> tuple[str, ...]:
    layer = scenario.layers.get(row.layer)
    pair = (row.sender, row.receiver)
    return (row.layer, *(sorted(pair) if layer is not None and layer.mutual else pair))


def _without_a_tie(
    scenario: Scenario, kept: Iterable[ActRow], removed: Collection[tuple[str, ...]]
) -> set[tuple[str, ...]]:
    """Find the acts on a tie that, as far as is known, does not stand, or stands already."""
    rows = [row for row in kept if _tie(scenario, row) in removed and row.layer in scenario.layers]
    some = replace(scenario, tables=replace(scenario.tables, acts=tuple(rows)), _kept={})
    stands: dict[tuple[str, ...], bool] = defaultdict(bool)
    idle: set[tuple[str, ...]] = set()
    for each in dated_acts(some, "begins", "most certain"):
        row, tie = each.row, _tie(scenario, each.row)
        if not scenario.layers[row.layer].lasting:
            continue
        if row.change in ("form", "rumour"):
            stands[tie] = True
        elif not stands[tie]:
            idle.add((row.id, row.change, *tie))
        elif row.change == "end":
            stands[tie] = False
    return idle


def _without(each: Any, gone: Collection[str]) -> Any:
    """Take actors that do not exist out of the lists of a process, a flow or a stock."""
    assert isinstance(each, (Process, Yearly))
    return replace(each, senders=_left(each.senders, gone), receivers=_left(each.receivers, gone))


def _left(members: str | tuple[str, ...], gone: Collection[str]) -> str | tuple[str, ...]:
    if isinstance(members, str):
        return () if members in gone else members
    return tuple(name for name in members if name not in gone)


def _home(rule: str) -> str:
    return rule.partition(".")[0]


def _given(scenario: Scenario, row: ActRow) -> bool:
    process = scenario.processes.get(row.process)
    return process is not None and process.given


def _tells(tables: Record, unknown: Collection[str]) -> set[str]:
    """Give the numbers that would tell of acts that are not known."""
    told = set(unknown)
    while True:
        more = {row.id for row in tables.attributes if {each.partition(":")[0] for each in row.depends_on} & told}
        for link in tables.identity:
            if link.relation in TELLING and {link.canonical, link.member} & told:
                more |= {link.canonical, link.member}
        if more <= told:
            return told
        told |= more
