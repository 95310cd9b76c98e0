"""A process fitted from a run: the same likelihood as the slow twin's weights give, and the true parameters back."""

import copy
import math

import numpy as np
import pytest

import rapallo as rp
from rapallo.engine.plan import make_plan
from rapallo.engine.reference import Reference
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.estimate.process_mask import allowed_pairs
from rapallo.system.calendar import ACT, replay
from rapallo.system.history import ORIGINS
from tests.engine.worlds import full_order


@pytest.fixture(scope="module")
def run():
    scenario, calendar = full_order(actors=5, years=3, scale=0.6)
    return simulate_plan(prepared(make_plan(scenario, calendar)), 11)


def twin_at(history, day):
    twin = Reference.__new__(Reference)
    twin.scenario, twin.world, twin.actors = history.scenario, replay(history, day), history.actors
    return twin


def moments(history):
    """Every instant at which anything happens, between start and end."""
    calendar = history.calendar
    times = set(history.time.tolist()) | {
        float(t) for t, k in zip(calendar.time, calendar.kind, strict=True) if k != ACT
    }
    return sorted(t for t in times if history.start < t < history.end)


def acts_of(history, name):
    mine = history.processes.index(name)
    return [k for k in range(len(history)) if history.process[k] == mine and ORIGINS[history.origin[k]] == "simulated"]


def just_before(time):
    return math.nextafter(time, -math.inf)


def weights(twin, process, part):
    """Acts per year of each pair (or of each sender) under the twin."""
    found = {}
    n = len(twin.actors)
    for sender in range(n):
        options = {r: twin.linear(process.motives, sender, r) for r in range(n) if twin.allowed(process, sender, r)}
        if part == "rate":
            if options:
                found[sender] = math.exp(twin.linear(process.rate, sender, sender))
            continue
        for receiver, value in options.items():
            found[sender, receiver] = math.exp(value) * twin.consent(process, sender, receiver)
    return found


def plain_timed(history, process, part):
    """Log-likelihood of acts and waiting times, from the twin's weights."""
    total, before = 0.0, history.start
    for moment in [*moments(history), history.end]:
        total -= (moment - before) / 365.25 * sum(weights(twin_at(history, before), process, part).values())
        before = moment
    for act in acts_of(history, process.name):
        found = weights(twin_at(history, just_before(history.time[act])), process, part)
        key = int(history.sender[act]) if part == "rate" else (int(history.sender[act]), int(history.receiver[act]))
        total += math.log(found[key])
    return total


def plain_choice(history, process):
    """Log-likelihood of whom each sender chose."""
    total = 0.0
    for act in acts_of(history, process.name):
        found = weights(twin_at(history, just_before(history.time[act])), process, "choice")
        sender, receiver = int(history.sender[act]), int(history.receiver[act])
        total += math.log(found[sender, receiver] / sum(w for (s, _), w in found.items() if s == sender))
    return total


def plain_coordination(history, process):
    total = 0.0
    for act in acts_of(history, process.name):
        found = weights(twin_at(history, just_before(history.time[act])), process, "choice")
        whole = {s: sum(w for (a, _), w in found.items() if a == s) for s, _ in found}
        both = {(s, r): found[s, r] / whole[s] * found[r, s] / whole[r] for s, r in found if s < r and (r, s) in found}
        pair = tuple(sorted((int(history.sender[act]), int(history.receiver[act]))))
        total += math.log(both[pair] / sum(both.values()))
    return total


def at_true_values(history, name, **how):
    process = history.scenario.processes[name]
    motives = process.rate if how.get("model") == "rate" else process.motives
    fixed = {each.parameter: history.scenario.parameters[each.parameter].value for each in motives}
    return rp.fit(name, history, fixed=fixed, missing="default", **how)


