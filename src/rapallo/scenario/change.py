"""The vocabulary of interventions: one kind of change a class, each with its grammar, its sentence and its effect."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.record.edtf import read_date
from rapallo.record.readings import choose
from rapallo.record.rows import ActRow, AttributeRow, DyadRow
from rapallo.record.time import to_day
from rapallo.scenario.scenario import Scenario
from rapallo.system.institution import FINDINGS
from rapallo.system.quantity import Quantity

_NAME = r"[A-Za-z0-9_./]+"
_DAY = r"\d{4}-\d{2}-\d{2}"
_SPAN = rf"(?: (?:from|since) (?P<since>{_DAY}))?(?: (?:to|until) (?P<until>{_DAY}))?"
_PAIR = r"(?P<sender>[A-Za-z0-9_]+|\*)-(?P<receiver>[A-Za-z0-9_]+|\*)"
_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"


@dataclass(frozen=True, slots=True)
class Change:
    """One change to a scenario.

    Parameters
    ----------
    text
        As it was written.
    parts
        What its grammar found in it.
    """

    text: str
    parts: dict[str, str]
    pattern: ClassVar[str] = ""
    right: ClassVar[str] = ""

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        raise TypeError(type(self).__name__)

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        raise TypeError(type(self).__name__)

    @property
    def span(self) -> str:
        """Say from when to when."""
        since, until = self.parts.get("since"), self.parts.get("until")
        return (f" from {since}" if since else "") + (f" until {until}" if until else "")


class SetParameter(Change):
    """Another value for a number of the model."""

    pattern = rf"set (?P<name>{_NAME}) *(?:=|to) *(?P<value>{_NUMBER})"
    right = "set PARAMETER = NUMBER"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        return scenario.with_parameters({self.parts["name"]: float(self.parts["value"])})

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        old = _known(self.parts["name"], scenario.parameters, "parameter").value
        return f"{self.parts['name']} is {float(self.parts['value']):g} instead of {old:g}"


class ScaleParameter(Change):
    """A number of the model, multiplied."""

    pattern = rf"scale (?P<name>{_NAME}) by (?P<factor>{_NUMBER})"
    right = "scale PARAMETER by NUMBER"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        old = _known(self.parts["name"], scenario.parameters, "parameter").value
        return scenario.with_parameters({self.parts["name"]: old * float(self.parts["factor"])})

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        old = _known(self.parts["name"], scenario.parameters, "parameter").value
        return f"{self.parts['name']} is {old * float(self.parts['factor']):g} instead of {old:g}"


class SwitchOff(Change):
    """A process, an organ's processes, an institution's rule, or an effect, switched off."""

    pattern = rf"(?:switch )?off (?P<name>{_NAME}){_SPAN}"
    right = "off PROCESS, ORGAN, RULE or PARAMETER [since YYYY-MM-DD] [until YYYY-MM-DD]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        name = self.parts["name"]
        processes = [
            each for each, process in scenario.processes.items() if name in (each, process.organ) and not process.given
        ]
        rules = [rule for rule in _rules(scenario) if name in (rule, rule.split(".")[1])]
        if name in scenario.parameters and not processes:
            if self.span:
                raise RapalloError(f"{self.text!r}: an effect is switched off for the whole run; leave the dates out")
            return scenario.with_parameters({name: 0.0})
        if not processes and not rules:
            organs = {process.organ for process in scenario.processes.values()}
            raise UnknownNameError(
                "process, organ, rule or parameter", name, [*scenario.processes, *organs, *_rules(scenario)]
            )
        made = scenario
        for each in processes:
            made = _gate_process(made, each, self.parts)
        for rule in rules:
            made = _with_rule(made, rule, active=False)
        return made

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        name = self.parts["name"]
        process = scenario.processes.get(name)
        what = process.says.format(sender="nobody", receiver="anybody") if process else f"{name} does nothing"
        return (f"{name} is switched off ({what})" if process else what) + self.span


class SwitchOn(Change):
    """An institution's rule that stands ready, put in force."""

    pattern = rf"(?:switch )?on (?P<name>{_NAME})(?: by (?P<finding>each member|unanimity|majority))?"
    right = "on RULE [by each member|unanimity|majority]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        rule = self._rule(scenario)
        more = {"finding": self.parts["finding"]} if self.parts.get("finding") in FINDINGS else {}
        return _with_rule(scenario, rule, active=True, **more)

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        by = f", found by {self.parts['finding']}" if self.parts.get("finding") else ""
        return f"the rule {self._rule(scenario)} is in force{by}"

    def _rule(self, scenario: Scenario) -> str:
        name = self.parts["name"]
        found = [rule for rule in _rules(scenario) if name in (rule, rule.split(".")[1])]
        if not found:
            raise UnknownNameError("rule", name, _rules(scenario))
        return found[0]


