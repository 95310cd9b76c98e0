"""How well a model foretold a record before it was fitted: Laplace's approximation of the marginal likelihood."""

from __future__ import annotations

import math

import numpy as np

import rapallo as rp


def log_marginal(fit: rp.FitResult) -> float:
    """Give the log of the likelihood averaged over the priors; every free parameter must have one."""
    free = [k for k, name in enumerate(fit.names) if name not in fit.fixed]
    assert all(fit.names[k] in fit.prior for k in free), "a parameter without a prior has no marginal likelihood"
    value = fit.log_likelihood
    for k in free:
        mean, sd = fit.prior[fit.names[k]]
        value -= 0.5 * ((fit.coef[k] - mean) / sd) ** 2 + math.log(sd)
    return float(value + 0.5 * np.linalg.slogdet(fit.covariance[np.ix_(free, free)])[1])
