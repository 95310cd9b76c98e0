"""The sourced facts of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.errors import Problem, UnknownNameError
from rapallo.record.cells import NOT_PUBLIC, read_column
from rapallo.record.check_rows import cap_background, check_rows
from rapallo.record.columns import TABLES, Table
from rapallo.record.folder import Folder
from rapallo.record.rows import (
    ROWS,
    ActorRow,
    ActRow,
    AttributeRow,
    ClaimRow,
    CoverageRow,
    DyadRow,
    IdentityRow,
    OrganRow,
    PersonRow,
)
from rapallo.record.sources import FILE as SOURCES
from rapallo.record.sources import Source, read_sources
from rapallo.record.tables import read_table

if TYPE_CHECKING:
    import pandas as pd

NEEDED = ("actors", "acts")
"""Tables whose file must be there; the others are empty where they are absent."""


@dataclass(frozen=True, eq=False)
class Record:
    """Everything the tables of a scenario state, row by row, nothing resolved.

    Parameters
    ----------
    actors, organs, persons, acts, attributes, dyads, coverage, text_claims, identity
        The rows of each table, in the order of the file.
    sources
        The works of ``sources.bib`` by key.
    files
        Table name to file name.
    unreadable
        Tables, and perhaps ``sources``, that could not be read; checks pass over what leans on them.
    notes
        What the loader changed: certainty of background rows capped at low.
    """

    actors: tuple[ActorRow, ...] = ()
    organs: tuple[OrganRow, ...] = ()
    persons: tuple[PersonRow, ...] = ()
    acts: tuple[ActRow, ...] = ()
    attributes: tuple[AttributeRow, ...] = ()
    dyads: tuple[DyadRow, ...] = ()
    coverage: tuple[CoverageRow, ...] = ()
    text_claims: tuple[ClaimRow, ...] = ()
    identity: tuple[IdentityRow, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
    notes: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return (
            f"<Record: {len(self.actor_ids)} actors, {len(self.fact_ids)} facts in {len(self.acts)} rows of acts, "
            f"{len(self.attributes) + len(self.dyads)} dated numbers, {len(self.sources)} sources>"
        )

    @cached_property
    def actor_ids(self) -> tuple[str, ...]:
        """Every actor's id, sorted: the order of every index."""
        return tuple(sorted({row.id for row in self.actors if row.id}))

    @cached_property
    def spells(self) -> dict[str, tuple[ActorRow, ...]]:
        """Actor id to its spells of existence, in the order of the file."""
        found: dict[str, list[ActorRow]] = {actor: [] for actor in self.actor_ids}
        for row in self.actors:
            if row.id:
                found[row.id].append(row)
        return {actor: tuple(rows) for actor, rows in found.items()}

    @cached_property
    def fact_ids(self) -> frozenset[str]:
        """The id of every fact: of acts, numbers, organs and persons."""
        tables = (self.acts, self.attributes, self.dyads, self.organs, self.persons)
        return frozenset(row.id for table in tables for row in table if row.id)

    @cached_property
    def organ_names(self) -> dict[str, frozenset[str]]:
        """Actor id to the short names of its organs."""
        found: dict[str, set[str]] = {}
        for row in self.organs:
            if row.organ:
                found.setdefault(row.actor, set()).add(row.organ)
        return {actor: frozenset(names) for actor, names in found.items()}

    @cached_property
    def roles(self) -> dict[tuple[str, str], str]:
        """Actor and role to the organ that plays it there."""
        return {(row.actor, row.role): row.organ for row in self.organs if row.role}

    def deciding(self, organ: str, actor: str) -> str:
        """Give the organ of an actor that decides where a process names an organ or a role."""
        return self.roles.get((actor, organ), organ)

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Casefolded id, name or alias to the ids of the actors that bear it."""
        found: dict[str, set[str]] = {}
        for row in self.actors:
            for name in (row.id, row.name_en, row.name_ru, *row.aliases):
                if name and row.id:
                    found.setdefault(name.casefold(), set()).add(row.id)
        return {name: tuple(sorted(ids)) for name, ids in found.items()}

    def actor(self, name: str) -> str:
        """Give an actor's id for its id, a name in English or Russian, or an alias.

        Raises
        ------
        UnknownNameError
            With the nearest name, or where several actors bear it.
        """
        if name in self.spells:
            return name
        found = self.names.get(name.casefold(), ())
        if len(found) == 1:
            return found[0]
        raise UnknownNameError("single actor" if found else "actor", name, found or self._shown_names)

    @property
    def _shown_names(self) -> list[str]:
        return [name for row in self.actors for name in (row.id, row.name_en, row.name_ru, *row.aliases) if name]

    def frame(self, table: str) -> pd.DataFrame:
        """Give one table as a DataFrame: dates as text, several keys in one cell separated by ``;``.

        Raises
        ------
        UnknownNameError
            For a table that is not there.
        """
        import pandas as pd

        if table not in ROWS:
            raise UnknownNameError("table", table, ROWS)
        rows = getattr(self, table)
        frame = pd.DataFrame(rows, columns=list(ROWS[table]._fields))
        for name in frame.columns:
            if name in ("begins", "ends", "date", "public_from"):
                frame[name] = ["" if each is None else each.text for each in frame[name]]
            elif any(isinstance(each, tuple) for each in frame[name]):
                frame[name] = [";".join(each) for each in frame[name]]
        return frame


def load_record(folder: Folder | Path, problems: list[Problem], files: Mapping[str, str] | None = None) -> Record:
    """Read every table of a scenario folder and check its syntax.

    Parameters
    ----------
    folder
        The scenario's folder.
    problems
        Where every problem found is added.
    files
        Other file names for tables, or for ``sources``.

    Returns
    -------
    Record
        Complete only where no problem was added; a caller must not use it otherwise.
    """
    folder = folder if isinstance(folder, Folder) else Folder.at(folder)
    named = {name: table.file for name, table in TABLES.items()} | {"sources": SOURCES} | dict(files or {})
    unreadable = set()
    tables: dict[str, tuple[Any, ...]] = {}
    for name, table in TABLES.items():
        if name not in NEEDED and named[name] == table.file and not folder.has(table.file):
            tables[name] = ()
            continue
        rows = _read_rows(folder, table, named[name], problems)
        tables[name] = rows or ()
        if rows is None:
            unreadable.add(name)
    sources = read_sources(folder, problems, named["sources"])
    if sources is None:
        unreadable.add("sources")
    check_rows(tables, named, sources, problems)
    notes: list[Problem] = []
    tables = {name: cap_background(rows, named[name], notes) for name, rows in tables.items()}
    return Record(**tables, sources=sources or {}, files=named, unreadable=frozenset(unreadable), notes=tuple(notes))


def _read_rows(folder: Folder, table: Table, file: str, problems: list[Problem]) -> tuple[Any, ...] | None:
    raw = read_table(folder, table, problems, file)
    if raw is None:
        return None
    columns = {column.name: read_column(raw, column, problems) for column in table.columns}
    row = ROWS[table.name]
    if table.name == "acts":
        columns["not_public"] = [value == NOT_PUBLIC for value in columns["public_from"]]
        columns["public_from"] = [None if value == NOT_PUBLIC else value for value in columns["public_from"]]
    if table.name == "organs":
        columns["organ"] = [
            organ or (id_.split("/", 1)[1] if "/" in id_ else "")
            for organ, id_ in zip(columns["organ"], columns["id"], strict=True)
        ]
    for name, column in (("begins", "from"), ("ends", "to")):
        columns[name] = [None if each is None or each.text == ".." else each for each in columns.get(column, ())]
    columns["line"] = raw.lines
    return tuple(map(row._make, zip(*(columns[name] for name in row._fields), strict=True)))
