"""Small chains whose distribution is known exactly, against many runs of the engine.

For each chain (two built-in scenarios, one handmade order for each weighting) every state of the system is listed, the
generator is written from the slow twin's weights, and its matrix exponential gives the probability of each state at the
end of the span; uniformisation gives that of each number of acts. Both are held against the engine under both lucks
by G-tests; the family-wise error rate is 1e-3 (Bonferroni). One picture a chain is drawn into
``verification/output``: bars and dots either lie on each other or do not.

    python verification/exact_chains.py --runs 20000
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.engine.chains import BUILT_IN, HANDMADE, chain_of, g_test, observed

OUTPUT = Path(__file__).parent / "output"
LUCKS = ("clock", "date")
CHAINS = (*BUILT_IN, *HANDMADE)
ERROR = 1e-3


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--runs", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--no-pictures", action="store_true")
    asked = options.parse_args()
    tests = len(CHAINS) * len(LUCKS) * 2
    threshold = ERROR / tests
    print(f"{asked.runs:,} runs each, seed {asked.seed}; {tests} G-tests, refused below p = {threshold:.2g}")
    print(f"{'chain':<20} {'luck':<6} {'of':<7} {'states':>6} {'G':>8} {'df':>4} {'p':>9}  largest gap   ")
    refused = 0
    begins = time.perf_counter()
    for name in CHAINS:
        chain = chain_of(name)
        seen = {}
        for luck in LUCKS:
            counts = observed(chain, luck, asked.seed, asked.runs)
            seen[luck] = counts
            for what, found, exact in zip(("states", "acts"), counts, (chain.at_end, chain.acts), strict=True):
                g, freedom, p = g_test(found, exact)
                gap = np.abs(found / asked.runs - exact).max()
                wrong = p < threshold
                refused += wrong
                outcomes = int((exact > 1e-12).sum())
                print(
                    f"{name:<20} {luck:<6} {what:<7} {outcomes:>6} {g:>8.1f} {freedom:>4} {p:>9.2g}  {gap:.4f}"
                    + ("   REFUSED" if wrong else "")
                )
        if not asked.no_pictures:
            draw(name, chain, seen, asked.runs)
    print(f"{tests - refused} of {tests} agree ({time.perf_counter() - begins:.0f} s)")
    return int(refused > 0)


def draw(name: str, chain: object, seen: dict[str, tuple[np.ndarray, np.ndarray]], runs: int) -> None:
    """Draw exact probabilities as bars, what was observed as dots with two standard errors."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    OUTPUT.mkdir(exist_ok=True)
    figure, panels = plt.subplots(2, 1, figsize=(9, 6), layout="constrained")
    acts = np.flatnonzero(chain.acts > 1e-5)
    order = np.argsort(-chain.at_end, kind="stable")
    for panel, exact, place, which, label in (
        (panels[0], chain.at_end, order, 0, "state at the end, by falling probability"),
        (panels[1], chain.acts, acts, 1, "number of acts"),
    ):
        panel.bar(np.arange(len(place)), exact[place], color="0.8", label="exact")
        for shift, (luck, counts) in zip((-0.15, 0.15), seen.items(), strict=True):
            share = counts[which][place] / runs
            error = 2.0 * np.sqrt(exact[place] * (1.0 - exact[place]) / runs)
            panel.errorbar(np.arange(len(place)) + shift, share, error, fmt=".", label=f"{luck} luck")
        panel.set_xlabel(label)
        panel.set_ylabel("probability")
    panels[0].legend(frameon=False)
    panels[0].set_title(f"{name}: {runs:,} runs, two standard errors", loc="left")
    figure.savefig(OUTPUT / f"exact_{name.replace(' ', '_')}.png", dpi=110)
    plt.close(figure)


if __name__ == "__main__":
    sys.exit(main())
