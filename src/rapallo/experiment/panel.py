"""What was known, year by year before an origin: the data that baselines are fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.effects import get_effect
from rapallo.experiment.outcome import Pair, at_risk, outcome
from rapallo.experiment.question import Question, years_after
from rapallo.measures.coverage import covered
from rapallo.record.time import YEAR
from rapallo.system.calendar import replay

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario
    from rapallo.system.process import Motive

LONGEST = 40
"""Years before an origin that are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One row for each pair that could tie itself in each whole year before an origin.

    Parameters
    ----------
    age
        Years from the receiver's first day to the year's, by row.
    covariates
        What the process's motives read at the year's beginning, but for ties and memories: shape
        ``(rows, covariates)``.
    names
        Of the covariates.
    happened, exposed
        Whether the tie formed in the year, and for how many years it could have.
    years
        The first day of each year looked at, ascending, and how old the receiver was.
    counts
        By what is counted: acts in each of those years, NaN where the record does not cover it.
    """

    age: NDArray[np.float64]
    covariates: NDArray[np.float64]
    names: tuple[str, ...]
    happened: NDArray[np.float64]
    exposed: NDArray[np.float64]
    years: NDArray[np.float64]
    counts: dict[str, NDArray[np.float64]]


def panel(known: Scenario, question: Question, origin: float) -> Panel:
    """Look back from an origin, year by year, at what is known there."""
    born = first_day(known, question.receiver)
    starts = [day for back in range(LONGEST, 0, -1) if (day := years_after(origin, -back)) >= born]
    motives = quiet_motives(known, question)
    rows: list[tuple[float, float, float]] = []
    values = []
    counts: dict[str, list[float]] = {}
    for day in starts:
        ends = years_after(day, 1)
        pairs = at_risk(known, question, day)
        found = outcome(known.record, question, pairs, day, [ends])
        inside = found.time < ends - day
        rows += [
            ((day - born) / YEAR, float(done), min(time, ends - day) / YEAR)
            for done, time in zip(inside, found.time, strict=True)
        ]
        values.append(covariates(known, motives, pairs, day))
        for name, count in found.counts.items():
            seen = is_covered(known, question, name, day, ends)
            counts.setdefault(name, []).append(float(count[0]) if seen else np.nan)
    table = np.array(rows).reshape(-1, 3)
    return Panel(
        age=table[:, 0],
        covariates=np.concatenate([*values, np.empty((0, len(motives)))]),
        names=tuple(motive.name for motive in motives),
        happened=table[:, 1],
        exposed=table[:, 2],
        years=np.array([(day - born) / YEAR for day in starts]),
        counts={name: np.array(each) for name, each in counts.items()},
    )


def first_day(known: Scenario, actor: str) -> float:
    """Give the first day of an actor's first spell, or of the record where that is not stated."""
    begun = [row.begins.earliest for row in known.tables.spells[actor] if row.begins is not None]
    stated = [day for day in begun if day is not None]
    return min(stated) if len(stated) == len(known.tables.spells[actor]) else known.record.start


def is_covered(known: Scenario, question: Question, what: str, begin: float, end: float) -> bool:
    """Say whether the record covers what is counted over a stretch."""
    layer = known.processes[what].layer if what in known.processes else question.layer
    return bool(covered(known.record, layer, np.array([begin]), np.array([end]))[0])


def quiet_motives(known: Scenario, question: Question) -> tuple[Motive, ...]:
    """Give the motives of the process that read numbers alone: no ties, no memories of acts."""
    process = known.processes[question.process]
    found = []
    for motive in (*process.motives, *process.rate):
        reads = _reads(motive)
        if reads and all(name in known.quantities for name in reads.values()):
            found.append(motive)
    return tuple(found)


def covariates(known: Scenario, motives: Sequence[Motive], pairs: Sequence[Pair], day: float) -> NDArray[np.float64]:
    """Evaluate motives for pairs as the state was on a day: shape ``(pairs, motives)``; NaN counts as 0."""
    world = replay(known.record, float(np.nextafter(day, -np.inf)))
    index = {name: k for k, name in enumerate(world.actors)}
    made = np.zeros((len(pairs), len(motives)))
    for column, motive in enumerate(motives):
        effect: Any = get_effect(motive.effect)
        settings = {**dict(effect.settings), **dict(motive.settings)}
        for row, (sender, receiver) in enumerate(pairs):
            view = world.view(index[sender], _reads(motive), settings)
            made[row, column] = effect.function(view, index[sender], index[receiver])
    return np.nan_to_num(made, nan=0.0, posinf=0.0, neginf=0.0)


def _reads(motive: Motive) -> dict[str, str]:
    bound = dict(motive.reads)
    return {slot: bound.get(slot, slot) for slot in get_effect(motive.effect).reads}
