"""From rows of the record to references: what was read is cited, what was not is only named as a place to look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rapallo.record.readings import choose
from rapallo.system.history import CHANGES

if TYPE_CHECKING:
    from rapallo.record.sources import Source
    from rapallo.scenario.scenario import Scenario
    from rapallo.system.history import History

NOT_OPENED = "not_opened"
"""The status, in ``sources.bib``, of a work that nobody opened: it is never cited."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One work.

    Parameters
    ----------
    key
        Its key in ``sources.bib``.
    text
        Author, title and year.
    url
        Address, or an empty string.
    host
        The site at that address, or an empty string.
    why
        Why it is cited, as ``sources.bib`` says.
    opened
        Whether it was opened: a citation; else only a work to look something up in.
    """

    key: str
    text: str
    url: str
    host: str
    why: str
    opened: bool


@dataclass(frozen=True, slots=True)
class References:
    """The works behind some rows, each once, in the order of their text."""

    cited: tuple[Reference, ...] = ()
    look_up: tuple[Reference, ...] = ()


def references(scenario: Scenario, rows: Iterable[Any]) -> References:
    """Gather the works behind rows of the record.

    Parameters
    ----------
    scenario
        The scenario, for its ``sources.bib``.
    rows
        Anything with ``source`` and ``look_up``: tuples of keys.

    Returns
    -------
    :class:`References`
        A work is cited where a row names it as its source and ``sources.bib`` does not say that it
        was not opened; every other work is one to look up.
    """
    rows = list(rows)
    read = {key for row in rows for key in row.source if not _unopened(scenario, key)}
    named = {key for row in rows for key in (*row.source, *row.look_up)} - read
    return References(_sorted(scenario, read, True), _sorted(scenario, named, False))


def of_keys(scenario: Scenario, sources: Iterable[str], look_up: Iterable[str]) -> References:
    """Gather works by their keys: the sources of a fact, and what it can be looked up in."""
    read = {key for key in sources if not _unopened(scenario, key)}
    return References(_sorted(scenario, read, True), _sorted(scenario, ({*sources} | {*look_up}) - read, False))


def rows_of_acts(record: History, acts: Iterable[int]) -> list[Any]:
    """Give the rows behind acts of the record: all sources of the reading that counts."""
    groups: dict[tuple[str, str, str, str, str], list[Any]] = {}
    for row in record.scenario.tables.acts:
        groups.setdefault((row.id, row.layer, row.change, row.sender, row.receiver), []).append(row)
    found: dict[int, Any] = {}
    for act in acts:
        receiver = int(record.receiver[act])
        key = (
            str(record.ids[act]) if record.ids is not None else "",
            record.layers[record.layer[act]],
            CHANGES[int(record.change[act])],
            record.actors[record.sender[act]],
            record.actors[receiver] if receiver >= 0 else "",
        )
        # what the record derives (a tie that lapses, an agreement that becomes public) has no row of its own
        for row in choose(groups[key], record.facts["readings"]).agreeing if key in groups else ():
            found[row.line] = row
    return [found[line] for line in sorted(found)]


def rows_of_numbers(scenario: Scenario, names: Iterable[str], actors: Iterable[str] = ()) -> list[Any]:
    """Give the rows that state quantities, of any actor or of some: all sources of the readings that count."""
    wanted, whose = set(names), set(actors)
    groups: dict[tuple[str, ...], list[Any]] = {}
    every = [(row, (row.actor,)) for row in scenario.tables.attributes]
    every += [(row, (row.sender, row.receiver)) for row in scenario.tables.dyads]  # type: ignore[misc]
    for row, parties in every:
        if row.attribute in wanted and (not whose or whose & set(parties)):
            # rival readings of one number may be dated apart; without a label each date is a number of its own
            apart = "" if row.reading else row.date.text
            groups.setdefault((row.id, row.attribute, apart, *parties), []).append(row)
    return [row for rows in groups.values() for row in choose(rows).agreeing]


def _unopened(scenario: Scenario, key: str) -> bool:
    source = scenario.tables.sources.get(key)
    return source is None or dict(source.fields).get("status", "") == NOT_OPENED


def _sorted(scenario: Scenario, keys: Iterable[str], opened: bool) -> tuple[Reference, ...]:
    found = [_reference(key, scenario.tables.sources.get(key), opened) for key in keys]
    return tuple(sorted(found, key=lambda each: (each.text.casefold(), each.key)))


def _reference(key: str, source: Source | None, opened: bool) -> Reference:
    if source is None:
        return Reference(key, key, "", "", "", opened)
    url = source.url if source.url.startswith(("http://", "https://")) else ""
    host = urlsplit(url).hostname or "" if url else ""
    return Reference(key, source.citation, url, host.removeprefix("www."), source.why, opened)
