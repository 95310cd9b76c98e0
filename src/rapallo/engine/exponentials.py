"""Is the record's luck the luck that the model says it is? Its exponentials, and a test of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.engine.abduct import Abduction

FEW = 5.0
"""Expected acts below which the test is too rough to say much."""

DOUBT = 0.01
"""Level below which a process is called misfitted."""


def exponentials(luck: Abduction) -> pd.DataFrame:
    """Give the integrated hazard that every act took, and what each clock had come to without acting.

    Parameters
    ----------
    luck
        The luck of a history.

    Returns
    -------
    pandas.DataFrame
        Columns ``process``, ``sender``, ``receiver`` (of the clock), ``value`` and ``acted``: where it is
        false, ``value`` is what the clock had come to at the end without acting, a lower bound. Under the
        model the values are standard exponentials, censored where ``acted`` is false. Clocks that never
        could act are left out.
    """
    import pandas as pd

    clock = np.concatenate([luck.firing_clock, np.arange(len(luck.clocks))])
    value = np.concatenate([luck.target, luck.remainder])
    acted = np.repeat([True, False], [len(luck.target), len(luck.remainder)])
    keep = acted | (value > 0.0)
    names = np.array(luck.clocks, dtype=object).reshape(-1, 3)[clock[keep]]
    found = pd.DataFrame(names, columns=["process", "sender", "receiver"])
    return found.assign(value=value[keep], acted=acted[keep])


def exponential_test(value: NDArray[np.float64], acted: NDArray[np.bool_]) -> tuple[float, float]:
    """Test whether censored values are standard exponentials.

    Parameters
    ----------
    value
        What was seen.
    acted
        Whether it ended there, or was only seen so far.

    Returns
    -------
    tuple
        The statistic and its p-value.

    Notes
    -----
    Let N(x) count the values up to x that ended, and A(x) be what was expected, the sum of min(value, x). Under the
    model N - A is a martingale whose variance is A, so that the greatest distance between the two, over the root of A
    at the end, is about that of the greatest distance of a Brownian path from zero (a one-sample Kolmogorov test for
    censored values; Andersen, Borgan, Gill & Keiding 1993, chapter V). It sees a wrong number of acts, and a right
    number at wrong distances.

    Examples
    --------
    >>> exponential_test(np.array([9.0]), np.array([False]))[1] < 0.01
    True
    """
    total = float(value.sum())
    if total <= 0.0:
        return 0.0, 1.0
    order = np.sort(value)
    running = np.concatenate([[0.0], np.cumsum(order)])
    points = np.sort(value[acted])
    below = np.searchsorted(order, points, side="right")
    expected = running[below] + points * (len(order) - below)
    seen = np.searchsorted(points, points, side="right")
    before = np.searchsorted(points, points, side="left")
    gaps = np.concatenate([np.abs(seen - expected), np.abs(before - expected), [abs(len(points) - total)]])
    statistic = float(gaps.max()) / math.sqrt(total)
    return statistic, _farther_than(statistic)


def _farther_than(distance: float) -> float:
    """Chance that a Brownian path on the unit interval goes farther than this from zero."""
    if distance <= 0.05:
        return 1.0
    terms = (
        (-1) ** k / (2 * k + 1) * math.exp(-(math.pi**2) * (2 * k + 1) ** 2 / (8 * distance**2)) for k in range(200)
    )
    return min(1.0, max(0.0, 1.0 - 4.0 / math.pi * math.fsum(terms)))


def luck_by_process(luck: Abduction) -> pd.DataFrame:
    """Test the record's luck process by process.

    Returns
    -------
    pandas.DataFrame
        One row a process that could act: ``process``, ``acts``, ``expected`` (its integrated hazard), ``ratio``,
        ``statistic``, ``p`` and ``verdict``: ``fits``, ``misfitted`` (below one in a hundred) or ``too few to say``.
    """
    import pandas as pd

    rows = []
    for process, mine in exponentials(luck).groupby("process", sort=False):
        value, acted = mine["value"].to_numpy(float), mine["acted"].to_numpy(bool)
        statistic, p = exponential_test(value, acted)
        expected, count = float(value.sum()), int(acted.sum())
        few = max(expected, float(count)) < FEW
        rows.append(
            {
                "process": process,
                "acts": count,
                "expected": expected,
                "ratio": count / expected if expected else math.nan,
                "statistic": statistic,
                "p": p,
                "verdict": "too few to say" if few else "misfitted" if p < DOUBT else "fits",
            }
        )
    return pd.DataFrame(rows, columns=["process", "acts", "expected", "ratio", "statistic", "p", "verdict"])
