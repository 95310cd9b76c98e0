"""Waiting times with drawn moments: the estimates of the whole history, with wider intervals."""

import math

import numpy as np
import pytest

import rapallo as rp
from tests.estimate.test_definition import history

NAMES = [f"a{k:02d}" for k in range(25)]


@pytest.fixture(scope="module")
def data():
    """Acts that mostly repeat earlier ones, and actors of different size."""
    rng = np.random.default_rng(8)
    size = rng.normal(size=25)
    weight = np.outer(np.ones(25), np.exp(0.5 * size))
    np.fill_diagonal(weight, 0.0)
    once = np.zeros((25, 25), dtype=bool)
    time, rows = 0.0, []
    for _ in range(400):
        now = 1e-3 * weight * np.where(once, 200.0, 1.0)
        time += rng.exponential(1.0 / now.sum())
        place = int(rng.choice(625, p=now.ravel() / now.sum()))
        once[place // 25, place % 25] = True
        rows.append((time, NAMES[place // 25], NAMES[place % 25]))
    acts = dict(zip(("time", "sender", "receiver"), map(list, zip(*rows, strict=True)), strict=True))
    return rp.EventData({"label": NAMES, "size": size}).with_network("call", changes=acts)


FORMULA = "~ 1 + inertia + alter(size)"


def test_drawn_moments_estimate_what_the_whole_history_does(data):
    """Over 40 draws estimates scatter around the exact ones (4 standard errors of their mean, and what is left of
    the bias of so few), no more than their standard errors say."""
    exact = rp.fit(FORMULA, data, model="intensity")
    draws = [rp.fit(FORMULA, data, model="intensity", controls=10, seed=k) for k in range(40)]
    estimates = np.array([each.coef for each in draws])
    scatter = estimates.std(axis=0)
    assert (np.abs(estimates.mean(axis=0) - exact.coef) < 4 * scatter / math.sqrt(40) + 0.1 * exact.se).all()
    more = np.sqrt(np.mean([each.se**2 for each in draws], axis=0) - exact.se**2)
    assert (scatter < 1.6 * more).all() and (scatter > more / 1.6).all()
    assert draws[0].options == pytest.approx(exact.options, rel=0.1)
    assert "10 moments are drawn for each act" in draws[0].summary()


def test_the_more_is_drawn_the_less_is_lost(data):
    exact = rp.fit(FORMULA, data, model="intensity")
    errors = [rp.fit(FORMULA, data, model="intensity", controls=count).se for count in (2, 20, 200)]
    assert (errors[0] > errors[1]).all() and (errors[1] > errors[2]).all()
    np.testing.assert_allclose(errors[2], exact.se, rtol=0.02)
    same = rp.fit(FORMULA, data, model="intensity", controls=20)
    assert np.array_equal(same.se, errors[1])
    blocks = rp.fit(FORMULA, data, model="intensity", controls=20, memory=0.01)
    np.testing.assert_allclose(blocks.coef, same.coef, atol=1e-8)
    assert blocks.facts["blocks"] > 1


def test_only_what_is_open_is_drawn():
    """Presence, a mask, and ties that stand: the time open is that of the exact fit, within its chance."""
    data = history(3, form=True)[2]
    allowed = np.ones((7, 7), dtype=bool)
    how = {"events": "call", "model": "intensity", "change": "form", "allowed": allowed}
    exact = rp.fit("~ 1 + recip", data, **how)
    drawn = [rp.fit("~ 1 + recip", data, **how, controls=60, seed=k).facts["exposure"] for k in range(20)]
    assert np.mean(drawn) == pytest.approx(exact.facts["exposure"], rel=0.05)
    assert rp.fit("~ 1 + recip", data, **how, controls=60).residuals is None
