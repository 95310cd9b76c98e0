"""A scenario in words: what is fixed, what may happen, and what moves it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from rapallo.effects.effect import get_effect
from rapallo.record.time import to_day
from rapallo.scenario.condition import read_condition
from rapallo.scenario.scenario import Scenario
from rapallo.system.process import Motive, Process, Yearly

WEIGHTINGS = {
    "intensity": "every pair has a clock of its own, which rings at exp(sum of number times effect) a year",
    "choice": ("every X has a clock; when it rings X chooses one Y, each weighing exp(sum of number times effect)"),
    "coordination": (
        "one clock for all; when it rings one pair is chosen, "
        "each weighing the product of what either side weighs for the other"
    ),
    "toggle": "every X has a clock; when it rings X changes one tie or leaves all as it is",
}
CHANGES = {
    "form": "no tie stands between them yet",
    "end": "a tie stands between them",
    "expose": "a tie stands between them that is not yet known to all",
    "discover": "something of Y stands that X has not found out",
    "refuse": "",
}
RULES = {
    "step": "each value holds from its date to the next",
    "carry": "each value is carried on until the next",
    "linear": "values between two dates lie on a straight line",
    "log-linear": "values between two dates grow at an even rate",
}


@dataclass(frozen=True, slots=True)
class MotiveInWords:
    """One effect in use, and its number.

    Parameters
    ----------
    part
        What it moves: ``effects``, ``rate``, ``consent``, ``vote`` or ``stock``.
    name, effect
        The key under which it stands, and the effect's own name.
    says
        The effect's sentence.
    reads
        What its slots are bound to, where the names differ.
    value, low, high, origin, why
        Of its parameter.
    unit
        Of the statistic.
    """

    part: str
    name: str
    effect: str
    says: str
    reads: tuple[tuple[str, str], ...]
    value: float
    low: float
    high: float
    origin: str
    why: str
    unit: str

    @property
    def sign(self) -> str:
        """``raises``, ``lowers`` or ``leaves``."""
        return "raises" if self.value > 0 else "lowers" if self.value < 0 else "leaves"

    @property
    def settled(self) -> bool:
        """Whether the whole range has one sign."""
        return not self.low < 0 < self.high

    def __str__(self) -> str:
        number = f"{self.value:+g} [{self.low:g} to {self.high:g}], {self.origin}"
        if self.effect == "constant":
            amount = f"{self.value:g}" if self.part == "stock" else _times(self.value)
            return f"{self.name}: the baseline, {amount} where all else is zero ({number})"
        reads = ", ".join(name if slot == name else f"{slot}: {name}" for slot, name in self.reads)
        doubt = "" if self.settled else ", though its range holds both signs"
        one = f"one more ({self.unit})" if self.unit else "one more"
        more = f"{one} adds {self.value:g}" if self.part == "stock" else f"{one} means times {_times(self.value)}"
        bound = f" ({reads})" if reads else ""
        return f"{self.name}{bound} {self.sign} {_MOVES[self.part]}{doubt}: {number}; {more}. {self.says}"


@dataclass(frozen=True, slots=True)
class ProcessInWords:
    """One process, flow, stock or vote."""

    name: str
    says: str
    who: str
    when: str
    how: str
    motives: tuple[MotiveInWords, ...]

    def lines(self) -> Iterator[str]:
        """Give its lines, without indentation."""
        yield f"{self.name}: {self.says}"
        for word, text in (("who", self.who), ("when", self.when), ("how", self.how)):
            if text:
                yield f"  {word}: {text}"
        for part, head in _PARTS.items():
            found = [motive for motive in self.motives if motive.part == part]
            if found:
                yield f"  {head}:"
                yield from (f"    {motive}" for motive in found)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A scenario in words; ``print`` it or its ``summary``, or show it in a notebook. X acts towards Y.

    Parameters
    ----------
    name, title, says, span
        Of the scenario.
    fixed
        What comes from outside: actors, given processes, recorded numbers, institutions.
    may_happen
        Every process that the model decides, and every yearly flow and stock.
    warnings
        What is legal but surely not meant.
    """

    name: str
    title: str
    says: str
    span: str
    fixed: tuple[str, ...]
    may_happen: tuple[ProcessInWords, ...]
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        warned = f", {len(self.warnings)} warnings" if self.warnings else ""
        return f"<Explanation of {self.name!r}: {len(self.may_happen)} things may happen{warned}>"

    @property
    def summary(self) -> str:
        """One line for each thing that may happen."""
        lines = [f"{self.title} ({self.name}), {self.span}"]
        lines += [f"  {each.name}: {each.says}" for each in self.may_happen]
        lines += [f"  ({len(self.warnings)} warnings)"] if self.warnings else []
        return "\n".join(lines) + "\n"

    def __str__(self) -> str:
        lines = [f"{self.title} ({self.name}), {self.span}", self.says, "", "Fixed from outside"]
        lines += [f"  {line}" for line in self.fixed]
        lines += ["", "What may happen, and what moves it"]
        for each in self.may_happen:
            lines += [f"  {line}" for line in each.lines()]
        if self.warnings:
            lines += ["", "Surely not meant?"]
            lines += [f"  {line}" for line in self.warnings]
        return "\n".join(lines) + "\n"

    def _repr_html_(self) -> str:
        def listed(lines: Any) -> str:
            return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"

        parts = [f"<h3>{escape(self.title)}</h3><p>{escape(self.span)}. {escape(self.says)}</p>"]
        parts += ["<h4>Fixed from outside</h4>", listed(map(escape, self.fixed)), "<h4>What may happen</h4>"]
        for each in self.may_happen:
            head = f"<b>{escape(each.name)}</b>: {escape(each.says)}"
            notes = [
                f"<i>{word}</i>: {escape(text)}" for word, text in (("who", each.who), ("when", each.when)) if text
            ]
            notes += [f"<i>{_PARTS[motive.part]}</i>: {escape(str(motive))}" for motive in each.motives]
            parts.append(f"<details><summary>{head}</summary>{listed(notes)}</details>")
        if self.warnings:
            parts += ["<h4>Surely not meant?</h4>", listed(map(escape, self.warnings))]
        return "".join(parts)


