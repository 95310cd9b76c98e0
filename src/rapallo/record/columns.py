"""The tables of a scenario folder and their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "texts", "id", "ids", "keys", "name", "names", "date", "public", "number", "choice", "label"]

CERTAINTIES = ("high", "medium", "low")
BASES = ("read", "dataset", "read_partial", "read_conflict", "background", "invented")
"""From the strongest to the weakest; ``invented`` marks what was made up for teaching or testing."""
CHANGES = ("form", "end", "expose", "discover", "refuse", "rumour")
EXTENTS = ("complete", "selected")
"""Whether what has no row did not happen, or may have happened unrecorded."""
RELATIONS_OF_ONE_EVENT = ("same_event",)
"""Relations of ``identity.csv`` that make two facts one; every other relation only links them."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name
        Its heading.
    kind
        How its cells are read: ``text``; ``texts``; ``id`` (of a fact); ``ids`` (of facts, or of readings of
        facts as ``ID:reading``); ``keys`` (of sources.bib); ``name`` (an actor, layer, …);
        ``names``; ``date`` (EDTF); ``public`` (EDTF or ``not public``); ``number``; ``choice``;
        ``label``. Several in one cell are separated by ``;``.
    says
        What it holds.
    needed
        ``column`` if the heading must be there, ``cell`` if no cell may be empty either.
    choices
        For ``choice``: the words allowed.
    """

    name: str
    kind: Kind
    says: str
    needed: Literal["", "column", "cell"] = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of CSV file."""

    name: str
    says: str
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        """Its usual file name."""
        return f"{self.name}.csv"


