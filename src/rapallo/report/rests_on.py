"""What rows of the record rest on: pages read, datasets, or works only to be looked up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

KINDS = {
    "read": "pages read",
    "dataset": "datasets",
    "background": "works not opened, only to be looked up",
    "invented": "made up for teaching or testing",
}
"""What the bases of a row come down to, in words."""


@dataclass(frozen=True, slots=True)
class RestsOn:
    """How many rows rest on what.

    Parameters
    ----------
    read, dataset, background, invented
        Rows whose page was read (wholly, in part, or in conflict with another), rows of a dataset,
        rows of general knowledge that name works to look up, and rows that were made up.
    """

    read: int = 0
    dataset: int = 0
    background: int = 0
    invented: int = 0

    @property
    def rows(self) -> int:
        """All of them."""
        return self.read + self.dataset + self.background + self.invented

    def share(self, kind: str) -> float:
        """Give the share of one kind; NaN where there are no rows."""
        return float(getattr(self, kind)) / self.rows if self.rows else float("nan")

    def __str__(self) -> str:
        if not self.rows:
            return "no rows of the record"
        parts = [f"{_percent(self.share(kind))} {words}" for kind, words in KINDS.items() if getattr(self, kind)]
        return f"{self.rows} {'row' if self.rows == 1 else 'rows'}: {', '.join(parts)}"


def _percent(share: float) -> str:
    """Round a share; what is there is never said to be nothing, and what is not all never to be all."""
    if share < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 <= share < 1.0 else f"{100 * share:.0f}%"


def rests_on(rows: Iterable[Any]) -> RestsOn:
    """Count rows by what they rest on.

    Parameters
    ----------
    rows
        Anything with a ``basis``.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> print(rests_on([Row(basis="read"), Row(basis="read_partial"), Row(basis="background")]))
    3 rows: 67% pages read, 33% works not opened, only to be looked up
    """
    counts = dict.fromkeys(KINDS, 0)
    for row in rows:
        counts["read" if row.basis.startswith("read") else row.basis] += 1
    return RestsOn(**counts)
