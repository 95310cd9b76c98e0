"""Changes to the record and the calendar: a fact dropped, added, moved or read otherwise, a number for a span."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.record.edtf import Edtf, read_date
from rapallo.record.readings import choose
from rapallo.record.time import to_text
from rapallo.scenario.kind_of_change import (
    DAY,
    FACT,
    NAME,
    NUMBER,
    SPAN,
    Change,
    actors,
    known,
    number_row,
    override,
)
from rapallo.scenario.scenario import Scenario
from rapallo.system.quantity import Quantity

ONE_EVENT = ("same_event", "same government")
"""Relations of ``identity.csv`` by which two rows are one event."""

DATED_FACT = "dated fact"
"""What an id that no fact has is said not to be."""

_WHO = r"(?P<who>[A-Za-z0-9_*]+(?:-[A-Za-z0-9_*]+)?)"
_DAY_PART = r"\d{4}(?:-\d{2}){0,2}"


class SetQuantity(Change):
    """A number of an actor or a pair, for a span: a government's colour, a claim, a status."""

    pattern = rf"(?P<name>{NAME}) of {_WHO} *= *(?P<value>{NUMBER}){SPAN}"
    right = "QUANTITY of ACTOR = NUMBER [from YYYY-MM-DD] [to YYYY-MM-DD], or QUANTITY of SENDER-RECEIVER = NUMBER …"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        quantity = self.quantity(scenario)
        since = self.parts.get("since") or scenario.start
        made = scenario
        for first, second in self.whom(scenario):
            made = override(made, quantity, first, second, float(self.parts["value"]), since, self.parts.get("until"))
        return made

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        return f"{self.quantity(scenario).says} of {self.parts['who']} is {float(self.parts['value']):g}{self.span}"

    def quantity(self, scenario: Scenario) -> Quantity:
        """Give the quantity that it changes.

        Raises
        ------
        RapalloError
            If there is none, the model writes it, or it belongs to what is not named.
        """
        quantity: Quantity = known(self.parts["name"], scenario.quantities, "quantity")
        if quantity.written:
            raise RapalloError(f"{self.text!r}: {quantity.name} is written by the model; change what moves it instead")
        if (quantity.shape == "pair") != ("-" in self.parts["who"]):
            form = "SENDER-RECEIVER" if quantity.shape == "pair" else "one actor"
            raise RapalloError(f"{self.text!r}: {quantity.name} belongs to {form}")
        return quantity

    def whom(self, scenario: Scenario) -> Iterator[tuple[str, str]]:
        """Give each actor, or pair of them, that it is changed for; an actor's second is empty."""
        sender, _, receiver = self.parts["who"].partition("-")
        for first in actors(scenario, sender):
            for second in actors(scenario, receiver) if receiver else ("",):
                if first != second:
                    yield first, second


class AddNumber(SetQuantity):
    """An entry more in the calendar: a number from a day on, until the next that is recorded."""

    pattern = rf"add (?P<name>{NAME}) of {_WHO} *= *(?P<value>{NUMBER}) on (?P<day>{DAY})"
    right = "add QUANTITY of ACTOR = NUMBER on YYYY-MM-DD"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        quantity, day = self.quantity(scenario), self.parts["day"]
        value = float(self.parts["value"])
        new: list[Any] = [number_row(quantity.name, *who, day, value) for who in self.whom(scenario)]
        tables = scenario.tables
        if quantity.shape == "pair":
            return replace(scenario, tables=replace(tables, dyads=(*tables.dyads, *new)))
        return replace(scenario, tables=replace(tables, attributes=(*tables.attributes, *new)))

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        says, value = self.quantity(scenario).says, float(self.parts["value"])
        return f"{says} of {self.parts['who']} becomes {value:g} on {self.parts['day']}, until another is recorded"


@dataclass(frozen=True, slots=True)
class Vacancy:
    """What stands in the place of a number that was dropped from the calendar.

    Parameters
    ----------
    fact
        The dropped fact.
    quantity, who
        Whose number of what.
    day
        From when.
    stands
        What stands there now, and in words why.
    value
        The number that stands there now.
    others
        Other values that the tables know for it.
    add
        The change that puts another number there, with ``NUMBER`` for it.
    own
        Whether it is the dropped fact's own number, not that of a fact that depends on it.
    told
        Whether the change says what stands there.
    """

    fact: str
    quantity: str
    who: str
    day: str
    stands: str
    value: float
    others: tuple[float, ...]
    add: str
    own: bool
    told: bool

    def __str__(self) -> str:
        others = ", ".join(f"{value:g}" for value in self.others)
        had = f" ({self.who} has had {others})" if others else ""
        write = f"write 'drop {self.fact} for NUMBER'" if self.own else f"write behind it '; {self.add}'"
        return (
            f"In the place of {self.fact} ({self.quantity} of {self.who} from {self.day}) stands {self.stands}. "
            f"For another {write}{had}."
        )


