"""What a fit says of itself, and the ways of getting at it."""

import math
import pickle

import numpy as np
import pytest

import rapallo as rp
from rapallo.estimate.fading import fading
from rapallo.estimate.fit_result import quantile
from tests.estimate.test_definition import history


@pytest.fixture(scope="module")
def data():
    return history(1)[2]


@pytest.fixture(scope="module")
def found(data):
    return rp.fit("~ inertia + recip + alter(size)", data, events="call", model="intensity")


def test_numbers_hang_together(found):
    assert found.acts == 40 and found.censored == 0 and found.converged
    assert found.aic == pytest.approx(6 - 2 * found.log_likelihood)
    assert found.bic == pytest.approx(3 * math.log(40) - 2 * found.log_likelihood)
    assert found.aicc == pytest.approx(found.aic + 2 * 3 * 4 / (40 - 4))
    assert found["recip"] == found.coef[1]
    np.testing.assert_allclose(found.se**2, np.diag(found.covariance))
    np.testing.assert_allclose(found.upper - found.coef, quantile(0.95) * found.se)
    assert found.p[0] == pytest.approx(math.erfc(abs(found.z[0]) / math.sqrt(2)))
    with pytest.raises(rp.UnknownNameError, match="recip"):
        found["recpi"]


def test_each_act_has_its_probability(found, data):
    table = found.surprise
    assert list(table.columns) == ["time", "sender", "receiver", "row", "log_probability"]
    assert table["log_probability"].sum() == pytest.approx(found.log_likelihood, abs=1e-9)
    least = found.unexpected(3)
    assert least["surprise"].is_monotonic_decreasing and len(least) == 3
    assert least["surprise"].iloc[0] == pytest.approx(-table["log_probability"].min() / math.log(2))


def test_timed_models_give_the_probability_of_which_act_it_was(data):
    timed = rp.fit("~ 1 + inertia + recip", data, events="call", model="intensity")
    fixed = dict(zip(timed.names[1:], timed.coef[1:], strict=True))
    order = rp.fit("~ inertia + recip", data, events="call", model="intensity", fixed=fixed)
    np.testing.assert_allclose(timed.surprise["log_probability"], order.surprise["log_probability"], atol=1e-12)


def test_prints(found):
    text = found.summary()
    for part in ("inertia", "log-likelihood", "AIC", "BIC", "40 acts", "converged after", "missing values: refuse"):
        assert part in text
    assert repr(found).startswith("<FitResult intensity of call: 3 parameters, 40 acts")
    assert "<table" in found._repr_html_() and "alter(size)" in found._repr_html_()
    latex = found.to_latex()
    assert latex.count(r"\\") == 6 and r"\begin{tabular}" in latex
    assert r"\multicolumn{5}{l}{maximum likelihood} \\" in latex
    frame = found.to_frame()
    assert frame["term"].tolist() == ["inertia", "recip", "alter(size)"] and frame.shape == (3, 7)


def test_it_is_data(found):
    again = pickle.loads(pickle.dumps(found))
    assert again.summary() == found.summary()


def test_profile_intervals_end_where_the_likelihood_has_fallen(data):
    made = rp.fit("~ recip + alter(size)", data, events="call", model="intensity", interval="profile", level=0.9)
    for side in (made.lower, made.upper):
        there = rp.fit("~ recip + alter(size)", data, events="call", model="intensity", fixed={"recip": side[0]})
        assert 2 * (made.log_likelihood - there.log_likelihood) == pytest.approx(quantile(0.9) ** 2, abs=1e-5)


def test_a_prior_pulls_and_is_stated(data, found):
    pulled = rp.fit(
        "~ inertia + recip + alter(size)", data, events="call", model="intensity", prior={"recip": (0.0, 0.1)}
    )
    assert abs(pulled["recip"]) < abs(found["recip"])
    assert pulled.prior == {"recip": (0.0, 0.1)} and pulled.method == "maximum a posteriori"
    assert pulled.log_likelihood < found.log_likelihood


