"""One question asked in three ways, whose answer depends on the choice; ``report/verbs.py`` states what this prints.

python verification/three_verbs.py --runs 400
"""

from __future__ import annotations

import argparse

import numpy as np

import rapallo as rp
from rapallo.scenario.intervention import read_intervention

UNTIL = "1926-12-31"
DONE = "forbid recognition GBR-USSR until 1924-02-01; hold recognition GBR-USSR since 1924-02-01 until 1927-01-01"
UNDONE = "forbid recognition GBR-USSR"


def count(runs: rp.Ensemble) -> np.ndarray:
    return runs.measure("recognised_by").values.iloc[:, -1].to_numpy(float)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=3)
    asked = parser.parse_args()
    scenario = rp.load("interwar")

    def world(changes: str) -> rp.Ensemble:
        made = read_intervention(scenario, changes).apply(scenario) if changes else scenario
        return rp.ensemble(made, asked.runs, asked.seed, luck="date", end=UNTIL, keep="measures")

    free = world("")
    britain = free.measure("recognition_dates").values["GBR"].to_numpy(float)
    early, late = (britain >= 1924) & (britain < 1925), ~(britain < 1925)
    groups = [count(free)[mask] for mask in (early, late)]
    errors = [group.std(ddof=1) / np.sqrt(len(group)) for group in groups]
    means = [group.mean() for group in groups]
    paired = count(world(DONE)) - count(world(UNDONE))
    error = 1.96 * paired.std(ddof=1) / np.sqrt(len(paired))
    print(f"association: early {means[0]:.1f} ({len(groups[0])} histories), late {means[1]:.1f} ({len(groups[1])})")
    print(f"  and {(britain < 1924).sum()} in which Britain recognised before")
    print(f"  apart {means[0] - means[1]:.1f} ± {1.96 * float(np.hypot(*errors)):.1f}")
    print(f"intervention: done {paired.mean():.1f}, error {error:.1f}")
    for luck in ("clock", "date"):
        both = rp.compare(scenario, "no-labour-1924", asked.runs // 2, asked.seed, luck=luck)
        fates = both.paired_acts()["fate"].value_counts()
        print(
            f"counterfactual, {luck}: {100 * fates['moved'] / (fates['moved'] + fates['lost']):.0f} in a hundred move"
        )


if __name__ == "__main__":
    main()
