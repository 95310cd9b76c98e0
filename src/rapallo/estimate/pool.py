"""Parameters that differ from group to group, drawn towards a common value by a scale that the data choose."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.estimate.evaluation import Evaluation
from rapallo.estimate.fit_result import quantile
from rapallo.estimate.maximise import Prior, Top, maximise

if TYPE_CHECKING:
    import pandas as pd

Vector = NDArray[np.float64]

LEAST, MOST = math.log(0.01), math.log(10.0)
"""Logs of the smallest and the largest scale that are looked at; the smallest stands for none."""

_STEP, _WIDE = 0.05, 0.1
"""Steps in the log of a scale by which derivatives are taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """How parameters differ between groups.

    Parameters
    ----------
    scales
        One row for each pooled term: ``term``, ``by``, ``groups``, ``scale`` (standard deviation
        between groups), ``lower``, ``upper``, ``p`` (of no difference at all).
    deviations
        One row for each group: ``term``, ``by``, ``group``, ``deviation`` from the common value,
        ``se``, ``value`` (common value plus deviation), ``acts`` (in which the group was chosen).
    marginal
        Log-likelihood at the common values and the scales, with the deviations integrated out
        (Laplace): what information criteria count.
    """

    scales: pd.DataFrame
    deviations: pd.DataFrame
    marginal: float


@dataclass(slots=True, eq=False)
class Scaled:
    """What the climb over the scales found.

    Parameters
    ----------
    top
        The highest point at the best scales.
    prior
        Of all parameters there.
    log_scales
        Logs of the scales; ``LEAST`` where no difference was found.
    lower, upper, p
        Of the scales, not their logs.
    marginal
        Log-likelihood at the common values, with the deviations integrated out.
    more
        What not knowing the scales adds to the covariance (Kass & Steffey 1989).
    """

    top: Top
    prior: Prior
    log_scales: Vector
    lower: Vector
    upper: Vector
    p: Vector
    marginal: float
    more: NDArray[np.float64]


def choose_scales(
    evaluate: Callable[[Vector], Evaluation],
    start: Vector,
    free: NDArray[np.bool_],
    prior: Prior | None,
    places: Sequence[Sequence[int]],
    level: float,
    tolerance: float,
) -> Scaled:
    """Choose the scales of the deviations by the likelihood in which all parameters are integrated out.

    Deviations of a pooled term are independent normal with mean zero and the term's scale. Their
    marginal likelihood is approximated at its highest point (Laplace): with ``H`` the information
    of log-likelihood plus log priors over all free parameters, it is
    ``l + log prior - log det(H) / 2``; as in restricted maximum likelihood the common values are
    integrated out too, so that few groups do not make the scale small.

    Parameters
    ----------
    evaluate
        The log-likelihood.
    start, free, prior
        Of all parameters; the prior of the deviations is overwritten.
    places
        For each pooled term, where its deviations stand.
    level
        Of the intervals of the scales.
    tolerance
        Largest absolute score at which a climb ends.

    References
    ----------
    Tierney & Kadane (1986), JASA 81:82-86; Kass & Steffey (1989), JASA 84:717-726; Wood & Fasiolo
    (2017), Biometrics 73:1071-1081.
    """
    stated = prior or Prior(np.zeros(len(start)), np.full(len(start), np.inf))
    kept: dict[tuple[float, ...], tuple[float, Top, Prior]] = {}
    warm = start.copy()

    def at(logs: Vector, exact: float = 1e-5) -> tuple[float, Top, Prior]:
        key = tuple(float(each) for each in logs)
        if key not in kept or exact < 1e-5:
            deviation = stated.deviation.copy()
            for each, where in zip(logs, places, strict=True):
                deviation[list(where)] = math.exp(each)
            here = replace(stated, deviation=deviation)
            top = maximise(evaluate, warm, free, here, tolerance=exact)
            sign, log_determinant = np.linalg.slogdet(top.information[np.ix_(free, free)])
            value = top.objective - 0.5 * log_determinant if sign > 0 else -math.inf
            kept[key] = float(value), top, here
            warm[:] = top.theta
        return kept[key]

    logs = _climb(at, np.full(len(places), math.log(0.5)), free, places)
    width, count = len(start), len(places)
    for k in range(count):
        if logs[k] > LEAST and at(_with(logs, k, LEAST))[0] >= at(logs)[0]:
            logs[k] = LEAST
    value, top, here = at(logs, tolerance)
    lower, upper, p = np.zeros(count), np.full(count, np.inf), np.ones(count)
    more = np.zeros((width, width))
    target = value - 0.5 * quantile(level) ** 2
    for k in range(count):

        def one(x: float, k: int = k) -> float:
            return at(_with(logs, k, x))[0]

        upper[k] = math.exp(_crossing(one, logs[k], MOST, value, target))
        if logs[k] > LEAST:
            nothing = one(LEAST)
            lower[k] = 0.0 if nothing >= target else math.exp(_crossing(one, logs[k], LEAST, value, target))
            p[k] = 0.5 * math.erfc(math.sqrt(max(value - nothing, 0.0)))
            ahead, back = at(_with(logs, k, logs[k] + _STEP)), at(_with(logs, k, logs[k] - _STEP))
            bend = (2.0 * value - ahead[0] - back[0]) / _STEP**2
            slope = (ahead[1].theta - back[1].theta) / (2.0 * _STEP)
            if bend > 0:
                more += np.outer(slope, slope) / bend
    return Scaled(top, here, logs, lower, upper, p, _marginal(top, here, places), more)


