"""A coding contested: a file, signed, that reads facts of the record otherwise."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rapallo.errors import DateError, Problem, RapalloError, ScenarioError, nearest
from rapallo.record.columns import CERTAINTIES
from rapallo.record.edtf import read_date
from rapallo.record.folder import Folder
from rapallo.record.readings import choose
from rapallo.scenario.change_facts import first_day, same_event
from rapallo.scenario.correlations import FILE as CORRELATIONS
from rapallo.scenario.kind_of_change import Change
from rapallo.scenario.parameters import FILE as PARAMETERS
from rapallo.scenario.parse import FILE as SCENARIO
from rapallo.scenario.scenario import Scenario
from rapallo.scenario.toml_file import TomlFile, read_toml

FOLDER = "contested"
"""Folder, within a scenario's, of files that contest its codings; they count where they are asked for."""

INTERVENTIONS = "interventions.toml"
"""A file of a scenario that contests nothing."""

ABOUT = ("signed", "why")
"""Keys of the file itself: who says so, and why."""

KEYS = ("date", "value", "sender", "receiver", "public_from", "happened", "of", "source", "certainty", "why")
"""Keys of one fact."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How one fact is read otherwise.

    Parameters
    ----------
    fact
        Its id.
    says
        What is other, by column.
    of
        Of a fact with several ties or numbers, the one that is meant: ``SENDER-RECEIVER`` or an actor; else all.
    happened
        Whether it happened at all.
    source, why
        What the reader rests on, and why.
    """

    fact: str
    says: tuple[tuple[str, Any], ...]
    of: str
    happened: bool
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Contested:
    """One file.

    Parameters
    ----------
    path
        Where it lies.
    signed
        Who says so.
    why
        Why, for all of it.
    readings
        Its readings, fact by fact.
    stamp
        Hash of its text.
    """

    path: Path
    signed: str
    why: str
    readings: tuple[Reading, ...]
    stamp: str

    @property
    def label(self) -> str:
        """The label of its readings: the name of the file."""
        return self.path.stem


def contested_files(scenario: Scenario) -> list[Path]:
    """List the files that were dropped into a scenario's folder, or into ``contested`` within it."""
    home = scenario.folder
    named = tomllib.loads((home / SCENARIO).read_text("utf-8")).get("files", {})
    own = {SCENARIO, PARAMETERS, CORRELATIONS, INTERVENTIONS, *map(str, named.values())}
    dropped = [path for path in home.glob("*.toml") if path.name not in own and not path.name.startswith(".")]
    return [*sorted(dropped), *sorted((home / FOLDER).glob("*.toml"))]


def read_contested(scenario: Scenario, path: Path) -> Contested:
    """Read a file that contests codings of a scenario.

    Raises
    ------
    ScenarioError
        With every problem of the file: line, key, reason, and what would be right.
    """
    if not path.is_file():
        raise RapalloError(f"there is no file {str(path)!r}; give a TOML file that is signed and names facts")
    problems: list[Problem] = []
    file = read_toml(Folder.at(path.parent), path.name, problems)
    readings: list[Reading] = []
    if file is not None:
        problems += _unsigned(file)
        for fact, table in file.data.items():
            if fact in ABOUT:
                continue
            wrong = list(_wrong(scenario, file, fact, table))
            problems += wrong
            if not wrong:
                readings.append(_reading(fact, table))
        if not readings and not problems:
            problems.append(Problem(path.name, None, None, "reads no fact otherwise", 'write ["FACT"] and date = "…"'))
    if problems or file is None:
        raise ScenarioError(problems, str(path.parent))
    stamp = hashlib.blake2b(file.text.encode(), digest_size=8).hexdigest()
    return Contested(path, file.data["signed"], str(file.data.get("why", "")), tuple(readings), stamp)


