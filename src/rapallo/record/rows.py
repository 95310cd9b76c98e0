"""Typed rows of the tables."""

from __future__ import annotations

from typing import Any, NamedTuple

from rapallo.record.edtf import Edtf


class ActorRow(NamedTuple):
    """One spell of existence of an actor; an open side is ``None``."""

    id: str
    name_en: str
    name_ru: str
    kind: str
    begins: Edtf | None
    ends: Edtf | None
    cow: str
    gw: str
    aliases: tuple[str, ...]
    source: tuple[str, ...]
    look_up: tuple[str, ...]
    locator: str
    basis: str
    certainty: str
    note: str
    line: int


class OrganRow(NamedTuple):
    """One organ; ``organ`` is its short name, ``role`` what processes call it in every actor."""

    id: str
    actor: str
    organ: str
    role: str
    name_en: str
    name_ru: str
    track: str
    begins: Edtf | None
    ends: Edtf | None
    source: tuple[str, ...]
    look_up: tuple[str, ...]
    locator: str
    basis: str
    certainty: str
    note: str
    line: int


class PersonRow(NamedTuple):
    """One person in one post or on one mission."""

    id: str
    name_en: str
    name_ru: str
    actor: str
    role: str
    kind: str
    begins: Edtf | None
    ends: Edtf | None
    source: tuple[str, ...]
    look_up: tuple[str, ...]
    locator: str
    basis: str
    certainty: str
    note: str
    line: int


class ActRow(NamedTuple):
    """One source of one tie of a fact.

    ``public_from`` is ``None`` where the table says nothing and where it says that the act never
    became public; then ``not_public`` is true.
    """

    id: str
    date: Edtf
    public_from: Edtf | None
    known_to: tuple[str, ...]
    occasion: str
    layer: str
    process: str
    organ: str
    sender: str
    receiver: str
    change: str
    title: str
    source: tuple[str, ...]
    look_up: tuple[str, ...]
    locator: str
    basis: str
    certainty: str
    reading: str
    depends_on: tuple[str, ...]
    note: str
    line: int
    not_public: bool


class AttributeRow(NamedTuple):
    """One source of one dated number of an actor."""

    id: str
    actor: str
    attribute: str
    date: Edtf
    value: float
    unit: str
    source: tuple[str, ...]
    look_up: tuple[str, ...]
    locator: str
    basis: str
    certainty: str
    reading: str
    depends_on: tuple[str, ...]
    note: str
    line: int


class DyadRow(NamedTuple):
    """One source of one dated number of a pair."""

    id: str
    sender: str
    receiver: str
    attribute: str
    date: Edtf
    value: float
    unit: str
    source: tuple[str, ...]
    look_up: tuple[str, ...]
    locator: str
    basis: str
    certainty: str
    reading: str
    note: str
    line: int


class CoverageRow(NamedTuple):
    """One stretch that a table covers; an open side is ``None``, empty ``actors`` are all.

    ``extent`` is ``complete``, ``selected``, or empty where nobody has said which.
    """

    table: str
    about: str
    actors: tuple[str, ...]
    begins: Edtf | None
    ends: Edtf | None
    extent: str
    source: str
    note: str
    line: int


class ClaimRow(NamedTuple):
    """One claim of a text."""

    id: str
    sentence: str
    kind: str
    paraphrase: str
    asserts: str
    fact_ids: tuple[str, ...]
    verdict: str
    note: str
    system: str
    model: tuple[str, ...]
    measure: tuple[str, ...]
    line: int


class IdentityRow(NamedTuple):
    """One link between two facts."""

    id: str
    group: str
    canonical: str
    member: str
    relation: str
    note: str
    line: int


ROWS: dict[str, Any] = {
    "actors": ActorRow,
    "organs": OrganRow,
    "persons": PersonRow,
    "acts": ActRow,
    "attributes": AttributeRow,
    "dyads": DyadRow,
    "coverage": CoverageRow,
    "text_claims": ClaimRow,
    "identity": IdentityRow,
}
