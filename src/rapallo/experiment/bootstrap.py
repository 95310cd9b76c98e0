"""Intervals for mean differences of scores whose origins overlap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 4000


def block_bootstrap(
    sums: NDArray[np.float64],
    counts: NDArray[np.float64],
    block: int,
    *,
    level: float = 0.9,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float]:
    """Give an interval for a mean by drawing blocks of consecutive origins, in a circle, with replacement.

    Forecasts of one origin stand or fall together, and those of neighbouring origins look at the
    same years: whole origins are drawn, and as many neighbours at once as a horizon overlaps
    (the circular block bootstrap; Politis & Romano 1992).

    Parameters
    ----------
    sums, counts
        By origin, in order: the sum of what is averaged, and how many terms it has.
    block
        Origins in a block.
    level
        Of the interval: percentiles of the resampled means.
    resamples, seed
        How many, and their seed.

    Examples
    --------
    >>> low, high = block_bootstrap(np.array([2.0, 2.0, 2.0]), np.array([1.0, 1.0, 1.0]), 1)
    >>> (float(low), float(high))
    (2.0, 2.0)
    """
    origins = len(sums)
    block = max(1, min(block, origins))
    generator = np.random.Generator(np.random.Philox(seed))
    pieces = -(-origins // block)
    starts = generator.integers(0, origins, (resamples, pieces))
    drawn = ((starts[:, :, None] + np.arange(block)) % origins).reshape(resamples, -1)[:, :origins]
    means = sums[drawn].sum(axis=1) / np.maximum(counts[drawn].sum(axis=1), 1e-300)
    low, high = np.quantile(means, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return float(low), float(high)
