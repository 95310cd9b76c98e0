"""Simulate with the engine from known parameters, estimate, and count how often the intervals hold the truth.

Run as ``python verification/coverage_of_intervals.py [data sets] [seed]``. The 95 % intervals of
all parameters of all weightings are counted over the data sets; one family-wise test at 1 % over
all parameters asks whether the counts could come from that coverage (exact binomial, Bonferroni).
Wald intervals of finite samples are not exact: the order is large enough that what is left of
that lies within the test's reach. A data set in which a parameter has no finite estimate counts
as one whose interval does not hold. The output also gives mean z, which shows what bias there is.
"""

from __future__ import annotations

import math
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd

try:
    from verification.orders_to_recover import FITS, TRUE, order
except ImportError:
    from orders_to_recover import FITS, TRUE, order

LEVEL, FAMILY = 0.95, 0.01


def estimates(seed: int, first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Estimate every parameter on some data sets: deviations from the truth in standard errors, and whether covered."""
    import rapallo as rp
    from rapallo.engine.plan import make_plan
    from rapallo.engine.simulate import prepared, simulate_plan

    plan = prepared(make_plan(*order()))
    z, held = np.full((count, len(TRUE)), np.nan), np.zeros((count, len(TRUE)), dtype=bool)
    names = list(TRUE)
    for place in range(count):
        history = simulate_plan(plan, seed, first + place)
        for process, model in FITS:
            found = rp.fit(process, history, model=model, missing="default", level=LEVEL)
            for k, name in enumerate(found.names):
                at = names.index(name)
                z[place, at] = (found.coef[k] - TRUE[name]) / found.se[k]
                held[place, at] = found.lower[k] <= TRUE[name] <= found.upper[k]
    return z, held


def binomial_tail(count: int, held: int, level: float) -> float:
    """Give the two-sided exact binomial p-value of a number of intervals that hold."""
    logs = [
        math.lgamma(count + 1) - math.lgamma(k + 1) - math.lgamma(count - k + 1)
        + k * math.log(level) + (count - k) * math.log(1 - level)
        for k in range(count + 1)
    ]  # fmt: skip
    chances = np.exp(logs)
    return float(min(1.0, chances[chances <= chances[held] * (1 + 1e-9)].sum()))


def table(z: np.ndarray, held: np.ndarray) -> pd.DataFrame:
    """Give for each parameter its coverage, what that would be by chance, and its mean deviation."""
    count = len(z)
    tails = [binomial_tail(count, int(each), LEVEL) for each in held.sum(axis=0)]
    return pd.DataFrame(
        {
            "parameter": list(TRUE),
            "coverage": held.mean(axis=0),
            "p": tails,
            "without estimate": np.isnan(z).sum(axis=0),
            "mean z": np.nanmean(z, axis=0),
            "sd z": np.nanstd(z, axis=0),
        }
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    half = count // 2
    estimates(seed, 0, 1)  # compiles, before there are two
    with ProcessPoolExecutor(2) as pool:
        parts = list(pool.map(estimates, (seed, seed), (0, half), (half, count - half)))
    z, held = (np.concatenate([part[k] for part in parts]) for k in range(2))
    found = table(z, held)
    print(found.to_string(index=False, float_format=lambda x: f"{x:.4f}"))
    worst = found["p"].min() * len(found)
    print(f"{count} data sets; family-wise p {min(worst, 1.0):.3f}: coverage {'holds' if worst > FAMILY else 'FAILS'}")


if __name__ == "__main__":
    main()
