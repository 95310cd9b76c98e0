"""Time many histories of the interwar order: how many a second, how long an act takes, how much memory.

Run as ``python benchmarks/histories.py --runs 1000 --jobs 2``. Everything is compiled and one small ensemble made
before the clock starts. ``one core`` simulates in this process and keeps nothing; the ensembles also measure and
write. Times are those of the clock on the wall, of the processors beside it; memory is the highest resident size of
any process so far; acts a run are the mean of twenty.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import rapallo as rp
from rapallo.engine.plan import make_plan
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.scenario.timeline import timeline


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Give seconds on the wall and seconds of all processors."""
    before, started = os.times(), time.perf_counter()
    work()
    wall, after = time.perf_counter() - started, os.times()
    return wall, sum(after[:4]) - sum(before[:4])


def peak() -> float:
    """Give the highest resident size so far, in MB, of this process or one that it started."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--runs", type=int, default=1000)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--scenario", default="interwar")
    asked = options.parse_args()
    scenario = rp.load(asked.scenario)
    plan = prepared(make_plan(scenario, timeline(scenario)))
    rp.ensemble(scenario, 4, jobs=asked.jobs, progress=quiet)
    load = os.getloadavg()[0]
    print(f"{scenario.name}, {scenario.start} to {scenario.end}, {len(plan.clocks):,} clocks; load before {load:.1f}")
    print(f"{'':<28} {'runs':>6} {'wall s':>8} {'cpu s':>8} {'a second':>9} {'a cpu s':>8} {'µs an act':>10} {'MB':>6}")

    acts = sum(len(simulate_plan(plan, 7, run)) for run in range(20)) / 20

    def row(name: str, runs: int, work: Callable[[], object]) -> None:
        wall, cpu = timed(work)
        print(
            f"{name:<28} {runs:>6} {wall:>8.1f} {cpu:>8.1f} {runs / wall:>9.1f} {runs / cpu:>8.1f} "
            f"{1e6 * cpu / runs / acts:>10.1f} {peak():>6.0f}",
            flush=True,
        )

    alone = max(1, asked.runs // 5)
    for luck in ("clock", "date"):
        switched = plan.with_switches(luck)
        row(f"one core, {luck} luck", alone, lambda p=switched: [simulate_plan(p, 7, run) for run in range(alone)])
    for keep in ("measures", "acts"):
        with tempfile.TemporaryDirectory() as folder:
            row(
                f"ensemble, {asked.jobs} jobs, {keep}",
                asked.runs,
                lambda keep=keep, where=Path(folder) / "runs": rp.ensemble(
                    scenario, asked.runs, 7, jobs=asked.jobs, folder=where, keep=keep, progress=quiet
                ),
            )


def quiet(state: object) -> None:
    """Say nothing."""


if __name__ == "__main__":
    main()
