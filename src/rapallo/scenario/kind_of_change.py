"""What every kind of change to a scenario has: a grammar, a sentence, an effect; and what several kinds share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from rapallo.errors import UnknownNameError
from rapallo.record.edtf import read_date
from rapallo.record.rows import AttributeRow, DyadRow
from rapallo.record.time import to_day
from rapallo.scenario.scenario import Scenario
from rapallo.system.quantity import Quantity

NAME = r"[A-Za-z0-9_./]+"
DAY = r"\d{4}-\d{2}-\d{2}"
SPAN = rf"(?: (?:from|since) (?P<since>{DAY}))?(?: (?:to|until) (?P<until>{DAY}))?"
PAIR = r"(?P<sender>[A-Za-z0-9_]+|\*)-(?P<receiver>[A-Za-z0-9_]+|\*)"
NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
FACT = r"[A-Za-z0-9_:.-]+"

ALWAYS = "1800-01-01"
"""A day before anything here."""


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

    def begins(self, scenario: Scenario) -> str:
        """Give the first day on which it changes anything; the scenario's start where it has no date."""
        return self.parts.get("since") or self.parts.get("day") or scenario.start

    def stamp(self, scenario: Scenario) -> str:
        """Give a text that tells the change from every other."""
        return self.text

    @property
    def span(self) -> str:
        """Say from when to when."""
        since, until = self.parts.get("since"), self.parts.get("until")
        return (f" from {since}" if since else "") + (f" until {until}" if until else "")


def known(name: str, table: Any, kind: str) -> Any:
    """Look a name up.

    Raises
    ------
    UnknownNameError
        With the nearest name.
    """
    if name not in table:
        raise UnknownNameError(kind, name, table)
    return table[name]


def actor(scenario: Scenario, name: str) -> str:
    """Give an actor's id."""
    return scenario.tables.actor(name)


def actors(scenario: Scenario, name: str) -> tuple[str, ...]:
    """Give the actors that a name or ``*`` means."""
    return scenario.tables.actor_ids if name == "*" else (actor(scenario, name),)


def both(parts: dict[str, str]) -> str:
    """Name the two sides of a pair."""
    return " and ".join("anybody" if parts[side] == "*" else parts[side] for side in ("sender", "receiver"))


def gated(scenario: Scenario, gate: str, parts: dict[str, str], whose: tuple[str, ...]) -> Scenario:
    """Give some actors an attribute that is above zero for the span, and zero outside it."""
    quantities = dict(scenario.quantities)
    quantities.setdefault(gate, Quantity(gate, "actor", gate.replace("_", " "), missing="on"))
    made = replace(scenario, quantities=quantities)
    for each in whose:
        made = override(made, quantities[gate], each, "", 1.0, parts.get("since") or ALWAYS, parts.get("until"))
    return made


def override(
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
    new = [number_row(quantity.name, first, second, since, value)]
    if until and not any(mine(row) and day(row) == ends for row in rows):
        new.append(number_row(quantity.name, first, second, until, afterwards))
    rows = (*kept, *new)
    made = replace(tables, dyads=rows) if pair else replace(tables, attributes=rows)
    return replace(scenario, tables=made)


def number_row(name: str, first: str, second: str, when: str, value: float) -> AttributeRow | DyadRow:
    """Give the row of a number that an intervention states."""
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
