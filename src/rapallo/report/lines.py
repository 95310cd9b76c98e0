"""A measure of many runs as a few lines: where, the median run, the middle nine tenths, the record."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rapallo.experiment.measure_of_runs import MeasureOfRuns

MOST_ACTORS = 8
"""Lines of a measure by actor at most."""


ANSWERED = "actors with an answer"


@dataclass(frozen=True, slots=True)
class Line:
    """One number of a measure.

    Parameters
    ----------
    at
        A year, an actor, or an empty text.
    low, median, high
        Of the runs that have an answer: the middle nine tenths and their middle.
    answered
        Share of the runs that have one.
    record
        The record's number; NaN where it has none.
    unit
        Of the numbers.
    whole
        Whether the runs have whole numbers only: counts.
    """

    at: str
    low: float
    median: float
    high: float
    answered: float
    record: float
    unit: str
    whole: bool = False

    @property
    def inside(self) -> bool | None:
        """Whether the record lies in the middle nine tenths of the runs; ``None`` where it has no number."""
        if math.isnan(self.record) or math.isnan(self.median):
            return None
        return self.low <= self.record <= self.high

    def text(self, value: float) -> str:
        """Write one of the line's numbers."""
        return number(value, self.unit, whole=self.whole)

    def __str__(self) -> str:
        where = f"{self.at}: " if self.at else ""
        unit = f" {self.unit}" if self.unit not in ("year", "", self.at) and " to " not in self.unit else ""
        if math.isnan(self.median):
            runs = "no run has an answer"
        else:
            runs = f"{self.text(self.median)} ({self.text(self.low)} to {self.text(self.high)}){unit}"
            runs += f" in {100 * self.answered:.0f}% of the runs" if self.answered < 1.0 else ""
        stated = "the record has none" if math.isnan(self.record) else f"record {self.text(self.record)}"
        return f"{where}{runs}; {stated}"


def in_words(measure: MeasureOfRuns, actors: Collection[str] = ()) -> list[Line]:
    """Give the lines of a measure.

    Parameters
    ----------
    measure
        The measure of some runs.
    actors
        Of a measure by actor, whom to show; without any, how many have an answer.

    Returns
    -------
    list
        One line for a number; three of a yearly measure, at a third and two thirds of the span and
        at its end; of one by actor the actors asked for, those with a recorded number first.
    """
    values, record = measure.values.to_numpy(), measure.record.to_numpy(dtype=float)
    names = list(measure.values.columns)
    if measure.shape == "number":
        return [_line("", values[:, 0], record[0], measure.unit)]
    if measure.shape == "yearly":
        last = len(names) - 1
        places = sorted({round(last / 3), round(2 * last / 3), last}) if last > 5 else [last]
        return [_line(str(names[k].year), values[:, k], record[k], measure.unit) for k in places]
    wanted = [k for k, name in enumerate(names) if name in actors and not _empty(values[:, k], record[k])]
    if not wanted:
        answered = (~np.isnan(values)).sum(axis=1).astype(float)
        return [_line(ANSWERED, answered, float(np.isfinite(record).sum()), ANSWERED)]
    wanted.sort(key=lambda k: (not np.isfinite(record[k]), record[k] if np.isfinite(record[k]) else 0.0, names[k]))
    return [_line(names[k], values[:, k], record[k], measure.unit) for k in wanted[:MOST_ACTORS]]


def number(value: float, unit: str = "", *, whole: bool = False) -> str:
    """Write a number as a person would: whole where it is whole or large, a year with its tenth.

    Parameters
    ----------
    value
        The number.
    unit
        Its unit.
    whole
        It lies between whole numbers, so that a second place behind the point says nothing.

    Examples
    --------
    >>> number(12.0), number(0.3333), number(1234.5), number(1926.92, "year"), number(float("nan"))
    ('12', '0.33', '1,234', '1926.9', '')
    """
    if math.isnan(value):
        return ""
    if unit == "year":
        return f"{value:.1f}"
    if value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    if whole:
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _line(at: str, values: np.ndarray, record: float, unit: str) -> Line:
    known = values[~np.isnan(values)]
    low, median, high = np.quantile(known, (0.05, 0.5, 0.95)).tolist() if len(known) else (math.nan,) * 3
    whole = len(known) > 0 and bool((known == np.round(known)).all())
    return Line(at, low, median, high, len(known) / max(1, len(values)), float(record), unit, whole)


def _empty(values: np.ndarray, record: float) -> bool:
    return bool(np.isnan(values).all() and np.isnan(record))
