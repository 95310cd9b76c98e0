"""Baselines: what can be said at an origin without any model of who moves whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError
from rapallo.experiment.forecast import Forecast
from rapallo.experiment.outcome import Pair, ended, formed
from rapallo.experiment.panel import Panel, covariates, first_day, quiet_motives
from rapallo.experiment.question import HORIZONS, Question, years_after
from rapallo.experiment.regression import regress
from rapallo.record.time import YEAR, to_text

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario

CONSTANT, SINCE, LOGISTIC = "constant hazard", "hazard by age", "logistic regression"
BASELINES = {
    CONSTANT: "one hazard for every pair and year: events by years at risk, Jeffreys' prior",
    SINCE: "one hazard for every pair, logistic in the logarithm of the years since the receiver's first day",
    LOGISTIC: "yearly logistic regression on the process's covariates that are neither ties nor memories of acts",
}
"""Each baseline and what it is; :mod:`rapallo.experiment.regression` says with which priors."""

Array = NDArray[np.float64]


def baselines(
    seen: Scenario,
    data: Panel,
    question: Question,
    pairs: Sequence[Pair],
    origin: float,
    ends: Sequence[float],
    *,
    number: int,
    seed: int,
) -> list[Forecast]:
    """Forecast by each baseline, with as many draws as the model has runs.

    Parameters
    ----------
    seen
        What the forecast may look at: what is known, with the calendar frozen or given.
    data
        What is known of the years before.
    question, pairs, origin, ends
        As for :func:`~rapallo.experiment.outcome.outcome`.
    number, seed
        Draws, and their seed.

    Raises
    ------
    RapalloError
        If no whole year before the origin is known.
    """
    if not len(data.years) or not data.exposed.sum():
        raise RapalloError(
            f"no whole year in which {question.receiver} could be dealt with lies before {to_text(origin)}; "
            "let the first origin be later"
        )
    generator = np.random.Generator(np.random.Philox(seed))
    starts = [years_after(origin, year) for year in range(HORIZONS[-1])]
    age = (np.array(starts) - first_day(seen, question.receiver)) / YEAR
    motives = quiet_motives(seen, question)
    ahead = [covariates(seen, motives, pairs, day) for day in starts]

    rate = generator.gamma(data.happened.sum() + 0.5, size=number) / data.exposed.sum()
    each_year = [np.repeat(-np.expm1(-rate)[:, None], len(pairs), axis=1) for _ in starts]
    made = [Forecast(CONSTANT, _times(each_year, starts, ends, generator), {})]

    fitted = regress(np.log1p(data.age)[:, None], data.happened, "logistic")
    drawn = fitted.draws(number, generator)
    each_year = [np.repeat(fitted.expected(np.log1p(at)[None, None], drawn), len(pairs), axis=1) for at in age]
    made.append(Forecast(SINCE, _times(each_year, starts, ends, generator), {}))

    fitted = regress(data.covariates, data.happened, "logistic")
    drawn = fitted.draws(number, generator)
    each_year = [fitted.expected(values, drawn) for values in ahead]
    made.append(Forecast(LOGISTIC, _times(each_year, starts, ends, generator), {}))

    for each in made:
        each.counts[formed(question)] = np.stack([(each.time < end - origin).sum(axis=1) for end in ends], axis=1)
    for what in (ended(question), *question.counted):
        known = np.isfinite(data.counts[what])
        if known.any():
            counts = data.counts[what][known]
            flat = generator.gamma(counts.sum() + 0.5, size=number) / known.sum()
            made[0].counts[what] = _counts(np.repeat(flat[:, None], len(starts), axis=1), generator)
            trend = regress(np.log1p(data.years[known])[:, None], counts, "poisson")
            yearly = trend.expected(np.log1p(age)[:, None], trend.draws(number, generator))
            made[1].counts[what] = _counts(yearly, generator)
    return made


def _times(
    each_year: Sequence[Array], starts: Sequence[float], ends: Sequence[float], generator: np.random.Generator
) -> Array:
    """Draw when each tie forms, given the probability that it does in each year: evenly within the year."""
    time = np.full(each_year[0].shape, np.inf)
    for probability, start in zip(each_year, starts, strict=True):
        length = years_after(start, 1) - start
        now = (generator.random(time.shape) < probability) & ~np.isfinite(time)
        time = np.where(now, start - starts[0] + length * generator.random(time.shape), time)
    return time


def _counts(yearly: Array, generator: np.random.Generator) -> NDArray[np.int64]:
    """Draw acts by horizon, given the rate of each year."""
    return np.cumsum(generator.poisson(np.minimum(yearly, 1e6)), axis=1)[:, [years - 1 for years in HORIZONS]]
