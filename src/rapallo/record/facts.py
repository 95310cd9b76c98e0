"""Finding facts: by actor, person, organ, word, date or layer."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from rapallo.errors import RapalloError, UnknownNameError, nearest
from rapallo.record.columns import BASES
from rapallo.record.edtf import Edtf, read_date
from rapallo.record.readings import Choice, choose
from rapallo.record.record import Record
from rapallo.record.time import to_text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a fact, and who says so."""

    label: str
    says: str
    date: str
    sources: tuple[str, ...]
    look_up: tuple[str, ...]
    basis: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Link:
    """What ``identity.csv`` says of this fact and another."""

    relation: str
    fact: str
    leads: bool
    """Whether this fact is the canonical one of the two."""
    note: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the record, its readings side by side.

    Parameters
    ----------
    id
        Its id.
    date
        As written, of the reading that counts.
    says
        What it is, in a sentence or its title.
    parties
        Actors that it ties or concerns, in the order of the table.
    layer
        Its layers, or the attribute; ``person`` and ``organ`` for those tables.
    table
        The table it stands in.
    sources, look_up
        Keys of works that were opened, and of works to look it up in, of the reading that counts.
    basis, certainty
        Of the reading that counts.
    rivals
        The readings that lost by the rule ``most certain``.
    links
        Facts that are the same event, part of it, its cause, …
    depends_on
        Facts without which it would not have been.
    public_from, known_to
        When it became public (empty: nothing is said), and who knew otherwise.
    earliest, latest
        The first and last day that it may have begun on, in days since 1900-01-01; infinite where open.
    """

    id: str
    date: str
    says: str
    parties: tuple[str, ...]
    layer: tuple[str, ...]
    table: str
    sources: tuple[str, ...]
    look_up: tuple[str, ...]
    basis: str
    certainty: str
    rivals: tuple[Reading, ...] = ()
    links: tuple[Link, ...] = ()
    depends_on: tuple[str, ...] = ()
    public_from: str = ""
    known_to: tuple[str, ...] = ()
    earliest: float = -math.inf
    latest: float = math.inf

    def __str__(self) -> str:
        rival = f"; {len(self.rivals)} rival reading{'s' * (len(self.rivals) > 1)}" * bool(self.rivals)
        return f"{self.date}  {self.says}  [{self.id}; {', '.join(self.layer)}; {self.basis}, {self.certainty}{rival}]"


def facts(
    record: Record,
    about: str | None = None,
    since: str | float | date | None = None,
    until: str | float | date | None = None,
    layer: str | None = None,
) -> list[Fact]:
    """Find facts, in order of their first possible day.

    Parameters
    ----------
    record
        The record.
    about
        The id of a fact; an actor's id, name or alias, in English or Russian; a person; an organ's
        short name or id; or a word of a title. A beginning of a word is tried where no whole word fits.
    since, until
        First and last day, as a date, in days, or as EDTF text of any precision. An interval given
        as ``since`` alone sets both.
    layer
        A layer or an attribute; ``person`` or ``organ``.

    Raises
    ------
    UnknownNameError
        If nothing in the record bears that name, or no fact lies in that layer.
    RapalloError
        If a date cannot be read.
    """
    found = list(_all_facts(record))
    if about is not None:
        found = _about(record, found, about.strip())
    first, last = _span(since, until)
    found = [fact for fact in found if fact.latest >= first and fact.earliest <= last]
    if layer is not None:
        layers = {"person", "organ"} | {row.layer for row in record.acts}
        layers |= {row.attribute for rows in (record.attributes, record.dyads) for row in rows}
        if layer not in layers:
            raise UnknownNameError("layer or attribute", layer, layers)
        found = [fact for fact in found if layer in fact.layer]
    found.sort(key=lambda fact: fact.earliest)
    return found


def by_basis(found: Iterable[Fact]) -> dict[str, int]:
    """Count facts by what they rest on, from the strongest basis to the weakest."""
    counts = Counter(fact.basis for fact in found)
    return {basis: counts[basis] for basis in BASES if counts[basis]}


def facts_frame(found: Sequence[Fact]) -> pd.DataFrame:
    """Give facts as a table: one row a fact, several keys or parties separated by ``;``."""
    import pandas as pd

    def cell(value: Any) -> Any:
        return ";".join(map(str, value)) if isinstance(value, tuple) else value

    names = [each.name for each in fields(Fact) if each.name not in ("rivals", "links")]
    table = {name: [cell(getattr(fact, name)) for fact in found] for name in names}
    return pd.DataFrame({**table, "rivals": [len(fact.rivals) for fact in found]})


def _span(since: str | float | date | None, until: str | float | date | None) -> tuple[float, float]:
    begins, ends = _when(since), _when(until)
    first = -math.inf if begins is None or begins.earliest is None else begins.earliest
    if ends is None and isinstance(since, str) and ("/" in since or since.startswith("[")):
        ends = begins
    last = math.inf if ends is None or ends.latest is None else ends.latest
    if last < first:
        raise RapalloError(f"{until} comes before {since}; exchange the two")
    return first, last


def _when(moment: str | float | date | None) -> Edtf | None:
    if moment is None:
        return None
    if isinstance(moment, str):
        return read_date(moment.strip())
    return read_date(moment.isoformat()[:10] if isinstance(moment, date) else to_text(moment))


def _all_facts(record: Record) -> Iterator[Fact]:
    links: dict[str, list[Link]] = {}
    for row in record.identity:
        links.setdefault(row.canonical, []).append(Link(row.relation, row.member, True, row.note))
        links.setdefault(row.member, []).append(Link(row.relation, row.canonical, False, row.note))
    yield from _acts(record, links)
    for table, rows in (("attributes", record.attributes), ("dyads", record.dyads)):
        yield from _numbers(table, rows, links)
    for table, kind in (("persons", "person"), ("organs", "organ")):
        for row in getattr(record, table):
            says = f"{row.name_en}: {row.role}" if table == "persons" and row.role else row.name_en
            spell = f"{row.begins or '..'}/{row.ends or '..'}" if row.begins or row.ends else ".."
            yield Fact(
                id=row.id,
                date=spell,
                says=says,
                parties=(row.actor,) if row.actor else (),
                layer=(kind,),
                table=table,
                sources=row.source,
                look_up=row.look_up,
                basis=row.basis,
                certainty=row.certainty,
                links=tuple(links.get(row.id, ())),
                earliest=_first(row.begins),
                latest=_last(row.ends),
            )


def _acts(record: Record, links: dict[str, list[Link]]) -> Iterator[Fact]:
    groups: dict[str, list[Any]] = {}
    for row in record.acts:
        groups.setdefault(row.id, []).append(row)
    for name, rows in groups.items():
        choice = choose(rows)
        row = choice.row
        parties = (party for each in rows for party in (each.sender, each.receiver))
        public = "not public" if row.not_public else str(row.public_from or "")
        yield _fact(
            "acts",
            choice,
            row.title or f"{row.sender} to {row.receiver}: {row.layer}, {row.change}",
            tuple(dict.fromkeys(filter(None, parties))),
            tuple(dict.fromkeys(each.layer for each in rows)),
            links.get(name, ()),
            lambda each: each.title or f"{each.sender} to {each.receiver}: {each.layer}, {each.change}",
            depends_on=tuple(dict.fromkeys(other for each in rows for other in each.depends_on)),
            public_from=public,
            known_to=tuple(dict.fromkeys(other for each in rows for other in each.known_to)),
        )


def _numbers(table: str, rows: Iterable[Any], links: dict[str, list[Link]]) -> Iterator[Fact]:
    groups: dict[tuple[str, ...], list[Any]] = {}
    for row in rows:
        whose = (row.actor,) if table == "attributes" else (row.sender, row.receiver)
        apart = "" if row.reading else row.date.text
        groups.setdefault((row.id, row.attribute, apart, *whose), []).append(row)
    for (name, attribute, _, *parties), group in groups.items():
        owner = " to ".join(parties)

        def says(row: Any, attribute: str = attribute, owner: str = owner) -> str:
            # a unit that begins with a number is a scale (0 or 1), and not what is counted
            scale = re.match(r"-?\d", row.unit)
            unit = "" if row.unit in ("", "1") else f" ({row.unit})" if scale else f" {row.unit}"
            return f"{attribute} of {owner}: {row.value:g}{unit}" + (f" ({row.note})" if row.note else "")

        choice = choose(group)
        depends = getattr(choice.row, "depends_on", ())
        yield _fact(
            table, choice, says(choice.row), tuple(parties), (attribute,), links.get(name, ()), says, depends_on=depends
        )


def _fact(
    table: str,
    choice: Choice[Any],
    text: str,
    parties: tuple[str, ...],
    layer: tuple[str, ...],
    links: Sequence[Link],
    says: Callable[[Any], str],
    **more: Any,
) -> Fact:
    row = choice.row
    rivals = tuple(
        Reading(each.reading, says(each), each.date.text, each.source, each.look_up, each.basis, each.certainty)
        for each in choice.lost
    )
    every = (*choice.agreeing, *choice.lost)
    return Fact(
        id=row.id,
        date=row.date.text,
        says=text,
        parties=parties,
        layer=layer,
        table=table,
        sources=tuple(dict.fromkeys(key for each in choice.agreeing for key in each.source)),
        look_up=tuple(dict.fromkeys(key for each in choice.agreeing for key in each.look_up)),
        basis=row.basis,
        certainty=row.certainty,
        rivals=rivals,
        links=tuple(links),
        earliest=min(_first(each.date) for each in every),
        latest=max(_last(each.date) for each in every),
        **more,
    )


def _first(when: Edtf | None) -> float:
    return -math.inf if when is None or when.earliest is None else when.earliest


def _last(when: Edtf | None) -> float:
    return math.inf if when is None or when.latest is None else when.latest


def _about(record: Record, found: list[Fact], about: str) -> list[Fact]:
    """Keep the facts that a name, an id or a word means."""
    if not about:
        raise RapalloError("about is empty; name an actor, a person, an organ, a fact or a word of a title")
    if about in record.fact_ids:
        return [fact for fact in found if fact.id == about]
    folded = about.casefold()
    actors = {about} if about in record.spells else set(record.names.get(folded, ()))
    words = [] if about in record.spells else [about]
    for row in record.actors:
        if row.id in actors:
            words += [row.name_en, row.name_ru, *row.aliases]
    organs = {
        (row.actor, row.organ)
        for row in record.organs
        if folded in (row.organ.casefold(), row.id.casefold(), row.name_en.casefold(), row.name_ru.casefold())
    }
    wanted = {row.id for row in record.organs if (row.actor, row.organ) in organs}
    wanted |= {row.id for row in record.acts if (row.sender, row.organ) in organs and row.organ}
    for person in record.persons:
        borne = [name for name in (person.name_en, person.name_ru) if name]
        if folded in {part.casefold() for name in borne for part in (name, name.split()[-1])}:
            wanted.add(person.id)
            words += [name.split()[-1] for name in borne]
    texts = _texts(record, found)
    kept = _matching(found, texts, actors, wanted, [rf"(?<!\w){re.escape(word)}(?!\w)" for word in words if word])
    if not kept and not actors:
        kept = _matching(found, texts, set(), set(), [rf"(?<!\w){re.escape(about)}"])
    if not kept and not actors:
        vocabulary = {word for text in texts.values() for word in re.findall(r"[^\W\d_]{4,}", text)}
        every = {*record.names, *vocabulary}
        # far from all of them, thousands of words are no help: the actors are
        valid = every if "did you mean" in nearest(about, every) else set(record.actor_ids)
        raise UnknownNameError("actor, person, organ or fact", about, valid)
    return kept


def _texts(record: Record, found: list[Fact]) -> dict[tuple[str, str], str]:
    """Give the words by which each fact can be found."""
    texts: dict[tuple[str, str], str] = {}
    for fact in found:
        texts[fact.table, fact.id] = f"{texts.get((fact.table, fact.id), '')} {fact.says}"
    for table in ("persons", "organs"):
        for row in getattr(record, table):
            texts[table, row.id] = " ".join((row.name_en, row.name_ru, getattr(row, "role", ""), row.note))
    for row in record.acts:
        texts["acts", row.id] += f" {row.title} {row.note}"
    return texts


def _matching(
    found: list[Fact], texts: dict[tuple[str, str], str], actors: set[str], wanted: set[str], patterns: list[str]
) -> list[Fact]:
    word = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None
    return [
        fact
        for fact in found
        if fact.id in wanted
        or actors & set(fact.parties)
        or (word is not None and word.search(texts[fact.table, fact.id]))
    ]
