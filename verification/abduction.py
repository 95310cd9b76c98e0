"""The luck read off a history against the luck it had: the joint test, with planted errors that it must catch.

What is compared, and how, stands in ``tests/engine/joint.py``; the everyday tests run it small.

    python verification/abduction.py --runs 4000
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.engine.joint import PLANTED, joint_test


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    wrong = 0
    for kind in ("clock", "date"):
        for seed in range(asked.seed, asked.seed + 3):
            found = joint_test(kind, asked.runs, 10 * seed)
            wrong += found.p < 1e-3
            print(
                f"{kind:6} luck, seed {10 * seed:3}: {found.tables} tables, p = {found.p:.3g} ({found.table})",
                flush=True,
            )
    for name, (kind, plant) in PLANTED.items():
        found = joint_test(kind, asked.runs, 10 * asked.seed, plant)
        caught = found.p < 1e-3
        wrong += not caught
        print(
            f"planted: {name:40} {kind:6} p = {found.p:.3g} ({found.table}) {'caught' if caught else 'NOT CAUGHT'}",
            flush=True,
        )
    print("all as it must be" if not wrong else f"{wrong} not as it must be")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
