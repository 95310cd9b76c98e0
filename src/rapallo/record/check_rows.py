"""What the cells of one row, and the rows of one fact, must say together."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from rapallo.errors import Problem
from rapallo.record.edtf import Edtf
from rapallo.record.rows import ActorRow, ActRow, AttributeRow, DyadRow
from rapallo.record.sources import Source
from rapallo.record.suggest import Suggestions

_SOURCED = ("actors", "organs", "persons", "acts", "attributes", "dyads")
CONTEXT = "context"
"""The layer of facts that are no tie of any layer."""


def check_rows(
    tables: Mapping[str, tuple[Any, ...]],
    files: Mapping[str, str],
    sources: Mapping[str, Source] | None,
    problems: list[Problem],
) -> None:
    """Add to ``problems`` every row that contradicts itself, its sources or its fact's other rows."""
    nearest_key = Suggestions(sources or {})
    for table in _SOURCED:
        _check_provenance(tables[table], files[table], sources, nearest_key, problems)
    for table in ("actors", "organs", "persons", "coverage"):
        for row in tables[table]:
            if row.begins is not None and row.ends is not None and row.ends.surely_before(row.begins):
                what = f"it ends ({row.ends}) before it begins ({row.begins})"
                problems.append(Problem(files[table], row.line, "to", what, "exchange the two dates, or mend one"))
    _check_spells(tables["actors"], files["actors"], problems)
    for table in ("acts", "attributes", "dyads"):
        _check_beginnings(tables[table], files[table], problems)
    _check_organs(tables["organs"], files["organs"], problems)
    _check_acts(tables["acts"], files["acts"], problems)
    _check_numbers(tables["attributes"], files["attributes"], problems)
    _check_numbers(tables["dyads"], files["dyads"], problems)
    for table in ("organs", "identity", "text_claims"):
        _check_unique(tables[table], files[table], problems)


def cap_background(rows: tuple[Any, ...], file: str, notes: list[Problem]) -> tuple[Any, ...]:
    """Lower the certainty of background rows to low: a work that was not opened makes nothing certain."""
    if not rows or not hasattr(rows[0], "basis"):
        return rows
    above = [row.line for row in rows if row.basis == "background" and row.certainty in ("high", "medium")]
    if not above:
        return rows
    what = f"{len(above)} background row{'s' * (len(above) > 1)} with a certainty above low"
    notes.append(Problem(file, above[0], "certainty", what, "read as low: no source was opened"))
    return tuple(row._replace(certainty="low") if row.basis == "background" else row for row in rows)


def _check_provenance(
    rows: Iterable[Any],
    file: str,
    sources: Mapping[str, Source] | None,
    nearest_key: Suggestions,
    problems: list[Problem],
) -> None:
    for row in rows:
        if not row.source and not row.look_up:
            what = "the row names neither a source nor a work to look it up in"
            problems.append(Problem(file, row.line, "source", what, "cite what was opened, or give a key in look_up"))
        elif row.basis == "background":
            if row.source:
                what = "a background row cites a source, although nothing was opened"
                problems.append(
                    Problem(file, row.line, "source", what, "move the key to look_up, or correct the basis")
                )
        elif row.basis and not row.source:
            what = f"the basis is {row.basis!r}, but no source is named"
            problems.append(Problem(file, row.line, "source", what, "cite what was opened, or write background"))
        if sources is not None:
            for column, keys in (("source", row.source), ("look_up", row.look_up)):
                for key in keys:
                    if key not in sources:
                        what = f"sources.bib has no entry {key!r}"
                        problems.append(Problem(file, row.line, column, what, nearest_key(key) or "add one"))


def _check_spells(rows: Iterable[ActorRow], file: str, problems: list[Problem]) -> None:
    spells = defaultdict(list)
    for row in rows:
        if row.id:
            spells[row.id].append(row)
    for actor, several in spells.items():
        several.sort(
            key=lambda row: -math.inf if row.begins is None or row.begins.earliest is None else row.begins.earliest
        )
        for first, second in pairwise(several):
            if second.begins is None or first.ends is None or _surely_earlier(second.begins, first.ends):
                what = f"{actor} exists already: its spell of line {first.line} ends {first.ends or 'never'}"
                problems.append(
                    Problem(file, second.line, "from", what, "let a spell begin when the one before it ended")
                )


def _surely_earlier(begins: Edtf, ends: Edtf) -> bool:
    """Compare without the day on which one spell passes into the next."""
    return begins.latest is not None and ends.earliest is not None and begins.latest < ends.earliest


def _check_beginnings(rows: Iterable[ActRow | AttributeRow | DyadRow], file: str, problems: list[Problem]) -> None:
    """Refuse a date that no rule turns into a day; one that could not be read is named already."""
    named = {problem.line for problem in problems if problem.file == file and problem.column == "date"}
    for row in rows:
        context = isinstance(row, ActRow) and row.layer == CONTEXT
        if row.date.earliest is None and not context and row.line not in named:
            what = f"{row.date.text!r} has an open beginning, and no day can be chosen in it"
            problems.append(Problem(file, row.line, "date", what, "give a bound for its beginning; none is assumed"))


