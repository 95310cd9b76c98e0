"""Uncertain dates: a stated profile of the Extended Date/Time Format (ISO 8601-2, EDTF)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from math import floor
from typing import Literal, get_args

from rapallo.errors import DateError, nearest
from rapallo.record.diagnose import diagnose
from rapallo.record.time import EPOCH, to_text

DateRule = Literal["earliest", "latest", "midpoint", "draw"]
RULES: tuple[str, ...] = get_args(DateRule)
Precision = Literal["day", "month", "year"]

FIRST_YEAR, LAST_YEAR = 1000, 2200
"""A four-digit number outside these years is taken for damage, not for a year."""

_HESITATION = {"day": 31.0, "month": 92.0, "year": 366.0}
_SIMPLE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([?~%]?)", re.ASCII)
_EPOCH_ORDINAL = EPOCH.toordinal()
_COARSENESS: tuple[Precision, ...] = ("day", "month", "year")


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive days, one of which is meant; ``None`` is an open side.

    Parameters
    ----------
    first, last
        Midnight of the first and of the last day, in days since 1900-01-01.
    members
        How many members of a set the span stands for.
    """

    first: float | None
    last: float | None
    members: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Edtf:
    """A date as it is written, and the days on which it may lie.

    Accepted are ``1924-02-01``, ``1922-07``, ``1922``, each with ``~`` (approximate), ``?``
    (uncertain) or ``%`` (both) behind it; intervals ``a/b``, ``a/..``, ``../b``, ``..``; and sets
    ``[a,b]``, ``[a..b]``, ``[..b]``, ``[a..]``, of which one member is meant. Years run from 1000
    to 2200. Seasons, unspecified digits and times of day are not accepted.

    Parameters
    ----------
    text
        As written.
    earliest
        Midnight of the first possible day, in days since 1900-01-01; ``None`` where open.
    latest
        Midnight of the last possible day; ``None`` where open.
    precision
        The coarsest unit that is written: ``day``, ``month`` or ``year``.
    approximate, uncertain
        Whether any part carries ``~`` or ``%``, ``?`` or ``%``. Neither moves the bounds.
    spans
        One stretch of days, or one per member of a set, in the order written.
    hesitation
        Days by which the first and the last bound may be off where they are approximate or
        uncertain: a month for a day, a quarter for a month, a year for a year. Used only by
        :meth:`surely_before`, so as not to claim an order that is not known.

    Examples
    --------
    >>> when = read_date("1922-07-29/1922-08-11")
    >>> to_text(when.earliest), to_text(when.latest)
    ('1922-07-29', '1922-08-11')
    >>> to_text(when.resolve("midpoint"))
    '1922-08-04'
    """

    text: str
    earliest: float | None
    latest: float | None
    precision: Precision
    approximate: bool
    uncertain: bool
    spans: tuple[Span, ...]
    hesitation: tuple[float, float] = field(default=(0.0, 0.0))

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Edtf) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    @property
    def exact(self) -> bool:
        """Whether one day is meant, without reservation."""
        return self.earliest is not None and self.earliest == self.latest and self.hesitation == (0.0, 0.0)

    def surely_before(self, other: Edtf) -> bool:
        """Tell whether every day this may mean lies before every day the other may mean."""
        if self.latest is None or other.earliest is None:
            return False
        return self.latest + self.hesitation[1] < other.earliest - other.hesitation[0]

    def may_be_on(self, day: float) -> bool:
        """Tell whether the day is one that the date may mean."""
        return any(
            (span.first is None or span.first <= floor(day)) and (span.last is None or floor(day) <= span.last)
            for span in self.spans
        )

    def resolve(
        self, rule: DateRule, draw: float | None = None, *, first: float | None = None, last: float | None = None
    ) -> float:
        """Choose one day by a named rule.

        Parameters
        ----------
        rule
            ``earliest``; ``latest``; ``midpoint`` (the middle day, the earlier of two; of a set, the
            possible day nearest to it); ``draw`` (a member of the set, each alike, then a day of it,
            each alike).
        draw
            A number in (0, 1), for the rule ``draw``.
        first, last
            Days that stand in for an open beginning or end; there is no default for them.

        Returns
        -------
        float
            Midnight of the day chosen, in days since 1900-01-01.

        Raises
        ------
        DateError
            If the rule is unknown, needs a side that is open, or ``draw`` is absent or not in (0, 1).
        """
        if rule not in RULES:
            raise DateError(f"no rule for dates is called {rule!r}{nearest(rule, RULES)}")
        if rule == "earliest":
            return self._side(self.earliest, first, "beginning")
        if rule == "latest":
            return self._side(self.latest, last, "end")
        low, high = self._side(self.earliest, first, "beginning"), self._side(self.latest, last, "end")
        if high < low:
            raise DateError(
                f"{self.text!r} leaves no day between {to_text(low)} and {to_text(high)}", "widen the bounds"
            )
        if rule == "midpoint":
            middle = low + floor((high - low) / 2)
            return min((_clip(middle, *side) for side in self._closed(low, high)), key=lambda day: abs(day - middle))
        if draw is None or not 0.0 < draw < 1.0:
            raise DateError(f"the rule 'draw' was given {draw!r}", "give it a number between 0 and 1")
        place = draw * sum(span.members for span in self.spans)
        for span, (begins, ends) in zip(self.spans, self._closed(low, high), strict=True):
            if place < span.members:
                return begins + min(floor(place / span.members * (ends - begins + 1)), ends - begins)
            place -= span.members
        return high

    def _side(self, known: float | None, given: float | None, name: str) -> float:
        if known is not None:
            return known
        if given is None:
            raise DateError(f"{self.text!r} has an open {name}", f"give a bound for its {name}; none is assumed")
        return given

    def _closed(self, low: float, high: float) -> Iterator[tuple[float, float]]:
        for span in self.spans:
            yield (low if span.first is None else span.first, high if span.last is None else span.last)


