"""Time preprocessing and estimation together on synthetic acts, in one process on one core.

Run as ``python benchmarks/fit_events.py [choice] [intensity]``. Acts are drawn uniformly over
ordered pairs at the times 1, 2, …; the model is ``~ inertia + recip + trans + indeg``. Each size
is fitted three times after a small fit that warms up, under the clock of the process (user and
system CPU), and the least time counts; memory is the growth of the highest resident size over
that after importing rapallo and pandas: what is compiled counts. Reference
times of other programs are those of the README of the dated anchors.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time

import numpy as np

FORMULA = "~ inertia + recip + trans + indeg"
SIZES = {
    "choice": [(50, 1000), (50, 20000), (100, 5000), (200, 5000), (400, 5000), (400, 20000)],
    "intensity": [(50, 1000), (100, 1000), (200, 1000), (100, 5000), (100, 20000), (400, 5000), (400, 20000)],
}
OTHERS = {
    ("choice", 50, 1000): ("7.9", "0.15"),
    ("choice", 100, 5000): ("35.9", "1.3"),
    ("choice", 200, 5000): ("40.7", "2.4"),
    ("choice", 400, 5000): ("38.8", "6.7"),
    ("choice", 50, 20000): ("125.9", "3.7"),
    ("intensity", 50, 1000): ("14.1", "4.3"),
    ("intensity", 100, 1000): ("26.9", "19.9"),
    ("intensity", 200, 1000): ("101.4", "over 60"),
}
"""User CPU seconds of goldfish and of remify + remstats + remstimate."""


def acts(actors: int, count: int, seed: int = 1) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    sender = rng.integers(0, actors, count)
    receiver = (sender + rng.integers(1, actors, count)) % actors
    names = np.array([f"actor {k}" for k in range(actors)], dtype=object)
    return {"time": np.arange(1.0, count + 1), "sender": names[sender], "receiver": names[receiver]}


def measure(model: str, actors: int, count: int) -> None:
    import pandas as pd

    import rapallo as rp

    names = [f"actor {k}" for k in range(actors)]
    rp.EventData(names)

    def once(table: pd.DataFrame) -> rp.FitResult:
        data = rp.EventData(names).with_network("call", changes=table)
        return rp.fit(FORMULA, data, events="call", model=model)

    pd.DataFrame({"time": [1.0]})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    small = pd.DataFrame(acts(10, 60))
    rp.fit(FORMULA, rp.EventData(names).with_network("call", changes=small), events="call", model=model)
    table = pd.DataFrame(acts(actors, count))
    spent = float("inf")
    for _ in range(3):
        start = time.process_time()
        found = once(table)
        spent = min(spent, time.process_time() - start)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    theirs = OTHERS.get((model, actors, count), ("", ""))
    cells = [
        f"{each} ({float(each) / spent:.0f} ×)" if each.replace(".", "").isdigit() else each or "–" for each in theirs
    ]
    print(
        f"| {model} | {actors} | {count} | {spent:.3f} | {grown:.0f} | {cells[0]} | {cells[1]} | "
        f"{found.facts['distinct vectors']} |",
        flush=True,
    )


def growth(lines: list[str]) -> list[str]:
    """Say how CPU time grew between the smallest and the largest size, with acts and with actors."""
    spent: dict[tuple[str, int, int], float] = {}
    for line in lines:
        cells = [each.strip() for each in line.strip("| ").split("|")]
        spent[cells[0], int(cells[1]), int(cells[2])] = float(cells[3])
    said = []
    for model in SIZES:
        mine = {(n, m): time for (each, n, m), time in spent.items() if each == model}
        for word, fixed, moving in (("acts", 0, 1), ("actors", 1, 0)):
            for held in sorted({size[fixed] for size in mine}):
                sizes = sorted((size[moving], time) for size, time in mine.items() if size[fixed] == held)
                if len(sizes) > 1:
                    (low, first), (high, last) = sizes[0], sizes[-1]
                    power = np.log(last / first) / np.log(high / low)
                    other = f"{held} {'actors' if word == 'acts' else 'acts'}"
                    said.append(f"{model}, {other}: from {low} to {high} {word} as {word}^{power:.2f}")
    return said


def main() -> None:
    if len(sys.argv) == 4:
        measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
        return
    print("| model | actors | acts | CPU s | MB | goldfish, s | remify + remstats + remstimate, s | distinct vectors |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    one = {**os.environ, **{f"{each}_NUM_THREADS": "1" for each in ("OMP", "OPENBLAS", "MKL", "NUMBA")}}
    lines = []
    for model in sys.argv[1:] or SIZES:
        for actors, count in SIZES[model]:
            command = [sys.executable, __file__, model, str(actors), str(count)]
            done = subprocess.run(command, check=True, env=one, stdout=subprocess.PIPE, text=True)
            print(done.stdout, end="", flush=True)
            lines += done.stdout.splitlines()
    print()
    print(*growth(lines), sep="\n")


if __name__ == "__main__":
    main()
