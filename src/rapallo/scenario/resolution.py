"""How uncertain dates become days and rival readings one: by a named rule, or by an addressed draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from rapallo.errors import UnknownNameError
from rapallo.record.columns import RELATIONS_OF_ONE_EVENT
from rapallo.record.edtf import Edtf, read_date
from rapallo.record.readings import DRAWN, RULES, Choice, Sourced, choose

if TYPE_CHECKING:
    from rapallo.record.record import Record

DATE_RULES = ("begins", "earliest", "latest", "midpoint", "draw")
"""How a date becomes a day: ``begins`` takes an interval at its first day, anything else at its middle; ``draw``
takes any of its days, each alike."""

ATTEMPTS = 500
"""Times that the days of one sequence are drawn anew before it keeps those of the rule ``begins``."""

Row = TypeVar("Row", bound=Sourced)


def resolve(when: Edtf, rule: str) -> float:
    """Resolve one date to a day by one of ``DATE_RULES`` but ``draw``, which needs a name to draw by.

    Raises
    ------
    RapalloError
        If no rule bears the name, or the date leaves the side open that the rule needs.
    """
    if rule == "begins":
        open_side = when.earliest is None or when.latest is None
        return when.resolve("earliest" if "/" in when.text or open_side else "midpoint")
    return when.resolve(rule)  # type: ignore[arg-type]


def uniform(seed: int, number: int, *name: object) -> float:
    """Give a number strictly between 0 and 1 that hangs on the seed, the draw's number and a name alone."""
    text = "\x1f".join(str(each) for each in (seed, number, *name))
    return (int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") + 0.5) / 2.0**64


@dataclass(slots=True)
class Resolution:
    """Rules for dates and readings, and the name of their draws.

    Parameters
    ----------
    dates
        One of ``DATE_RULES``. ``draw`` draws the days of acts, and of quantities that hold from a
        date: an act in a lasting layer falls on any day of its date, each alike; one that passes
        begins in what its interval names first. Benchmarks and values of whole years are values
        of their year: they, and dates with an open side, keep the rule ``begins``. Rows of one
        fact, one occasion, or one event (``identity.csv``) that bear one date fall on one day. The acts of a
        pair in a lasting layer, and the values of one quantity, keep the order that ``begins``
        gives them, and actors act only while they exist: days that break this are drawn anew.
    readings
        ``most certain``, ``first``, or a rule that draws, with one draw for the fact: ``draw``
        (each reading alike) or ``by certainty``.
    seed, number
        The name of the draw. The same name gives the same days and readings.
    events
        For each fact the first id of its event, from :meth:`of`.
    kept
        How many rows keep the day of ``begins`` because no draw kept the order.
    """

    dates: str = "begins"
    readings: str = "most certain"
    seed: int = 0
    number: int = 0
    events: dict[str, str] = field(default_factory=dict)
    kept: int = 0

    @staticmethod
    def of(record: Record, dates: str, readings: str, seed: int = 0, number: int = 0) -> Resolution:
        """Make a resolution that knows which facts of a record are one event.

        Raises
        ------
        UnknownNameError
            For a rule that there is not.
        """
        if dates not in DATE_RULES:
            raise UnknownNameError("rule for dates", dates, DATE_RULES)
        if readings not in RULES:
            raise UnknownNameError("rule for readings", readings, RULES)
        found = Resolution(dates, readings, seed, number)
        links = [(row.canonical, row.member) for row in record.identity if row.relation in RELATIONS_OF_ONE_EVENT]
        links += [(f"occasion {row.occasion}", row.id) for row in record.acts if row.occasion]
        for pair in links:
            first, second = sorted(found._event(fact) for fact in pair)
            if first != second:
                found.events[second] = first
        return found

    def _event(self, fact: str) -> str:
        while fact in self.events:
            fact = self.events[fact]
        return fact

    def choose(self, fact: str, rows: Sequence[Row]) -> Choice[Row]:
        """Choose one reading of a fact."""
        draw = uniform(self.seed, self.number, "reading", fact) if self.readings in DRAWN else None
        return choose(rows, self.readings, draw)

    def day(self, fact: str, when: Edtf, attempt: int = 0) -> float:
        """Give the day of a date of a fact."""
        if self.dates != "draw":
            return resolve(when, self.dates)
        if when.earliest is None or when.latest is None or when.earliest == when.latest:
            return resolve(when, "begins")
        return when.resolve("draw", uniform(self.seed, self.number, "date", self._event(fact), when.text, attempt))

    def days(
        self,
        rows: Sequence[Any],
        when: Sequence[Edtf],
        sequences: Iterable[Sequence[int]],
        fixed: Sequence[bool] | None = None,
        limits: Sequence[tuple[float, float]] | None = None,
    ) -> list[float]:
        """Give a day for each row, such that every sequence keeps its order.

        Parameters
        ----------
        rows, when
            What is dated (its ``id`` names the draw), and the date of each.
        sequences
            Places of rows that stand in one sequence.
        fixed
            Rows whose date is not to be drawn.
        limits
            First and last day on which each row can lie.

        Raises
        ------
        RapalloError
            If a date leaves a side open that the rule needs.
        """
        if self.dates != "draw":
            return [self.day(row.id, date) for row, date in zip(rows, when, strict=True)]
        settled = [resolve(date, "begins") for date in when]
        still = fixed or [False] * len(rows)
        found = [settled[k] if still[k] else self.day(row.id, when[k]) for k, row in enumerate(rows)]
        ordered = [sorted(each, key=lambda k: settled[k]) for each in sequences]
        together: dict[tuple[str, str], list[int]] = {}
        for k, row in enumerate(rows):
            together.setdefault((self._event(row.id), when[k].text), []).append(k)
        for attempt in range(1, ATTEMPTS + 1):
            wrong = {k for each in ordered if _broken(each, found, limits) for k in each}
            if not wrong:
                break
            again = sorted({k for each in together.values() if wrong & set(each) for k in each if not still[k]})
            if not again:
                break
            last = attempt == ATTEMPTS
            self.kept += len(again) if last else 0
            for k in again:
                found[k] = settled[k] if last else self.day(rows[k].id, when[k], attempt)
        return found


def _broken(sequence: Sequence[int], days: Sequence[float], limits: Sequence[tuple[float, float]] | None) -> bool:
    """Say whether days stand in another order than their sequence, or outside their limits."""
    if any(days[a] > days[b] for a, b in pairwise(sequence)):
        return True
    return limits is not None and any(not limits[k][0] <= days[k] <= limits[k][1] for k in sequence)


def begin_of(when: Edtf) -> Edtf:
    """Give what an interval names first: an act that passes may last for the whole interval, and begins there."""
    return read_date(when.text.partition("/")[0]) if "/" in when.text and when.earliest is not None else when
