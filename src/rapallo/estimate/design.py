"""From distinct vectors of statistics to the columns of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapallo.estimate.formula import Formula, Statistic, Term

INTERCEPT = "Intercept"


@dataclass(frozen=True, slots=True)
class Base:
    """One statistic that is followed through the history; ``reversed`` reads it with the parties exchanged."""

    statistic: Statistic
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class Derived:
    """One column: the product of some statistics, perhaps transformed, perhaps zero where a tie stands."""

    name: str
    factors: tuple[int, ...]
    transform: str = ""
    untied: int = -1


@dataclass(frozen=True, slots=True)
class Layout:
    """Which statistics are followed, and which columns they become.

    Parameters
    ----------
    statistics
        Each followed once, however many terms use it.
    columns
        The model's parameters, in order.
    consent
        The first column that weighs the receiver's consent, or ``None``.
    """

    statistics: tuple[Base, ...]
    columns: tuple[Derived, ...]
    consent: int | None = None

    @staticmethod
    def of(terms: Sequence[Term], intercept: bool, asked: Formula | None, network: str) -> Layout:
        """Lay out the terms of a formula, and of the consent's formula where there is one."""
        found: list[Base] = []

        def place(base: Base) -> int:
            if base not in found:
                found.append(base)
            return found.index(base)

        def columns(terms: Sequence[Term], intercept: bool, reverse: bool, before: str) -> list[Derived]:
            made = [Derived(before + INTERCEPT, ())] if intercept else []
            for term in terms:
                factors = tuple(place(Base(each, reverse)) for each in term.factors)
                stands = Statistic("tie", (("network", network),))
                untied = place(Base(stands, reverse)) if term.untied else -1
                made.append(Derived(before + term.name, factors, term.transform, untied))
            return made

        own = columns(terms, intercept, False, "")
        if asked is None:
            return Layout(tuple(found), tuple(own))
        theirs = columns(asked.terms, asked.intercept, True, "consent ")
        return Layout(tuple(found), (*own, *theirs), len(own))

    def design(self, statistics: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the model's columns over distinct vectors of statistics."""
        made = np.empty((len(statistics), len(self.columns)))
        for place, column in enumerate(self.columns):
            values = np.ones(len(statistics))
            for factor in column.factors:
                values = values * statistics[:, factor]
            if column.transform == "log1p":
                values = np.log1p(np.maximum(values, 0.0))
            elif column.transform == "sqrt":
                values = np.sqrt(np.maximum(values, 0.0))
            elif column.transform == "square":
                values = values**2
            if column.untied >= 0:
                values = np.where(statistics[:, column.untied] > 0, 0.0, values)
            made[:, place] = values
        return made
