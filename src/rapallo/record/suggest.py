"""The nearest valid name, as a suggestion of its own."""

from __future__ import annotations

from collections.abc import Collection

from rapallo.errors import nearest

_MOST_SEARCHES = 200


def suggest(name: str, valid: Collection[str]) -> str:
    """Say which valid names are nearest, as a suggestion of its own.

    Examples
    --------
    >>> suggest("recogniton", ["recognition", "treaty"])
    "did you mean 'recognition'?"
    """
    return nearest(name, valid).removeprefix("; ")


class Suggestions:
    """The same for many names against one long list: each name is looked up once, and only so many.

    Parameters
    ----------
    valid
        The valid names.
    """

    def __init__(self, valid: Collection[str]) -> None:
        self._valid = valid
        self._found: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """Give the suggestion for one name; empty once many names were unknown."""
        if name not in self._found:
            self._found[name] = suggest(name, self._valid) if len(self._found) < _MOST_SEARCHES else ""
        return self._found[name]
