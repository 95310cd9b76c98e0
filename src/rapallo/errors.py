"""The one hierarchy of errors: each message says where, what, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class RapalloError(Exception):
    """Something the user can mend; printed without a traceback, exit code 2."""


class MissingExtraError(RapalloError):
    """An optional dependency is absent; the message carries the command that mends it."""


class DateError(RapalloError, ValueError):
    """A text that is no date of the profile in :mod:`rapallo.record.edtf`.

    Parameters
    ----------
    what
        What is wrong, in one clause.
    suggestion
        What would be right, or an empty string.
    """

    def __init__(self, what: str, suggestion: str = "") -> None:
        self.what, self.suggestion = what, suggestion
        super().__init__(what + (f"; {suggestion}" if suggestion else ""))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one place in a scenario folder.

    Parameters
    ----------
    file
        Path relative to the scenario folder.
    line
        1-based line, or ``None`` where the whole file is meant.
    column
        Name of the column (CSV) or dotted key (TOML), or ``None``.
    what
        What is wrong, in one sentence.
    suggestion
        What would be right, or an empty string.
    """

    file: str
    line: int | None
    column: str | None
    what: str
    suggestion: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        if self.column:
            place = f"{place} [{self.column}]"
        return f"{place}: {self.what}" + (f" ({self.suggestion})" if self.suggestion else "")


class ScenarioError(RapalloError):
    """A scenario folder that cannot be used; carries every problem found, and nothing was loaded."""

    def __init__(self, problems: Sequence[Problem], folder: str = "") -> None:
        self.problems = tuple(problems)
        self.folder = folder
        head = f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''}" + (
            f" in {folder}" if folder else ""
        )
        super().__init__("\n".join([head, *(str(problem) for problem in self.problems)]))


class UnknownNameError(RapalloError, LookupError):
    """A name that is not there; the message gives the nearest valid one."""

    def __init__(self, kind: str, name: str, valid: Iterable[str]) -> None:
        self.kind, self.name = kind, name
        super().__init__(f"no {kind} is called {name!r}" + nearest(name, valid))


def nearest(name: str, valid: Iterable[str]) -> str:
    """Say which valid names are nearest to a misspelt one.

    Examples
    --------
    >>> nearest("recogniton", ["recognition", "treaty"])
    "; did you mean 'recognition'?"
    >>> nearest("REICHSWER", ["Reichswehr", "treaty"])
    "; did you mean 'Reichswehr'?"
    >>> nearest("zzz", ["recognition", "treaty"])
    '; valid: recognition, treaty'
    """
    names = sorted({str(each) for each in valid})
    folded = {each.casefold(): each for each in names}
    if name.casefold() in folded:
        return f"; did you mean {folded[name.casefold()]!r}?"
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if not close:
        close = [folded[each] for each in difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)]
    if close:
        return f"; did you mean {close[0]!r}?"
    if len(names) > 12:
        return f"; valid: {', '.join(names[:12])}, … ({len(names)} in all)"
    return f"; valid: {', '.join(names)}" if names else ""
