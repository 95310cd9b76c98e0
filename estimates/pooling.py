"""Pool groups of cases towards one of them: the others' numbers lie about its own, as close as the data say.

With each group's likelihood near its top a normal one, and ``beta_group = beta + deviation``, ``deviation ~
N(0, scale**2)`` for the others and zero for the group that matters, everything but the scales has a closed form; the
scales are where the marginal likelihood, times a half-normal prior, is highest (empirical Bayes). The stated prior is
that of ``beta``, so that other groups can sharpen it and never blur it. A term that a group lacks is absent there.

``rapallo.fit(pool=…)`` does not serve here: it states the prior of what all groups have in common and not of the one
that matters, weighs one list of terms for all, and would take for zero what the tables do not hold of the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class GroupFit:
    """One group's likelihood, made normal: names of its terms, estimates, their covariance."""

    names: tuple[str, ...]
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pooled:
    """How far the others lie apart, and what they say of the group that matters: mean and covariance."""

    names: tuple[str, ...]
    scale: NDArray[np.float64]
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]


def likelihood_alone(
    names: Sequence[str],
    mean: NDArray[np.float64],
    covariance: NDArray[np.float64],
    prior: Mapping[str, tuple[float, float]],
) -> GroupFit:
    """Take the prior out of a posterior, so that it is not counted once for each group."""
    precision = np.linalg.inv(covariance)
    shift = precision @ mean
    for k, name in enumerate(names):
        centre, spread = prior[name]
        precision[k, k] -= spread**-2
        shift[k] -= centre * spread**-2
    values, vectors = np.linalg.eigh(precision)
    floor = 1e-6 * max(values.max(), 1.0)
    kept = (vectors * np.maximum(values, floor)) @ vectors.T
    cov = np.linalg.inv(kept)
    return GroupFit(tuple(names), cov @ shift, cov)


def pool(
    others: Sequence[GroupFit],
    own: GroupFit,
    names: Sequence[str],
    prior: Mapping[str, tuple[float, float]],
    scale_prior: NDArray[np.float64],
) -> Pooled:
    """Find the scales from all groups, and from the others what is to be expected of the one that matters.

    Parameters
    ----------
    others, own
        Their likelihoods; of each only the terms in ``names`` are pooled, the rest is integrated out.
    names
        Terms that are pooled.
    prior
        Of the group that matters.
    scale_prior
        Standard deviation of the half-normal prior of each scale.
    """
    from scipy.optimize import minimize

    def parts(log_scale: NDArray[np.float64], with_own: bool) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        scale = np.exp(log_scale)
        precision = np.diag([prior[name][1] ** -2 for name in names])
        shift = precision @ np.array([prior[name][0] for name in names])
        value = 0.0
        for group in [*others, *([own] if with_own else [])]:
            mine = [group.names.index(name) for name in names if name in group.names]
            place = [k for k, name in enumerate(names) if name in group.names]
            spread = group.covariance[np.ix_(mine, mine)] + np.diag(scale[place] ** 2 * (group is not own))
            inverse = np.linalg.inv(spread)
            chosen = np.zeros((len(mine), len(names)))
            chosen[np.arange(len(mine)), place] = 1.0
            precision += chosen.T @ inverse @ chosen
            shift += chosen.T @ inverse @ group.mean[mine]
            value -= 0.5 * (np.linalg.slogdet(spread)[1] + group.mean[mine] @ inverse @ group.mean[mine])
        mean = np.linalg.solve(precision, shift)
        value += 0.5 * (shift @ mean - np.linalg.slogdet(precision)[1])
        return value, mean, np.linalg.inv(precision)

    def badness(log_scale: NDArray[np.float64]) -> float:
        scale = np.exp(log_scale)
        return -(parts(log_scale, True)[0] - 0.5 * np.sum((scale / scale_prior) ** 2) + np.sum(log_scale))

    start = np.log(scale_prior / 2.0)
    best = minimize(badness, start, method="L-BFGS-B", bounds=[(low - 6.0, low + 3.0) for low in np.log(scale_prior)])
    _, mean, covariance = parts(best.x, False)
    return Pooled(tuple(names), np.exp(best.x), mean, covariance)