class Drop(Change):
    """A fact of the record or the calendar, taken out; what stands in its place is what was before, or is said."""

    pattern = rf"drop (?P<fact>{FACT})(?: for (?P<value>{NUMBER}))?(?P<alone> alone)?"
    right = "drop FACT [for NUMBER] [alone]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        gone, event = self.dropped(scenario), self._event(scenario)
        tables = scenario.tables
        if self.parts.get("value") is not None and not self._numbers(scenario):
            raise RapalloError(f"{self.text!r}: {self.parts['fact']} is no number of the calendar; leave the 'for' out")

        def kept(rows: tuple[Any, ...]) -> tuple[Any, ...]:
            found = []
            for row in rows:
                if row.id not in gone:
                    found.append(row)
                elif self.parts.get("value") is not None and row.id in event:
                    found.append(row._replace(value=float(self.parts["value"]), note="an intervention"))
            return tuple(found)

        return replace(
            scenario,
            tables=replace(
                tables,
                acts=tuple(row for row in tables.acts if row.id not in gone),
                persons=tuple(row for row in tables.persons if row.id not in gone),
                attributes=kept(tables.attributes),
                dyads=kept(tables.dyads),
            ),
        )

    def dropped(self, scenario: Scenario) -> set[str]:
        """Give the fact, what is the same event, and (unless ``alone``) what depends on either."""
        tables = scenario.tables
        known_fact(scenario, self.parts["fact"])
        gone = {self.parts["fact"]}
        while True:
            more = same_event(scenario, gone)
            if not self.parts.get("alone"):
                rows: tuple[Any, ...] = (*tables.acts, *tables.attributes)
                more |= {row.id for row in rows if {each.partition(":")[0] for each in row.depends_on} & gone}
            if more <= gone:
                return gone
            gone |= more

    def begins(self, scenario: Scenario) -> str:
        """Give the first day of what is dropped."""
        return first_day(scenario, self.dropped(scenario))

    def vacancies(self, scenario: Scenario) -> list[Vacancy]:
        """Give, for every number that the calendar loses, what stands in its place.

        The numbers of the fact's own event come first; then those that go because they depend on it.
        """
        own = self._numbers(scenario)
        lost = self._numbers(scenario, self.dropped(scenario))
        had = {_key(row) for row, _ in own}
        found = [self._vacancy(scenario, *each, self.parts.get("value")) for each in own]
        return found + [self._vacancy(scenario, *each, None) for each in lost if _key(each[0]) not in had]

    def _vacancy(self, scenario: Scenario, row: Any, others: list[Any], said: str | None) -> Vacancy:
        before = [each for each in others if _day(each) < _day(row)]
        if said is not None:
            value = float(said)
            stands = f"{value:g}, as you say"
        elif before:
            last = max(before, key=_day)
            value = last.value
            stands = f"what stood before, {value:g} ({last.id}, {last.date.text})"
        else:
            value = scenario.quantities[row.attribute].default
            stands = f"{value:g}, for nothing is recorded before it"
        who = row.actor if hasattr(row, "actor") else f"{row.sender}-{row.receiver}"
        values = tuple(sorted({each.value for each in others} - {row.value}))
        day = scenario.start if row.date.earliest is None else to_text(row.date.earliest)
        add = f"add {row.attribute} of {who} = NUMBER on {day}"
        own = row.id in self._event(scenario)
        return Vacancy(row.id, row.attribute, who, row.date.text, stands, value, values, add, own, said is not None)

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        also = sorted(self.dropped(scenario) - {self.parts["fact"]})
        more = f", and with it {', '.join(also)}, the same event or what depends on it" if also else ""
        fact, said = self.parts["fact"], self.parts.get("value")
        place = f"; {float(said):g} stands in its place" if said is not None else ""
        if said is None and self._numbers(scenario):
            place = "; what stood before goes on"
        return f"{_title(scenario, fact)} ({fact}) did not happen{more}{place}"

    def _event(self, scenario: Scenario) -> set[str]:
        """Give the fact and what is the same event."""
        found = {self.parts["fact"]}
        while not (more := same_event(scenario, found)) <= found:
            found |= more
        return found

    def _numbers(self, scenario: Scenario, lost: set[str] | None = None) -> list[tuple[Any, list[Any]]]:
        """Give the numbers of the calendar among some facts, each with those that remain of its kind.

        The facts are those of the same event where none are given. Of one kind the first is given.
        """
        gone, tables = self.dropped(scenario), scenario.tables
        numbers: list[Any] = [*tables.attributes, *tables.dyads]
        wanted = self._event(scenario) if lost is None else lost
        mine = sorted((row for row in numbers if row.id in wanted), key=_day)
        found: dict[tuple[Any, ...], tuple[Any, list[Any]]] = {}
        for row in mine:
            if row.attribute not in scenario.quantities or scenario.quantities[row.attribute].written:
                continue
            key = _key(row)
            rest = [each for each in numbers if _key(each) == key and each.id not in gone]
            found.setdefault(key, (row, rest))
        return list(found.values())