def _check_organs(rows: Iterable[Any], file: str, problems: list[Problem]) -> None:
    played: dict[tuple[str, str], str] = {}
    for row in rows:
        other = played.setdefault((row.actor, row.role), row.organ) if row.role else row.organ
        if other != row.organ:
            what = f"{row.actor} has two organs in the role {row.role!r}: {other!r} and {row.organ!r}"
            problems.append(Problem(file, row.line, "role", what, "leave the role to the one that decides"))
        if row.role and not row.organ:
            what = f"the role {row.role!r} is given to an organ without a short name"
            problems.append(Problem(file, row.line, "role", what, "give the organ a short name, or take the role away"))
        head, slash, _ = row.id.partition("/")
        if slash and row.actor and head != row.actor:
            what = f"the id {row.id!r} names {head!r} and the row {row.actor!r}"
            problems.append(Problem(file, row.line, "id", what, f"write {row.actor}/…, or mend the actor"))
        if row.organ and not row.actor:
            what = f"the organ {row.organ!r} belongs to no actor"
            problems.append(Problem(file, row.line, "actor", what, "name the actor whose organ it is"))


def _check_unique(rows: Iterable[Any], file: str, problems: list[Problem]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        if row.id and first.setdefault(row.id, row.line) != row.line:
            what = f"the id {row.id!r} stands on line {first[row.id]} already"
            problems.append(Problem(file, row.line, "id", what, "give the row an id of its own"))


def _check_acts(rows: Iterable[ActRow], file: str, problems: list[Problem]) -> None:
    ties: dict[tuple[str, ...], ActRow] = {}
    for row in rows:
        if row.layer != CONTEXT:
            for column in ("sender", "receiver"):
                if not getattr(row, column):
                    what = f"an act of the layer {row.layer!r} has no {column}"
                    problems.append(Problem(file, row.line, column, what, "only the layer context may leave it empty"))
        elif row.process:
            what = "a row of the layer context names a process"
            problems.append(Problem(file, row.line, "process", what, "leave it empty: no process makes context"))
        if row.sender and row.sender == row.receiver:
            what = f"{row.sender} acts towards itself"
            problems.append(Problem(file, row.line, "receiver", what, "name the other party"))
        if row.public_from is not None and row.public_from.surely_before(row.date):
            what = f"it became public ({row.public_from}) before it was done ({row.date})"
            problems.append(Problem(file, row.line, "public_from", what, "exchange the two dates, or mend one"))
        if not row.id:
            continue
        tie = (row.id, row.layer, row.change, row.sender, row.receiver, row.reading)
        other = ties.setdefault(tie, row)
        if other is row:
            continue
        if other.date.surely_before(row.date) or row.date.surely_before(other.date):
            what = f"{row.id} is dated {row.date} here and {other.date} on line {other.line}, under one reading"
            problems.append(
                Problem(file, row.line, "reading", what, "give rival readings labels of their own, such as a and b")
            )
        elif (row.source, row.look_up, row.locator) == (other.source, other.look_up, other.locator):
            what = f"the row repeats line {other.line}: same fact, parties, reading and source"
            problems.append(Problem(file, row.line, "id", what, "take one of the two away"))


def _check_numbers(rows: Iterable[AttributeRow | DyadRow], file: str, problems: list[Problem]) -> None:
    stated: dict[tuple[str, ...], AttributeRow | DyadRow] = {}
    for row in rows:
        if not row.unit and not math.isnan(row.value):
            problems.append(Problem(file, row.line, "unit", "the number has no unit", "state it; 1 for a pure number"))
        whose = (row.actor, "") if isinstance(row, AttributeRow) else (row.sender, row.receiver)
        if whose[0] and whose[0] == whose[1]:
            what = f"{whose[0]} is paired with itself"
            problems.append(Problem(file, row.line, "receiver", what, "name the other party"))
        if not row.id:
            continue
        number = (row.id, *whose, row.attribute, row.date.text, row.reading)
        other = stated.setdefault(number, row)
        if other is row or math.isnan(row.value) or math.isnan(other.value):
            continue
        if other.value != row.value or other.unit != row.unit:
            here, there = f"{row.value:g} {row.unit}", f"{other.value:g} {other.unit}"
            what = f"{row.id} is {here} here and {there} on line {other.line}, under one reading"
            problems.append(
                Problem(file, row.line, "reading", what, "give rival readings labels of their own, such as a and b")
            )
        elif (row.source, row.look_up, row.locator) == (other.source, other.look_up, other.locator):
            what = f"the row repeats line {other.line}: same fact, date, reading and source"
            problems.append(Problem(file, row.line, "id", what, "take one of the two away"))
