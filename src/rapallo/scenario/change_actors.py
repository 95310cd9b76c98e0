"""Changes to who exists when: the entry or exit of an actor dropped, or dated otherwise."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from rapallo.errors import RapalloError
from rapallo.record.edtf import Edtf, read_date
from rapallo.record.rows import ActorRow
from rapallo.record.time import to_date
from rapallo.scenario.change_facts import shifted
from rapallo.scenario.kind_of_change import DAY, Change, actor
from rapallo.scenario.scenario import Scenario

NEVER = "2200-12-31"
"""The day on which an actor comes into being that never does."""

_WHICH = r"(?P<side>entry|exit) of (?P<who>[A-Za-z0-9_]+)(?: in (?P<year>\d{4}))?"


class DropExistence(Change):
    """An actor that never comes into being, or does not end."""

    pattern = rf"drop {_WHICH}"
    right = "drop entry|exit of ACTOR [in YEAR]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        spell = spell_of(scenario, self.parts)
        if self.parts["side"] == "exit":
            return with_spell(scenario, spell, spell._replace(ends=None))
        return with_spell(scenario, spell, spell._replace(begins=read_date(NEVER), ends=None))

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        spell = spell_of(scenario, self.parts)
        what = "does not end" if self.parts["side"] == "exit" else "does not come into being"
        return f"{spell.name_en} ({spell.id}) {what} (recorded: {_date(spell, self.parts['side']).text})"

    def begins(self, scenario: Scenario) -> str:
        """Give the recorded day."""
        return _first_day(_date(spell_of(scenario, self.parts), self.parts["side"]))


class MoveExistence(Change):
    """An actor that comes into being, or ends, on another day."""

    pattern = rf"(?:(?:move|date) {_WHICH} to (?P<day>{DAY})|add (?P<count>[-+]?\d+) (?P<unit>years?|months?|days?) to "
    pattern += _WHICH.replace("<side>", "<side_>").replace("<who>", "<who_>").replace("<year>", "<year_>") + ")"
    right = "move entry|exit of ACTOR [in YEAR] to YYYY-MM-DD, or add N years|months|days to entry|exit of ACTOR"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        spell = spell_of(scenario, self._which)
        when = self._when(spell)
        moved = spell._replace(ends=when) if self._which["side"] == "exit" else spell._replace(begins=when)
        if moved.begins and moved.ends and (moved.ends.latest or 0) < (moved.begins.earliest or 0):
            raise RapalloError(
                f"{self.text!r}: {spell.id} would end ({moved.ends.text}) before it begins ({moved.begins.text})"
            )
        return with_spell(scenario, spell, moved)

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        spell = spell_of(scenario, self._which)
        side = self._which["side"]
        what = "exists until" if side == "exit" else "comes into being on"
        return f"{spell.name_en} ({spell.id}) {what} {self._when(spell).text} (recorded: {_date(spell, side).text})"

    def begins(self, scenario: Scenario) -> str:
        """Give the earlier of the two days."""
        spell = spell_of(scenario, self._which)
        return min(_first_day(_date(spell, self._which["side"])), _first_day(self._when(spell)))

    @property
    def _which(self) -> dict[str, str]:
        return {name.removesuffix("_"): value for name, value in self.parts.items()}

    def _when(self, spell: ActorRow) -> Edtf:
        if "day" in self.parts:
            return read_date(self.parts["day"])
        return shifted(_date(spell, self._which["side"]), int(self.parts["count"]), self.parts["unit"])


def spell_of(scenario: Scenario, which: dict[str, str]) -> ActorRow:
    """Give the spell of existence whose entry or exit is meant.

    Raises
    ------
    RapalloError
        If the actor has none that is dated, or several and no year says which.
    """
    who, side = actor(scenario, which["who"]), which["side"]
    spells = [row for row in scenario.tables.actors if row.id == who]
    dated = [row for row in spells if (row.ends if side == "exit" else row.begins) is not None]
    dates = ", ".join(_date(row, side).text for row in dated)
    if "year" in which:
        dated = [row for row in dated if _first_day(_date(row, side)).startswith(which["year"])]
    if len(dated) == 1:
        return dated[0]
    if not dates:
        raise RapalloError(f"{who} has no {side} in the tables" + (": it does not end" if side == "exit" else ""))
    raise RapalloError(f"the {side} of {who} is not one: {dates}; say '{side} of {who} in YEAR' with the year of one")


def with_spell(scenario: Scenario, spell: ActorRow, other: ActorRow) -> Scenario:
    """Give the scenario with one spell of existence replaced by another."""
    rows: tuple[Any, ...] = tuple(other if row is spell else row for row in scenario.tables.actors)
    return replace(scenario, tables=replace(scenario.tables, actors=rows))


def _date(spell: ActorRow, side: str) -> Edtf:
    when = spell.ends if side == "exit" else spell.begins
    assert when is not None
    return when


def _first_day(when: Edtf) -> str:
    found = re.search(r"\d{4}(?:-\d{2}){0,2}", when.text)
    return to_date(when.earliest).isoformat() if when.earliest is not None else found.group(0) if found else when.text