def test_a_prior_is_the_posterior_of_a_normal_case(data, found):
    """With a prior so tight that the likelihood is quadratic over it, the posterior's width follows by hand."""
    tight = rp.fit("~ recip", data, events="call", model="intensity", prior={"recip": (0.3, 1e-3)})
    bare = rp.fit("~ recip", data, events="call", model="intensity", fixed={"recip": tight["recip"]})
    assert tight["recip"] == pytest.approx(0.3, abs=1e-3)
    assert tight.se[0] == pytest.approx(1e-3, rel=1e-3)
    assert tight.log_likelihood == pytest.approx(bare.log_likelihood, abs=1e-9)


def test_fixed_parameters_stay(data):
    made = rp.fit("~ inertia + recip", data, events="call", model="intensity", fixed={"recip": 0.25})
    assert made["recip"] == 0.25 and np.isnan(made.se[1]) and made.parameters == 1
    assert "(fixed)" in made.summary()


def test_only_an_intercept(data):
    made = rp.fit("~ 1", data, events="call", model="rate")
    assert made["Intercept"] == pytest.approx(math.log(made.acts / (made.facts["exposure"])), abs=1e-10)


def test_drawing_every_option_is_the_exact_likelihood(data):
    exact = rp.fit("~ inertia + recip", data, events="call")
    drawn = rp.fit("~ inertia + recip", data, events="call", controls=10_000, seed=4)
    np.testing.assert_allclose(drawn.coef, exact.coef, atol=1e-10)


@pytest.mark.parametrize("model", ["choice", "intensity"])
def test_drawn_controls_estimate_the_same(model):
    """Over many draws of a few controls estimates scatter around the exact one (4 standard errors of their mean)."""
    rng = np.random.default_rng(5)
    names = [f"a{k}" for k in range(30)]
    size = rng.normal(size=30)
    sender = rng.integers(0, 30, 600)
    weights = np.exp(0.6 * size)
    receiver = rng.choice(30, 600, p=weights / weights.sum())
    keep = sender != receiver
    acts = {
        "time": np.arange(keep.sum()),
        "sender": [names[k] for k in sender[keep]],
        "receiver": [names[k] for k in receiver[keep]],
    }
    made = rp.EventData({"label": names, "size": size}).with_network("call", changes=acts)
    exact = rp.fit("~ alter(size)", made, events="call", model=model)
    draws = [rp.fit("~ alter(size)", made, events="call", model=model, controls=8, seed=k) for k in range(40)]
    estimates = np.array([each.coef[0] for each in draws])
    assert draws[0].options == pytest.approx(9, abs=0.5)
    assert abs(estimates.mean() - exact.coef[0]) < 4 * estimates.std() / math.sqrt(40)
    assert draws[0].se[0] > exact.se[0]


def test_fading_acts_by_their_definition():
    """Between ticks a value stands at the mean of the decaying curve; a new act adds the mean over what is left."""
    data = rp.EventData(["a", "b", "c"])
    acts = data.acts({"time": [0.0, 1.5, 7.0, 7.5], "sender": list("abaa"), "receiver": list("bcbb")})
    made = fading(acts, 3, half_life=4.0, tick=2.0, end=20.0)
    rate = math.log(2) / 4.0

    def value(cell, when):
        """At a moment inside a tick, from the acts before it."""
        begin = math.floor(when / 2.0) * 2.0
        total = 0.0
        for time, s, r in zip(acts.time, acts.first, acts.second, strict=True):
            if (s, r) != cell or time >= when:
                continue
            since = max(time, begin)  # the mean runs over what is left of the tick
            span = begin + 2.0 - since
            total += math.exp(-rate * (since - time)) * (1 - math.exp(-rate * span)) / (rate * span)
        return total

    state = np.zeros((3, 3))
    for k in range(len(made)):
        cell = (made.first[k], made.second[k])
        state[cell] = state[cell] + made.value[k] if made.adds[k] else made.value[k]
        following = made.time[k + 1] if k + 1 < len(made) else math.inf
        if following > made.time[k] and made.time[k] < 19:
            when = made.time[k] + 1e-9
            for s, r in ((0, 1), (1, 2)):
                assert state[s, r] == pytest.approx(value((s, r), when), abs=1e-6)