def _marginal(top: Top, prior: Prior, places: Sequence[Sequence[int]]) -> float:
    """Integrate the deviations out at the common values."""
    at = np.array([place for where in places for place in where], dtype=int)
    density = Prior(prior.mean[at], prior.deviation[at]).at(top.theta[at])[0]
    _, log_determinant = np.linalg.slogdet(top.information[np.ix_(at, at)])
    return float(top.likelihood + density - 0.5 * log_determinant + 0.5 * len(at) * math.log(2.0 * math.pi))


def tables(
    scaled: Scaled,
    terms: Sequence[tuple[str, str, float]],
    places: Sequence[Sequence[int]],
    groups: Sequence[Sequence[str]],
    errors: Vector,
    acts: Sequence[Sequence[int]],
) -> Pooled:
    """Write down what was found: ``terms`` are the name of each pooled term, what it differs by, its common value."""
    import pandas as pd

    scales, deviations = [], []
    for k, (term, by, common) in enumerate(terms):
        none = scaled.log_scales[k] <= LEAST
        scales.append(
            {
                "term": term,
                "by": by,
                "groups": len(places[k]),
                "scale": 0.0 if none else math.exp(scaled.log_scales[k]),
                "lower": scaled.lower[k],
                "upper": scaled.upper[k],
                "p": scaled.p[k],
            }
        )
        for place, group, count in zip(places[k], groups[k], acts[k], strict=True):
            deviation = float(scaled.top.theta[place])
            deviations.append(
                {
                    "term": term,
                    "by": by,
                    "group": group,
                    "deviation": deviation,
                    "se": float(errors[place]),
                    "value": common + deviation,
                    "acts": count,
                }
            )
    return Pooled(pd.DataFrame(scales), pd.DataFrame(deviations), scaled.marginal)


def over_draws(parts: Sequence[Pooled]) -> Pooled:
    """Combine what several draws of the data say: means, and for the deviations Rubin's rules."""
    import pandas as pd

    key = ["term", "by", "group"]
    whole = pd.concat([each.deviations for each in parts], ignore_index=True)
    groups = whole.groupby(key, sort=False)
    found = groups[["deviation", "value", "acts"]].mean().reset_index()
    spread = groups["deviation"].var(ddof=1).fillna(0.0).to_numpy()
    inside = groups["se"].apply(lambda each: float(np.mean(np.asarray(each) ** 2))).to_numpy()
    found.insert(4, "se", np.sqrt(inside + (1.0 + 1.0 / len(parts)) * spread))
    scales: Any = parts[0].scales.copy()
    for column in ("scale", "lower", "upper", "p"):
        scales[column] = np.mean([each.scales[column].to_numpy() for each in parts], axis=0)
    return Pooled(scales, found, float(np.mean([each.marginal for each in parts])))


def _with(logs: Vector, place: int, value: float) -> Vector:
    made = logs.copy()
    made[place] = value
    return made


def _climb(
    at: Callable[[Vector], tuple[float, Top, Prior]],
    logs: Vector,
    free: NDArray[np.bool_],
    places: Sequence[Sequence[int]],
) -> Vector:
    """Climb to the best scales: first by the update of Wood & Fasiolo (2017), then by Newton on the marginal itself."""
    for _ in range(40):
        _, top, _ = at(logs)
        covariance = np.zeros_like(top.information)
        covariance[np.ix_(free, free)] = np.linalg.pinv(top.information[np.ix_(free, free)], hermitian=True)
        fresh = logs.copy()
        for k, where in enumerate(places):
            square = math.exp(2.0 * logs[k])
            told = len(where) - float(np.diag(covariance)[list(where)].sum()) / square
            spread = float((top.theta[list(where)] ** 2).sum())
            fresh[k] = 0.5 * math.log(max(spread, 1e-12) / max(told, 1e-9))
        fresh = np.clip(fresh, np.maximum(LEAST, logs - 1.5), np.minimum(MOST, logs + 1.5))
        moved = float(np.abs(fresh - logs).max())
        logs = fresh
        if moved < 0.02:
            break
    for _ in range(3):
        moved = 0.0
        for k in range(len(places)):
            if not LEAST + _WIDE < logs[k] < MOST - _WIDE:
                continue
            here, ahead, back = (at(_with(logs, k, logs[k] + step))[0] for step in (0.0, _WIDE, -_WIDE))
            bend = (2.0 * here - ahead - back) / _WIDE**2
            rise = (ahead - back) / (2.0 * _WIDE)
            step = float(np.clip(rise / bend if bend > 0 else math.copysign(0.5, rise), -0.5, 0.5))
            if abs(step) > 0.01:
                trial = _with(logs, k, float(np.clip(logs[k] + step, LEAST, MOST)))
                if at(trial)[0] > here:
                    logs, moved = trial, max(moved, abs(step))
        if moved < 0.02:
            break
    return logs


def _crossing(height: Callable[[float], float], top: float, far: float, value: float, target: float) -> float:
    """Find where a height falls from its value at the top to a target; infinite (or the far place) where it does not.

    The root of the fall grows about straight with the distance, so that few steps of secants suffice.
    """
    ahead = height(far)
    if ahead >= target:
        return math.inf if far > top else far
    goal = math.sqrt(value - target)
    inside, outside = (top, -goal), (far, math.sqrt(max(value - ahead, 0.0)) - goal)
    for _ in range(12):
        share = inside[1] / (inside[1] - outside[1])
        x = inside[0] + min(max(share, 0.1), 0.9) * (outside[0] - inside[0])
        fall = math.sqrt(max(value - height(x), 0.0)) - goal
        if abs(fall) < 0.02 * goal or abs(outside[0] - inside[0]) < 0.01:
            return x
        inside, outside = ((x, fall), outside) if fall < 0 else (inside, (x, fall))
    return x