_ID = Column("id", "id", "the fact's id", "cell")
_NOTE = Column("note", "text", "anything else worth saying")
_NAMES = (
    Column("name_en", "text", "name in English", "cell"),
    Column("name_ru", "text", "name in Russian"),
)
_SPELL = (
    Column("from", "date", "when it begins; empty: before the record"),
    Column("to", "date", "when it ends; empty: after the record"),
)
_PROVENANCE = (
    Column("source", "keys", "keys in sources.bib of works that were opened", "column"),
    Column("look_up", "keys", "keys in sources.bib of works that were not opened: leads, not sources"),
    Column("locator", "text", "where in the source: an address, a document number, a page that was seen"),
    Column("basis", "choice", "what the row rests on", "cell", BASES),
    Column("certainty", "choice", "how certain it is", "cell", CERTAINTIES),
)
_READING = Column("reading", "label", "label of the reading, where sources disagree")
_COVERED = ("acts", "attributes", "dyads", "persons", "organs", "actors")
_DEPENDS = Column("depends_on", "ids", "facts without which this one would not have been")

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "actors",
            "States and other polities: one row for each spell of existence.",
            (
                Column("id", "name", "the actor's id", "cell"),
                *_NAMES,
                Column("kind", "name", "kind of actor, as processes name it", "cell"),
                *_SPELL,
                Column("cow", "text", "Correlates of War number"),
                Column("gw", "text", "Gleditsch-Ward number"),
                Column("aliases", "texts", "other names"),
                *_PROVENANCE,
                _NOTE,
            ),
        ),
        Table(
            "organs",
            "Parts of actors that decide, or that a fact names.",
            (
                _ID,
                Column("actor", "name", "whose organ it is", "column"),
                Column("organ", "name", "short name, as processes use it; empty: the part of id after the slash"),
                Column("role", "name", "what processes call it where every actor has its own: ministry, army, …"),
                *_NAMES,
                Column("track", "text", "track of policy it belongs to"),
                *_SPELL,
                *_PROVENANCE,
                _NOTE,
            ),
        ),
        Table(
            "persons",
            "Persons, one row for each spell in a post or on a mission.",
            (
                _ID,
                *_NAMES,
                Column("actor", "name", "whom the person served"),
                Column("role", "text", "post or mission"),
                Column("kind", "text", "kind of post: officer, envoy, …"),
                *_SPELL,
                *_PROVENANCE,
                _NOTE,
            ),
        ),
        Table(
            "acts",
            "Dated changes of ties: one row for each tie of a fact and each of its sources.",
            (
                _ID,
                Column("date", "date", "when it was done", "cell"),
                Column("public_from", "public", "when it became public, or 'not public'"),
                Column("known_to", "names", "actors that knew of it otherwise, or 'all'"),
                Column("occasion", "id", "one event of which several facts are part"),
                Column("layer", "name", "the layer that changes", "cell"),
                Column("process", "name", "the process of the model that it is an act of; empty: none"),
                Column("organ", "name", "the organ of the sender that acted"),
                Column("sender", "name", "whose act it was", "column"),
                Column("receiver", "name", "towards whom; empty only in the layer context", "column"),
                Column("change", "choice", "what it does to the tie", "cell", CHANGES),
                Column("title", "text", "a sentence that says it"),
                *_PROVENANCE,
                _READING,
                _DEPENDS,
                _NOTE,
            ),
        ),
        Table(
            "attributes",
            "Dated numbers that actors carry.",
            (
                _ID,
                Column("actor", "name", "whose it is", "cell"),
                Column("attribute", "name", "the attribute", "cell"),
                Column("date", "date", "from when it holds", "cell"),
                Column("value", "number", "its value", "cell"),
                Column("unit", "text", "its unit; 1 for a pure number", "column"),
                *_PROVENANCE,
                _READING,
                _DEPENDS,
                _NOTE,
            ),
        ),
        Table(
            "dyads",
            "Dated numbers that pairs of actors carry.",
            (
                _ID,
                Column("sender", "name", "first of the pair", "cell"),
                Column("receiver", "name", "second of the pair", "cell"),
                Column("attribute", "name", "the pair's quantity", "cell"),
                Column("date", "date", "from when it holds", "cell"),
                Column("value", "number", "its value", "cell"),
                Column("unit", "text", "its unit; 1 for a pure number", "column"),
                *_PROVENANCE,
                _READING,
                _NOTE,
            ),
        ),
        Table(
            "coverage",
            "What the tables cover: outside it nothing is known, which is not the same as nothing.",
            (
                Column("table", "choice", "the table", "cell", _COVERED),
                Column("about", "name", "the layer, process, attribute or dyad; empty: all of the table"),
                Column("actors", "names", "the actors covered; empty: all"),
                *_SPELL,
                Column(
                    "extent",
                    "choice",
                    "`complete`: of these actors a pair without a row had no such act; `selected`: it may have had one",
                    choices=EXTENTS,
                ),
                Column("source", "text", "what the coverage is that of"),
                _NOTE,
            ),
        ),
        Table(
            "text_claims",
            "What a text claims, sentence by sentence, with what the record says of it.",
            (
                _ID,
                Column("sentence", "text", "number of the sentence"),
                Column("kind", "label", "mechanism, fact, measure, evaluation", "cell"),
                Column("paraphrase", "text", "the sentence in other words", "cell"),
                Column("asserts", "text", "what would have to be so"),
                Column("fact_ids", "ids", "facts that bear on it"),
                Column("verdict", "label", "what the record says: supported, contested, …"),
                _NOTE,
                Column("system", "text", "number of the system it belongs to"),
                Column("model", "texts", "parts of the model in which it stands"),
                Column("measure", "texts", "measures that show it"),
            ),
        ),
        Table(
            "identity",
            "Which rows are one event, part of it, or its cause.",
            (
                _ID,
                Column("group", "label", "label of the group"),
                Column("canonical", "id", "the fact that stands for the others", "cell"),
                Column("member", "id", "the other fact", "cell"),
                Column("relation", "label", "same_event, part_of, follow_up, cause_of, …", "cell"),
                _NOTE,
            ),
        ),
    )
}  # fmt: skip
