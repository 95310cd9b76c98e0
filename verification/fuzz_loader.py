"""Damage scenario folders by chance, by the hundred thousand, and see that the loader never loads half and never fails.

Every folder is damaged in memory, with a seed of its own, so that a folder can be made again from its number.
Half are named damages, which must be refused, the damaged file among those named; half are noise, which may leave a
scenario that loads. A traceback, or a named damage that slips through, fails the run.

    python verification/fuzz_loader.py --folders 100000
"""

import argparse
import random
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from os import cpu_count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.scenario.damage import NAMED, NOISE, try_folder
from tests.scenario.folders import files_of

BATCH = 250
NAMED_KINDS, NOISE_KINDS = list(NAMED), list(NOISE)


def damaged(number: int) -> tuple[str, dict[str, bytes], str]:
    """Make one folder from its number: the kind of damage, its files, and for named damage the file to be named."""
    chance = random.Random(number)
    files = files_of()
    if number % 2 == 0:
        kind = NAMED_KINDS[number // 2 % len(NAMED_KINDS)]
        return kind, files, NAMED[kind](files, chance)
    kinds = [chance.choice(NOISE_KINDS) for _ in range(chance.randint(1, 4))]
    for kind in kinds:
        try:
            NOISE[kind](files, chance)
        except (UnicodeDecodeError, ValueError, IndexError):
            break  # what an earlier noise left is no text or no table any more
    return kinds[0], files, ""


def batch(first: int, count: int) -> tuple[Counter[tuple[str, str]], list[str]]:
    """Load some folders; gives counts by kind and outcome, and what failed."""
    counts: Counter[tuple[str, str]] = Counter()
    failures = []
    for number in range(first, first + count):
        kind, files, file = damaged(number)
        try:
            scenario, problems = try_folder(files)
            if scenario is not None:
                str(scenario.explain())  # what is accepted can be used
        except Exception:
            counts[kind, "failed"] += 1
            failures.append(f"folder {number} ({kind}):\n{traceback.format_exc()}")
            continue
        if scenario is not None:
            counts[kind, "slipped through" if file else "loaded"] += 1
            if file:
                failures.append(f"folder {number} ({kind}): loaded, although {file} was damaged")
        elif file and file not in {problem.file for problem in problems}:
            counts[kind, "misnamed"] += 1
            failures.append(f"folder {number} ({kind}): {file} was damaged, and the report names\n  {problems}")
        else:
            counts[kind, "refused"] += 1
    return counts, failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folders", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first folder, to make one again")
    parser.add_argument("--processes", type=int, default=cpu_count() or 1)
    arguments = parser.parse_args()
    starts = range(arguments.first, arguments.first + arguments.folders, BATCH)
    counts = [min(BATCH, arguments.first + arguments.folders - start) for start in starts]
    begun = time.perf_counter()
    total: Counter[tuple[str, str]] = Counter()
    failures: list[str] = []
    with ProcessPoolExecutor(arguments.processes) as pool:
        for done, failed in pool.map(batch, starts, counts):
            total += done
            failures += failed
    seconds = time.perf_counter() - begun
    outcomes = ["refused", "loaded", "slipped through", "misnamed", "failed"]
    print(f"{'':24}" + "".join(f"{outcome:>17}" for outcome in outcomes))
    for kind in [*NAMED_KINDS, *NOISE_KINDS]:
        print(f"{kind:24}" + "".join(f"{total[kind, outcome]:17,}" for outcome in outcomes))
    print(f"{'all':24}" + "".join(f"{sum(total[key] for key in total if key[1] == o):17,}" for o in outcomes))
    rate = arguments.folders / seconds
    print(f"{arguments.folders:,} folders in {seconds:.0f} s, {rate:.0f} a second on {arguments.processes} processes")
    for failure in failures[:20]:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
