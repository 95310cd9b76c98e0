"""The nearest valid name, as a suggestion of its own."""

from __future__ import annotations

from collections.abc import Collection

from rapallo.errors import nearest

_MOST_SEARCHES = 200
_FEW = 12


def suggest(name: str, valid: Collection[str]) -> str:
    """Say which valid names are nearest, as a suggestion of its own.

    Examples
    --------
    >>> suggest("recogniton", ["recognition", "treaty"])
    "did you mean 'recognition'?"
    """
    return nearest(name, valid).removeprefix("; ")


class Suggestions:
    """The nearest of a long list for many names: each name is looked up once, and only so many.

    Parameters
    ----------
    valid
        The valid names.
    """

    def __init__(self, valid: Collection[str]) -> None:
        self._valid = valid
        self._found: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """Give the suggestion for one name; empty where none is near, or once many names were unknown."""
        if name not in self._found:
            right = suggest(name, self._valid) if len(self._found) < _MOST_SEARCHES else ""
            self._found[name] = right if right.startswith("did") or len(self._valid) <= _FEW else ""
        return self._found[name]
