"""What is wrong with a text that should be a date, and what would be right."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from rapallo.errors import DateError

_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MONTHS = {name[:3].casefold(): number for number, name in enumerate(_NAMES, 1)}
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_SERIAL_FIRST, _SERIAL_LAST = 2201, 109_575
_LONGEST = 200
_WANTED = "write YYYY, YYYY-MM or YYYY-MM-DD, with ~ or ? behind it if need be, or an interval a/b"


def diagnose(whole: str, part: str) -> DateError:
    """Give the error for a text that could not be read.

    Parameters
    ----------
    whole
        The text of the cell.
    part
        The piece of it that failed: one side of an interval, one member of a set.
    """
    if len(whole) > _LONGEST:
        return DateError(f"a text of {len(whole)} characters is no date", _WANTED)
    if found := re.fullmatch(r"([0-9]{4})/([0-9]{1,2})", whole):
        return DateError(
            f"{whole!r} reads as an interval of years", f"write {found[1]}-{int(found[2]):02d} for a month"
        )
    what, suggestion = _wrong(part if part != whole and part.strip() else whole)
    if part != whole:
        what = f"in {whole!r}: {what}"
    return DateError(what, suggestion or _WANTED)


def _wrong(text: str) -> tuple[str, str]:
    stripped = text.strip()
    if not stripped:
        return "the date is empty", ""
    if stripped != text:
        return f"{text!r} has blanks around it", f"write {stripped}"
    for rule in (_calendar, _spreadsheet, _words, _punctuation, _beyond_the_profile):
        found = rule(text)
        if found is not None:
            return found
    return f"{text!r} is no date", ""


def _calendar(text: str) -> tuple[str, str] | None:
    """Find a year, month or day that is well formed and does not exist."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?([?~%]?)", text)
    if found is None:
        return None
    year, month, mark = int(found[1]), int(found[2]), found[4]
    day = int(found[3]) if found[3] else None
    if 21 <= month <= 24 and day is None:
        begins, ends = f"{year}-{3 * (month - 20):02d}", f"{year + month // 24}-{3 * (month - 20) % 12 + 2:02d}"
        return f"{text!r} is a season", f"write the months as an interval, such as {begins}/{ends}"
    if month == 0 or day == 0:
        return f"{text!r} has a zero for a month or a day", f"leave out what is not known: {year}"
    if month > 12:
        if day is not None and day <= 12:
            return f"{text!r} has no month {month}", f"perhaps {year}-{day:02d}-{month:02d}{mark}"
        if day is None and month > year % 100:
            return f"{text!r} has no month {month}", f"an interval of years is written {year}/{year // 100}{month:02d}"
        return f"{text!r} has no month {month}", "months run from 01 to 12"
    if 1000 <= year <= 2200 and day is not None and day > monthrange(year, month)[1]:
        return (
            f"{text!r} does not exist: {_NAMES[month - 1]} {year} has {monthrange(year, month)[1]} days",
            f"write {year}-{month:02d} if the day is not known",
        )
    return f"the year of {text!r} lies outside 1000 to 2200", ""


def _spreadsheet(text: str) -> tuple[str, str] | None:
    """Know what spreadsheets make of dates."""
    low = text.casefold()
    if found := re.fullmatch(rf"{_MONTH}[- ]([0-9]{{2}})", low):
        month, number = _MONTHS[found[1]], found[2]
        day = f", YYYY-{month:02d}-{number} if the {_ordinal(int(number))} of {_NAMES[month - 1]}" * (
            1 <= int(number) <= 31
        )
        return (
            f"{text!r} is a date that a spreadsheet has rewritten",
            f"write 19{number}-{month:02d} if {_NAMES[month - 1]} 19{number} is meant{day}",
        )
    if found := re.fullmatch(rf"([0-9]{{1,2}})[- ]{_MONTH}(?:[- ]([0-9]{{2}}))?", low):
        month = _MONTHS[found[2]]
        year = f"19{found[3]}" if found[3] else "YYYY"
        return f"{text!r} is a date that a spreadsheet has rewritten", f"write {year}-{month:02d}-{int(found[1]):02d}"
    if found := re.fullmatch(r"([0-9]{1,2})([/.])([0-9]{1,2})\2([0-9]{4})", text):
        first, second, year = int(found[1]), int(found[3]), found[4]
        day_first, month_first = f"{year}-{second:02d}-{first:02d}", f"{year}-{first:02d}-{second:02d}"
        if first > 12 or (found[2] == "." and second <= 12):
            return f"{text!r} is not in the order year, month, day", f"write {day_first}"
        if second > 12:
            return f"{text!r} is not in the order year, month, day", f"write {month_first}"
        if first == second:
            return f"{text!r} is not in the order year, month, day", f"write {day_first}"
        return (
            f"{text!r} is ambiguous: day or month may come first",
            f"write {day_first} or {month_first}",
        )
    if found := re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{2})", text):
        return f"{text!r} is ambiguous: two digits of a year, and no order of day and month", "write YYYY-MM-DD"
    if found := re.fullmatch(r"([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})", text):
        return f"{text!r} is not written YYYY-MM-DD", f"write {found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
    if found := re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", text):
        return f"{text!r} has no hyphens", f"write {found[1]}-{found[2]}-{found[3]}"
    if re.fullmatch(r"[0-9]{4,6}(\.[0-9]+)?", text) and _SERIAL_FIRST <= float(text) <= _SERIAL_LAST:
        meant = date(1899, 12, 30) + timedelta(days=int(float(text)))
        return f"{text!r} is a spreadsheet's serial number, not a date", f"in most spreadsheets it stands for {meant}"
    if found := re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9:.Z+-]+", text):
        return f"{text!r} has a time of day, which is not kept", f"write {found[1]}"
    if re.fullmatch(r"[0-9]{4}\.0", text):
        return f"{text!r} is a number with decimals", f"write {text[:4]}"
    return None


