"""Orders drawn at random: the compiled engine equals its slow twin, its strategies equal each other, byte for byte."""

import pytest

from rapallo.engine.plan import make_plan
from rapallo.engine.reference import Reference
from rapallo.engine.simulate import prepared, simulate_plan
from tests.engine.drawn_orders import drawn_order
from tests.engine.worlds import acts_of

COLUMNS = ("time", "process", "layer", "change", "sender", "receiver", "occasion", "origin")


def disagreements(seed, scenario, calendar):
    """Say where the engine and its twin, or two strategies, part."""
    plan = prepared(make_plan(scenario, calendar))
    found = []
    for luck in ("clock", "date"):
        history = simulate_plan(plan.with_switches(luck), seed, 1)
        twin = Reference(scenario, calendar, seed, 1, luck)
        here, there = acts_of(history), twin.history()
        if here != there:
            first = next((k for k, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), "the end")
            found.append(f"{luck}: twin parts at act {first} of {len(here)} and {len(there)}")
        made = {
            name: sorted(zip(*(series[key].tolist() for key in ("year", "sender", "receiver", "value")), strict=True))
            for name, series in history.series.items()
        }
        if made != {name: sorted(rows) for name, rows in twin.series.items()}:
            found.append(f"{luck}: series part")
        for run in range(3):
            usual = simulate_plan(plan.with_switches(luck), seed, run)
            for strategy in ("by process", "everything"):
                other = simulate_plan(plan.with_switches(luck, strategy), seed, run)
                if any(getattr(usual, each).tobytes() != getattr(other, each).tobytes() for each in COLUMNS):
                    found.append(f"{luck}: {strategy} parts in run {run}")
    return found, len(here)


@pytest.mark.parametrize("seed", range(30))
def test_a_drawn_order_is_the_same_for_the_twin_and_under_every_strategy(seed):
    found, _ = disagreements(seed, *drawn_order(seed))
    assert not found
