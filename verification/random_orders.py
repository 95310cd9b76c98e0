"""Orders drawn at random, with every effect that ships: the compiled engine against its slow twin and itself.

Run as ``python verification/random_orders.py``. Each order has its layers, memories, processes, effects,
rules and calendar bound at random; under both lucks its acts and yearly numbers must equal those of the
slow twin, and every re-weighing strategy must give the same bytes. The first run compiles each effect
for each kind of thing it may read, which takes minutes.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rapallo.effects import effects
from tests.engine.drawn_orders import drawn_order
from tests.engine.test_random_orders import disagreements


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="number of the first order, to make one again")
    arguments = parser.parse_args()
    names = tuple(each.name for each in effects())
    begun, acts, failures = time.perf_counter(), 0, 0
    for seed in range(arguments.first, arguments.first + arguments.orders):
        found, count = disagreements(seed, *drawn_order(seed, names))
        acts += count
        failures += bool(found)
        for line in found:
            print(f"order {seed}: {line}", file=sys.stderr)
    seconds = time.perf_counter() - begun
    done = f"{arguments.orders:,} orders, {len(names)} effects, {acts:,} acts by date luck"
    print(f"{done}: {failures} part ({seconds:.0f} s)")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
