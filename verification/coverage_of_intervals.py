"""Simulate with the engine from known parameters, estimate, and count how often the intervals hold the truth.

Run as ``python verification/coverage_of_intervals.py [data sets] [seed] [processes]``. The 95 % intervals of
all parameters of all models are counted over the data sets; one family-wise test at 1 % over
all parameters asks whether the counts could come from that coverage (exact binomial, Bonferroni).
Wald intervals of finite samples are not exact. Histories of ``YEARS`` years are long enough that what is left of
that lies within the test's reach; those of eight years were not (``docs/goldfish.md`` has the figures).
A data set in which a parameter has no finite estimate counts as one whose interval does not hold.
The output also gives mean z, which shows what bias there is.

Blocks of data sets are kept in ``verification/output`` as they are finished, under the seed and the program they
were made with: what was interrupted goes on where it stood, and fewer data sets can be counted of what there is.
"""

from __future__ import annotations

import hashlib
import math
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

try:
    from verification.orders_to_recover import ANSWERS, BY_ORDER, FITS, GIVEN, TRUE, YEAR, as_events, order
except ImportError:
    from orders_to_recover import ANSWERS, BY_ORDER, FITS, GIVEN, TRUE, YEAR, as_events, order

LEVEL, FAMILY, BLOCK, YEARS = 0.95, 0.01, 25, 24
STRIKE, CONTROLS = ("strike.constant", "strike.distance", "strike.size"), 5
TRUTH = {
    **TRUE,
    **{
        f"{name}, by order": TRUE[name]
        for process, *_, names in BY_ORDER
        for name in names
        if name not in GIVEN.get(process, {}).values()
    },
    **{f"{name}, drawn": TRUE[name] for name in STRIKE},
    **ANSWERS,
}
"""Everything that is estimated, and what it is."""


def estimates(seed: int, first: int, count: int, years: int = YEARS) -> tuple[np.ndarray, np.ndarray]:
    """Estimate every parameter on some data sets: deviations from the truth in standard errors, and whether covered."""
    from rapallo.engine.plan import make_plan
    from rapallo.engine.simulate import prepared, simulate_plan

    plan = prepared(make_plan(*order(years=years)))
    z, held = np.full((count, len(TRUTH)), np.nan), np.zeros((count, len(TRUTH)), dtype=bool)
    names = list(TRUTH)
    for place in range(count):
        history = simulate_plan(plan, seed, first + place)
        answers = np.random.default_rng([seed, first + place])
        for called, found in fits(history, answers):
            for k, name in enumerate(called):
                if found.names[k] in found.fixed:
                    continue
                at = names.index(name)
                z[place, at] = (found.coef[k] - TRUTH[name]) / found.se[k]
                held[place, at] = found.lower[k] <= TRUTH[name] <= found.upper[k]
    return z, held


def fits(history: Any, luck: np.random.Generator) -> Iterator[tuple[Sequence[str], Any]]:
    """Fit every model to one history; gives what its parameters are called here, and the result."""
    import rapallo as rp

    for process, model in FITS:
        found = rp.fit(process, history, model=model, missing="default", level=LEVEL, consent="estimated")
        yield [name.removeprefix("consent ") for name in found.names], found
    for process, model, formula, names in BY_ORDER:
        held = {term: TRUE[name] for term, name in GIVEN.get(process, {}).items()}
        found = rp.fit(formula, as_events(history, process), events=process, model=model, level=LEVEL, fixed=held)
        yield [f"{name}, by order" for name in names], found
    data = as_events(history, "strike")
    formula = "~ 1 + tie(distance, weighted) + alter(size)"
    span = {"start": history.start / YEAR, "end": history.end / YEAR}
    luck_of_moments = int(luck.integers(2**31))
    yield (
        [f"{name}, drawn" for name in STRIKE],
        rp.fit(formula, data, events="strike", model="intensity", controls=CONTROLS, seed=luck_of_moments, **span),
    )
    offers = as_events(history, "woo")
    acts = offers.networks["woo"].changes
    distance, mood = offers.networks["distance"].initial, offers.attributes["mood"].initial
    odds = np.array(list(ANSWERS.values())) @ [
        np.ones(len(acts)),
        mood[acts.second],
        distance[acts.second, acts.first],
    ]
    table = {
        "time": acts.time,
        "sender": [history.actors[k] for k in acts.first],
        "receiver": [history.actors[k] for k in acts.second],
        "agreed": luck.random(len(acts)) < 1.0 / (1.0 + np.exp(-odds)),
    }
    formula = "~ 1 + ego(mood) + tie(distance, weighted)"
    yield list(ANSWERS), rp.fit(formula, offers, events=table, network="woo", model="consent", level=LEVEL)


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
            "parameter": list(TRUTH),
            "coverage": held.mean(axis=0),
            "p": tails,
            "without estimate": np.isnan(z).sum(axis=0),
            "mean z": np.nanmean(z, axis=0),
            "sd z": np.nanstd(z, axis=0),
        }
    )


def block(kept: Path, seed: int, count: int, first: int) -> tuple[np.ndarray, np.ndarray]:
    """Give one block of data sets: from its file, or estimated and kept."""
    path = kept / f"{first:05d}.npz"
    if not path.exists():
        z, held = estimates(seed, first, min(BLOCK, count - first))
        if len(z) < BLOCK:
            return z, held
        started = path.with_name(f"{path.stem}.{os.getpid()}.started")
        with started.open("wb") as file:
            np.savez(file, z=z, held=held)
        started.replace(path)
    with np.load(path) as found:
        return found["z"][: count - first], found["held"][: count - first]


def folder_of(seed: int) -> Path:
    """Give the folder of the blocks of this seed, as this program makes them."""
    from rapallo.experiment.manifest import code_fingerprint

    here = Path(__file__).parent
    texts = [(here / name).read_bytes() for name in ("coverage_of_intervals.py", "orders_to_recover.py")]
    program = hashlib.sha256(b"".join([code_fingerprint().encode(), *texts])).hexdigest()
    return here / "output" / f"coverage_of_intervals-{seed}-{program[:12]}"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 22
    processes = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    kept = folder_of(seed)
    kept.mkdir(parents=True, exist_ok=True)
    one, firsts = partial(block, kept, seed, count), range(0, count, BLOCK)
    estimates(seed, 0, 1)  # compiles, before there are two
    if processes == 1:
        parts = [one(first) for first in firsts]
    else:
        with ProcessPoolExecutor(processes) as pool:
            parts = list(pool.map(one, firsts))
    z, held = (np.concatenate([part[k] for part in parts]) for k in range(2))
    found = table(z, held)
    print(found.to_string(index=False, float_format=lambda x: f"{x:.4f}"))
    worst = found["p"].min() * len(found)
    print(f"{count} data sets; family-wise p {min(worst, 1.0):.3f}: coverage {'holds' if worst > FAMILY else 'FAILS'}")


if __name__ == "__main__":
    main()
