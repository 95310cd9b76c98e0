"""Simulate with what was assumed and with what the fits left: ``python estimates/before_and_after.py``."""

from __future__ import annotations

import argparse
import math

import numpy as np

import rapallo as rp
from rapallo.experiment.measure_of_runs import MeasureOfRuns
from rapallo.report.lines import number

SHOWN = (
    "recognised_by", "breaks", "soviet_trade", "league_members", "dispute_risk", "risings", "capability_balance",
    "polarisation", "negotiations", "exposures",
)  # fmt: skip
YEARS = (1923, 1927, 1933, 1938)
"""Whose bands are printed; of all years it is counted how many lie inside."""


def band(values: np.ndarray, unit: str) -> tuple[float, float, str]:
    """Give the middle nine tenths of the runs, and write them with their middle."""
    known = values[~np.isnan(values)]
    if not len(known):
        return math.nan, math.nan, "–"
    low, middle, high = (float(each) for each in np.quantile(known, (0.05, 0.5, 0.95)))
    whole = bool((known == np.round(known)).all())
    text = [number(each, unit, whole=whole) for each in (middle, low, high)]
    return low, high, f"{text[0]} ({text[1]} to {text[2]})"


def lines(name: str, worlds: list[MeasureOfRuns]) -> list[str]:
    """Write a measure of both worlds: its record and bands, and how many of the record's years lie inside."""
    made = []
    record = worlds[0].record.to_numpy(dtype=float)
    columns = list(worlds[0].values.columns)
    inside = [0 for _ in worlds]
    for place, at in enumerate(columns):
        said = [band(world.values.to_numpy()[:, place], world.unit) for world in worlds]
        hit = [low <= record[place] <= high for low, high, _ in said]
        inside = [count + one for count, one in zip(inside, hit, strict=True)]
        year = getattr(at, "year", None)
        if year is None or year in YEARS:
            stated = "–" if math.isnan(record[place]) else number(record[place], worlds[0].unit)
            cells = [
                f"{' ' if one or math.isnan(record[place]) else '!'}{text:30}"
                for one, (_, _, text) in zip(hit, said, strict=True)
            ]
            made.append(f"{name + (f' {year}' if year else ''):30}{stated:>10}  {' '.join(cells)}".rstrip())
    known = int(np.isfinite(record).sum())
    if len(columns) > 1:
        counts = [f" {count} of {known} years inside" for count in inside]
        made.append(f"{name:30}{'':10}  {' '.join(f'{each:31}' for each in counts)}".rstrip())
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    arguments = parser.parse_args()
    scenario = rp.load("interwar")
    assumed = scenario.with_parameters({name: each.prior[0] for name, each in scenario.parameters.items()})
    found = [
        rp.ensemble(world, runs=arguments.runs, seed=5, measures=list(SHOWN), jobs=1) for world in (assumed, scenario)
    ]
    print(f"{arguments.runs} runs each: median and middle nine tenths; ! where the record lies outside")
    print(f"{'':30}{'record':>10}   {'as assumed':30}  {'as fitted':30}".rstrip())
    for name in SHOWN:
        for line in lines(name, [runs.measure(name) for runs in found]):
            print(line)


if __name__ == "__main__":
    main()
