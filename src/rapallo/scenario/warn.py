"""What is legal in a scenario but surely not meant."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rapallo.record.record import Record
from rapallo.record.rows import AttributeRow
from rapallo.record.time import to_day
from rapallo.scenario.check_model import all_motives
from rapallo.scenario.parse import Model
from rapallo.system.process import Process, Yearly


def warn(model: Model, record: Record) -> tuple[str, ...]:
    """Give one sentence for each thing that a scenario may say but hardly means."""
    return tuple(sentence for rule in _RULES for sentence in rule(model, record))


def _nobody(model: Model, record: Record) -> Iterator[str]:
    """Senders or receivers named by an attribute that nobody ever has."""
    kinds = {row.kind for row in record.actors} | set(model.groups)
    ever = {row.attribute for row in record.attributes if row.value > 0}
    everything: dict[str, Process | Yearly] = {**model.processes, **model.yearly}
    for name, each in everything.items():
        for side, who in (("senders", each.senders), ("receivers", each.receivers)):
            quantity = model.quantities.get(who) if isinstance(who, str) and who not in kinds else None
            if (
                quantity
                and not quantity.written
                and not quantity.counts
                and quantity.default <= 0
                and quantity.name not in ever
            ):
                yield f"{name}: its {side} are the actors with {who!r}, and no row gives any actor a value above zero"


def _one_way(model: Model, record: Record) -> Iterator[str]:
    """Lasting layers whose ties only form, or only end; layers in which nothing happens."""
    for name, layer in model.layers.items():
        changes = {each.change for each in model.processes.values() if each.layer == name}
        changes |= {row.change for row in record.acts if row.layer == name}
        findings = any(rule.layer == name for each in model.institutions.values() for rule in each.rules)
        if not changes and not findings:
            yield f"layer {name}: no process changes it and no act is recorded in it"
        elif layer.lasting and changes and "form" not in changes:
            yield f"layer {name}: nothing forms its ties"
        elif layer.lasting and changes and "end" not in changes:
            yield f"layer {name}: its ties last for ever, for nothing ends them but the end of a party"


def _unread(model: Model, record: Record) -> Iterator[str]:
    """Memories nothing reads, and quantities read everywhere at their default."""
    from rapallo.effects.effect import get_effect

    read: dict[str, str] = {}
    for path, motive in all_motives(model):
        for slot in get_effect(motive.effect).reads:
            read.setdefault(dict(motive.reads).get(slot, slot), ".".join(path[1:]))
    for memory in model.memories.values():
        read.setdefault(memory.weight, f"memory {memory.name}")
    for name in model.memories:
        if name not in read:
            yield f"memory {name}: no effect reads it"
    rows = {row.attribute for row in record.attributes} | {row.attribute for row in record.dyads}
    for name, quantity in model.quantities.items():
        if name in read and name not in rows and not quantity.written and not quantity.counts:
            default = f"{quantity.default:g} everywhere"
            yield f"{name}: {read[name]} reads it, and the tables have no row of it: it is {default}"


def _rates(model: Model, record: Record) -> Iterator[str]:
    """Find processes whose rate nobody has set, and given ones without acts."""
    acted = {row.process for row in record.acts}
    for name, process in model.processes.items():
        if process.given:
            if name not in acted:
                yield f"{name}: it is given by the record, and the record has no act of it"
            if process.motives or process.rate or process.consent:
                yield f"{name}: it is given by the record, so its effects move nothing"
        elif process.weighting == "intensity" and not process.motives:
            yield f"{name}: it has no effects, so every pair that may acts once a year"
        elif process.weighting != "intensity" and not process.rate:
            yield f"{name}: it has no rate effects, so its clock rings once a year"


def _rival_facts(model: Model, record: Record) -> Iterator[str]:
    """Two facts that give one number two values on one day."""
    stated: dict[tuple[str, ...], tuple[str, float, int]] = {}
    for table, rows in (("attributes", record.attributes), ("dyads", record.dyads)):
        for row in rows:
            whose = (row.actor,) if isinstance(row, AttributeRow) else (row.sender, row.receiver)
            key = (table, row.attribute, *whose, row.date.text)
            fact, value, line = stated.setdefault(key, (row.id, row.value, row.line))
            if fact != row.id and value != row.value and not math.isnan(row.value):
                yield (
                    f"{record.files[table]}:{row.line}: {row.attribute} of {' and '.join(whose)} is {row.value:g} on "
                    f"{row.date}, and {value:g} on line {line}; the later row counts"
                )


def _absent(model: Model, record: Record) -> Iterator[str]:
    """Actors that never exist in the span."""
    start, end = to_day(model.start), to_day(model.end)
    for actor, spells in record.spells.items():
        lives = any(
            (each.begins is None or each.begins.earliest is None or each.begins.earliest <= end)
            and (each.ends is None or each.ends.latest is None or each.ends.latest >= start)
            for each in spells
        )
        if not lives:
            yield f"{actor}: it never exists between {model.start} and {model.end}"


def _shared_names(model: Model, record: Record) -> Iterator[str]:
    for name, actors in record.names.items():
        if len(actors) > 1:
            yield f"the name {name!r} means {' and '.join(actors)}: it can find neither"


def _uncited(model: Model, record: Record) -> Iterator[str]:
    cited = {key for table in _TABLES for row in getattr(record, table) for key in (*row.source, *row.look_up)}
    idle = [key for key in record.sources if key not in cited]
    # Works that only parameters cite are found there; coverage names its sources in words.
    if idle and len(idle) > len(record.sources) // 2:
        shown = ", ".join(idle[:3])
        yield f"sources.bib: no row cites {len(idle)} of its {len(record.sources)} works ({shown}, …)"


_TABLES = ("actors", "organs", "persons", "acts", "attributes", "dyads")
_RULES = (
    _nobody,
    _one_way,
    _unread,
    _rates,
    _rival_facts,
    _absent,
    _shared_names,
    _uncited,
)