class Forbid(Change):
    """No tie of a layer forms between two, whatever the weights."""

    pattern = rf"forbid (?P<layer>{_NAME}) {_PAIR}{_SPAN}"
    right = "forbid LAYER SENDER-RECEIVER [since YYYY-MM-DD] [until YYYY-MM-DD]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        return _gate_pairs(scenario, self.parts, "form")

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        _known(self.parts["layer"], scenario.layers, "layer")
        return f"no {self.parts['layer']} between {_both(self.parts)} may come about{self.span}"


class Keep(Change):
    """No tie of a layer between two ends, whatever the weights."""

    pattern = rf"keep (?P<layer>{_NAME}) {_PAIR}{_SPAN}"
    right = "keep LAYER SENDER-RECEIVER [since YYYY-MM-DD] [until YYYY-MM-DD]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        return _gate_pairs(scenario, self.parts, "end")

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        _known(self.parts["layer"], scenario.layers, "layer")
        return f"where {self.parts['layer']} stands between {_both(self.parts)}, it does not end{self.span}"


class Force(Change):
    """An act that is carried out at its date, whatever the weights, and uses up no luck."""

    pattern = rf"force (?P<process>{_NAME}) {_PAIR} on (?P<day>{_DAY})"
    right = "force PROCESS SENDER-RECEIVER on YYYY-MM-DD"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        process = _known(self.parts["process"], scenario.processes, "process")
        sender, receiver = (_actor(scenario, self.parts[side]) for side in ("sender", "receiver"))
        row = ActRow(
            id=f"force:{process.name}:{sender}-{receiver}:{self.parts['day']}",
            date=read_date(self.parts["day"]),
            public_from=None,
            known_to=(),
            occasion="",
            layer=process.layer,
            process=process.name,
            organ=process.organ,
            sender=sender,
            receiver=receiver,
            change=process.change,
            title="",
            source=(),
            look_up=(),
            locator="",
            basis="invented",
            certainty="low",
            reading="",
            depends_on=(),
            note="an intervention",
            line=10**9,
            not_public=False,
        )
        tables = replace(scenario.tables, acts=(*scenario.tables.acts, row))
        return replace(scenario, tables=tables, forced=scenario.forced | {row.id})

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        process = _known(self.parts["process"], scenario.processes, "process")
        who = {side: _actor(scenario, self.parts[side]) for side in ("sender", "receiver")}
        return f"on {self.parts['day']} {process.says.format(**who)}, whatever the weights"


class SetQuantity(Change):
    """A number of an actor or a pair, for a span: a government's colour, a claim, a status."""

    pattern = rf"(?P<name>{_NAME}) of (?P<who>[A-Za-z0-9_*]+(?:-[A-Za-z0-9_*]+)?) *= *(?P<value>{_NUMBER}){_SPAN}"
    right = "QUANTITY of ACTOR = NUMBER [from YYYY-MM-DD] [to YYYY-MM-DD], or QUANTITY of SENDER-RECEIVER = NUMBER …"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        quantity = _known(self.parts["name"], scenario.quantities, "quantity")
        if quantity.written:
            raise RapalloError(f"{self.text!r}: {quantity.name} is written by the model; change what moves it instead")
        sender, _, receiver = self.parts["who"].partition("-")
        if (quantity.shape == "pair") != bool(receiver):
            form = "SENDER-RECEIVER" if quantity.shape == "pair" else "one actor"
            raise RapalloError(f"{self.text!r}: {quantity.name} belongs to {form}")
        since = self.parts.get("since") or scenario.start
        until = self.parts.get("until")
        made = scenario
        for first in _actors(scenario, sender):
            for second in _actors(scenario, receiver) if receiver else ("",):
                if first != second:
                    made = _override(made, quantity, first, second, float(self.parts["value"]), since, until)
        return made

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        quantity = _known(self.parts["name"], scenario.quantities, "quantity")
        return f"{quantity.says} of {self.parts['who']} is {float(self.parts['value']):g}{self.span}"