def test_windows_count_as_goldfish_counts_them(shared):
    folder = shared / "anchors" / "dated"
    students = (
        rp.EventData(folder / "social_actors.csv")
        .with_network("call", changes=folder / "social_calls.csv")
        .with_network("friendship", changes=folder / "social_friendship.csv")
    )
    formula = "~ 1 + indeg(call, window=300) + outdeg(call, window=300) + indeg(friendship)"
    assert rp.fit(formula, students, events="call", model="rate").observations == 880


def test_answers(data):
    """Consent is a logistic regression of answers on the receiver's view of the sender."""
    rng = np.random.default_rng(8)
    names = [f"a{k}" for k in range(12)]
    size = rng.normal(size=12)
    sender = rng.integers(0, 12, 400)
    receiver = (sender + rng.integers(1, 12, 400)) % 12
    odds = 0.4 + 0.9 * size[sender] - 0.5 * size[receiver]
    agreed = rng.random(400) < 1 / (1 + np.exp(-odds))
    table = {
        "time": np.arange(400),
        "sender": [names[k] for k in sender],
        "receiver": [names[k] for k in receiver],
        "agreed": agreed.astype(int),
    }
    made = rp.EventData({"label": names, "size": size}).with_network("offer", changes=None)
    fitted = rp.fit("~ 1 + alter(size) + ego(size)", made, events=table, network="offer", model="consent")
    design = np.column_stack([np.ones(400), size[sender], size[receiver]])
    theta = np.zeros(3)
    for _ in range(25):
        share = 1 / (1 + np.exp(-design @ theta))
        step = np.linalg.solve(design.T @ (design * (share * (1 - share))[:, None]), design.T @ (agreed - share))
        theta = theta + step
    np.testing.assert_allclose(fitted.coef, theta, atol=1e-9)


def test_dates_are_days_and_rates_are_per_year():
    acts = {"time": ["1920-01-01", "1920-07-01", "1921-01-01"], "sender": list("aba"), "receiver": list("bab")}
    made = rp.EventData(["a", "b"]).with_network("call", changes=acts)
    found = rp.fit("~ 1", made, events="call", model="intensity")
    assert found["Intercept"] == pytest.approx(math.log(3 / (2 * 366 / 365.25)), abs=1e-9)


@pytest.mark.parametrize(
    ("model", "formula"),
    [
        ("choice", "~ inertia + trans + alter(size)"),
        ("intensity", "~ inertia + trans + diff(size)"),
        ("intensity", "~ 1 + inertia + trans + diff(size)"),
        ("rate", "~ 1 + outdeg + ego(size)"),
    ],
)
def test_a_history_too_large_to_keep_gives_the_same(data, model, formula):
    whole = rp.fit(formula, data, events="call", model=model)
    pieces = rp.fit(formula, data, events="call", model=model, memory=1e-3)
    assert whole.facts["blocks"] == 1 and pieces.facts["blocks"] > 3
    np.testing.assert_allclose(pieces.coef, whole.coef, atol=1e-8)
    np.testing.assert_allclose(pieces.se, whole.se, rtol=1e-7)
    assert pieces.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-9)
    assert pieces.options == pytest.approx(whole.options)
    np.testing.assert_allclose(pieces.surprise["log_probability"], whole.surprise["log_probability"], atol=1e-8, rtol=0)


def test_a_coordination_too_large_to_keep_gives_the_same():
    data = history(9, directed=False)[2]
    whole = rp.fit("~ inertia + alter(size)", data, events="call", model="coordination")
    pieces = rp.fit("~ inertia + alter(size)", data, events="call", model="coordination", memory=1e-3)
    assert pieces.facts["blocks"] > 3
    np.testing.assert_allclose(pieces.coef, whole.coef, atol=1e-8)
    assert pieces.options == pytest.approx(whole.options)
