"""How much the shared luck couples two worlds: every shipped intervention, horizon and kind of luck.

Prints the variance of the difference of independent runs over that of paired runs (1 is no
coupling, inf no difference at all), for two measures at the end of the year 1, 5, 10 and 15 years
after the start::

    python benchmarks/coupling.py --runs 200
"""

from __future__ import annotations

import argparse
import math

import numpy as np

import rapallo as rp
from rapallo.scenario.intervention import interventions

HORIZONS = (1, 5, 10, 15)
MEASURES = ("recognised_by", "league_members")


def coupling(comparison: rp.Comparison, measure: str, year: int) -> float:
    base, changed = comparison.base.measure(measure).values, comparison.changed.measure(measure).values
    key = next(key for key in base.columns if str(key).startswith(str(year)))
    first, second = base[key].to_numpy(float), changed[key].to_numpy(float)
    spread = float(np.var(second - first))
    return math.inf if spread == 0 else float((np.var(first) + np.var(second)) / spread)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    scenario = rp.load("interwar")
    start = int(scenario.start[:4])
    head = "".join(f"{f'{h}y':>9}" for h in HORIZONS)
    print(f"{'intervention':38} {'luck':6} {'measure':15}{head}")
    for name in interventions(scenario):
        for luck in ("date", "clock"):
            found = rp.compare(scenario, name, runs=asked.runs, seed=asked.seed, luck=luck, end=f"{start + 15}-12-31")
            for measure in MEASURES:
                figures = "".join(f"{coupling(found, measure, start - 1 + h):9.3g}" for h in HORIZONS)
                print(f"{name:38} {luck:6} {measure:15}{figures}", flush=True)


if __name__ == "__main__":
    main()
