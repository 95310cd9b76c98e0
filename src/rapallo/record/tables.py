"""Reading one CSV file strictly: what a spreadsheet did to it is named, not guessed around."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

from rapallo.errors import Problem
from rapallo.record.columns import Table
from rapallo.record.folder import Folder
from rapallo.record.suggest import suggest
from rapallo.record.text import read_text

MOST_ROWS = 1_000_000
LONGEST_CELL = 100_000
"""Characters."""

_MISSING = re.compile(r"NA|N/A|n/a|NULL|Null|null|NaN|nan|None|NONE|#[A-Z/0!?]+[!?]?|\\N|<NA>")
_FREE_TEXT = frozenset({"title", "note", "name_en", "name_ru", "locator", "role"})


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table's cells as text, by column.

    Parameters
    ----------
    file
        The file it was read from.
    lines
        For each row, the physical line on which it begins.
    columns
        Every column of the table, absent ones filled with empty text.
    """

    file: str
    lines: Sequence[int]
    columns: dict[str, Sequence[str]]

    def __len__(self) -> int:
        return len(self.lines)

    def rows(self) -> Iterator[dict[str, str]]:
        """Give the rows one by one, as dictionaries."""
        for cells in zip(*self.columns.values(), strict=True):
            yield dict(zip(self.columns, cells, strict=True))


def read_table(folder: Folder, table: Table, problems: list[Problem], file: str = "") -> RawTable | None:
    """Read one table; give ``None`` where it cannot be read at all.

    Every problem is added to ``problems`` with file, physical line, column and suggestion: the
    encoding, the separator, quotes, headings that are missing, unknown or there twice, rows of
    other length than the heading, cells with blanks around them or that say "missing" in letters,
    and absurd sizes.
    """
    file = file or table.file
    text = read_text(folder, file, problems)
    if text is None:
        return None
    if not text.strip():
        problems.append(Problem(file, None, None, "the file is empty", f"its first line should be {_heading(table)}"))
        return None
    first = text.split("\n", 1)[0]
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "upright strokes")):
        if first.count(mark) > first.count(","):
            problems.append(Problem(file, 1, None, f"columns are separated by {name}", "separate them by commas"))
            return None
    rows, lines = _split(file, text, problems)
    if rows is None:
        return None
    header = rows[0]
    if not _check_header(file, table, header, problems):
        return None
    return _check_cells(file, table, header, rows[1:], lines[1:], problems)


def _heading(table: Table) -> str:
    return ",".join(column.name for column in table.columns)


def _split(file: str, text: str, problems: list[Problem]) -> tuple[list[list[str]] | None, Sequence[int]]:
    """Split into rows; blank lines are passed over."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    begins = 1
    try:
        for row in reader:
            if row:
                rows.append(row)
                lines.append(begins)
                if len(rows) > MOST_ROWS + 1:
                    what = f"the table has more than {MOST_ROWS:,} rows"
                    problems.append(Problem(file, begins, None, what, "split the scenario or thin the table out"))
                    return None, ()
            begins = reader.line_num + 1
    except csv.Error as error:
        problems.append(_broken(file, begins, str(error)))
        return (rows, lines) if rows else (None, ())
    return (rows, lines) if rows else (None, ())


def _broken(file: str, line: int, error: str) -> Problem:
    rest = "; the rest of the file was not read"
    if "field larger" in error:
        return Problem(
            file, line, None, "a cell is larger than 100,000 characters" + rest, "is a quote left open there?"
        )
    if "unexpected end" in error:
        return Problem(file, line, None, "a quote opened in this row is never closed", 'close it with "')
    if "expected after" in error:
        what = "there is text behind a closing quote" + rest
        return Problem(file, line, None, what, 'a quote inside a quoted cell is written twice: ""')
    return Problem(file, line, None, f"the row cannot be split into cells: {error}{rest}")


def _check_header(file: str, table: Table, header: list[str], problems: list[Problem]) -> bool:
    """Check the headings; false where no column can be trusted."""
    known = [column.name for column in table.columns]
    before = len(problems)
    seen: set[str] = set()
    for position, name in enumerate(header, 1):
        if not name.strip():
            what = f"column {position} has no heading"
            problems.append(Problem(file, 1, None, what, "take away the surplus comma, or name the column"))
        elif name in seen:
            problems.append(Problem(file, 1, name, "there are two columns of this name", "take one away"))
        elif name not in known:
            missing = [each for each in known if each not in header] or known
            problems.append(Problem(file, 1, name, "there is no such column", suggest(name.strip(), missing)))
        seen.add(name)
    for column in table.columns:
        if column.needed and column.name not in seen:
            close = [each for each in header if each not in known and each.strip().casefold() == column.name.casefold()]
            suggestion = f"rename {close[0]!r}" if close else f"its first line should be {_heading(table)}"
            problems.append(Problem(file, 1, column.name, "the column is missing", suggestion))
    return len(problems) == before


def _check_cells(
    file: str,
    table: Table,
    header: list[str],
    rows: list[list[str]],
    lines: Sequence[int],
    problems: list[Problem],
) -> RawTable:
    width = len(header)
    if any(len(row) != width for row in rows):
        good = []
        for row, line in zip(rows, lines, strict=True):
            if len(row) == width:
                good.append((row, line))
                continue
            more = "put quotes around a cell that holds a comma" if len(row) > width else "add the missing commas"
            what = f"the row has {len(row)} cell{'s' * (len(row) != 1)} where the heading has {width}"
            problems.append(Problem(file, line, None, what, more))
        rows, lines = [row for row, _ in good], [line for _, line in good]
    columns: dict[str, Sequence[str]] = dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else {}
    empty = [""] * len(rows)
    whole = RawTable(file, lines, {column.name: columns.get(column.name, empty) for column in table.columns})
    for name, cells in whole.columns.items():
        odd = {text: found for text in set(cells) if (found := _odd(name, text)) is not None}
        if odd:
            for cell, line in zip(cells, lines, strict=True):
                if cell in odd:
                    problems.append(Problem(file, line, name, *odd[cell]))
    return whole


def _odd(column: str, text: str) -> tuple[str, str] | None:
    """Tell what is odd about one cell, or nothing."""
    if len(text) > LONGEST_CELL:
        return f"the cell has {len(text):,} characters", f"{LONGEST_CELL:,} at most"
    if text != text.strip():
        return f"{_short(text)} has blanks around it", f"write {_short(text.strip())}"
    if column not in _FREE_TEXT and _MISSING.fullmatch(text):
        return f"{text!r} says in letters that nothing is known", "leave the cell empty, or the row out"
    return None


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