@lru_cache(maxsize=1 << 17)
def read_date(text: str) -> Edtf:
    """Read a date of the profile stated in :class:`Edtf`.

    Raises
    ------
    DateError
        With what is wrong and what would be right.

    Examples
    --------
    >>> read_date("1926~").approximate
    True
    >>> read_date("Jul-22")
    Traceback (most recent call last):
        ...
    rapallo.errors.DateError: 'Jul-22' is a date that a spreadsheet has rewritten; write 1922-07 if July 1922 \
is meant, YYYY-07-22 if the 22nd of July
    """
    if text.startswith("["):
        return _read_set(text)
    if "/" in text or text == "..":
        return _read_interval(text)
    part = _read_simple(text, text)
    return Edtf(
        text, part.first, part.last, part.precision, part.approximate, part.uncertain,
        (Span(part.first, part.last),), (part.hesitation, part.hesitation),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Part:
    """One written day, month or year."""

    first: float
    last: float
    precision: Precision
    mark: str

    @property
    def approximate(self) -> bool:
        return self.mark in ("~", "%")

    @property
    def uncertain(self) -> bool:
        return self.mark in ("?", "%")

    @property
    def hesitation(self) -> float:
        return _HESITATION[self.precision] if self.mark else 0.0


def _read_simple(text: str, whole: str) -> _Part:
    found = _SIMPLE.fullmatch(text)
    if found is None:
        raise diagnose(whole, text)
    year, month, day, mark = found.groups()
    number = int(year)
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise diagnose(whole, text)
    try:
        if day is not None:
            first = last = date(number, int(month), int(day)).toordinal()
            precision: Precision = "day"
        elif month is not None:
            first = date(number, int(month), 1).toordinal()
            last = first + monthrange(number, int(month))[1] - 1
            precision = "month"
        else:
            first, last = date(number, 1, 1).toordinal(), date(number, 12, 31).toordinal()
            precision = "year"
    except ValueError:
        raise diagnose(whole, text) from None
    return _Part(float(first - _EPOCH_ORDINAL), float(last - _EPOCH_ORDINAL), precision, mark)


def _read_interval(text: str) -> Edtf:
    sides = ["..", ".."] if text == ".." else text.split("/")
    if len(sides) != 2 or not all(sides):
        raise diagnose(text, text)
    begins, ends = (None if side == ".." else _read_simple(side, text) for side in sides)
    if begins is not None and ends is not None and ends.last < begins.first:
        raise DateError(f"the interval {text!r} ends before it begins", f"write {sides[1]}/{sides[0]}")
    return _combine(text, [_between(begins, ends)], [part for part in (begins, ends) if part is not None], begins, ends)


def _read_set(text: str) -> Edtf:
    if not text.endswith("]") or len(text) < 3:
        raise diagnose(text, text)
    spans: list[Span] = []
    parts: list[_Part] = []
    for member in (each.strip() for each in text[1:-1].split(",")):
        sides = member.split("..")
        if len(sides) > 2 or not any(sides):
            raise diagnose(text, member)
        read = [None if not side else _read_simple(side, text) for side in sides]
        begins, ends = read[0], read[-1]
        if begins is not None and ends is not None and ends.last < begins.first:
            raise DateError(f"{member!r} in the set {text!r} ends before it begins", f"write {sides[-1]}..{sides[0]}")
        spans.append(_between(begins, ends))
        parts.extend(part for part in read if part is not None)
    return _combine(text, spans, parts, min(parts, key=lambda part: part.first), max(parts, key=lambda part: part.last))


def _between(begins: _Part | None, ends: _Part | None) -> Span:
    if begins is None or ends is None:
        return Span(None if begins is None else begins.first, None if ends is None else ends.last)
    if begins is ends or begins.precision != ends.precision:
        return Span(begins.first, ends.last)
    days = {"day": 1.0, "month": 30.4, "year": 365.2}[begins.precision]
    return Span(begins.first, ends.last, max(1, round((ends.last + 1 - begins.first) / days)))


def _combine(text: str, spans: list[Span], parts: list[_Part], begins: _Part | None, ends: _Part | None) -> Edtf:
    firsts, lasts = [span.first for span in spans], [span.last for span in spans]
    return Edtf(
        text=text,
        earliest=None if None in firsts else min(first for first in firsts if first is not None),
        latest=None if None in lasts else max(last for last in lasts if last is not None),
        precision=max((part.precision for part in parts), key=_COARSENESS.index, default="year"),
        approximate=any(part.approximate for part in parts),
        uncertain=any(part.uncertain for part in parts),
        spans=tuple(spans),
        hesitation=(begins.hesitation if begins else 0.0, ends.hesitation if ends else 0.0),
    )


def _clip(day: float, low: float, high: float) -> float:
    return min(max(day, low), high)