class Contest(Change):
    """Codings of the record read otherwise, as a signed file says."""

    pattern = r"contest (?P<file>[^;]+\.toml)"
    right = "contest FILE.toml"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario: the file's readings take the place of those that were chosen."""
        file = self.file(scenario)
        tables = scenario.tables
        return replace(
            scenario,
            tables=replace(
                tables,
                acts=_read_otherwise(scenario, tables.acts, file),
                attributes=_read_otherwise(scenario, tables.attributes, file),
                dyads=_read_otherwise(scenario, tables.dyads, file),
            ),
        )

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        file = self.file(scenario)
        return f"{file.signed} reads otherwise: " + "; ".join(_said(scenario, each) for each in file.readings)

    def begins(self, scenario: Scenario) -> str:
        """Give the first day of what is read otherwise, in either reading."""
        facts = {each.fact for each in self.file(scenario).readings}
        return min(first_day(scenario, facts), first_day(self.apply(scenario), facts))

    def stamp(self, scenario: Scenario) -> str:
        """Tell the change from others: by what the file says, not where it lies."""
        return f"contest {self.file(scenario).stamp}"

    def file(self, scenario: Scenario) -> Contested:
        """Read the file, from where it lies or from the scenario's folder."""
        path = Path(self.parts["file"])
        dropped = [place for place in (scenario.folder / FOLDER / path, scenario.folder / path) if place.is_file()]
        return read_contested(scenario, dropped[0] if dropped and not path.is_file() else path)

    def in_place(self, scenario: Scenario) -> Contest:
        """Give the same with the whole path of the file, so that it is found from another working folder too."""
        path = str(self.file(scenario).path.resolve())
        return Contest(f"contest {path}", {"file": path})


def _unsigned(file: TomlFile) -> Iterator[Problem]:
    if not isinstance(file.data.get("signed"), str) or not file.data["signed"].strip():
        yield file.problem(("signed",), "the file is not signed", 'write signed = "your name, place or post, date"')
    if not isinstance(file.data.get("why", ""), str):
        yield file.problem(("why",), "is no text", 'write why = "…"')


def _wrong(scenario: Scenario, file: TomlFile, fact: str, table: Any) -> Iterator[Problem]:
    rows = _rows(scenario, fact)
    if not isinstance(table, dict):
        right = nearest(fact, (*ABOUT, *_facts(scenario))).removeprefix("; ")
        yield file.problem((fact,), f"{fact!r} is neither a key of the file nor a table of a fact", right)
        return
    if not rows:
        yield file.problem(
            (fact,), f"no dated fact is called {fact!r}", nearest(fact, _facts(scenario)).removeprefix("; ")
        )
        return
    columns = {name for row in rows for name in row._fields}
    for key in table:
        if key not in KEYS:
            yield file.problem((fact, key), f"{key!r} is no key here", nearest(key, KEYS).removeprefix("; "))
        elif key in ("date", "value", "sender", "receiver", "public_from") and key not in columns:
            has = ", ".join(each for each in KEYS[:5] if each in columns)
            yield file.problem((fact, key), f"{fact} has no {key}", f"it has {has}")
    if not any(key in table for key in KEYS[:6]):
        right = "give a date, a value, a party, or happened = false"
        yield file.problem((fact,), f"{fact} is read as it stands", right)
    for key in ("date", "public_from"):
        if key in table:
            yield from _wrong_date(file, (fact, key), table[key])
    value = table.get("value", 0.0)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        yield file.problem((fact, "value"), f"{value!r} is no number", "write value = 1.5")
    if not isinstance(table.get("happened", True), bool):
        yield file.problem((fact, "happened"), "is neither true nor false", "write happened = false")
    for key in ("sender", "receiver"):
        if key in table and table[key] not in scenario.tables.actor_ids:
            right = nearest(str(table[key]), scenario.tables.actor_ids).removeprefix("; ")
            yield file.problem((fact, key), f"no actor is called {table[key]!r}", right)
    whom = [_whom(row) for row in rows]
    if "of" in table and table["of"] not in whom:
        right = nearest(str(table["of"]), whom).removeprefix("; ")
        yield file.problem((fact, "of"), f"{fact} is not about {table['of']!r}", right)
    if table.get("certainty", "low") not in CERTAINTIES:
        right = f"one of {', '.join(CERTAINTIES)}"
        yield file.problem((fact, "certainty"), f"{table['certainty']!r} is no certainty", right)


