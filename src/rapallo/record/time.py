"""Moments as days since 1900-01-01."""

from __future__ import annotations

import math
import re
from datetime import date, datetime

from rapallo.errors import DateError

EPOCH = date(1900, 1, 1)
YEAR = 365.25
"""Days in a year, wherever a rate or a duration is stated in years."""

_EPOCH_ORDINAL = EPOCH.toordinal()
_ISO = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def to_day(moment: date | str) -> float:
    """Give days since 1900-01-01 for a date or its ISO text; that day's midnight is 0.0.

    Parameters
    ----------
    moment
        A :class:`datetime.date`, a :class:`datetime.datetime` without time zone, or ``YYYY-MM-DD``.

    Raises
    ------
    DateError
        If a text is not an ISO date.

    Examples
    --------
    >>> to_day("1924-02-01")
    8796.0
    >>> to_date(to_day("1924-02-01"))
    datetime.date(1924, 2, 1)
    """
    if isinstance(moment, str):
        try:
            if not _ISO.fullmatch(moment):
                raise ValueError(moment)
            moment = date.fromisoformat(moment)
        except ValueError:
            raise DateError(f"{moment!r} is not a day", "write it as YYYY-MM-DD") from None
    day = float(moment.toordinal() - _EPOCH_ORDINAL)
    if isinstance(moment, datetime):
        day += (moment - datetime.combine(moment.date(), datetime.min.time())).total_seconds() / 86400.0
    return day


def to_date(day: float) -> date:
    """Give the calendar date within which a moment lies.

    Raises
    ------
    DateError
        If the moment lies outside the years 1 to 9999 or is not finite.
    """
    try:
        return date.fromordinal(math.floor(day) + _EPOCH_ORDINAL)
    except (ValueError, OverflowError):
        raise DateError(f"{day!r} is no day of the years 1 to 9999", "give days since 1900-01-01") from None


def to_text(day: float) -> str:
    """Give the ISO date within which a moment lies.

    Examples
    --------
    >>> to_text(8796.9)
    '1924-02-01'
    """
    return to_date(day).isoformat()
