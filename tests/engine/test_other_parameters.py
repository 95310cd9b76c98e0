"""A plan with other parameters is the plan of the scenario with other parameters."""

from __future__ import annotations

import numpy as np
import pytest

from rapallo.engine.plan import make_plan
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.scenario.load import load
from rapallo.scenario.timeline import timeline


@pytest.fixture(scope="module")
def interwar():
    return load("interwar")


def test_every_parameter_has_its_places_and_only_they_change(interwar):
    calendar = timeline(interwar, end="1923-12-31")
    values = {name: each.value + 0.125 for name, each in interwar.parameters.items()}
    ours = make_plan(interwar, calendar).with_parameters(values)
    anew = make_plan(interwar.with_parameters(values), calendar)
    for name in "XFJBUIGH":
        np.testing.assert_array_equal(getattr(ours, name), getattr(anew, name), err_msg=name)
    idle = {name for name in interwar.parameters if name.startswith("league.article_16_text.")}  # a rule not in force
    assert {name for _, name in ours.numbers} == set(interwar.parameters) - idle
    assert ours.scenario.parameters == anew.scenario.parameters


def test_it_runs_as_the_other_scenario_does_and_leaves_the_first_alone(interwar):
    calendar = timeline(interwar, end="1923-12-31")
    plan = make_plan(interwar, calendar)
    before = simulate_plan(prepared(plan.with_parameters({})), seed=3)
    values = {"recognise.constant": interwar.parameters["recognise.constant"].value + 1.0}
    ours = simulate_plan(prepared(plan.with_parameters(values)), seed=3)
    anew = simulate_plan(prepared(make_plan(interwar.with_parameters(values), calendar)), seed=3)
    np.testing.assert_array_equal(ours.time, anew.time)
    np.testing.assert_array_equal(ours.receiver, anew.receiver)
    assert not np.array_equal(ours.time, before.time)
    np.testing.assert_array_equal(simulate_plan(prepared(plan), seed=3).time, before.time)


def test_a_parameter_that_is_another_for_a_span_follows(interwar):
    from rapallo.scenario.intervention import read_intervention

    words = "scale recognise.constant by 2 since 1922-06-01 until 1923-01-01; set recognise.wave = 1 since 1920-01-01"
    change = read_intervention(interwar, words)
    values = {"recognise.constant": interwar.parameters["recognise.constant"].value - 1.0, "recognise.wave": 0.5}
    changed, other = change.apply(interwar), change.apply(interwar.with_parameters(values))
    ours = make_plan(changed, timeline(changed, end="1923-12-31")).with_parameters(values)
    anew = make_plan(other, timeline(other, end="1923-12-31"))
    for name in "XFJBIG":
        np.testing.assert_array_equal(getattr(ours, name), getattr(anew, name), err_msg=name)
    assert (
        ours.calendar.numbers
        == anew.calendar.numbers
        == {"recognise.constant": values["recognise.constant"]} | {"recognise.wave": 1.0}
    )
    np.testing.assert_array_equal(ours.calendar.value, anew.calendar.value)
