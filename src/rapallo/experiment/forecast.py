"""Forecasts of the model: many runs on from what was known at a date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError
from rapallo.experiment.outcome import Outcome, Pair, outcome
from rapallo.experiment.question import Question

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario

MOST_FAILURES = 0.1
"""Share of runs that may fail (a rate that a draw of the parameters lets run away) before the forecast is given up."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Draws of what may come of a question.

    Parameters
    ----------
    by
        The forecaster's name.
    time
        Days from the origin until each pair's tie forms, infinite where it does not: ``(draws, pairs)``.
    counts
        Acts until each horizon, by what is counted: ``(draws, horizons)``.
    failed
        Runs that could not be finished and were drawn again.
    """

    by: str
    time: NDArray[np.float64]
    counts: dict[str, NDArray[np.int64]]
    failed: int = 0


def forecast(
    scenario: Scenario,
    question: Question,
    pairs: Sequence[Pair],
    origin: float,
    ends: Sequence[float],
    *,
    by: str,
    runs: int,
    seed: int,
    draws: Sequence[dict[str, float]] = (),
    note: Callable[[], None] = lambda: None,
) -> Forecast:
    """Simulate on from an origin.

    Parameters
    ----------
    scenario
        What is known at the origin, from :func:`~rapallo.scenario.as_known.as_known`.
    question, pairs, origin, ends
        As for :func:`~rapallo.experiment.outcome.outcome`.
    by
        The forecaster's name.
    runs, seed
        How many runs, and the name of their luck.
    draws
        Parameters of each run; the scenario's own where empty. Beyond ``runs`` they stand in for
        runs that fail.
    note
        Called after each run.

    Raises
    ------
    RapalloError
        If more than one run in ten fails.
    """
    from rapallo.engine.plan import make_plan
    from rapallo.engine.simulate import prepared, simulate_plan
    from rapallo.scenario.timeline import timeline

    calendar = timeline(scenario, origin, ends[-1] - 1.0)
    laid = make_plan(scenario, calendar)
    plan = laid if draws else prepared(laid)
    found: list[Outcome] = []
    failed = trial = 0
    while len(found) < runs:
        try:
            here = prepared(laid.with_parameters(draws[trial % len(draws)])) if draws else plan
            history = simulate_plan(here, seed, trial)
            found.append(outcome(history, question, pairs, origin, ends))
            note()
        except RapalloError as error:
            failed += 1
            if failed > max(1.0, MOST_FAILURES * runs):
                raise RapalloError(f"{failed} of {trial + 1} runs failed, the last one so: {error}") from None
        trial += 1
    return Forecast(
        by=by,
        time=np.array([each.time for each in found]).reshape(runs, len(pairs)),
        counts={name: np.array([each.counts[name] for each in found]) for name in found[0].counts},
        failed=failed,
    )
