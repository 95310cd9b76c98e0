"""Time the record's own luck: abduction and replay of a whole record, warm, and a whole counterfactual.

    python benchmarks/counterfactual.py --draws 20

CPU seconds of one process, the median of some repeats; the wall clock beside them depends on what else is running.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable

import rapallo as rp
from rapallo.engine.abduct import abduct, possible_world
from rapallo.engine.changed_world import same_world
from rapallo.engine.replay import replay_luck
from rapallo.scenario.timeline import timeline


def timed(what: str, work: Callable[[], object], repeat: int) -> None:
    """Time some work and print a row."""
    cpu, wall = [], []
    for _ in range(repeat):
        here, there = time.process_time(), time.perf_counter()
        work()
        cpu.append(time.process_time() - here)
        wall.append(time.perf_counter() - there)
    print(f"{what:<58} {statistics.median(cpu):>8.3f} s CPU {statistics.median(wall):>8.3f} s", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--scenario", default="interwar")
    options.add_argument("--if", dest="change", default="no-labour-1924")
    options.add_argument("--draws", type=int, default=20)
    options.add_argument("--repeat", type=int, default=15)
    asked = options.parse_args()
    print(f"load before {os.getloadavg()[0]:.1f}; the median of {asked.repeat}, warm")
    scenario = rp.load(asked.scenario)
    world = possible_world(scenario, scenario.record, timeline(scenario))
    luck, lived = abduct(world, 0)
    same = same_world(world)
    print(f"{asked.scenario}: {len(lived)} acts, {len(world.firings)} of them by {len(world.clocks):,} clocks")
    timed("abduction of the whole record", lambda: abduct(world, 0), asked.repeat)
    for kind in ("clock", "date"):
        replay_luck(same, luck, world.cases, kind, 0)
        timed(
            f"replay of it under {kind} luck",
            lambda kind=kind: replay_luck(same, luck, world.cases, kind, 0),
            asked.repeat,
        )
    with tempfile.TemporaryDirectory() as folder:

        def whole() -> None:
            rp.counterfactual(
                scenario, asked.change, draws=asked.draws, folder=f"{folder}/{time.monotonic_ns()}", jobs=1
            )

        timed(f"counterfactual {asked.change}, {asked.draws} draws, both lucks", whole, 1)


if __name__ == "__main__":
    main()
