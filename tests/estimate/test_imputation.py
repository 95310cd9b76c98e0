"""Draws of dates and readings, combined by Rubin's rules."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import rapallo as rp
from rapallo.estimate.imputation import _freedom
from rapallo.scenario.timeline import record_history
from tests.scenario.test_timeline import attack, scenario

ACTS = {
    "time": ["1920-01-05", "1920-02", "1920-03", "[1920-04-01,1920-06-20]", "1920-07/1920-09", "1920-10-02", "1920-12"],
    "sender": list("abcabca"),
    "receiver": list("bcabcac"),
}


def data(dates="draw", **more):
    return rp.EventData({"label": list("abc"), "size": [0.0, 1.0, 3.0]}, dates=dates).with_network(
        "call", changes={**ACTS, **more}
    )


FORMULA = "~ 1 + inertia + recip"


def test_rubin_by_hand():
    """Every number of the combination from the fits of the single draws."""
    made = data()
    found = rp.fit(FORMULA, made, model="intensity", impute=7, seed=5, prior=1.0)
    single = [rp.fit(FORMULA, made.drawn(5, k), model="intensity", prior=1.0) for k in range(7)]
    q = np.array([each.coef for each in single])
    u = np.mean([each.se**2 for each in single], axis=0)
    b = q.var(axis=0, ddof=1)
    assert (b > 0).all()
    total = u + (1 + 1 / 7) * b
    np.testing.assert_allclose(found.coef, q.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.se, np.sqrt(total), rtol=1e-12)
    share = (1 + 1 / 7) * b / total
    complete = 7 - 3
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    freedom = 1 / (share**2 / 6 + 1 / observed)
    np.testing.assert_allclose(found.imputation.freedom, freedom, rtol=1e-12)
    np.testing.assert_allclose(found.upper, found.coef + stats.t.ppf(0.975, freedom) * found.se, rtol=1e-10)
    np.testing.assert_allclose(found.p, 2 * stats.t.sf(np.abs(found.z), freedom), rtol=1e-10)
    ratio = (1 + 1 / 7) * b / u
    np.testing.assert_allclose(found.imputation.missing_information, (ratio + 2 / (freedom + 3)) / (ratio + 1))
    assert found.log_likelihood == pytest.approx(np.mean([each.log_likelihood for each in single]))
    assert "7 draws of dates and readings (seed 5)" in found.summary()
    assert {"df", "missing_information"} <= set(found.to_frame())


def test_the_same_seed_gives_the_same_bytes():
    one, two = (rp.fit(FORMULA, data(), model="intensity", impute=3, seed=2, prior=1.0) for _ in range(2))
    assert one.coef.tobytes() == two.coef.tobytes() and one.covariance.tobytes() == two.covariance.tobytes()
    other = rp.fit(FORMULA, data(), model="intensity", impute=3, seed=3, prior=1.0)
    assert one.coef.tobytes() != other.coef.tobytes()


def test_certain_dates_lose_nothing():
    days = [f"1920-{month:02d}-01" for month in range(1, 8)]
    whole = rp.fit(FORMULA, data(time=days), model="intensity", prior=1.0)
    drawn = rp.fit(FORMULA, data(time=days), model="intensity", impute=4, prior=1.0)
    np.testing.assert_allclose(drawn.coef, whole.coef)
    np.testing.assert_allclose(drawn.se, whole.se)
    assert (drawn.imputation.between < 1e-25).all() and (drawn.imputation.missing_information < 1e-12).all()


def test_the_foot_says_whose_intervals_they_are():
    drawn = rp.fit(FORMULA, data(), model="intensity", impute=3, prior=1.0)
    low, high = drawn.imputation.freedom.min(), drawn.imputation.freedom.max()
    said = f"; Student's intervals and p, with Barnard and Rubin's degrees of freedom ({low:.4g} to {high:.4g})"
    assert said in drawn.summary() and "wald" not in drawn.summary() and drawn.interval == "student"
    reach = stats.t.ppf(0.975, drawn.imputation.freedom) * drawn.se
    np.testing.assert_allclose(drawn.upper - drawn.coef, reach)
    whole = rp.fit(FORMULA, data(), model="intensity", prior=1.0)
    assert whole.summary().count("; wald intervals") == 1


def test_each_act_is_listed_once():
    found = rp.fit(FORMULA, data(), model="intensity", impute=3, prior=1.0)
    assert len(found.surprise) == 7 and (found.surprise["draws"] == 3).all()
    assert np.isfinite(found.surprise["log_probability"]).all()


def test_a_date_that_leaves_the_day_open_is_refused_until_a_rule_is_chosen():
    with pytest.raises(rp.RapalloError, match=r"row 2: the date '1920-02' leaves the day open \(5 such rows\)"):
        data("refuse")
    with pytest.raises(rp.UnknownNameError, match="did you mean 'begins'"):
        data("begin")
    with pytest.raises(rp.RapalloError, match="row 1"):
        data(time=["Feb-20", *ACTS["time"][1:]])
    begins, latest = data("begins"), data("latest")
    gap = latest.networks["call"].changes.time - begins.networks["call"].changes.time
    assert gap[0] == 0 and gap[1] == 14 and gap[4] == 91  # middle of February to its 29th; 1 July to 30 September


def test_a_record_is_drawn_with_its_readings():
    rows = [attack(f"X{k}", f"192{k % 5}-0{1 + k % 9}", *("AB" if k % 3 else "BA")) for k in range(12)]
    rows += [attack("X90", "1922-01-01", reading="a"), attack("X90", "1924-01-01", reading="b", certainty="high")]
    model = scenario(rows)
    model.processes["attack"] = replace_given(model.processes["attack"])
    found = rp.fit("attack ~ constant + pair_value(near)", model.record, impute=4, missing="default", prior=2.0)
    assert found.imputation.draws == 4 and found.acts == 13
    assert (found.imputation.between[0, 0] >= 0) and len(found.surprise) == 13
    assert set(rp.fit("attack ~ constant", model.record, missing="default").unexpected(3)["source"]) == {"invented"}
    each = [
        rp.fit("attack ~ constant + pair_value(near)", record(model, k), missing="default", prior=2.0) for k in range(4)
    ]
    assert np.array_equal(found.imputation.estimates, [fit.coef for fit in each])
    alike = [record_history(model, dates="draw", readings="draw", draw=k).time.sum() for k in range(12)]
    assert alike != [record(model, k).time.sum() for k in range(12)]
    moments = [
        rp.fit("attack ~ constant", record(model, k), missing="default").surprise["time"].sum() for k in range(4)
    ]
    assert len(set(moments)) == 4


def record(model, number):
    return record_history(model, dates="draw", readings="by certainty", draw=number)


def replace_given(process):
    return replace(process, given=False, weighting="intensity")


def test_what_cannot_be_imputed_is_said():
    with pytest.raises(rp.RapalloError, match="two draws at least"):
        rp.fit(FORMULA, data(), model="intensity", impute=1)
    with pytest.raises(rp.RapalloError, match="Student"):
        rp.fit(FORMULA, data(), model="intensity", impute=3, interval="profile")
    with pytest.raises(rp.RapalloError, match="draw 0 of 3"):
        rp.fit(
            "~ 1 + alter(size):inertia",
            data(sender=list("abcabcc")[:7], receiver=list("bcabcaa")),
            model="intensity",
            impute=3,
            start="1940-01-01",
        )


def test_freedom_falls_with_what_is_missing():
    freedom, lost = _freedom(np.array([1.0, 1.0, 1.0]), np.array([0.0, 0.1, 5.0]), 20, 100.0)
    assert freedom[0] > freedom[1] > freedom[2] and lost[0] < lost[1] < lost[2] < 1
    assert freedom[0] == pytest.approx(101 / 103 * 100) and math.isfinite(lost[2])
