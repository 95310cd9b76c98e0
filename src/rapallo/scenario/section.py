"""One table of a TOML file, taken apart key by key."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from rapallo.errors import Problem
from rapallo.record.edtf import FIRST_YEAR, LAST_YEAR
from rapallo.record.suggest import suggest
from rapallo.scenario.toml_file import Path, TomlFile

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ABSENT: Any = object()


class Section:
    """One table of a TOML file; every key that is asked for is known, every other is a problem.

    Parameters
    ----------
    file
        The file.
    path
        Keys from the top of the file to this table.
    values
        The table.
    problems
        Where problems are added.
    """

    def __init__(self, file: TomlFile, path: Path, values: Any, problems: list[Problem]) -> None:
        self.file, self.path, self.problems = file, path, problems
        self._known: set[str] = set()
        if not isinstance(values, dict):
            self.problem("", f"{shown(values)} stands where a table is meant", "write { … } or a [heading]")
            values = {}
        self.values: dict[str, Any] = values

    def problem(self, key: str, what: str, suggestion: str = "") -> None:
        """Add a problem of one key, or of the table itself."""
        self.problems.append(self.file.problem((*self.path, key) if key else self.path, what, suggestion))

    def text(self, key: str, default: str | None = None) -> str:
        """Give a text; without a default it must be there and say something."""
        value = self._take(key, default)
        if value is _ABSENT:
            return ""
        if not isinstance(value, str):
            self._wrong(key, value, 'text in quotes: "…"')
            return default or ""
        if default is None and not value.strip():
            self.problem(key, "the text is empty", "write a few words")
        return value.strip()

    def name(self, key: str, default: str | None = None) -> str:
        """Give a name: letters, digits and underscores."""
        value = self.text(key, default)
        if value and not NAME.fullmatch(value):
            self.problem(key, f"{shown(value)} is not a name", "use letters, digits and _, beginning with a letter")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts; one text alone is a list of one, and an absent key an empty list."""
        value = self._take(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self._wrong(key, value, 'a list of texts: ["…", "…"]')
            return ()
        twice = next((each for each in value if value.count(each) > 1), None)
        if twice is not None:
            self.problem(key, f"{shown(twice)} stands twice in the list", "name it once")
        return tuple(each.strip() for each in dict.fromkeys(value))

    def who(self, key: str) -> str | tuple[str, ...]:
        """Give a name, or a list of names."""
        value = self._take(key, None)
        if value is _ABSENT:
            return ""
        if isinstance(value, str):
            return value.strip()
        if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
            self._wrong(key, value, 'a kind of actor or an attribute: "…", or a list of actors: ["…", "…"]')
            return ""
        return tuple(dict.fromkeys(each.strip() for each in value))

    def number(self, key: str, default: float | None = None, *, infinite: bool = False) -> float:
        """Give a number; finite, unless infinity is allowed. NaN where it cannot be had."""
        value = self._take(key, default)
        if value is _ABSENT:
            return math.nan
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self._wrong(key, value, "a number without quotes")
            return math.nan
        try:
            value = float(value)
        except OverflowError:
            value = math.inf
        if math.isnan(value) or (math.isinf(value) and not infinite):
            self.problem(key, f"{value} is not a finite number", "write a finite number")
            return math.nan
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """Give true or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            self._wrong(key, value, "true or false, without quotes")
            return default
        return value

    def counts(self, key: str) -> tuple[int, ...]:
        """Give a list of whole numbers; one alone is a list of one, and an absent key an empty list."""
        value = self._take(key, [])
        value = value if isinstance(value, list) else [value]
        if not all(isinstance(each, int) and not isinstance(each, bool) for each in value):
            self._wrong(key, value, "a whole number, or a list of them: [1, 4]")
            return ()
        return tuple(dict.fromkeys(value))

    def choice(self, key: str, choices: Collection[str], default: str | None = None) -> str:
        """Give one of several words."""
        value = self.text(key, default)
        if value and value not in choices:
            self.problem(key, f"{shown(value)} is none of the words allowed", suggest(value[:80], choices))
            return next(iter(choices))
        return value if value in choices else next(iter(choices))

    def day(self, key: str) -> str:
        """Give a day as ISO text, within the years that a table may name; a TOML date is taken too."""
        value = self._take(key, None)
        if value is _ABSENT:
            return ""
        try:
            if not isinstance(value, date) or isinstance(value, datetime):
                if not isinstance(value, str) or not _ISO.fullmatch(value.strip()):
                    raise ValueError
                value = date.fromisoformat(value.strip())
        except ValueError:
            self.problem(key, f"{shown(value)} is not a day", "write it as YYYY-MM-DD")
            return ""
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            what = f"the year of {value.isoformat()!r} lies outside {FIRST_YEAR} to {LAST_YEAR}"
            self.problem(key, what, "name a day within them")
            return ""
        return value.isoformat()

    def section(self, key: str) -> Section:
        """Give a table below this one; an empty one where it is absent."""
        self._known.add(key)
        return Section(self.file, (*self.path, key), self.values.get(key, {}), self.problems)

    def sections(self, key: str) -> list[tuple[str, Section]]:
        """Give the tables below a key, by name, in their order."""
        whole = self.section(key)
        found = []
        for name, values in whole.values.items():
            if not NAME.fullmatch(name):
                what = f"{shown(name)} is not a name"
                whole.problem(name, what, "use letters, digits and _, beginning with a letter")
            found.append((name, Section(self.file, (*whole.path, name), values, self.problems)))
        return found

    def items(self) -> list[tuple[str, Any]]:
        """Give every key and value, and count each key as known."""
        self._known.update(self.values)
        return list(self.values.items())

    def know(self, key: str) -> None:
        """Count a key as known; its value is read by other means."""
        self._known.add(key)

    def has(self, key: str) -> bool:
        """Tell whether a key is there."""
        return key in self.values

    def done(self) -> None:
        """Add a problem for every key that was not asked for."""
        for key in self.values:
            if key not in self._known:
                absent = [name for name in self._known if name not in self.values] or self._known
                self.problem(key, f"there is no key {shown(key)} here", suggest(key[:80], absent))

    def _take(self, key: str, default: Any) -> Any:
        self._known.add(key)
        if key in self.values:
            return self.values[key]
        if default is None:
            self.problem(key, f"the key {key!r} is missing", f"add {key} = …")
            return _ABSENT
        return default

    def _wrong(self, key: str, value: Any, right: str) -> None:
        self.problem(key, f"{shown(value)} is not what belongs here", f"write {right}")


def shown(value: Any) -> str:
    """Show a value in a message, cut where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, or lists without end
        return "the value"
    return text if len(text) <= 60 else text[:57] + "…"
