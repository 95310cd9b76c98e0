"""Scores against values worked out by hand, baselines and their regression against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from rapallo.experiment.baselines import CONSTANT, SINCE, baselines
from rapallo.experiment.bootstrap import block_bootstrap
from rapallo.experiment.forecast import Forecast
from rapallo.experiment.outcome import Outcome
from rapallo.experiment.panel import Panel
from rapallo.experiment.question import ask, years_after
from rapallo.experiment.regression import INTERCEPT_SD, SLOPE_SD, regress
from rapallo.experiment.scores import score_counts, score_pairs
from rapallo.record.time import YEAR, to_day
from tests.experiment.known_order import known_order

INF = np.inf
ORIGIN = to_day("1930-01-01")
ENDS = [years_after(ORIGIN, years) for years in (1, 2, 5)]
SPANS = [end - ORIGIN for end in ENDS]


def test_scores_of_pairs_are_those_of_the_formulas():
    """Three draws for one pair: on day 100, never, on day 400; it came on day 200."""
    forecast = Forecast("one", np.array([[100.0], [INF], [400.0]]), {})
    truth = Outcome(np.array([200.0]), {})
    table = score_pairs(forecast, truth, [("ARC", "BOR")], SPANS).set_index("horizon")
    # (k + 1/2) / (n + 1): one of three draws lies in the first year, two in the second and in the fifth
    assert table["probability"].tolist() == pytest.approx([1.5 / 4, 2.5 / 4, 2.5 / 4])
    assert table["log_score"].tolist() == pytest.approx([-np.log(1.5 / 4), -np.log(2.5 / 4), -np.log(2.5 / 4)])
    assert table["brier"].tolist() == pytest.approx([(1 - 0.375) ** 2, (1 - 0.625) ** 2, (1 - 0.625) ** 2])
    # E|X - y| - E|X - X'| / 2, dates beyond a horizon at the horizon: in days 100, 365, 365 against 200
    first = (100 + 165 + 165) / 3 - (265 + 265 + 0) * 2 / 9 / 2
    # 100, 730, 400 against 200
    second = (100 + 530 + 200) / 3 - (630 + 300 + 330) * 2 / 9 / 2
    assert table["crps"].tolist()[:2] == pytest.approx([first / YEAR, second / YEAR])
    assert table["below"].tolist() == pytest.approx([1 / 3] * 3) and table["up_to"].tolist() == pytest.approx(
        [1 / 3] * 3
    )
    never = score_pairs(forecast, Outcome(np.array([INF]), {}), [("ARC", "BOR")], SPANS).set_index("horizon")
    assert never["log_score"][1] == pytest.approx(-np.log(1 - 0.375))
    # what is not reached falls on the share of draws that do not reach it either
    assert (never["below"][1], never["up_to"][1]) == pytest.approx((1 / 3, 1.0))
    assert not never["happened"].any()


def test_scores_of_counts_are_those_of_the_formula():
    """Draws 0, 1 and 3 against 1: E|X - y| is 1, E|X - X'| is 12/9."""
    counts = {"deeds": np.array([[0, 0, 0], [1, 1, 1], [3, 3, 3]])}
    truth = Outcome(np.empty(0), {"deeds": np.array([1, 1, 1])})
    covered = {("deeds", 1): True, ("deeds", 2): False, ("deeds", 5): True}
    table = score_counts(Forecast("one", np.empty((3, 0)), counts), truth, covered)
    assert table["horizon"].tolist() == [1, 5]  # what the record does not cover is not scored
    assert table["crps"].tolist() == pytest.approx([1 - 12 / 18] * 2)
    assert (table["below"][0], table["up_to"][0]) == pytest.approx((1 / 3, 2 / 3))