class Move(Change):
    """A fact of the record or the calendar, dated otherwise."""

    pattern = (
        rf"(?:(?:move|date) (?P<fact>{FACT}) to (?P<day>{DAY})"
        rf"|add (?P<count>[-+]?\d+) (?P<unit>years?|months?|days?) to (?P<shifted>{FACT}))"
    )
    right = "move FACT to YYYY-MM-DD, or add N years|months|days to FACT"

    @property
    def fact(self) -> str:
        """The fact's id."""
        return self.parts.get("fact") or self.parts["shifted"]

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario; rows that state the same number for the same event move with the fact."""
        known_fact(scenario, self.fact)
        mine = {self.fact, *_doubles(scenario, self.fact)}

        def moved(row: Any) -> Any:
            return row._replace(date=self._moved(row.date)) if row.id in mine else row

        def term(row: Any) -> Any:
            if row.id != self.fact or row.begins is None:
                return row
            if self.parts.get("day"):
                return row._replace(begins=read_date(self.parts["day"]))
            ends = self._moved(row.ends) if row.ends is not None else None
            return row._replace(begins=self._moved(row.begins), ends=ends)

        tables = scenario.tables
        return replace(
            scenario,
            tables=replace(
                tables,
                acts=tuple(moved(row) if row.id == self.fact else row for row in tables.acts),
                attributes=tuple(moved(row) for row in tables.attributes),
                dyads=tuple(moved(row) for row in tables.dyads),
                persons=tuple(term(row) for row in tables.persons),
            ),
        )

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        known_fact(scenario, self.fact)
        if self.parts.get("day"):
            how = f"on {self.parts['day']}"
        else:
            count = int(self.parts["count"])
            how = f"{abs(count)} {self.parts['unit']} {'later' if count >= 0 else 'earlier'}"
        return f"{_title(scenario, self.fact)} ({self.fact}) happens {how}{self._more(scenario)}"

    def begins(self, scenario: Scenario) -> str:
        """Give the earlier of the two days."""
        mine = {self.fact, *_doubles(scenario, self.fact)}
        return min(first_day(scenario, mine), first_day(self.apply(scenario), mine))

    def _more(self, scenario: Scenario) -> str:
        """Say what moves with the fact, and what depends on it and now comes before it: that stays on its day."""
        also = sorted(_doubles(scenario, self.fact))
        more = f", and with it {', '.join(also)}, the same event" if also else ""
        mine, after = {self.fact, *also}, self.apply(scenario)
        days = [[_day(row) for row in _rows(each) if row.id == self.fact] for each in (scenario, after)]
        if not all(days):
            return more
        was, now = (min(each) for each in days)
        rows: tuple[Any, ...] = (*after.tables.acts, *after.tables.attributes)
        early = sorted(
            {
                row.id
                for row in rows
                if row.id not in mine
                and {each.partition(":")[0] for each in row.depends_on} & mine
                and was <= _day(row) < now
            }
        )
        return more + (f"; before it now comes what depends on it: {', '.join(early)}" if early else "")

    def _moved(self, when: Any) -> Any:
        if self.parts.get("day"):
            return read_date(self.parts["day"])
        return shifted(when, int(self.parts["count"]), self.parts["unit"])


class MoveToBound(Move):
    """A fact of the record or the calendar, dated as early or as late as its own date allows."""

    pattern = rf"(?:move|date) (?P<fact>{FACT}) to its (?P<bound>earliest|latest)"
    right = "move FACT to its earliest|latest"

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        known_fact(scenario, self.fact)
        title = _title(scenario, self.fact)
        return f"{title} ({self.fact}) happens as {self._word} as its date allows{self._more(scenario)}"

    @property
    def _word(self) -> str:
        return "early" if self.parts["bound"] == "earliest" else "late"

    def _moved(self, when: Any) -> Any:
        day = when.earliest if self.parts["bound"] == "earliest" else when.latest
        return when if day is None else read_date(to_text(day))


class Read(Change):
    """A rival reading of a fact, taken instead of the one chosen."""

    pattern = rf"read (?P<fact>{FACT}) as (?P<reading>[^;]+)"
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
        known_fact(scenario, fact)
        chosen = choose([row for row in _rows(scenario) if row.id == fact], "most certain").row.reading
        return f"{_title(scenario, fact)} ({fact}) is read as {self.parts['reading']!r} instead of {chosen!r}"

    def begins(self, scenario: Scenario) -> str:
        """Give the first day that any reading gives it."""
        return first_day(scenario, {self.parts["fact"]})

    def _labels(self, scenario: Scenario) -> list[str]:
        known_fact(scenario, self.parts["fact"])
        return sorted({row.reading for row in _rows(scenario) if row.id == self.parts["fact"] and row.reading})


def shifted(when: Edtf, count: int, unit: str) -> Edtf:
    """Shift a date by some years, months or days, every day that it names.

    Raises
    ------
    RapalloError
        If it is not dated as finely as the unit.
    """
    return read_date(re.sub(_DAY_PART, lambda found: _shift(found.group(0), count, unit), when.text))


def known_fact(scenario: Scenario, fact: str) -> None:
    """Refuse an id that no dated fact has.

    Raises
    ------
    UnknownNameError
        With the nearest.
    """
    ids = facts_of(scenario)
    if fact not in ids:
        raise UnknownNameError(DATED_FACT, fact, ids)


def facts_of(scenario: Scenario) -> set[str]:
    """Give the ids of all dated facts."""
    return {row.id for row in (*_rows(scenario), *scenario.tables.persons)}


def first_day(scenario: Scenario, facts: set[str]) -> str:
    """Give the earliest day of some facts; the scenario's start where none is dated."""
    from rapallo.record.time import to_date

    rows: list[Any] = [*_rows(scenario), *scenario.tables.persons]
    dates = [row.begins if hasattr(row, "begins") else row.date for row in rows if row.id in facts]
    days = [when.earliest for when in dates if when is not None and when.earliest is not None]
    return to_date(min(days)).isoformat() if days else scenario.start


