"""The interwar order re-weighed in every way for a year, and its twin for days; ``verification`` takes more of both."""

import runpy
from pathlib import Path

import pytest

from rapallo.engine.plan import make_plan
from rapallo.engine.simulate import prepared
from rapallo.scenario.load import load
from rapallo.scenario.timeline import timeline

FILE = Path(__file__).parents[2] / "verification" / "strategies_interwar.py"
VERIFICATION = runpy.run_path(str(FILE), run_name="strategies")


@pytest.fixture(scope="module")
def plan():
    scenario = load("interwar")
    return prepared(make_plan(scenario, timeline(scenario, "1921-01-01", "1921-12-31")))


@pytest.mark.parametrize("luck", ["clock", "date"])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_strategy_gives_the_same_bytes(plan, luck, seed):
    acts, differ = VERIFICATION["strategies_agree"](plan, luck, seed, 0)
    assert acts > 20
    assert not differ


@pytest.mark.parametrize("luck", ["clock", "date"])
def test_the_slow_twin_does_the_same_acts(luck):
    """A week of war, findings and sanctions: the twin weighs every pair of every process after every act."""
    scenario = load("interwar")
    calendar = timeline(scenario, "1935-10-02", "1935-10-08")
    plan = prepared(make_plan(scenario, calendar))
    acts, difference = VERIFICATION["twin_agrees"](scenario, calendar, plan, luck, 1, 1)
    assert acts > 1
    assert not difference