def explain(scenario: Scenario) -> Explanation:
    """Say in words what a scenario fixes, what may happen in it, and what moves that."""
    return Explanation(
        name=scenario.name,
        title=scenario.title,
        says=scenario.says,
        span=f"{scenario.start} to {scenario.end}",
        fixed=tuple(_fixed(scenario)),
        may_happen=tuple(_may_happen(scenario)),
        warnings=scenario.warnings,
    )


_PARTS = {
    "rate": "how often X acts",
    "effects": "what moves it",
    "consent": "what moves Y to agree",
    "vote": "what moves a vote",
    "stock": "what makes it grow",
}
_MOVES = {
    "rate": "the rate",
    "effects": "the weight",
    "consent": "the odds of agreement",
    "vote": "the odds of a yes",
    "stock": "the growth",
}


def _fixed(scenario: Scenario) -> Iterator[str]:
    record = scenario.tables
    start, end = to_day(scenario.start), to_day(scenario.end)
    enter, leave = set(), set()
    for actor, spells in record.spells.items():
        for spell in spells:
            if spell.begins is not None and spell.begins.earliest is not None and start < spell.begins.earliest <= end:
                enter.add(actor)
            if spell.ends is not None and spell.ends.latest is not None and start <= spell.ends.latest < end:
                leave.add(actor)
    kinds = Counter(spells[0].kind for spells in record.spells.values())
    yield (
        f"{len(record.actor_ids)} actors ({', '.join(f'{count} {kind}' for kind, count in kinds.most_common())})"
        + (f"; entering within the span: {_some(enter)}" if enter else "")
        + (f"; leaving: {_some(leave)}" if leave else "")
    )
    for name, process in scenario.processes.items():
        if process.given:
            count = len({row.id for row in record.acts if row.process == name})
            says = _filled(process.says)
            yield f"{name}: {says}; {count} recorded {'fact' if count == 1 else 'facts'}, each at its date"
    rows = Counter(row.attribute for table in (record.attributes, record.dyads) for row in table)
    for name, quantity in scenario.quantities.items():
        unit = f" ({quantity.unit})" if quantity.unit not in ("", "1") else ""
        how = RULES[quantity.rule]
        if quantity.written:
            yield f"{name}, {quantity.says}{unit}: written by the model, beginning from {rows[name]} recorded values"
        elif quantity.counts:
            yield f"{name}, {quantity.says}{unit}: persons of the kind {quantity.counts!r} in office"
        else:
            rest = f"elsewhere {quantity.default:g} ({quantity.missing})"
            if quantity.unrecorded == "middle":
                rest = f"elsewhere {quantity.missing}"
            yield f"{name}, {quantity.says}{unit}: {rows[name]} recorded values; {how}; {rest}"
    for name, memory in scenario.memories.items():
        fades = "never fades" if math.isinf(memory.half_life) else f"halves every {memory.half_life:g} years"
        whose = {"pair": "each pair", "sender": "each sender", "receiver": "each receiver", "system": "all"}[memory.by]
        of = f" of {memory.process}" if memory.process else ""
        by = f", weighed by the sender's {memory.weight}" if memory.weight else ""
        yield f"{name}: what acts of {memory.layer} ({memory.change}){of} leave behind, for {whose}{by}; it {fades}"
    for name, institution in scenario.institutions.items():
        if institution.restricts:
            forbidden = _some(institution.forbids)
            yield f"{name}, {institution.says}: whoever has {institution.restricts} may not {forbidden}"
        for rule in institution.rules:
            ready = "" if rule.active else " (not in force)"
            trigger = rule.trigger
            says = f"{trigger.layer} ({trigger.change}) opens a case; {_FINDINGS[rule.finding]}"
            shared = "; what moves all voters of one case alike is drawn for the case" if rule.shock else ""
            yield f"{name}, {rule.name}{ready}: {says}{shared}; who is bound has {rule.obligation} = {rule.obliges:g}"