class Drop(Change):
    """A fact of the record, taken out; what stood before it goes on."""

    pattern = r"drop (?P<fact>[A-Za-z0-9_:.-]+)(?P<alone> alone)?"
    right = "drop FACT [alone]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        gone = self.dropped(scenario)
        tables = scenario.tables
        return replace(
            scenario,
            tables=replace(
                tables,
                acts=tuple(row for row in tables.acts if row.id not in gone),
                attributes=tuple(row for row in tables.attributes if row.id not in gone),
                dyads=tuple(row for row in tables.dyads if row.id not in gone),
            ),
        )

    def dropped(self, scenario: Scenario) -> set[str]:
        """Give the fact, what is the same event, and (unless ``alone``) what depends on either."""
        tables = scenario.tables
        _known_fact(scenario, self.parts["fact"])
        gone = {self.parts["fact"]}
        while True:
            more = {
                each
                for link in tables.identity
                if link.relation in ONE_EVENT and {link.canonical, link.member} & gone
                for each in (link.canonical, link.member)
            }
            if not self.parts.get("alone"):
                rows: tuple[Any, ...] = (*tables.acts, *tables.attributes)
                more |= {row.id for row in rows if {each.partition(":")[0] for each in row.depends_on} & gone}
            if more <= gone:
                return gone
            gone |= more

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        also = sorted(self.dropped(scenario) - {self.parts["fact"]})
        more = f", and with it {', '.join(also)}, the same event or what depends on it" if also else ""
        fact = self.parts["fact"]
        return f"{_title(scenario, fact)} ({fact}) did not happen{more}; what stood before goes on"


class Move(Change):
    """A fact of the record, dated otherwise."""

    pattern = (
        rf"(?:move (?P<fact>[A-Za-z0-9_:.-]+) to (?P<day>{_DAY})"
        r"|add (?P<count>[-+]?\d+) (?P<unit>years?|months?|days?) to (?P<shifted>[A-Za-z0-9_:.-]+))"
    )
    right = "move FACT to YYYY-MM-DD, or add N years|months|days to FACT"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        fact = self.parts.get("fact") or self.parts["shifted"]
        _known_fact(scenario, fact)

        def moved(row: Any) -> Any:
            return row._replace(date=self._moved(row)) if row.id == fact else row

        tables = scenario.tables
        return replace(
            scenario,
            tables=replace(
                tables,
                acts=tuple(moved(row) for row in tables.acts),
                attributes=tuple(moved(row) for row in tables.attributes),
                dyads=tuple(moved(row) for row in tables.dyads),
            ),
        )

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        fact = self.parts.get("fact") or self.parts["shifted"]
        _known_fact(scenario, fact)
        how = (
            f"on {self.parts['day']}" if self.parts.get("day") else f"{self.parts['count']} {self.parts['unit']} later"
        )
        return f"{_title(scenario, fact)} ({fact}) happens {how}"

    def _moved(self, row: Any) -> Any:
        if self.parts.get("day"):
            return read_date(self.parts["day"])
        count, unit = int(self.parts["count"]), self.parts["unit"]
        return read_date(re.sub(_DAY_PART, lambda found: _shift(found.group(0), count, unit), row.date.text))