def _rows(scenario: Scenario) -> tuple[Any, ...]:
    tables = scenario.tables
    return (*tables.acts, *tables.attributes, *tables.dyads)


def same_event(scenario: Scenario, facts: set[str]) -> set[str]:
    """Give what the tables hold to be the same event as some facts, with these where they are linked at all."""
    return {
        each
        for link in scenario.tables.identity
        if link.relation in ONE_EVENT and {link.canonical, link.member} & facts
        for each in (link.canonical, link.member)
    }


def _doubles(scenario: Scenario, fact: str) -> set[str]:
    """Give the other facts that state the same number, of the same event, as one of the calendar."""
    numbers: list[Any] = [*scenario.tables.attributes, *scenario.tables.dyads]
    keys = {_key(row) for row in numbers if row.id == fact}
    linked = same_event(scenario, {fact}) if keys else set()
    return {row.id for row in numbers if row.id in linked and row.id != fact and _key(row) in keys}


def _key(row: Any) -> tuple[str, ...]:
    return (row.attribute, row.actor) if hasattr(row, "actor") else (row.attribute, row.sender, row.receiver)


def _day(row: Any) -> float:
    return float(row.date.earliest if row.date.earliest is not None else -1e9)


def _title(scenario: Scenario, fact: str) -> str:
    row: Any = next(row for row in (*_rows(scenario), *scenario.tables.persons) if row.id == fact)
    if hasattr(row, "name_en"):
        return f"{row.name_en}, {row.role}"
    title: str = getattr(row, "title", "") or row.note.split(";")[0] or getattr(row, "attribute", row.id)
    return title


def _shift(text: str, count: int, unit: str) -> str:
    """Shift one date of an EDTF text, at its own precision."""
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
