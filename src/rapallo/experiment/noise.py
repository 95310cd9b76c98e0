"""What luck alone would make of a difference: paired errors, the jackknife, and the threshold for many at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

ONCE_IN = 20
"""In one of so many repetitions luck alone makes any of the effects stand out."""

GROUPS = 10
"""Groups of runs, one of which the jackknife leaves out at a time."""


def paired(differences: NDArray[np.float64]) -> tuple[float, float, float, int]:
    """Give the mean of paired differences, its standard error, the share that is not zero, and how many are known."""
    known = differences[np.isfinite(differences)]
    if len(known) < 2:
        return np.nan, np.nan, np.nan, len(known)
    error = float(known.std(ddof=1) / np.sqrt(len(known)))
    return float(known.mean()), error, float((known != 0).mean()), len(known)


def threshold(effects: int, observations: int) -> float:
    """Give how many errors an effect must exceed to stand out of noise.

    Luck alone makes any of so many effects do so in one of ``ONCE_IN`` repetitions. It is Student's
    quantile after Bonferroni, by the expansion of Fisher & Cornish (1960) in the degrees of freedom.

    Examples
    --------
    >>> round(threshold(1, 10**6), 2), round(threshold(100, 50), 2)
    (1.96, 3.73)
    """
    z = NormalDist().inv_cdf(1.0 - 1.0 / ONCE_IN / 2.0 / max(1, effects))
    free = max(1, observations - 1)
    first = (z**3 + z) / 4.0
    second = (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / 96.0
    third = (3.0 * z**7 + 19.0 * z**5 + 17.0 * z**3 - 15.0 * z) / 384.0
    return float(z + first / free + second / free**2 + third / free**3)


@dataclass(frozen=True, slots=True)
class Jackknifed:
    """A statistic of the mean over runs, with what leaving runs out says of it.

    Parameters
    ----------
    corrected
        The statistic less its bias: noise makes a square larger by its own variance, and this takes
        it off, exactly.
    error
        Its standard error.
    groups
        Groups of runs that were left out in turn.
    """

    corrected: NDArray[np.float64]
    error: NDArray[np.float64]
    groups: int


def jackknife(
    numbers: NDArray[np.float64], statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> Jackknifed:
    """Leave out groups of runs in turn (Quenouille 1956; Tukey 1958).

    Of the square of an effect that is zero the error comes out too large, by a good third: noise is
    then ranked more seldom, not more often.

    Parameters
    ----------
    numbers
        Settings × runs; all settings share the luck of a run.
    statistic
        Of the mean over runs, by setting.
    """
    groups = min(GROUPS, numbers.shape[1])
    member = np.arange(numbers.shape[1]) % groups
    whole = statistic(numbers.mean(axis=1))
    without = np.array([statistic(numbers[:, member != group].mean(axis=1)) for group in range(groups)])
    mean = without.mean(axis=0)
    corrected = groups * whole - (groups - 1) * mean
    error = np.sqrt((groups - 1) / groups * ((without - mean) ** 2).sum(axis=0))
    return Jackknifed(corrected, error, groups)
