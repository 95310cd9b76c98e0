"""The interwar order itself: every way of re-weighing gives the same bytes, and the slow twin the same acts.

What is re-weighed after an act (only pairs whose statistic may have changed; whole processes; everything) must not show
in a history. The twin shares the definition with the compiled engine and none of its code. It is plain Python and knows
no pattern of change: where anything differs in an array, all that reads the array is weighed again. It is given three
years: the first of the span, the one of the wave of recognition, and the one of the war in Abyssinia.

    python verification/strategies_interwar.py --runs 6 --twin 1924-01-01/1924-12-31 --twin-runs 2
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rapallo.engine.plan import LUCKS, STRATEGIES, make_plan
from rapallo.engine.reference import Reference
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.scenario.load import load
from rapallo.scenario.timeline import timeline
from tests.engine.worlds import acts_of

YEARS = ("1921-01-01/1921-12-31", "1924-01-01/1924-12-31", "1935-07-01/1936-06-30")
COLUMNS = ("time", "process", "layer", "change", "sender", "receiver", "occasion", "origin")


def bytes_of(history: Any) -> bytes:
    """Give every byte of a history's acts and series."""
    made = b"".join(getattr(history, column).tobytes() for column in COLUMNS)
    for name in sorted(history.series):
        made += b"".join(history.series[name][key].tobytes() for key in ("year", "sender", "receiver", "value"))
    return made


def strategies_agree(plan: Any, luck: str, seed: int, run: int) -> tuple[int, list[str]]:
    """Run a plan by every strategy; gives the number of acts and the strategies that differ from the first."""
    usual = simulate_plan(plan.with_switches(luck, STRATEGIES[0]), seed, run)
    others = {name: simulate_plan(plan.with_switches(luck, name), seed, run) for name in STRATEGIES[1:]}
    return len(usual), [name for name, other in others.items() if bytes_of(other) != bytes_of(usual)]


def twin_agrees(scenario: Any, calendar: Any, plan: Any, luck: str, seed: int, run: int) -> tuple[int, str]:
    """Run the twin; gives the number of acts and the first difference, empty where there is none."""
    compiled = acts_of(simulate_plan(plan.with_switches(luck), seed, run))
    slow = Reference(scenario, calendar, seed, run, luck).history()
    for place, (one, other) in enumerate(zip(compiled, slow, strict=False)):
        if one != other:
            return len(compiled), f"act {place}: engine {one}, twin {other}"
    return len(compiled), "" if len(compiled) == len(slow) else f"engine {len(compiled)} acts, twin {len(slow)}"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--runs", type=int, default=6, help="seeds for each luck, over the whole span")
    options.add_argument("--twin", nargs="*", default=YEARS, metavar="FROM/TO", help="spans that the twin is given")
    options.add_argument("--twin-runs", type=int, default=1, help="seeds for each span and luck")
    asked = options.parse_args()
    scenario = load("interwar")
    plan = prepared(make_plan(scenario, timeline(scenario)))
    wrong = 0
    print(f"{scenario.start} to {scenario.end}, strategies: {', '.join(STRATEGIES)}")
    for luck in LUCKS:
        for seed in range(asked.runs):
            begins = time.process_time()
            acts, differ = strategies_agree(plan, luck, seed, run=seed)
            wrong += len(differ)
            says = f"DIFFERS: {', '.join(differ)}" if differ else "same bytes"
            taken = time.process_time() - begins
            print(f"  {luck:<6} seed {seed:<4} {acts:>6} acts   {says}   ({taken:.1f} s)", flush=True)
    for span in asked.twin:
        calendar = timeline(scenario, *span.split("/"))
        plan = prepared(make_plan(scenario, calendar))
        print(f"{span}, slow twin")
        for luck in LUCKS:
            for seed in range(asked.twin_runs):
                begins = time.process_time()
                acts, difference = twin_agrees(scenario, calendar, plan, luck, seed, run=1)
                wrong += bool(difference)
                says = difference or "same acts"
                taken = time.process_time() - begins
                print(f"  {luck:<6} seed {seed:<4} {acts:>6} acts   {says}   ({taken:.1f} s)", flush=True)
    print("all agree" if not wrong else f"{wrong} disagree")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