def _wrong_date(file: TomlFile, place: tuple[str, str], text: Any) -> Iterator[Problem]:
    if not isinstance(text, str):
        yield file.problem(place, f"{text} is no text", f'put the date into quotes: {place[1]} = "{text}"')
        return
    try:
        read_date(text)
    except DateError as error:
        yield file.problem(place, error.what, error.suggestion)


def _reading(fact: str, table: dict[str, Any]) -> Reading:
    says: list[tuple[str, Any]] = []
    for key in ("date", "public_from"):
        if key in table:
            says.append((key, read_date(table[key])))
    says += [(key, table[key]) for key in ("sender", "receiver", "certainty") if key in table]
    if "value" in table:
        says.append(("value", float(table["value"])))
    texts = {key: str(table.get(key, "")) for key in ("of", "source", "why")}
    return Reading(fact, tuple(says), texts["of"], table.get("happened", True), texts["source"], texts["why"])


def _read_otherwise(scenario: Scenario, rows: tuple[Any, ...], file: Contested) -> tuple[Any, ...]:
    """Put a file's readings in the place of those that would be chosen; rivals and doubles give way to them."""
    wanted = {each.fact: each for each in file.readings}
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        if row.id in wanted and wanted[row.id].of in ("", _whom(row)):
            groups.setdefault(_tie(row), []).append(row)
    doubles = {(other, *key[1:]) for key in groups for other in same_event(scenario, {key[0]}) if other not in wanted}
    done: set[tuple[Any, ...]] = set()
    found = []
    for row in rows:
        key = _tie(row)
        if key in doubles:
            continue
        if key not in groups:
            found.append(row)
            continue
        reading = wanted[row.id]
        if key in done or not reading.happened:
            continue
        # rows of a number without a label are its values in turn, not rivals: each is read otherwise
        mine = groups[key] if any(each.reading for each in groups[key]) or hasattr(row, "layer") else [row]
        if len(mine) > 1:
            done.add(key)
        note = "; ".join(filter(None, (f"contested by {file.signed}", reading.why or file.why, reading.source)))
        found.append(choose(mine).row._replace(**dict(reading.says), reading=file.label, note=note))
    return tuple(found)


def _tie(row: Any) -> tuple[Any, ...]:
    if hasattr(row, "layer"):
        return (row.id, row.layer, row.change, row.sender, row.receiver)
    return (row.id, row.attribute, _whom(row))


def _whom(row: Any) -> str:
    return row.actor if hasattr(row, "actor") else f"{row.sender}-{row.receiver}"


def _said(scenario: Scenario, reading: Reading) -> str:
    rows = [row for row in _rows(scenario, reading.fact) if reading.of in ("", _whom(row))]
    row = choose(rows).row
    title = getattr(row, "title", "") or f"{row.attribute} of {_whom(row)}"
    if not reading.happened:
        return f"{title} ({reading.fact}) did not happen"
    parts = []
    for name, value in reading.says:
        old = getattr(row, name)
        texts = [
            each.text if hasattr(each, "text") else f"{each:g}" if isinstance(each, float) else str(each or "none")
            for each in (value, old)
        ]
        parts.append(f"{name.replace('_', ' ')} {texts[0]} instead of {texts[1]}")
    return f"{title} ({reading.fact}): {', '.join(parts)}"


def _rows(scenario: Scenario, fact: str) -> list[Any]:
    rows: list[Any] = [*scenario.tables.acts, *scenario.tables.attributes, *scenario.tables.dyads]
    return [row for row in rows if row.id == fact]


def _facts(scenario: Scenario) -> set[str]:
    rows: list[Any] = [*scenario.tables.acts, *scenario.tables.attributes, *scenario.tables.dyads]
    return {row.id for row in rows}
