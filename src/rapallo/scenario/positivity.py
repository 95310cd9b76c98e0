"""Was anything like this ever in the data? What a change asks of the model, beside what the record holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from rapallo.effects import get_effect
from rapallo.record.time import to_day
from rapallo.scenario.change_actors import DropExistence, MoveExistence
from rapallo.scenario.change_facts import AddNumber, Drop, Move, Read, SetQuantity
from rapallo.scenario.change_model import FixParameter, ScaleParameter, SetParameter, SwitchOff, SwitchOn, meant
from rapallo.scenario.change_ties import Forbid, Force, Hold, Keep
from rapallo.scenario.contested import Contest
from rapallo.scenario.kind_of_change import Change
from rapallo.scenario.scenario import Scenario

if TYPE_CHECKING:
    from rapallo.scenario.intervention import Intervention


@dataclass(frozen=True, slots=True)
class Seen:
    """What the record holds of what one change asks.

    Parameters
    ----------
    change
        The change, as it was written.
    says
        What the record holds, in a sentence.
    beyond
        Whether the change leaves the range of the data, or of what the numbers were given for: the
        model extrapolates there.
    """

    change: str
    says: str
    beyond: bool

    def __str__(self) -> str:
        return self.says + (" Here the model goes beyond its data." if self.beyond else "")


def positivity(scenario: Scenario, intervention: Intervention) -> list[Seen]:
    """Say for each change whether anything like it was ever in the data.

    Parameters
    ----------
    scenario
        As it was, before the change.
    intervention
        The changes.
    """
    return [Seen(change.text, *found) for change in intervention.changes for found in seen(change, scenario)]


@singledispatch
def seen(change: Change, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    """Give sentences about one change, each with whether it leaves the data."""
    yield from ()


@seen.register
def _existence(change: DropExistence | MoveExistence, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    yield (
        "Nothing is recorded of an actor outside its spells of existence: its numbers stay as they were last, and what "
        "others would have done in its place is the model's form.",
        True,
    )


@seen.register
def _set(change: SetParameter, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    yield _number(scenario, change.parts["name"], float(change.parts["value"]))


@seen.register
def _scale(change: ScaleParameter, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    old = scenario.parameters[change.parts["name"]].value
    yield _number(scenario, change.parts["name"], old * float(change.parts["factor"]))


@seen.register
def _fix(change: FixParameter, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    if "value" in change.parts:
        yield _number(scenario, change.parts["name"], float(change.parts["value"]))


@seen.register
def _off(change: SwitchOff, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    processes, rules, numbers = meant(scenario, change.parts["name"])
    for name in numbers:
        yield _number(scenario, name, 0.0)
    for name in processes:
        acts = _acts(scenario, process=name)
        yield f"The record holds {_count(acts, 'act')} of {name} within the span, and no time without it.", bool(acts)
    for name in rules:
        yield f"The record holds no time in which {name} was not in force.", True


@seen.register
def _on(change: SwitchOn, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    _, rules, _ = meant(scenario, change.parts["name"])
    for name in rules:
        yield (
            f"The record holds no time in which {name} was in force: how states vote under it is the model's form.",
            True,
        )


@seen.register
def _forbid(change: Forbid, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    layer = change.parts["layer"]
    mine = _between(change, _acts(scenario, layer=layer, change="form"))
    yield (
        f"The record holds {_count(mine, 'such act')} between these within the span. That none may come, and all else "
        "goes on, is an assumption that nothing recorded bears out.",
        False,
    )


@seen.register
def _keep(change: Keep, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    layer = change.parts["layer"]
    formed, ended = (len(_acts(scenario, layer=layer, change=each)) for each in ("form", "end"))
    yield f"Of ties of {layer} the record has {formed} formed and {ended} ended within the span.", formed <= ended


@seen.register
def _hold(change: Hold, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    yield _alike(scenario, change, _acts(scenario, layer=change.parts["layer"], change="form"), change.parts["layer"])


@seen.register
def _force(change: Force, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    name = change.parts["process"]
    yield _alike(scenario, change, _acts(scenario, process=name), name)


@seen.register
def _quantity(change: SetQuantity, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    until = change.parts.get("until") or scenario.end
    yield from _value(scenario, change, float(change.parts["value"]), change.begins(scenario), until)


@seen.register
def _added(change: AddNumber, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    yield from _value(scenario, change, float(change.parts["value"]), change.parts["day"], scenario.end)


@seen.register
def _dropped(change: Drop, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    said = {(each.quantity, each.stands): each for each in change.vacancies(scenario)}
    if not said:
        yield f"Without {change.parts['fact']} things stood so in the record until {change.begins(scenario)}.", False
    for each in said.values():
        known = {row.value for row in _rows(scenario, each.quantity)}
        if each.value not in known:
            yield f"No {each.quantity} of {each.value:g}, which stands in its place, is recorded of anybody.", True
        else:
            yield f"What stands in its place has stood in the record before: {each.stands}.", False


@seen.register
def _moved(change: Move, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    yield f"{change.fact} is in the record, on another day.", False


@seen.register
def _reading(change: Read, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    yield f"A source says so: reading {change.parts['reading']!r} of {change.parts['fact']}.", False


@seen.register
def _contested(change: Contest, scenario: Scenario) -> Iterator[tuple[str, bool]]:
    file = change.file(scenario)
    for each in file.readings:
        rests = each.source.rstrip(".") or "no source is named"
        yield f"{file.signed} reads {each.fact} so, on: {rests}.", False


def _number(scenario: Scenario, name: str, value: float) -> tuple[str, bool]:
    each = scenario.parameters[name]
    inside = each.low <= value <= each.high
    where = "within" if inside else "outside"
    return f"{name} = {value:g} lies {where} its range, {each.low:g} to {each.high:g} ({each.origin}).", not inside


def _alike(scenario: Scenario, change: Change, acts: list[Any], name: str) -> tuple[str, bool]:
    mine = _between(change, acts)
    near = f", {_count(mine, 'of them')} between these two" if acts else ""
    first = f" (the first on {min(row.date.text for row in mine)})" if mine else ""
    return f"The record holds {_count(acts, 'act')} of this kind ({name}) within the span{near}{first}.", not acts


def _value(scenario: Scenario, change: SetQuantity, value: float, since: str, until: str) -> Iterator[tuple[str, bool]]:
    quantity = change.quantity(scenario)
    rows = _rows(scenario, quantity.name)
    if not rows:
        yield f"No {quantity.name} is recorded of anybody.", True
        return
    low, high = min(row.value for row in rows), max(row.value for row in rows)
    if not low <= value <= high and value != quantity.default:
        yield f"{quantity.name} = {value:g} lies outside what is recorded of anybody, {low:g} to {high:g}.", True
        return
    whom = list(change.whom(scenario))
    if len(whom) > 1 or quantity.shape == "pair":
        mine = {_who(row) for row in rows}
        alike = {_who(row) for row in rows if row.value == value}
        yield (
            f"{quantity.name} is recorded of {len(mine)}, from {low:g} to {high:g}; {len(alike)} of them had {value:g} "
            f"at some time, and wherever nothing is recorded it counts as {quantity.default:g}.",
            not alike and value != quantity.default,
        )
        return
    actor = whom[0][0]
    spans = _spans(scenario, rows, actor, value)
    if not spans:
        others = len({row.actor for row in rows if row.value == value})
        yield f"{actor} never had {quantity.name} = {value:g} in the record; {others} others had.", True
        return
    moved = {name for name, process in scenario.processes.items() if quantity.name in _reads(process)}
    acts = [row for row in _acts(scenario) if row.process in moved and actor in (row.sender, row.receiver)]
    under = [row for row in acts if any(begins <= (row.date.earliest or 0.0) < ends for begins, ends in spans)]
    days = sum(min(ends, to_day(scenario.end)) - max(begins, to_day(scenario.start)) for begins, ends in spans)
    years = max(0.0, days / 365.25)
    overlap = any(begins < to_day(until) and to_day(since) < ends for begins, ends in spans)
    more = ", some of them within the very span" if overlap else ""
    yield (
        f"{actor} had {quantity.name} = {value:g} for {years:.1f} years of the span in the record{more}; of its "
        f"{len(acts)} recorded acts that {quantity.name} moves in the model, {len(under)} fall in them.",
        False,
    )


def _spans(scenario: Scenario, rows: list[Any], actor: str, value: float) -> list[tuple[float, float]]:
    """Give when an actor had a value, from the rows' first days."""
    mine = sorted((row.date.earliest or -1e9, row.value) for row in rows if row.actor == actor)
    ends = [day for day, _ in mine[1:]] + [to_day(scenario.end) + 1.0]
    first, last = to_day(scenario.start), to_day(scenario.end) + 1.0
    found = [(day, end) for (day, had), end in zip(mine, ends, strict=True) if had == value]
    return [(day, end) for day, end in found if end > first and day < last]


