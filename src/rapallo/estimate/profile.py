"""Profile-likelihood intervals: how far one parameter can go before the rest cannot make up for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rapallo.estimate.evaluation import Evaluation
from rapallo.estimate.fit_result import quantile
from rapallo.estimate.maximise import Prior, Top, maximise


def profile_interval(
    evaluate: Callable[[NDArray[np.float64]], Evaluation],
    top: Top,
    free: NDArray[np.bool_],
    which: int,
    prior: Prior | None,
    level: float,
) -> tuple[float, float]:
    """Give the values at which twice the log-likelihood has fallen by the chi-square quantile.

    Parameters
    ----------
    evaluate
        The log-likelihood.
    top
        Where it is highest.
    free
        Which parameters were estimated.
    which
        The parameter.
    prior
        Counts as part of the likelihood where given.
    level
        Of the interval.

    Returns
    -------
    tuple
        Lower and upper end; infinite where the likelihood never falls so far.
    """
    target = top.objective - 0.5 * quantile(level) ** 2
    others = free.copy()
    others[which] = False
    error = 1.0 / np.sqrt(max(top.information[which, which], 1e-12))
    ends = []
    for side in (-1.0, 1.0):
        inside, outside = 0.0, np.nan
        away, start = quantile(level) * error, top.theta.copy()
        for _ in range(60):
            start[which] = top.theta[which] + side * away
            found = maximise(evaluate, start, others, prior, tolerance=1e-6)
            fallen = found.objective - target
            start = found.theta.copy()
            if abs(fallen) < 1e-7:
                break
            if fallen > 0:
                inside = away
            else:
                outside = away
            slope = -side * found.score[which]  # the envelope theorem: the profile's own slope
            newton = away + fallen / slope if slope > 0 else np.inf
            if np.isnan(outside):
                away = min(max(newton, 1.05 * away), 3.0 * away)
                if away > 1e4 * error:
                    away = np.inf
                    break
            else:
                away = newton if inside < newton < outside else 0.5 * (inside + outside)
                if outside - inside < 1e-10 * max(1.0, outside):
                    break
        ends.append(top.theta[which] + side * away)
    return float(ends[0]), float(ends[1])
