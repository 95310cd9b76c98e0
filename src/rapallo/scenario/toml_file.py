"""A TOML file, with the line on which each key stands."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rapallo.errors import Problem
from rapallo.record.folder import Folder
from rapallo.record.text import read_text

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'" r"|\#[^\n]*|[A-Za-z0-9_-]+|.|\n",
    re.DOTALL,
)
_PLACE = re.compile(r" \(at line ([0-9]+), column ([0-9]+)\)| \(at end of document\)")
_RIGHT = (
    ("Cannot declare", "write each table heading once"),
    ("Cannot overwrite", "write each key once"),
    ("Cannot mutate", "write each key once"),
    ("Duplicate inline table key", "write each key once"),
    ("Expected '='", "write KEY = VALUE"),
    ("Invalid date", "write a date as YYYY-MM-DD"),
    ("Invalid value", 'put text into quotes: KEY = "text"'),
    ("Unescaped '\\'", "write \\\\ or put the text into single quotes"),
    ("Illegal character '\\n'", "close the quote, or use three quotes for text of several lines"),
    ("Unterminated string", "close the quote"),
    ("Expected ']'", "close the bracket"),
    ("Unclosed array", "close the bracket"),
    ("Unclosed inline table", "close the brace"),
    ("Expected newline or end of document", "one KEY = VALUE a line; text goes into quotes"),
)

Path = tuple[str, ...]

LARGEST = 2 * 1024 * 1024
"""Bytes."""


@dataclass(frozen=True)
class TomlFile:
    """One TOML file, parsed.

    Parameters
    ----------
    name
        File name.
    text
        As written.
    data
        As parsed.
    """

    name: str
    text: str
    data: dict[str, Any]

    @cached_property
    def _lines(self) -> dict[Path, int]:
        return find_lines(self.text)

    def line(self, path: Path) -> int | None:
        """Give the line of a key, of the first key below it, or of the nearest table above it."""
        while path:
            if path in self._lines:
                return self._lines[path]
            below = [line for key, line in self._lines.items() if key[: len(path)] == path]
            if below:
                return min(below)
            path = path[:-1]
        return None

    def problem(self, path: Path, what: str, suggestion: str = "") -> Problem:
        """Make a problem of one key."""
        return Problem(self.name, self.line(path), ".".join(path) or None, what, suggestion)


def read_toml(folder: Folder, file: str, problems: list[Problem]) -> TomlFile | None:
    """Read a TOML file; an error becomes a problem with its line, and the result ``None``."""
    text = read_text(folder, file, problems, LARGEST)
    if text is None:
        return None
    try:
        return TomlFile(file, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _PLACE.search(message)
        line = text.count("\n") + 1
        if place is not None and place[1]:
            line = int(place[1])
        what = _PLACE.sub("", message)
        shown = text.split("\n")[line - 1].strip()
        right = next((right for start, right in _RIGHT if start in what), "")
        what = f"this is not TOML: {what}" + (f", in {shown[:80]!r}" if shown else "")
        problems.append(Problem(file, line, None, what, right))
    except (ValueError, RecursionError) as error:
        what = "the tables are nested too deeply" if isinstance(error, RecursionError) else f"this is not TOML: {error}"
        problems.append(Problem(file, None, None, what))
    return None


def find_lines(text: str) -> dict[Path, int]:
    """Find the line of every table heading and key of a valid TOML text.

    Examples
    --------
    >>> find_lines('''start = "1918-01-01"
    ... [layers.treaty]
    ... says = "x"
    ... ''')
    {('start',): 1, ('layers', 'treaty'): 2, ('layers', 'treaty', 'says'): 3}
    """
    lines: dict[Path, int] = {}
    table: Path = ()
    pieces: list[str] = []
    line, depth = 1, 0
    state = "key"
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token == "\n":
            if state == "value" and depth == 0:
                state = "key"
            if state != "value":
                pieces, state = [], "key"
        elif token[0] == "#" or token.isspace() or token == ".":
            pass
        elif state == "value":
            depth += (token in "[{") - (token in "]}") if len(token) == 1 else 0
        elif token == "[":
            state = "heading"
        elif token == "]" and state == "heading":
            if pieces:
                table = tuple(pieces)
                lines.setdefault(table, line)
            pieces = []
        elif token == "=":
            lines.setdefault((*table, *pieces), line)
            pieces, state, depth = [], "value", 0
        else:
            pieces.append(token[1:-1] if token[0] in "\"'" and len(token) > 1 else token)
        line += token.count("\n")
    return lines
