"""Choosing one of several readings of a fact, by a named rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar, get_args

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.record.columns import BASES, CERTAINTIES

ReadingRule = Literal["most certain", "first", "draw", "by certainty"]
RULES: tuple[str, ...] = get_args(ReadingRule)
DRAWN = ("draw", "by certainty")
"""The rules that need a draw."""

ODDS = {"high": 9.0, "medium": 3.0, "low": 1.0}
"""Odds of a reading among its rivals by its certainty, for the rule ``by certainty``: three to one for each step. An
assumption."""


class Sourced(Protocol):
    """A row that may be one reading among several."""

    @property
    def reading(self) -> str:
        """The label."""

    @property
    def certainty(self) -> str:
        """How certain it is."""

    @property
    def basis(self) -> str:
        """What it rests on."""


Row = TypeVar("Row", bound=Sourced)


@dataclass(frozen=True, slots=True)
class Choice(Generic[Row]):
    """What was chosen for one fact, and what it was chosen over.

    Parameters
    ----------
    row
        The row that counts: of the reading that won, the most certain row, the first of equals.
    rule
        The rule that chose.
    agreeing
        Every row of the reading that won: its sources.
    lost
        The rows of the other readings.
    """

    row: Row
    rule: str
    agreeing: tuple[Row, ...]
    lost: tuple[Row, ...]

    @property
    def reading(self) -> str:
        """Label of the reading that won."""
        return self.row.reading


def choose(rows: Sequence[Row], rule: str = "most certain", draw: float | None = None) -> Choice[Row]:
    """Choose one reading of a fact.

    Rows with one label agree and are sources of one reading; rows with different labels are rivals.

    Parameters
    ----------
    rows
        All rows of one tie or one number of a fact, in the order of the table.
    rule
        ``most certain`` (highest certainty, then strongest basis, then first in the table);
        ``first`` (in the table); ``draw`` (each reading alike); ``by certainty`` (each with the
        odds of its most certain row).
    draw
        A number in (0, 1), for the rules that draw; one number for all rows of one fact makes them
        choose alike.

    Raises
    ------
    UnknownNameError
        If no rule bears the name.
    RapalloError
        If there are no rows, or ``draw`` is absent or not in (0, 1).
    """
    if rule not in RULES:
        raise UnknownNameError("rule for readings", rule, RULES)
    if not rows:
        raise RapalloError("there is no row to choose among")
    if len(rows) == 1 and rule not in DRAWN:
        return Choice(rows[0], rule, tuple(rows), ())
    labels = list(dict.fromkeys(row.reading for row in rows))
    if rule == "first":
        won = labels[0]
    elif rule == "most certain":
        won = min(rows, key=_doubt).reading
    else:
        if draw is None or not 0.0 < draw < 1.0:
            raise RapalloError(f"the rule {rule!r} was given {draw!r}; give it a number between 0 and 1")
        labels.sort()
        won = labels[int(draw * len(labels))] if rule == "draw" else _by_certainty(rows, labels, draw)
    agreeing = tuple(row for row in rows if row.reading == won)
    lost = tuple(row for row in rows if row.reading != won)
    return Choice(min(agreeing, key=_doubt), rule, agreeing, lost)


def _by_certainty(rows: Sequence[Sourced], labels: Sequence[str], draw: float) -> str:
    """Draw a label with the odds of its most certain row."""
    odds = [max(ODDS[row.certainty] for row in rows if row.reading == label) for label in labels]
    place = draw * sum(odds)
    for label, each in zip(labels, odds, strict=True):
        place -= each
        if place < 0.0:
            return label
    return labels[-1]


def _doubt(row: Sourced) -> tuple[int, int]:
    certainty = CERTAINTIES.index(row.certainty) if row.certainty in CERTAINTIES else len(CERTAINTIES)
    return certainty, BASES.index(row.basis) if row.basis in BASES else len(BASES)