def _words(text: str) -> tuple[str, str] | None:
    """Know months by name, "about", "unknown"."""
    low = text.casefold()
    if found := re.fullmatch(rf"([0-9]{{1,2}})\.? {_MONTH},? ([0-9]{{4}})", low):
        return f"{text!r} names its month in words", f"write {found[3]}-{_MONTHS[found[2]]:02d}-{int(found[1]):02d}"
    if found := re.fullmatch(rf"{_MONTH} ([0-9]{{1,2}}),? ([0-9]{{4}})", low):
        return f"{text!r} names its month in words", f"write {found[3]}-{_MONTHS[found[1]]:02d}-{int(found[2]):02d}"
    if found := re.fullmatch(rf"{_MONTH}[ -]([0-9]{{4}})", low):
        return f"{text!r} names its month in words", f"write {found[2]}-{_MONTHS[found[1]]:02d}"
    if found := re.fullmatch(r"(?:c\.?|ca\.?|circa|about|around|approx\.?|≈)\s*([0-9].*)", low):
        return f"{text!r} says 'about' in words", f"write {found[1]}~"
    if found := re.fullmatch(r"(before|until|to|after|since|from)\s+([0-9].*)", low):
        interval = f"../{found[2]}" if found[1] in ("before", "until", "to") else f"{found[2]}/.."
        return f"{text!r} says an open interval in words", f"write {interval}"
    if re.match(r"(spring|summer|autumn|fall|winter)", low):
        return f"{text!r} is a season", "write the months as an interval, such as 1922-03/1922-05"
    if low in ("unknown", "n.d.", "?", "??", "????", "n/a", "na", "none", "tbd", "-"):
        return f"{text!r} is no date", "leave the cell empty if it may be, or write .. for a date quite unknown"
    return None


def _punctuation(text: str) -> tuple[str, str] | None:
    """Find dashes, slashes and digits of the wrong kind."""
    plain = text.translate({0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-", 0x2212: "-", 0x2044: "/"})
    if plain != text:
        return f"{text!r} has a dash or a slash of a word processor", "write it with - and / of the keyboard"
    if not text.isascii():
        return f"{text!r} has characters that are no part of a date", ""
    if found := re.fullmatch(r"([0-9]{4})\s*-\s*([0-9]{4})", text):
        return f"{text!r} is an interval with a hyphen", f"write {found[1]}/{found[2]}"
    if found := re.fullmatch(r"([0-9]{4})-([0-9])(?:-([0-9]{1,2}))?|([0-9]{4})-([0-9]{2})-([0-9])", text):
        year, month, day = found[1] or found[4], found[2] or found[5], found[3] or found[6]
        padded = f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
        return f"{text!r} lacks a leading zero", f"write {padded}"
    if text.endswith("/"):
        return f"the interval {text!r} has no end", f"write {text}.. if its end is open"
    if text.startswith("/"):
        return f"the interval {text!r} has no beginning", f"write ..{text} if its beginning is open"
    if text.count("/") > 1:
        return f"{text!r} has more than one slash", "write an interval as a/b, a set as [a,b,c]"
    if "/" not in text and text.count("..") == 1 and not text.startswith("["):
        return f"{text!r} has '..' outside a set", f"write {text.replace('..', '/', 1)}"
    if text.startswith("[") and not text.endswith("]"):
        return f"the set {text!r} is not closed", f"write {text}]"
    if text.startswith("["):
        return f"the set {text!r} has an empty member", "write it as [a,b,c] or [a..b]"
    return None


def _beyond_the_profile(text: str) -> tuple[str, str] | None:
    """Know valid EDTF that is not accepted here."""
    if text.startswith("{"):
        return f"{text!r} means all of its members", "write one row for each date; [a,b] means one of them"
    if found := re.fullmatch(r"([0-9]{3})[Xx]|([0-9]{3}0)s", text):
        decade = found[1] or found[2][:3]
        return f"{text!r} leaves a digit open", f"write {decade}0/{decade}9"
    if found := re.fullmatch(r"([0-9]{4})(-[0-9]{2})?(-?XX)+|([0-9]{4})-XX-[0-9]{2}", text, re.IGNORECASE):
        return f"{text!r} leaves digits open", f"write {(found[1] or found[4]) + (found[2] or '')}"
    if re.fullmatch(r"[?~%].+|.*[?~%]-.*|.*[?~%]{2,}", text):
        return f"{text!r} has its mark in the wrong place", "write one of ~, ? or % (both) once, at the end of a date"
    if re.fullmatch(r"[Yy-].*|[0-9]{1,4}", text):
        return f"the year of {text!r} lies outside 1000 to 2200", ""
    return None


def _ordinal(number: int) -> str:
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