_FINDINGS = {
    "each member": "each member finds for itself",
    "unanimity": "the council finds for all, if unanimous",
    "majority": "the council finds for all, by majority",
}


def _may_happen(scenario: Scenario) -> Iterator[ProcessInWords]:
    for process in scenario.processes.values():
        if not process.given:
            yield _process(scenario, process)
    for update in scenario.yearly.values():
        yield _yearly(scenario, update)
    for name, motives in scenario.votes.items():
        institution, rule = name.split(".", 1)
        yield ProcessInWords(
            name=name,
            says=f"a member of {institution} votes on a case under {rule}",
            who="the members that the rule lets vote",
            when="a case is open",
            how="yes with probability 1 / (1 + exp(-sum of number times effect))",
            motives=tuple(_motive(scenario, "vote", motive) for motive in motives),
        )


def _process(scenario: Scenario, process: Process) -> ProcessInWords:
    parts = (("rate", process.rate), ("effects", process.motives), ("consent", process.consent))
    how = WEIGHTINGS[process.weighting]
    if process.consent:
        how += "; Y agrees with probability 1 / (1 + exp(-sum of number times effect))"
    lasting = scenario.layers[process.layer].lasting
    conditions = ["X and Y exist", CHANGES[process.change] if lasting else "", *map(_condition, process.allowed)]
    forbidden = [
        f"X has no {each.restricts}" for each in scenario.institutions.values() if process.name in each.forbids
    ]
    organ = "" if process.organ == "ministry" else f"; the {process.organ} of X decides"
    own = {each: who for each, who in scenario.deciders(process.name).items() if each != process.organ}
    if own:
        organ += "; " + ", ".join(f"for {', '.join(who)} the {each} decides" for each, who in own.items())
    return ProcessInWords(
        name=process.name,
        says=_filled(process.says),
        who=f"X is {_who(scenario, process.senders)}, Y is {_who(scenario, process.receivers)}{organ}",
        when="; ".join(filter(None, [*conditions, *forbidden])),
        how=how,
        motives=tuple(_motive(scenario, part, motive) for part, motives in parts for motive in motives),
    )


def _yearly(scenario: Scenario, update: Yearly) -> ProcessInWords:
    parameters = scenario.parameters
    how = f"{update.writes} = exp(sum of number times effect)"
    part = "stock" if update.kind == "stock" else "effects"
    if update.kind == "stock":
        how = f"{update.writes} grows by the sum over every Y of number times effect"
    if update.noise:
        how += f", times chance with a standard deviation of {parameters[update.noise].value:g} on the log scale"
    if update.retention:
        how += f"; {parameters[update.retention].value:g} of it is kept from year to year"
    return ProcessInWords(
        name=update.name,
        says=_filled(update.says),
        who=f"X is {_who(scenario, update.senders)}, Y is {_who(scenario, update.receivers)}",
        when="; ".join(["once a year, on 1 January for the year that ended", *map(_condition, update.allowed)]),
        how=how,
        motives=tuple(_motive(scenario, part, motive) for motive in update.motives),
    )


def _motive(scenario: Scenario, part: str, motive: Motive) -> MotiveInWords:
    effect = get_effect(motive.effect)
    parameter = scenario.parameters[motive.parameter]
    bound: Mapping[str, str] = dict(motive.reads)
    return MotiveInWords(
        part=part,
        name=motive.name,
        effect=effect.name,
        says=effect.says,
        reads=tuple((slot, bound.get(slot, slot)) for slot in effect.reads),
        value=parameter.value,
        low=parameter.low,
        high=parameter.high,
        origin=parameter.origin,
        why=parameter.why,
        unit=effect.unit if effect.unit != "1" else "",
    )


def _who(scenario: Scenario, who: str | tuple[str, ...]) -> str:
    if not isinstance(who, str):
        return _some(who)
    if who in scenario.groups:
        return f"the {len(scenario.groups[who])} actors of the group {who!r}"
    if who in scenario.kinds:
        return f"every actor of the kind {who!r}"
    return who if who in scenario.tables.spells else f"every actor with {who} above zero"


def _condition(text: str) -> str:
    condition = read_condition(text)
    if condition is None:
        return text
    if condition.side in ("sender", "receiver"):
        return f"{'X' if condition.side == 'sender' else 'Y'} has {'no ' * condition.negated}{condition.name}"
    way = "from Y to X" if condition.side == "reversed" else "from X to Y"
    return f"{'no ' * condition.negated}{condition.name} {way}"


def _filled(says: str) -> str:
    return says.format(sender="X", receiver="Y")


def _some(names: Any) -> str:
    listed = sorted(names)
    return ", ".join(listed[:8]) + (f" and {len(listed) - 8} more" if len(listed) > 8 else "")


def _times(value: float) -> str:
    return f"{math.exp(value):.3g}" if abs(value) < 700 else ("0" if value < 0 else "a number beyond measure")
