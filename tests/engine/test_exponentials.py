"""Whether luck that was read off looks like luck."""

from __future__ import annotations

import numpy as np
import pytest

from rapallo.engine.abduct import abduct
from rapallo.engine.exponentials import exponential_test, exponentials, luck_by_process
from rapallo.engine.plan import make_plan
from rapallo.engine.recorded_world import recorded_world
from rapallo.engine.simulate import prepared, simulate_plan
from tests.engine.worlds import full_order


@pytest.mark.parametrize("cut", [0.3, 1.5, np.inf])
def test_the_test_keeps_its_level_with_censored_values(cut):
    """2,000 samples of 60: a share beyond 0.035 to 0.065 comes once in 400 seeds, and the test is a little shy."""
    rng = np.random.default_rng(1)
    rejected = 0
    for _ in range(2000):
        value = rng.exponential(size=60)
        rejected += exponential_test(np.minimum(value, cut), value <= cut)[1] < 0.05
    assert 0.02 < rejected / 2000 < 0.07


def test_it_sees_a_wrong_rate_and_a_wrong_shape():
    rng = np.random.default_rng(2)
    value = rng.exponential(size=60)
    assert exponential_test(2.0 * value, np.full(60, True))[1] < 1e-4
    clustered = np.where(rng.random(200) < 0.8, 0.2, 4.2) * rng.exponential(size=200)  # the mean is one, the shape not
    assert abs(clustered.mean() - 1.0) < 0.3
    assert exponential_test(clustered, np.full(200, True))[1] < 1e-3


def test_luck_read_off_simulated_histories_looks_like_luck():
    """Over 40 histories: acts as many as expected, and no more small p-values than there should be."""
    scenario, calendar = full_order(weightings=("intensity", "choice", "coordination"))
    plan = prepared(make_plan(scenario, calendar))
    acts = expected = 0.0
    small = tests = 0
    for run in range(40):
        history = simulate_plan(plan, 17, run)
        luck, _ = abduct(recorded_world(scenario, history, calendar, plan=plan), 5, run)
        table = luck_by_process(luck)
        acts, expected = acts + table["acts"].sum(), expected + table["expected"].sum()
        enough = table[table["expected"] >= 10.0]
        small, tests = small + (enough["p"] < 0.05).sum(), tests + len(enough)
    assert abs(acts - expected) < 4.0 * np.sqrt(expected)
    assert tests > 100
    assert small / tests < 0.1


def test_values_cover_every_clock_that_could_act():
    scenario, calendar = full_order(weightings=("intensity", "choice", "coordination"))
    plan = prepared(make_plan(scenario, calendar))
    history = simulate_plan(plan, 17, 1)
    world = recorded_world(scenario, history, calendar, plan=plan)
    luck, _ = abduct(world, 5, 1)
    values = exponentials(luck)
    assert values["acted"].sum() == len(world.firings)
    assert (values["value"] >= 0).all()
    mine = values[(values["process"] == "agree") & (values["sender"] == "A00") & (values["receiver"] == "A01")]
    whole = luck.path_time, luck.path_hazard, luck.path_clock
    clock = list(luck.clocks).index(("agree", "A00", "A01"))
    times, hazards = (each[whole[2] == clock] for each in whole[:2])
    integral = (hazards * np.diff([*times, history.end])).sum()
    assert mine["value"].sum() == pytest.approx(integral)
