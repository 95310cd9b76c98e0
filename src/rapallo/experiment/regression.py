"""Logistic and Poisson regression with a normal prior, for the few events that a baseline is fitted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

INTERCEPT_SD = 2.0
"""Standard deviation of the intercept's prior; its mean is the level at half an event more than there were."""

SLOPE_SD = 1.0
"""Standard deviation of a slope's prior, its covariate having mean 0 and standard deviation 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A fitted regression.

    Parameters
    ----------
    family
        ``logistic`` or ``poisson``.
    centre, scale
        Mean and standard deviation of each covariate where it was fitted; a scale of 0 marks one
        that did not vary and says nothing.
    mean, covariance
        Of the intercept and the slopes: the mode of the posterior, and the inverse curvature there.
    """

    family: Literal["logistic", "poisson"]
    centre: Array
    scale: Array
    mean: Array
    covariance: Array

    def draws(self, number: int, generator: np.random.Generator) -> Array:
        """Draw intercept and slopes from the normal approximation of the posterior: ``(number, 1 + covariates)``."""
        root = np.linalg.cholesky(self.covariance)
        return self.mean + generator.standard_normal((number, len(self.mean))) @ root.T

    def expected(self, covariates: Array, coefficients: Array) -> Array:
        """Give probabilities or means: ``(rows, covariates)`` and ``(draws, 1 + covariates)`` to ``(draws, rows)``."""
        level = coefficients @ _design(covariates, self.centre, self.scale).T
        return _logistic(level) if self.family == "logistic" else np.exp(np.minimum(level, 50.0))


def regress(covariates: Array, happened: Array, family: Literal["logistic", "poisson"]) -> Regression:
    """Fit by Newton's method the mode of the posterior under normal priors.

    Parameters
    ----------
    covariates
        Shape ``(rows, covariates)``; standardised here.
    happened
        0 or 1 (logistic), or a count (poisson).
    family
        Which.
    """
    centre, spread = covariates.mean(axis=0), covariates.std(axis=0)
    scale: Array = np.where(spread > 1e-9 * np.maximum(1.0, np.abs(centre)), spread, 0.0)
    design = _design(covariates, centre, scale)
    precision = np.array([INTERCEPT_SD**-2, *np.full(covariates.shape[1], SLOPE_SD**-2)])
    prior = np.zeros(design.shape[1])
    more, rows = happened.sum() + 0.5, float(len(happened))
    prior[0] = np.log(more / rows) if family == "poisson" else np.log(more / (rows + 1.0 - more))
    beta: Array = prior.copy()
    curvature: Array = np.diag(precision)

    def value(at: Array) -> float:
        level = design @ at
        fit = happened * level - (np.logaddexp(0.0, level) if family == "logistic" else np.exp(np.minimum(level, 50.0)))
        return float(fit.sum() - 0.5 * (precision * (at - prior) ** 2).sum())

    for _ in range(200):
        level = design @ beta
        expected = _logistic(level) if family == "logistic" else np.exp(np.minimum(level, 50.0))
        weight = expected * (1.0 - expected) if family == "logistic" else expected
        gradient = design.T @ (happened - expected) - precision * (beta - prior)
        curvature = (design.T * weight) @ design + np.diag(precision)
        step, size, before = np.linalg.solve(curvature, gradient), 1.0, value(beta)
        while size > 1e-6 and value(beta + size * step) < before:
            size /= 2.0
        beta = beta + size * step
        if np.abs(size * step).max() < 1e-10:
            break
    return Regression(family, centre, scale, beta, np.asarray(np.linalg.inv(curvature)))


def _design(covariates: Array, centre: Array, scale: Array) -> Array:
    standard = np.where(scale > 0, (covariates - centre) / np.where(scale > 0, scale, 1.0), 0.0)
    return np.column_stack([np.ones(len(covariates)), standard])


def _logistic(level: Array) -> Array:
    result: Array = 1.0 / (1.0 + np.exp(-np.clip(level, -500.0, 500.0)))
    return result