class Read(Change):
    """A rival reading of a fact, taken instead of the one chosen."""

    pattern = r"read (?P<fact>[A-Za-z0-9_:.-]+) as (?P<reading>[A-Za-z0-9_]+)"
    right = "read FACT as READING"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        fact, reading = self.parts["fact"], self.parts["reading"]
        labels = self._labels(scenario)
        if reading not in labels:
            raise UnknownNameError(f"reading of {fact}", reading, labels)

        def kept(rows: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple(row for row in rows if row.id != fact or row.reading in ("", reading))

        tables = scenario.tables
        made = replace(tables, acts=kept(tables.acts), attributes=kept(tables.attributes), dyads=kept(tables.dyads))
        return replace(scenario, tables=made)

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        fact = self.parts["fact"]
        rows = [row for row in _rows(scenario) if row.id == fact]
        if not rows:
            _known_fact(scenario, fact)
        chosen = choose(rows, "most certain").row.reading
        return f"{_title(scenario, fact)} ({fact}) is read as {self.parts['reading']!r} instead of {chosen!r}"

    def _labels(self, scenario: Scenario) -> list[str]:
        _known_fact(scenario, self.parts["fact"])
        return sorted({row.reading for row in _rows(scenario) if row.id == self.parts["fact"] and row.reading})


KINDS: tuple[type[Change], ...] = (
    SetParameter,
    ScaleParameter,
    SwitchOff,
    SwitchOn,
    Forbid,
    Keep,
    Force,
    Drop,
    Move,
    Read,
    SetQuantity,
)
"""Every kind of change, in the order in which their grammars are tried."""

ONE_EVENT = ("same_event", "same government")
"""Relations of ``identity.csv`` by which two rows are one event."""

_DAY_PART = r"\d{4}(?:-\d{2}){0,2}"


def read_change(text: str) -> Change:
    """Read one change.

    Raises
    ------
    RapalloError
        If no grammar fits; the message lists them.

    Examples
    --------
    >>> read_change("off comintern since 1924-01-01").parts["name"]
    'comintern'
    """
    words = " ".join(text.split())
    for kind in KINDS:
        found = re.fullmatch(kind.pattern, words)
        if found:
            return kind(words, {key: value for key, value in found.groupdict().items() if value is not None})
    raise RapalloError(f"{text!r} is no change; write one of: " + "; ".join(kind.right for kind in KINDS))


def _known(name: str, table: Any, kind: str) -> Any:
    if name not in table:
        raise UnknownNameError(kind, name, table)
    return table[name]


def _known_fact(scenario: Scenario, fact: str) -> None:
    if fact not in {row.id for row in _rows(scenario)}:
        raise UnknownNameError("dated fact", fact, {row.id for row in _rows(scenario)})


def _rows(scenario: Scenario) -> tuple[Any, ...]:
    tables = scenario.tables
    return (*tables.acts, *tables.attributes, *tables.dyads)


def _title(scenario: Scenario, fact: str) -> str:
    row = next(row for row in _rows(scenario) if row.id == fact)
    title: str = getattr(row, "title", "") or row.note.split(";")[0] or row.attribute
    return title


def _actor(scenario: Scenario, name: str) -> str:
    return scenario.tables.actor(name)


def _actors(scenario: Scenario, name: str) -> tuple[str, ...]:
    return scenario.tables.actor_ids if name == "*" else (_actor(scenario, name),)


def _both(parts: dict[str, str]) -> str:
    return " and ".join("anybody" if parts[side] == "*" else parts[side] for side in ("sender", "receiver"))


def _rules(scenario: Scenario) -> list[str]:
    return [f"{each.name}.{rule.name}" for each in scenario.institutions.values() for rule in each.rules]


def _with_rule(scenario: Scenario, name: str, **what: Any) -> Scenario:
    home, _, which = name.partition(".")
    institution = scenario.institutions[home]
    rules = tuple(replace(rule, **what) if rule.name == which else rule for rule in institution.rules)
    return replace(scenario, institutions={**scenario.institutions, home: replace(institution, rules=rules)})


def _gate_process(scenario: Scenario, name: str, parts: dict[str, str]) -> Scenario:
    """Shut a process's mask by an attribute of its senders, for the span."""
    gate = f"off_{name}"
    process = scenario.processes[name]
    quantities = {**scenario.quantities, gate: Quantity(gate, "actor", f"{name} is switched off", missing="on")}
    processes = {**scenario.processes, name: replace(process, allowed=(*process.allowed, f"not sender.{gate}"))}
    made = replace(scenario, quantities=quantities, processes=processes)
    for actor in scenario.tables.actor_ids:
        made = _override(made, quantities[gate], actor, "", 1.0, parts.get("since") or "1800-01-01", parts.get("until"))
    return made


def _gate_pairs(scenario: Scenario, parts: dict[str, str], change: str) -> Scenario:
    """Shut the masks of every process that makes a change of a layer, for some pairs and a span."""
    _known(parts["layer"], scenario.layers, "layer")
    gate = f"{'forbidden' if change == 'form' else 'kept'}_{parts['layer']}"
    mine = [
        name
        for name, process in scenario.processes.items()
        if process.layer == parts["layer"] and process.change == change and not process.given
    ]
    if not mine:
        raise RapalloError(f"no process of the model can {change} {parts['layer']}; there is nothing to forbid")
    quantities = dict(scenario.quantities)
    processes = dict(scenario.processes)
    if gate not in quantities:
        quantities[gate] = Quantity(gate, "pair", gate.replace("_", " "), missing="allowed")
        for name in mine:
            processes[name] = replace(processes[name], allowed=(*processes[name].allowed, f"not {gate}"))
    made = replace(scenario, quantities=quantities, processes=processes)
    for sender in _actors(scenario, parts["sender"]):
        for receiver in _actors(scenario, parts["receiver"]):
            for first, second in {(sender, receiver), (receiver, sender)}:
                if first != second:
                    since = parts.get("since") or "1800-01-01"
                    made = _override(made, quantities[gate], first, second, 1.0, since, parts.get("until"))
    return made


def _override(
    scenario: Scenario, quantity: Quantity, first: str, second: str, value: float, since: str, until: str | None
) -> Scenario:
    """Let a quantity have a value for a span, and be what it would have been after it."""
    begins = to_day(since)
    ends = to_day(until) if until else None
    tables = scenario.tables
    pair = bool(second)
    rows: tuple[Any, ...] = tables.dyads if pair else tables.attributes
    parties = {(first, second)} | ({(second, first)} if quantity.mutual else set())

    def mine(row: Any) -> bool:
        who = (row.sender, row.receiver) if pair else (row.actor, "")
        return row.attribute == quantity.name and who in parties

    def day(row: Any) -> float:
        return float(row.date.earliest if row.date.earliest is not None else -1e9)

    before = sorted((row for row in rows if mine(row) and (ends is None or day(row) < ends)), key=day)
    afterwards = before[-1].value if before else quantity.default
    kept = tuple(row for row in rows if not (mine(row) and day(row) >= begins and (ends is None or day(row) < ends)))
    new = [_number_row(quantity.name, first, second, since, value)]
    if until and not any(mine(row) and day(row) == ends for row in rows):
        new.append(_number_row(quantity.name, first, second, until, afterwards))
    rows = (*kept, *new)
    made = replace(tables, dyads=rows) if pair else replace(tables, attributes=rows)
    return replace(scenario, tables=made)


def _number_row(name: str, first: str, second: str, when: str, value: float) -> AttributeRow | DyadRow:
    shared: dict[str, Any] = {
        "id": f"set:{name}:{first}{'-' if second else ''}{second}:{when}",
        "attribute": name,
        "date": read_date(when),
        "value": value,
        "unit": "",
        "source": (),
        "look_up": (),
        "locator": "",
        "basis": "invented",
        "certainty": "low",
        "reading": "",
        "note": "an intervention",
        "line": 10**9,
    }
    if second:
        return DyadRow(sender=first, receiver=second, **shared)
    return AttributeRow(actor=first, depends_on=(), **shared)


def _shift(text: str, count: int, unit: str) -> str:
    """Shift one date of an EDTF text, at its own precision."""
    from datetime import date, timedelta

    year, *rest = (int(part) for part in text.split("-"))
    month = rest[0] if rest else None
    day = rest[1] if len(rest) > 1 else None
    if unit.startswith("year"):
        year += count
    elif unit.startswith("month") and month is not None:
        year, month = year + (month - 1 + count) // 12, (month - 1 + count) % 12 + 1
    elif unit.startswith("day") and month is not None and day is not None:
        return (date(year, month, day) + timedelta(days=count)).isoformat()
    else:
        raise RapalloError(f"{text} is not dated to the {unit.rstrip('s')}; it cannot be shifted by {unit}")
    if day is not None and month is not None:
        while True:  # the last day of a shorter month
            try:
                return date(year, month, day).isoformat()
            except ValueError:
                day -= 1
    return f"{year:04d}" + (f"-{month:02d}" if month is not None else "")
