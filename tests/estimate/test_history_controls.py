"""Drawn controls for a process of a scenario: what the whole risk set says, with wider intervals."""

import math

import numpy as np
import pytest

import rapallo as rp
from rapallo.engine.plan import make_plan
from rapallo.engine.simulate import prepared, simulate_plan
from tests.engine.worlds import full_order
from verification.orders_to_recover import order


@pytest.fixture(scope="module")
def run():
    """Eight states, eight years, with an intensity, a choice, a coordination and a choice with consent."""
    return simulate_plan(prepared(make_plan(*order())), 5)


@pytest.fixture(scope="module")
def consenting():
    """A run in which ``agree`` is an intensity with consent, and ``court`` a choice with consent."""
    return simulate_plan(prepared(make_plan(*full_order(actors=6, years=12, scale=0.6))), 3)


def scattered(name, history, controls, draws=24, **how):
    """The exact fit, and for each parameter the mean and the scatter of fits with drawn controls."""
    exact = rp.fit(name, history, missing="default", **how)
    found = [rp.fit(name, history, missing="default", controls=controls, seed=k, **how) for k in range(draws)]
    assert all(each.converged and each.acts == exact.acts for each in found)
    return exact, found


@pytest.mark.parametrize(("name", "controls"), [("strike", 20), ("raid", 20), ("court", 2)])
def test_drawn_controls_estimate_what_the_whole_risk_set_does(run, name, controls):
    """Over 24 draws estimates scatter around the exact ones (4 standard errors of their mean, and what is left of
    the bias of so few), no more than their standard errors say."""
    exact, found = scattered(name, run, controls)
    estimates = np.array([each.coef for each in found])
    scatter = estimates.std(axis=0)
    assert (scatter > 0).all()
    assert (np.abs(estimates.mean(axis=0) - exact.coef) < 4 * scatter / math.sqrt(24) + 0.15 * exact.se).all()
    more = np.sqrt(np.maximum(np.mean([each.se**2 for each in found], axis=0) - exact.se**2, 0.0))
    assert (scatter < 1.7 * more + 0.05 * exact.se).all()


def test_with_every_option_drawn_a_choice_is_exact(run):
    exact = rp.fit("court", run, missing="default")
    whole = rp.fit("court", run, missing="default", controls=1000)
    assert whole.log_likelihood == pytest.approx(exact.log_likelihood, abs=1e-9)
    np.testing.assert_allclose(whole.coef, exact.coef, atol=1e-9)
    np.testing.assert_allclose(whole.se, exact.se, rtol=1e-9)
    assert whole.facts["controls"] == 1000 and "controls" not in exact.facts


@pytest.mark.parametrize(("name", "free"), [("agree", "agree.distance"), ("court", "court.trade")])
def test_with_consent(consenting, name, free):
    """The consent that is held takes part in the weight of what was drawn as of what was not."""
    motives = consenting.scenario.processes[name].motives
    fixed = {each.parameter: 0.4 for each in motives if each.parameter != free}
    exact = rp.fit(name, consenting, missing="default", fixed=fixed)
    drawn = rp.fit(name, consenting, missing="default", fixed=fixed, controls=400)
    k = exact.names.index(free)
    assert any(term.startswith("consent ") for term in exact.fixed) and exact.se[k] > 0
    assert drawn[free] == pytest.approx(exact[free], abs=0.1 * exact.se[k])
    assert drawn.se[k] == pytest.approx(exact.se[k], rel=0.03)


def test_time_that_was_open_is_told_by_what_was_drawn(run):
    exact = rp.fit("ally", run, missing="default")
    drawn = [rp.fit("ally", run, missing="default", controls=60, seed=k).facts["exposure"] for k in range(20)]
    assert np.mean(drawn) == pytest.approx(exact.facts["exposure"], rel=0.05)
    found = rp.fit("ally", run, missing="default", controls=60)
    assert found.residuals is None and "60 moments are drawn for each act" in found.summary()


def test_where_nothing_can_be_drawn_it_is_refused(run):
    for name, model in (("meet", None), ("court", "rate"), ("woo", "joint")):
        with pytest.raises(rp.RapalloError, match="controls are drawn for the models choice and intensity"):
            rp.fit(name, run, model=model, missing="default", controls=5)
