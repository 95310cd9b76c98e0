"""What a run draws: its chance, its parameters, its sources; each named, so that it can be drawn again or shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapallo.errors import RapalloError, UnknownNameError

UNCERTAINTIES = ("chance", "parameters", "sources")
"""Chance is the luck of a history; parameters are the numbers of the model; sources are dates and rival readings."""


class Drawn(NamedTuple):
    """Numbers of a run's three draws; ``None`` where it takes the values as they stand."""

    chance: int
    parameters: int | None
    sources: int | None


@dataclass(frozen=True, slots=True)
class Draws:
    """Which draws the runs of an ensemble make.

    Parameters
    ----------
    chance, parameters, sources
        What is drawn anew. Without ``chance`` every run has the luck of run 0.
    crossed
        Runs come in blocks: in each, every combination of two draws of everything that is
        uncertain. Otherwise run k has draw k of each.
    """

    chance: bool = True
    parameters: bool = False
    sources: bool = False
    crossed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """What is drawn, in words."""
        return tuple(name for name in UNCERTAINTIES if getattr(self, name))

    @property
    def block(self) -> int:
        """Runs in a block."""
        return 2 ** len(self.names) if self.crossed else 1

    @property
    def of_luck_alone(self) -> bool:
        """Whether runs differ by their luck alone, as they do where nothing else is asked for."""
        return self.names == UNCERTAINTIES[:1] and not self.crossed

    def of(self, run: int) -> Drawn:
        """Give the numbers of a run's draws.

        Examples
        --------
        >>> Draws(chance=True, parameters=True).of(7)
        Drawn(chance=7, parameters=7, sources=None)
        >>> [tuple(Draws(True, True, False, crossed=True).of(run)) for run in (4, 5, 6, 7)]
        [(2, 2, None), (3, 2, None), (2, 3, None), (3, 3, None)]
        """
        if not self.crossed:
            return Drawn(run if self.chance else 0, run if self.parameters else None, run if self.sources else None)
        block, place = divmod(run, self.block)
        # the first changes fastest: a new reading of the sources costs most, a new luck nothing
        which = {name: 2 * block + (place >> bit & 1) for bit, name in enumerate(self.names)}
        return Drawn(which.get("chance", 0), which.get("parameters"), which.get("sources"))


LUCK_ALONE = Draws()
"""Every run has luck of its own, and nothing else is drawn."""


def read_draws(uncertain: str | Sequence[str], crossed: bool = False) -> Draws:
    """Read which of the uncertainties are on: their names, or one text with commas.

    Raises
    ------
    UnknownNameError
        For a name that is none of them.
    RapalloError
        If none is named.

    Examples
    --------
    >>> read_draws("chance,sources")
    Draws(chance=True, parameters=False, sources=True, crossed=False)
    """
    texts = [uncertain] if isinstance(uncertain, str) else uncertain
    names = [part.strip() for text in texts for part in text.split(",") if part.strip()]
    for name in names:
        if name not in UNCERTAINTIES:
            raise UnknownNameError("uncertainty", name, UNCERTAINTIES)
    if not names:
        raise RapalloError(f"nothing is uncertain; name one or more of {', '.join(UNCERTAINTIES)}")
    return Draws("chance" in names, "parameters" in names, "sources" in names, crossed)
