"""A name for what a fit read: it stays the same as long as nothing that the fit reads has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rapallo.effects import get_effect
from rapallo.estimate.process_mask import read_by_mask
from rapallo.system.process import Motive, Process, Yearly

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario

PROSE = frozenset(
    ("says", "system", "source", "look_up", "locator", "basis", "note", "line", "title", "organ", "unit", "depends_on")
)
"""Fields that say where a row or a definition comes from, and that no fit reads."""


def fit_hash(scenario: Scenario, kind: Process | Yearly, names: Iterable[str], *rest: object) -> str:
    """Hash what a fit reads, and nothing else.

    Parameters
    ----------
    scenario
        The scenario.
    kind
        The process or the flow.
    names
        Layers, quantities and memories that it reads. Of the tables only their rows count, of a row only what
        has a part in the fit, and in the order of the table; of the actors their spells.
    rest
        What else the fit was told: priors, what is held, span, pairs, draws.

    Returns
    -------
    str
        Sixteen hexadecimal digits.

    Notes
    -----
    Acts of one day have instants of their own within it, so that an act of a layer that is not read can move
    one of the same day by a part of that day. The hash knows nothing of that.
    """
    import rapallo

    layers, numbers, memories = named(scenario, names)
    tables = scenario.tables
    stamp = hashlib.blake2b(digest_size=8)

    def add(*parts: object) -> None:
        stamp.update(repr(parts).encode())

    add(rapallo.__version__, scenario.start, scenario.end, _told(kind))
    for name in sorted({*layers, *numbers, *memories}):
        for table in (scenario.layers, scenario.quantities, scenario.memories):
            add(name, _told(table[name]) if name in table else None)
    for spec in (kind.senders, kind.receivers):
        add(scenario.kinds.get(spec) if isinstance(spec, str) else spec)
    add([name for name, each in scenario.institutions.items() if kind.name in each.forbids])
    for spell in tables.actors:
        add(spell.id, spell.kind, _text(spell.begins), _text(spell.ends))
    counted = {scenario.quantities[name].counts for name in numbers} - {""}
    for rows in (
        (row for row in tables.acts if row.layer in layers or (row.process and row.process == kind.name)),
        (row for row in tables.attributes if row.attribute in numbers),
        (row for row in tables.dyads if row.attribute in numbers),
        (row for row in tables.persons if row.kind in counted),
    ):
        add("table")
        for row in rows:
            add(*((field, _text(value)) for field, value in zip(row._fields, row, strict=True) if field not in PROSE))
    add(rest)
    return stamp.hexdigest()


def read_names(scenario: Scenario, process: Process) -> set[str]:
    """Give the layers, quantities and memories that a process reads: what moves it, and what shuts its pairs."""
    return read_by_motives((*process.motives, *process.rate, *process.consent)) | read_by_mask(scenario, process)


def read_by_motives(motives: Iterable[Motive]) -> set[str]:
    """Give the names of what some motives read."""
    return {
        name
        for motive in motives
        for name in {**{slot: slot for slot in get_effect(motive.effect).reads}, **dict(motive.reads)}.values()
    }


def named(scenario: Scenario, names: Iterable[str]) -> tuple[set[str], set[str], set[str]]:
    """Sort names into layers, quantities and memories, with the layers and quantities that the memories rest on."""
    told = set(names)
    memories = {name for name in told if name in scenario.memories}
    below = {name for each in memories for name in (scenario.memories[each].layer, scenario.memories[each].weight)}
    told |= below
    return {name for name in told if name in scenario.layers}, {n for n in told if n in scenario.quantities}, memories


def _told(definition: object) -> list[tuple[str, object]]:
    fields = getattr(definition, "__dataclass_fields__", {})
    return [(name, getattr(definition, name)) for name in fields if name not in PROSE]


def _text(value: object) -> object:
    return getattr(value, "text", value)
