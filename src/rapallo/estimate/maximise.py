"""Newton's way to the top of a log-likelihood, with steps that never lead down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapallo.estimate.evaluation import Evaluation

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prior:
    """Independent normal priors: mean and standard deviation of each parameter (infinite: none)."""

    mean: Vector
    deviation: Vector

    def at(self, theta: Vector) -> tuple[float, Vector, NDArray[np.float64]]:
        """Give the log density, its score and its information."""
        stated = np.isfinite(self.deviation)
        precision = np.where(stated, 1.0 / self.deviation**2, 0.0)
        away = theta - self.mean
        log_density = -0.5 * away**2 * precision - np.where(
            stated, np.log(np.where(stated, self.deviation, 1.0)) + 0.5 * np.log(2 * np.pi), 0.0
        )
        return float(log_density.sum()), -away * precision, np.diag(precision)


@dataclass(slots=True, eq=False)
class Top:
    """Where the climb ended.

    Parameters
    ----------
    theta
        The parameters.
    likelihood
        The log-likelihood there, without the prior.
    objective
        The log-likelihood plus the log prior density.
    score, information
        Of the objective, over all parameters.
    iterations
        Steps taken.
    converged
        Whether the largest absolute score of a free parameter fell below the tolerance, or no
        step could raise the objective by more than rounding.
    """

    theta: Vector
    likelihood: float
    objective: float
    score: Vector
    information: NDArray[np.float64]
    iterations: int
    converged: bool


def maximise(
    evaluate: Callable[[Vector], Evaluation],
    start: Vector,
    free: NDArray[np.bool_],
    prior: Prior | None = None,
    *,
    tolerance: float = 1e-8,
    most: int = 100,
    longest: float = 10.0,
) -> Top:
    """Climb by Newton steps, halved until the objective rises.

    Parameters
    ----------
    evaluate
        The log-likelihood.
    start
        Where to begin.
    free
        Which parameters may move.
    prior
        Added to the log-likelihood where given.
    tolerance
        Largest absolute score at which to stop.
    most
        Most steps.
    longest
        Longest step of any one parameter.
    """
    theta = start.astype(float).copy()
    stated = prior or Prior(np.zeros(len(theta)), np.full(len(theta), np.inf))

    def climb(at: Vector) -> tuple[Evaluation, float, Vector, NDArray[np.float64]]:
        found = evaluate(at)
        value, score, information = stated.at(at)
        return found, found.value + value, found.score + score, found.information + information

    found, value, score, information = climb(theta)
    iterations, converged = 0, False
    while iterations < most:
        highest = np.abs(score[free]).max(initial=0.0)
        if highest <= tolerance:
            converged = True
            break
        step = np.zeros_like(theta)
        step[free] = _step(information, found.bend, score, free)
        gain = float(score @ step)
        widest = float(np.abs(step).max())
        share = min(1.0, longest / widest) if widest > 0 else 1.0
        rounding = 1e-13 * max(1.0, abs(value))
        for _ in range(40):
            trial = climb(theta + share * step)
            rises = trial[1] > value + rounding
            # near the top the value no longer tells one point from another, and the score does
            flat = trial[1] >= value - rounding and np.abs(trial[2][free]).max() < highest
            if rises or flat:
                break
            share *= 0.5
        else:
            # no step moves the objective any more: what is left of the score is rounding
            converged = 0.0 <= gain < 1e-9
            break
        iterations += 1
        theta = theta + share * step
        found, value, score, information = trial
    return Top(theta, found.value, value, score, information, iterations, converged)


def _step(
    information: NDArray[np.float64], bend: NDArray[np.float64] | None, score: Vector, free: NDArray[np.bool_]
) -> Vector:
    """Solve for the Newton step; where the second derivative is of no use, for that of the expected information."""
    inside = np.ix_(free, free)
    if bend is not None:
        try:
            np.linalg.cholesky(information[inside] + bend[inside])
            return _solved(information[inside] + bend[inside], score[free])
        except np.linalg.LinAlgError:
            pass
    return _solved(information[inside], score[free])


def _solved(information: NDArray[np.float64], score: Vector) -> Vector:
    """Solve; where the information is not positive definite, lean towards the gradient."""
    scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
    scaled = information / np.outer(scale, scale)
    ridge = 0.0
    for _ in range(30):
        try:
            lower = np.linalg.cholesky(scaled + ridge * np.eye(len(score)))
        except np.linalg.LinAlgError:
            ridge = max(4.0 * ridge, 1e-12)
            continue
        return np.asarray(np.linalg.solve(lower.T, np.linalg.solve(lower, score / scale)) / scale)
    return np.asarray(score / np.maximum(np.abs(score).max(), 1.0))
