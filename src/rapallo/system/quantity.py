"""Dated numbers that actors and pairs of actors carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Shape = Literal["actor", "pair"]
Rule = Literal["step", "carry", "linear", "log-linear"]
Unrecorded = Literal["default", "middle"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number carried by an actor (``attributes.csv``) or by a pair (``dyads.csv``).

    Parameters
    ----------
    name
        Its name, as effects read it.
    shape
        ``actor`` or ``pair``.
    says
        What it is, in a noun phrase.
    unit
        Its unit, as the tables state it.
    rule
        How a value between two dated rows is found: ``step`` (a value holds from its date),
        ``carry`` (the same, for benchmarks), ``linear`` and ``log-linear`` (interpolated at
        each new year between benchmarks; a forecast, which may not look past its date, carries).
    default
        The value where nothing is recorded.
    mutual
        A pair's value is the same in both directions.
    written
        The engine writes it (a flow, a stock, an obligation); the record gives its start.
    counts
        Kind of person whose number in office it is, counted from ``persons.csv``; or empty.
    unrecorded
        Which value a pair has before its first row: ``default``, or ``middle``: towards a receiver with
        whom others have rows, ``expm1(log1p(least) / 2)`` with the least positive value that is recorded
        towards it up to then; the default before that, and towards all others.
    missing
        What an unrecorded value means, in words: ``unknown`` or why it is the default.
    """

    name: str
    shape: Shape
    says: str
    unit: str = ""
    rule: Rule = "step"
    default: float = 0.0
    mutual: bool = False
    written: bool = False
    missing: str = "unknown"
    counts: str = ""
    unrecorded: Unrecorded = "default"