@pytest.mark.parametrize("name", ["agree", "part", "conspire", "desist", "spy", "arm"])
def test_intensity(run, name):
    found = at_true_values(run, name)
    assert found.acts == len(acts_of(run, name))
    assert found.log_likelihood == pytest.approx(plain_timed(run, run.scenario.processes[name], "intensity"), abs=1e-8)


def test_choice_and_its_rate(run):
    process = run.scenario.processes["favour"]
    assert at_true_values(run, "favour").log_likelihood == pytest.approx(plain_choice(run, process), abs=1e-9)
    found = at_true_values(run, "favour", model="rate")
    assert found.log_likelihood == pytest.approx(plain_timed(run, process, "rate"), abs=1e-8)


def test_choice_with_consent(run):
    process = run.scenario.processes["court"]
    assert at_true_values(run, "court").log_likelihood == pytest.approx(plain_choice(run, process), abs=1e-9)


def test_coordination(run):
    process = run.scenario.processes["ally"]
    assert at_true_values(run, "ally").log_likelihood == pytest.approx(plain_coordination(run, process), abs=1e-9)


def test_masks_are_those_of_the_twin(run):
    for day in np.linspace(run.start + 1, run.end - 1, 7):
        twin = twin_at(run, float(day))
        for process in run.scenario.processes.values():
            if not process.given:
                mask = allowed_pairs(run.scenario, copy.deepcopy(twin.world), process)
                n = len(twin.actors)
                goal = [[twin.allowed(process, s, r) for r in range(n)] for s in range(n)]
                assert mask.tolist() == goal, process.name


def test_what_a_rule_wrote_is_not_in_a_run(run):
    with pytest.raises(rp.RapalloError, match="obligation"):
        rp.fit("punish", run, missing="default")


def test_what_does_not_go_with_a_history_is_refused(run):
    for how in ({"events": "pact"}, {"change": "form"}, {"network": "pact"}):
        with pytest.raises(rp.RapalloError, match="does not go with a history"):
            rp.fit("agree", run, missing="default", **how)


def test_some_motives_and_other_effects(run):
    """A formula takes motives by name and effects of the library bound to what the scenario has."""
    found = rp.fit(
        "agree ~ constant + distance + tie(trust) + pair_recently(quarrels)", run, missing="default", prior=1.0
    )
    assert found.names[:2] == ("agree.constant", "agree.distance")
    assert found.names[2:4] == ("tie(trust)", "pair_recently(quarrels)")
    assert set(found.fixed) == set(found.names[4:])
    assert all(name.startswith("consent agree.consent.") for name in found.fixed)
    assert found.converged


def test_wrong_requests_are_named(run):
    for formula, model, word in (
        ("agre", None, "agree"),
        ("attack", None, "given"),
        ("waver", None, "toggle"),
        ("agree", "rate", "intensity"),
        ("court", "rate", "consent"),
        ("agree ~ tie(allience)", None, "allience"),
    ):
        with pytest.raises(rp.RapalloError, match=word):
            rp.fit(formula, run, model=model, missing="default")


def test_a_span_and_a_formula_that_hold_nothing_are_said(run):
    """The message says what was asked for, so that it can be mended."""
    with pytest.raises(rp.RapalloError, match=r"the span ends \(1920-06-01\) before it starts \(1921-01-01\)"):
        rp.fit("agree", run, missing="default", start="1921-01-01", end="1920-06-01")
    first = str(np.datetime64("1900-01-01") + int(run.start))
    with pytest.raises(rp.RapalloError, match=rf"no act of 'agree' that the model allows from {first} to {first}"):
        rp.fit("agree", run, missing="default", start=first, end=first)
    nobody = np.zeros((len(run.actors),) * 2, dtype=bool)
    with pytest.raises(
        rp.RapalloError, match=r"among the allowed pairs: nothing can be estimated; .* outside the risk set"
    ):
        rp.fit("agree", run, missing="default", allowed=nobody)
    with pytest.raises(rp.RapalloError, match=r"nothing stands after '~'; write 'agree' alone"):
        rp.fit("agree ~ ", run, missing="default")
