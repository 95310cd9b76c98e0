"""From a column's text to values: each distinct text is read once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from rapallo.errors import DateError, Problem
from rapallo.record.columns import Column
from rapallo.record.edtf import Edtf, read_date
from rapallo.record.suggest import suggest
from rapallo.record.tables import RawTable

NOT_PUBLIC = "not public"
UNREADABLE = replace(read_date(".."), text="(unreadable)")
"""Stands for a date that could not be read; it is neither before nor after any other."""

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./+-]*")
_ID_OR_READING = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./+-]*(:.+)?")
_KEY = re.compile(r"[^\s,;{}\"#%~\\@]+")
_LABEL = re.compile(r"\w[\w .,:/()'?-]{0,79}")
_LIST = ("texts", "ids", "keys", "names")

Value = TypeVar("Value")


class _Unreadable(ValueError):
    """What is wrong with one cell, and what would be right."""

    def __init__(self, what: str, suggestion: str = "") -> None:
        self.what, self.suggestion = what, suggestion
        super().__init__(what)


def read_column(raw: RawTable, column: Column, problems: list[Problem]) -> Sequence[Any]:
    """Read one column of a table.

    A cell that cannot be read becomes a problem, and a value that later checks pass over: the date
    ``..``, the number NaN, empty text.
    """
    cells = raw.columns[column.name]
    reader = _READERS[column.kind]
    values: dict[str, Any] = {}
    wrong: dict[str, _Unreadable] = {}
    for text in set(cells):
        try:
            if column.needed == "cell" and not text.strip():
                raise _Unreadable("the cell is empty", f"it should hold {column.says}")
            values[text] = reader(text.strip(), column)
        except _Unreadable as error:
            wrong[text] = error
            values[text] = _PLACEHOLDER.get(column.kind, "")
    if wrong:
        for cell, line in zip(cells, raw.lines, strict=True):
            if cell in wrong:
                found = wrong[cell]
                problems.append(Problem(raw.file, line, column.name, found.what, found.suggestion))
    return [values[cell] for cell in cells]


def _text(text: str, column: Column) -> str:
    return text


def _name(text: str, column: Column) -> str:
    return _matching(_NAME, text, "a name", "letters, digits, _ and -, beginning with a letter")


def _id(text: str, column: Column) -> str:
    return _matching(_ID, text, "an id", "letters, digits and _ . / + -")


def _label(text: str, column: Column) -> str:
    return _matching(_LABEL, text, "a label", "a word or two, at most 80 characters")


def _matching(pattern: re.Pattern[str], text: str, what: str, right: str) -> str:
    if text and not pattern.fullmatch(text):
        raise _Unreadable(f"{_short(text)} is not {what}", f"use {right}")
    return text


def _choice(text: str, column: Column) -> str:
    if text and text not in column.choices:
        raise _Unreadable(f"{_short(text)} is none of the words allowed", suggest(text[:80], column.choices))
    return text


def _listed(one: Callable[[str, Column], str]) -> Callable[[str, Column], tuple[str, ...]]:
    def read(text: str, column: Column) -> tuple[str, ...]:
        if not text:
            return ()
        parts = [part.strip() for part in text.split(";")]
        if "" in parts:
            raise _Unreadable(f"{_short(text)} has nothing before or behind a semicolon", "take the semicolon away")
        if len(set(parts)) < len(parts):
            twice = next(part for part in parts if parts.count(part) > 1)
            raise _Unreadable(f"{_short(twice)} stands twice in one cell", "name it once")
        return tuple(one(part, column) for part in parts)

    return read


def _key(text: str, column: Column) -> str:
    return _matching(_KEY, text, "a key of sources.bib", "no blanks, commas, braces; several keys are separated by ;")


def _id_or_reading(text: str, column: Column) -> str:
    return _matching(_ID_OR_READING, text, "an id", "a fact's id, or ID:reading; several are separated by ;")


def _date(text: str, column: Column) -> Edtf | None:
    if not text:
        return None
    try:
        return read_date(text)
    except DateError as error:
        raise _Unreadable(error.what, error.suggestion) from None


def _public(text: str, column: Column) -> Edtf | str | None:
    if text == NOT_PUBLIC:
        return text
    if text.replace("_", " ").replace("-", " ").casefold() == NOT_PUBLIC:
        raise _Unreadable(f"{text!r} is not a date", f"write {NOT_PUBLIC}")
    return _date(text, column)


def _number(text: str, column: Column) -> float:
    if not text:
        return math.nan
    if not _NUMBER.fullmatch(text):
        raise _no_number(text)
    value = float(text)
    if not math.isfinite(value):
        raise _Unreadable(f"{_short(text)} is too large a number", "state it in a larger unit")
    return value


def _no_number(text: str) -> _Unreadable:
    plain = text.replace("\u2212", "-").replace("\u00a0", " ")
    if plain.lstrip("+-").casefold() in ("inf", "infinity", "nan", "∞"):
        return _Unreadable(f"{text!r} is not a finite number", "leave out a row whose value is not known")
    if re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", plain):
        return _Unreadable(f"{text!r} has commas between thousands", f"write {plain.replace(',', '')}")
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", plain):
        return _Unreadable(f"{text!r} has a decimal comma", f"write {plain.replace(',', '.')}")
    if re.fullmatch(r"[+-]?[0-9]{1,3}([ '\u2009\u202f][0-9]{3})+([.,][0-9]+)?", plain):
        return _Unreadable(f"{text!r} has gaps between thousands", f"write {re.sub('[^0-9+.,-]', '', plain)}")
    if plain != text and _NUMBER.fullmatch(plain):
        return _Unreadable(f"{text!r} has a minus sign of a word processor", f"write {plain}")
    if found := re.fullmatch(r"[~≈<>]\s*([+-]?[0-9.]+)", plain):
        return _Unreadable(f"{text!r} is no plain number", f"write {found[1]}, and in the note how sure it is")
    if found := re.fullmatch(r"([+-]?[0-9.]+)\s*([^\W\d].*|%|£|\$|€)|([£$€])\s*([0-9.]+)", plain):
        number, unit = found[1] or found[4], found[2] or found[3]
        return _Unreadable(
            f"{_short(text)} has its unit in the number", f"write {number} and put {unit!r} into the column unit"
        )
    return _Unreadable(f"{_short(text)} is not a number", "write digits with a decimal point")


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")


_READERS: dict[str, Callable[[str, Column], Any]] = {
    "text": _text,
    "texts": _listed(_text),
    "id": _id,
    "ids": _listed(_id_or_reading),
    "keys": _listed(_key),
    "name": _name,
    "names": _listed(_name),
    "date": _date,
    "public": _public,
    "number": _number,
    "choice": _choice,
    "label": _label,
}

_PLACEHOLDER: dict[str, Any] = {
    "date": UNREADABLE,
    "public": None,
    "number": math.nan,
    **dict.fromkeys(_LIST, ()),
}