def _reads(process: Any) -> set[str]:
    motives = (*process.motives, *process.rate, *process.consent)
    return {dict(motive.reads).get(slot, slot) for motive in motives for slot in get_effect(motive.effect).reads}


def _rows(scenario: Scenario, quantity: str) -> list[Any]:
    rows: list[Any] = [*scenario.tables.attributes, *scenario.tables.dyads]
    return [row for row in rows if row.attribute == quantity]


def _who(row: Any) -> str:
    return row.actor if hasattr(row, "actor") else f"{row.sender}-{row.receiver}"


def _acts(scenario: Scenario, **which: str) -> list[Any]:
    """Give the recorded acts within the span that have these values, each tie of each fact once."""
    first, last = to_day(scenario.start), to_day(scenario.end) + 1.0
    found: dict[tuple[str, ...], Any] = {}
    for row in scenario.tables.acts:
        day = row.date.earliest if row.date.earliest is not None else row.date.latest
        if day is None or not first <= day < last:
            continue
        if all(getattr(row, name) == value for name, value in which.items()):
            found.setdefault((row.id, row.sender, row.receiver), row)
    return list(found.values())


def _between(change: Change, acts: list[Any]) -> list[Any]:
    sides = {change.parts["sender"], change.parts["receiver"]}
    named = sides - {"*"}
    return [row for row in acts if named <= {row.sender, row.receiver}]


def _count(acts: list[Any], what: str) -> str:
    if what == "of them":
        return f"{len(acts) or 'none'} of them"
    return f"{len(acts) or 'no'} {what}{'' if len(acts) == 1 else 's'}"
