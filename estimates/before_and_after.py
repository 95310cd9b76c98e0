"""Simulate with what was assumed and with what the fits left: ``python estimates/before_and_after.py``."""

from __future__ import annotations

import argparse
import math

import rapallo as rp
from rapallo.report.lines import Line, in_words

SHOWN = ("recognised_by", "breaks", "soviet_trade", "league_members", "dispute_risk", "risings", "polarisation")


def band(line: Line | None) -> str:
    """Write the median of the runs and their middle nine tenths."""
    if line is None or math.isnan(line.median):
        return "–"
    return f"{line.text(line.median)} ({line.text(line.low)} to {line.text(line.high)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    arguments = parser.parse_args()
    scenario = rp.load("interwar")
    assumed = scenario.with_parameters({name: each.prior[0] for name, each in scenario.parameters.items()})
    found = [
        rp.ensemble(world, runs=arguments.runs, seed=5, measures=list(SHOWN), jobs=1) for world in (assumed, scenario)
    ]
    print(f"{arguments.runs} runs each: median and middle nine tenths; ! where the record lies outside")
    print(f"{'':30}{'record':>12}  {'as assumed':30}  {'as fitted':30}")
    for name in SHOWN:
        before, after = ({line.at: line for line in in_words(runs.measure(name))} for runs in found)
        for at in after:
            first, second = before.get(at), after[at]
            marks = ["!" if line is not None and line.inside is False else " " for line in (first, second)]
            record = "–" if math.isnan(second.record) else second.text(second.record)
            print(f"{name + ' ' + at:30}{record:>12} {marks[0]}{band(first):30} {marks[1]}{band(second):30}")


if __name__ == "__main__":
    main()
