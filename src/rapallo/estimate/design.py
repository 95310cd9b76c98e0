"""From distinct vectors of statistics to the columns of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import UnknownNameError
from rapallo.estimate import places as at
from rapallo.estimate.formula import Formula, Statistic, Term
from rapallo.estimate.transform import transformed

INTERCEPT = "Intercept"
GROUPS = "group by "
"""What the name of an attribute that numbers groups begins with."""

GROUPING = {"sender": "sender_value", "receiver": "receiver_value", "year": "receiver_value"}
"""By what a parameter may differ, and the effect that tells an option's group."""


@dataclass(frozen=True, slots=True)
class Base:
    """One statistic that is followed through the history, and whom it is asked about (``places.AS_THEY_ARE`` …)."""

    statistic: Statistic
    parties: int = at.AS_THEY_ARE


@dataclass(frozen=True, slots=True)
class Derived:
    """One column: the product of some statistics, perhaps transformed, perhaps zero where a tie stands.

    Where ``group`` is the place of a statistic that numbers groups, the column is zero outside group ``code``.
    """

    name: str
    factors: tuple[int, ...]
    transform: str = ""
    untied: int = -1
    group: int = -1
    code: int = -1


@dataclass(frozen=True, slots=True)
class Pool:
    """A term whose parameter may differ from group to group: which statistic numbers the groups, and what they are."""

    term: str
    by: str
    group: int


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
    rate
        So many columns, the first ones, weigh how often the sender acts.
    pools
        Terms whose parameter differs from group to group.
    """

    statistics: tuple[Base, ...]
    columns: tuple[Derived, ...]
    consent: int | None = None
    pools: tuple[Pool, ...] = ()
    rate: int = 0

    def pooled(self, said: Mapping[str, str | Sequence[str]], by: Sequence[str]) -> Layout:
        """Follow what numbers the groups of some terms.

        Parameters
        ----------
        said
            Term to what its parameter differs by; the term ``1`` is a column of ones.
        by
            What it may differ by in this model.

        Raises
        ------
        UnknownNameError
            For a term or a kind of group that there is not.
        """
        own = [column.name for column in self.columns[: self.consent]]
        statistics, pools = list(self.statistics), list(self.pools)
        for term, kinds in said.items():
            if term != "1" and term not in own:
                raise UnknownNameError("term (in pool)", term, ["1", *own])
            for kind in (kinds,) if isinstance(kinds, str) else kinds:
                if kind not in by:
                    raise UnknownNameError("group (in pool)", kind, by)
                base = Base(Statistic(GROUPING[kind], (("attribute", GROUPS + kind),)))
                if base not in statistics:
                    statistics.append(base)
                pools.append(Pool(term, kind, statistics.index(base)))
        return replace(self, statistics=tuple(statistics), pools=tuple(pools))

    def parted(self, codes: Sequence[Sequence[int]]) -> tuple[Layout, list[list[int]]]:
        """Add a column for each group of each pooled term, before those of the consent.

        Gives the layout, and for each pool the places of its columns.
        """
        own = list(self.columns[: self.consent])
        made: list[Derived] = []
        places: list[list[int]] = []
        for pool, found in zip(self.pools, codes, strict=True):
            term = next((each for each in own if each.name == pool.term), Derived("1", ()))
            places.append([len(own) + len(made) + k for k in range(len(found))])
            made += [
                replace(term, name=f"{term.name} [{pool.by} {code}]", group=pool.group, code=code) for code in found
            ]
        theirs = () if self.consent is None else self.columns[self.consent :]
        consent = None if self.consent is None else self.consent + len(made)
        return replace(self, columns=(*own, *made, *theirs), consent=consent), places

    @staticmethod
    def of(
        terms: Sequence[Term],
        intercept: bool,
        asked: Formula | None,
        network: str,
        rate: Formula | None = None,
        before: str = "rate ",
    ) -> Layout:
        """Lay out the terms of a formula, and those of the consent and the sender's rate where there are such.

        ``before`` stands before the names of the rate's columns.
        """
        found: list[Base] = []

        def place(base: Base) -> int:
            if base not in found:
                found.append(base)
            return found.index(base)

        def columns(terms: Sequence[Term], intercept: bool, parties: int, before: str) -> list[Derived]:
            made = [Derived(before + INTERCEPT, ())] if intercept else []
            for term in terms:
                factors = tuple(place(Base(each, parties)) for each in term.factors)
                stands = Statistic("tie", (("network", network),))
                untied = place(Base(stands, parties)) if term.untied else -1
                made.append(Derived(before + term.name, factors, term.transform, untied))
            return made

        often = () if rate is None else columns(rate.terms, rate.intercept, at.FIRST_ALONE, before)
        own = (*often, *columns(terms, intercept, at.AS_THEY_ARE, ""))
        if asked is None:
            return Layout(tuple(found), own, rate=len(often))
        theirs = columns(asked.terms, asked.intercept, at.EXCHANGED, "consent ")
        return Layout(tuple(found), (*own, *theirs), len(own), rate=len(often))

    def design(self, statistics: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the model's columns over distinct vectors of statistics.

        Raises
        ------
        RapalloError
            If a transform has no finite number for a statistic, with the term and the value.
        """
        made = np.empty((len(statistics), len(self.columns)))
        for place, column in enumerate(self.columns):
            values = np.ones(len(statistics))
            for factor in column.factors:
                values = values * statistics[:, factor]
            if column.untied >= 0:
                counted = statistics[:, column.untied] <= 0
                values[counted] = transformed(column.name, column.transform, values[counted])
                values[~counted] = 0.0
            else:
                values = transformed(column.name, column.transform, values)
            if column.group >= 0:
                values = np.where(statistics[:, column.group] == column.code, values, 0.0)
            made[:, place] = values
        return made
