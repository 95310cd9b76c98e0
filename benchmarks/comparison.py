"""What two worlds cost beside one: processor time of a comparison over that of an ensemble of the same size and luck.

python benchmarks/comparison.py --runs 200
"""

from __future__ import annotations

import argparse
import os
import time
from tempfile import TemporaryDirectory

import numpy as np

import rapallo as rp

QUESTIONS = ("no-labour-1924", "off comintern since 1924-01-01", "scale recognise.claims by 2 since 1925-01-01")


def cost(what: str, scenario: rp.Scenario, runs: int, question: str = "") -> tuple[float, float]:
    """Give seconds of processor and by the wall, in one process."""
    with TemporaryDirectory() as home:
        began, processor = time.perf_counter(), sum(os.times()[:2])
        if what == "ensemble":
            rp.ensemble(scenario, runs, 0, luck="date", jobs=1, folder=f"{home}/runs")
        else:
            rp.compare(scenario, question, runs, 0, luck="date", jobs=1, folder=f"{home}/runs")
        return sum(os.times()[:2]) - processor, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    scenario = rp.load("interwar")
    cost("ensemble", scenario, 1)
    for question in QUESTIONS:
        cost("compare", scenario, 1, question)  # compiles what the changed world needs
    one = np.median([cost("ensemble", scenario, asked.runs)[0] for _ in range(asked.repeats)])
    print(f"interwar, {asked.runs} runs, date luck, one core, median of {asked.repeats}; load {os.getloadavg()[0]:.1f}")
    print(f"{'ensemble':46}{one:8.1f} s of processor")
    for question in QUESTIONS:
        both = np.median([cost("compare", scenario, asked.runs, question)[0] for _ in range(asked.repeats)])
        print(f"{'compare ' + question:46}{both:8.1f} s of processor {both / one:6.2f} times", flush=True)


if __name__ == "__main__":
    main()