@pytest.mark.parametrize("family", ["logistic", "poisson"])
def test_the_regression_is_at_the_top_of_its_posterior(family):
    generator = np.random.default_rng(3)
    values = generator.normal([5.0, -1.0, 7.0], [2.0, 0.1, 0.0], (80, 3))  # the third says nothing
    level = -1.0 + 0.8 * (values[:, 0] - 5.0) / 2.0
    came = (generator.random(80) < 1 / (1 + np.exp(-level))).astype(float)
    came = came if family == "logistic" else generator.poisson(np.exp(level)).astype(float)
    found = regress(values, came, family)
    standard = (values[:, :2] - values[:, :2].mean(axis=0)) / values[:, :2].std(axis=0)
    more = came.sum() + 0.5
    centre = np.log(more / 80) if family == "poisson" else np.log(more / (81 - more))

    def loss(beta):
        eta = beta[0] + standard @ beta[1:3]
        each = np.log1p(np.exp(eta)) - came * eta if family == "logistic" else np.exp(eta) - came * eta
        prior = ((beta[0] - centre) / INTERCEPT_SD) ** 2 + (beta[1:] ** 2).sum() / SLOPE_SD**2
        return each.sum() + prior / 2

    best = minimize(loss, np.zeros(4), tol=1e-12)
    assert found.mean == pytest.approx(best.x, abs=1e-5)
    step = 1e-3 * np.eye(4)
    bend = [
        [loss(best.x + a + b) - loss(best.x + a - b) - loss(best.x - a + b) + loss(best.x - a - b) for a in step]
        for b in step
    ]
    assert found.covariance == pytest.approx(np.linalg.inv(np.array(bend) / 4e-6), rel=1e-3, abs=1e-4)
    assert found.mean[3] == 0.0 and found.covariance[3, 3] == pytest.approx(SLOPE_SD**2)


def test_the_constant_hazard_has_its_closed_form():
    """With a gamma posterior, P(within h) is 1 - (E / (E + h)) ** (k + 1/2).

    20,000 draws: a right program is outside five standard errors less than once in a million.
    """
    scenario = known_order(1)
    question = ask(scenario)
    rows = 40
    data = Panel(
        age=np.repeat(np.arange(4.0), 10),
        covariates=np.zeros((rows, 1)),
        names=("zeal",),
        happened=np.array([1.0] * 3 + [0.0] * (rows - 3)),
        exposed=np.full(rows, 0.9),
        years=np.arange(4.0),
        counts={what: np.array([2.0, 0.0, 1.0, 4.0]) for what in ("tie ended with HUB", *question.counted)},
    )
    pairs = [("S00", "HUB"), ("S05", "HUB")]
    number = 20_000
    made = baselines(scenario, data, question, pairs, ORIGIN, ENDS, number=number, seed=5)
    constant, since, logistic = made
    assert [each.by for each in made][:2] == [CONSTANT, SINCE]
    exposure = rows * 0.9
    for years, span in ((1, SPANS[0]), (2, SPANS[1]), (5, SPANS[2])):
        expected = 1.0 - (exposure / (exposure + years)) ** 3.5
        share = (constant.time < span).mean(axis=0)
        assert share == pytest.approx([expected] * 2, abs=5 * np.sqrt(expected * (1 - expected) / number))
    # a covariate that did not vary says nothing: all are alike
    assert (logistic.time[:, 0] < SPANS[2]).mean() == pytest.approx((logistic.time[:, 1] < SPANS[2]).mean(), abs=0.02)
    # seven acts in four years: the mean of a gamma posterior is 7.5 / 4 a year
    ended = constant.counts["tie ended with HUB"]
    assert ended.mean(axis=0) == pytest.approx(np.array([1, 2, 5]) * 7.5 / 4, rel=0.03)
    assert (np.diff(ended, axis=1) >= 0).all()
    assert since.counts.keys() == constant.counts.keys()


def test_blocks_of_all_origins_know_one_mean_and_single_ones_spread_as_means_do():
    values = np.random.default_rng(8).normal(2.0, 1.0, 200)
    ones = np.ones(200)
    assert block_bootstrap(values, ones, 200) == pytest.approx((values.mean(), values.mean()))
    low, high = block_bootstrap(values, ones, 1)
    assert high - low == pytest.approx(2 * 1.645 * values.std() / np.sqrt(200), rel=0.1)
    # neighbours that go together tell less than they number
    slow = np.repeat(np.random.default_rng(9).normal(0.0, 1.0, 40), 5)
    widths = [np.subtract(*block_bootstrap(slow, ones, block)[::-1]) for block in (1, 10)]
    assert widths[1] > 1.5 * widths[0]
    # origins with more terms weigh more
    low, high = block_bootstrap(np.array([10.0, 0.0]), np.array([10.0, 0.0]), 2)
    assert (low, high) == pytest.approx((1.0, 1.0))
