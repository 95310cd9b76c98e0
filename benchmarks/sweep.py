"""Time a sweep, here and on a cluster of this machine, and watch its memory.

Run as ``python benchmarks/sweep.py --settings 100 --runs 100``, with ``--dask`` to time the cluster too, one after the
other, and as ``python benchmarks/sweep.py --settings 1 --runs 20000`` to see that memory does not grow with the runs.
Settings are values of one parameter of the interwar order. ``memory`` is this process's, in MB, a tenth, a half and the
whole of the runs on, and after the tables are written; ``of a worker`` is the most that any other process took.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

import rapallo as rp
from rapallo.experiment.work import Recipe, make_ready, plans_of


def resident() -> float:
    """Give the memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Watch:
    """Notes the memory as work goes on, and when the simulating began and ended."""

    def __init__(self) -> None:
        self.memory: dict[float, float] = {}
        self.begun = self.ended = 0.0

    def __call__(self, progress) -> None:
        """Note."""
        now = time.perf_counter()
        if progress.stage == "simulating":
            self.begun = self.begun or now
            for share in (0.1, 0.5, 1.0):
                if progress.done >= share * progress.total and share not in self.memory:
                    self.memory[share] = resident()
        elif progress.stage == "writing":
            self.ended = now


def time_sweep(label: str, values: list[float], arguments: argparse.Namespace, **how) -> None:
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        made = rp.sweep(
            "interwar",
            {"recognise.claims": values},
            runs=arguments.runs,
            end=arguments.end,
            acts=arguments.acts,
            jobs=arguments.jobs,
            folder=Path(folder) / "sweep",
            progress=watch,
            **how,
        )
        whole = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        size = sum(path.stat().st_size for path in made.folder.iterdir() if path.is_file()) / 2**20
        assert not len(made.failures())
    total, spent = len(values) * arguments.runs, watch.ended - watch.begun
    memory = [*watch.memory.values(), resident()]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{label:<22} {total:>7} {whole:>7.1f} {spent:>10.1f} {total / spent:>8.1f}"
        f" {cpu:>8.1f}  {' '.join(f'{each:5.0f}' for each in memory)} {after.ru_maxrss / 1024:>9.0f} {size:>8.1f}",
        flush=True,
    )


def time_a_setting() -> None:
    """Say what a setting costs before its first run, beside what a run costs."""
    from rapallo.engine.simulate import simulate_plan
    from rapallo.scenario.timeline import span

    model = rp.load("interwar")
    recipe = Recipe("timed", model, *span(model), "date", 0, 100, (), "measures", Path(), many=True)
    make_ready(recipe)
    plans = plans_of(recipe, -1)
    costs = []
    for value in np.linspace(-1.0, 0.0, 21):
        began = time.process_time()
        plan = plans.plan({"recognise.claims": float(value)})
        costs.append(time.process_time() - began)
    began = time.process_time()
    for run in range(20):
        simulate_plan(plan, 0, run)
    each = (time.process_time() - began) / 20
    print(
        f"a setting: {1000 * np.median(costs[1:]):.1f} ms of one core before its first run; a run: {1000 * each:.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--settings", type=int, default=100)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--end", help="last day; the scenario's own if not given")
    parser.add_argument("--acts", action="store_true")
    parser.add_argument("--dask", action="store_true", help="time a Dask cluster of this machine, too")
    arguments = parser.parse_args()
    rp.ensemble("interwar", 1, jobs=1)  # compiled before anything is timed
    print(f"load before {os.getloadavg()[0]:.1f}; {arguments.settings} × {arguments.runs} runs, {arguments.jobs} jobs")
    time_a_setting()
    heads = f"{'':22} {'runs':>7} {'wall s':>7} {'simulating':>10} {'a second':>8} {'cpu s':>8}  {'memory':^23}"
    print(f"{heads} {'of a worker':>9} {'MB left':>6}")
    values = np.linspace(-1.0, 0.0, arguments.settings).tolist()
    time_sweep("processes", values, arguments)
    if arguments.dask:
        time_sweep("Dask, this machine", values, arguments, dask=True)


if __name__ == "__main__":
    main()
