"""Residuals sum to the score, and change points are found where they are and not where they are not."""

import math

import numpy as np
import pytest

import rapallo as rp
from rapallo.estimate.residuals import kolmogorov
from tests.estimate.test_definition import history

MODELS = [
    ("choice", "~ inertia + alter(size)"),
    ("intensity", "~ recip + diff(size)"),
    ("rate", "~ outdeg + ego(size)"),
]


@pytest.fixture(scope="module")
def data():
    return history(1)[2]


@pytest.mark.parametrize(("model", "formula"), MODELS)
def test_scores_sum_to_nothing_at_the_top(data, model, formula):
    found = rp.fit(formula, data, events="call", model=model)
    left = found.residuals
    assert len(left.acts) == found.acts and np.abs(left.score.sum(axis=0)).max() < 1e-7
    assert len(left.waited) == 0
    assert left.expected.sum() < 0 and (left.spread >= 0).all()


def test_scores_of_coordination_sum_to_nothing():
    found = rp.fit("~ inertia + alter(size)", history(9, directed=False)[2], events="call", model="coordination")
    assert np.abs(found.residuals.score.sum(axis=0)).max() < 1e-7
    assert (found.residuals.expected < 0).all()


@pytest.mark.parametrize(("model", "formula"), [("intensity", "~ 1 + recip + diff(size)"), ("rate", "~ 1 + ego(size)")])
def test_expected_acts_are_as_many_as_the_acts(data, model, formula):
    """With waiting times the acts that were to be expected, and the score that was, are those that came."""
    for memory in (1000.0, 1e-3):
        found = rp.fit(formula, data, events="call", model=model, memory=memory)
        left = found.residuals
        assert len(left.waited) == found.acts + 1 and left.waited.sum() == pytest.approx(found.acts)
        np.testing.assert_allclose((left.score + left.mean).sum(axis=0), left.drift.sum(axis=0), atol=1e-6)
        # the log-likelihood is that of the order, of the hazards at the acts and of what was waited
        assert "waited" in left.frame() and len(left.frame()) == found.acts


def test_one_act_by_hand():
    """The Schoenfeld residual of a single choice among three."""
    made = rp.EventData({"label": list("abcd"), "size": [0.0, 1.0, 2.0, 4.0]})
    made = made.with_network("call", changes={"time": [1.0, 2.0], "sender": list("ab"), "receiver": list("ca")})
    found = rp.fit("~ alter(size)", made, fixed={"alter(size)": 0.5})
    weights = np.exp(0.5 * np.array([1.0, 2.0, 4.0]))
    share = weights / weights.sum()
    left = found.residuals
    assert left.score[0, 0] == pytest.approx(2.0 - share @ [1, 2, 4])
    assert left.expected[0] == pytest.approx(share @ np.log(share))
    assert left.spread[0] == pytest.approx(math.sqrt(share @ np.log(share) ** 2 - (share @ np.log(share)) ** 2))


def choices(rng, effects, actors=12):
    """Choices of senders drawn at random, with the effect of size at each act."""
    size = rng.normal(size=actors)
    sender = rng.integers(0, actors, len(effects))
    receiver = np.empty(len(effects), dtype=int)
    for k, effect in enumerate(effects):
        weights = np.exp(effect * size)
        weights[sender[k]] = 0.0
        receiver[k] = rng.choice(actors, p=weights / weights.sum())
    names = [f"a{k}" for k in range(actors)]
    table = {
        "time": np.arange(len(effects)),
        "sender": [names[k] for k in sender],
        "receiver": [names[k] for k in receiver],
    }
    return rp.EventData({"label": names, "size": size}).with_network("call", changes=table)


def test_a_change_is_found_where_it_is():
    made = choices(np.random.default_rng(3), np.repeat([1.2, -0.6], 120))
    table = rp.fit("~ alter(size)", made).residuals.change_points().set_index("process")
    assert table.loc["alter(size)", "p_holm"] < 1e-4 and 105 <= table.loc["alter(size)", "time"] <= 135


def test_no_change_is_seldom_found():
    """80 data sets without one: at 5 % at most 11 findings (binomial tail 0.1 %), for parameter and expectedness."""
    found = np.zeros(2)
    for seed in range(80):
        made = choices(np.random.default_rng(100 + seed), np.full(100, 0.5))
        found += rp.fit("~ alter(size)", made).residuals.change_points()["p"].to_numpy() < 0.05
    assert (found <= 11).all()


def test_kolmogorov():
    from scipy.stats import kstwobign

    for distance in (0.1, 0.5, 0.9, 1.36, 2.0):
        assert kolmogorov(distance) == pytest.approx(kstwobign.sf(distance), abs=1e-9)


def test_outliers(data):
    left = rp.fit("~ inertia + recip", data, events="call", model="intensity").residuals
    assert len(left.outliers("top", 3)) == 3 and left.outliers("top", 3)["surprise"].is_monotonic_decreasing
    low, high = np.quantile(left.acts["log_probability"], [0.25, 0.75])
    assert (left.outliers("iqr", 0.1)["log_probability"] < low - 0.1 * (high - low)).all()
    assert set(left.outliers("hampel", 0.5).index) >= set(left.outliers("hampel", 2.0).index)
    with pytest.raises(rp.UnknownNameError, match="did you mean 'hampel'"):
        left.outliers("hampl")


def test_the_plot_shows_acts_and_processes(data):
    left = rp.fit("~ inertia + recip", data, events="call", model="intensity").residuals
    above, below = left.plot(named=2).axes
    assert len(above.texts) == 2 and "→" in above.texts[0].get_text()
    assert len(below.get_legend().get_texts()) == 3
