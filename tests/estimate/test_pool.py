"""Parameters that differ between groups: against exact integration, and at the border of no difference."""

import math
import runpy
from pathlib import Path

import numpy as np
import pytest

import rapallo as rp
from rapallo.engine.plan import make_plan
from rapallo.engine.simulate import prepared, simulate_plan

COUNTS = np.array([30, 4, 11, 17, 2, 9, 40, 6])
NAMES = [f"a{k}" for k in range(len(COUNTS))]


def acts(counts, unit=1.0):
    """So many acts towards each actor, in a fixed shuffle."""
    receivers = np.random.default_rng(1).permutation(np.repeat(np.arange(len(counts)), counts))
    senders = (receivers + 1 + np.arange(len(receivers)) % (len(counts) - 1)) % len(counts)
    return {
        "time": unit * np.arange(1.0, len(receivers) + 1),
        "sender": [NAMES[k] for k in senders],
        "receiver": [NAMES[k] for k in receivers],
    }


def data(counts=COUNTS):
    return rp.EventData(NAMES[: len(counts)]).with_network("call", changes=acts(counts))


def exact(counts, exposure, scales):
    """Log of the likelihood of Poisson counts with the common rate and the deviations integrated out, on a grid."""
    heights = []
    for scale in scales:
        common = np.linspace(-4, 4, 161)[:, None] + math.log(counts.sum() / exposure / len(counts))
        deviation = np.linspace(-5, 5, 301)[None, :] * scale
        density = np.exp(-0.5 * (deviation / scale) ** 2) / (scale * math.sqrt(2 * math.pi))
        total = np.zeros(161)
        for count in counts:
            rate = common + deviation
            log = count * rate - exposure * np.exp(rate)
            top = log.max()
            total += (
                np.log(1e-300 + (np.exp(log - top) * density).sum(axis=1) * (deviation[0, 1] - deviation[0, 0])) + top
            )
        heights.append(np.log(np.exp(total - total.max()).sum()) + total.max())
    return np.array(heights)


def test_the_scale_is_where_the_exactly_integrated_likelihood_is_highest():
    found = rp.fit("~ 1", data(), model="intensity", pool={"Intercept": "receiver"})
    exposure = (len(COUNTS) - 1) * (COUNTS.sum() - 1.0)  # every pair, from the first act to the last
    scales = np.exp(np.linspace(math.log(0.2), math.log(4.0), 90))
    heights = exact(COUNTS, exposure, scales)
    row = found.pooled.scales.iloc[0]
    assert row["scale"] == pytest.approx(scales[int(np.argmax(heights))], rel=0.04)
    inside = scales[heights > heights.max() - 0.5 * 1.959964**2]
    assert row["lower"] == pytest.approx(inside[0], rel=0.06) and row["upper"] == pytest.approx(inside[-1], rel=0.06)
    none = exact(COUNTS, exposure, [0.01])[0]
    assert row["p"] == pytest.approx(0.5 * math.erfc(math.sqrt(heights.max() - none)), rel=0.3) and row["p"] < 1e-6


def test_deviations_are_drawn_towards_the_common_value():
    found = rp.fit("~ 1", data(), model="intensity", pool={"Intercept": "receiver"})
    table = found.pooled.deviations
    assert table["group"].tolist() == NAMES and table["acts"].tolist() == COUNTS.tolist()
    alone = np.log(COUNTS / ((len(COUNTS) - 1) * (COUNTS.sum() - 1.0)))
    away = alone - found["Intercept"]
    assert (np.abs(table["deviation"]) < np.abs(away)).all() and (table["deviation"] * away > 0).all()
    np.testing.assert_allclose(table["value"], found["Intercept"] + table["deviation"])
    # the less was seen of a group, the more it is drawn
    drawn = 1 - table["deviation"] / away
    assert np.corrcoef(np.argsort(np.argsort(COUNTS)), np.argsort(np.argsort(drawn)))[0, 1] < -0.8
    assert found.parameters == 2 and found.aic == pytest.approx(4 - 2 * found.pooled.marginal)
    assert found.names == ("Intercept",) and "differs by receiver (8 groups)" in found.summary()
    assert found.se[0] > rp.fit("~ 1", data(), model="intensity").se[0]


def test_groups_alike_are_said_to_be_so():
    same = data(np.full(8, 12))
    found = rp.fit("~ 1", same, model="intensity", pool={"Intercept": "receiver"})
    assert found.pooled.scales["scale"][0] == 0.0 and found.pooled.scales["lower"][0] == 0.0
    assert 0 < found.pooled.scales["upper"][0] < 0.5
    assert any("does not differ by receiver beyond chance" in word for word in found.warnings)
    plain = rp.fit("~ 1", same, model="intensity")
    assert found["Intercept"] == pytest.approx(plain["Intercept"], abs=1e-3)
    assert found.pooled.marginal == pytest.approx(plain.log_likelihood, abs=0.01)


def test_choices_are_pooled_by_receiver():
    found = rp.fit("~ inertia", data(), pool={"1": "receiver"})
    bare = rp.fit("~ inertia", data())
    assert found.pooled.scales["scale"][0] > 0.3
    assert found.log_likelihood > found.pooled.marginal > bare.log_likelihood
    assert found.method == "restricted maximum likelihood, scales by the marginal likelihood"
    held = rp.fit("~ inertia", data(), pool={"1": "receiver"}, prior={"inertia": (0.0, 0.1)})
    assert held.method.startswith("maximum a posteriori") and set(held.prior) == {"inertia"}


def test_a_shock_of_the_year():
    table = acts(COUNTS)
    days = np.array([f"19{20 + (k % 8) // (1 + k % 3)}-0{1 + k % 9}-01" for k in range(len(table["time"]))])
    dated = rp.EventData(NAMES).with_network("call", changes={**table, "time": np.sort(days)})
    found = rp.fit("~ 1", dated, model="intensity", pool={"Intercept": ("receiver", "year")})
    years = found.pooled.deviations.query("by == 'year'")
    assert years["group"].tolist() == sorted({day[:4] for day in days})
    assert years["acts"].tolist() == [
        int((np.char.partition(days, "-")[:, 0] == year).sum()) for year in years["group"]
    ]
    assert len(found.pooled.scales) == 2 and (found.pooled.scales["scale"] > 0).all()


def test_a_process_of_a_run_is_pooled_and_imputed_fits_say_so():
    orders = runpy.run_path(str(Path(__file__).parents[2] / "verification" / "orders_to_recover.py"), run_name="orders")
    run = simulate_plan(prepared(make_plan(*orders["order"](6, 3))), 5)
    found = rp.fit("raid ~ constant + size", run, missing="default", pool={"constant": ("receiver", "year")})
    assert found.names == ("raid.constant", "raid.size")
    assert found.pooled.deviations.query("by == 'year'")["group"].tolist() == ["1920", "1921", "1922"]
    assert found.pooled.deviations.query("by == 'receiver'")["acts"].sum() == found.acts


def test_draws_of_the_data_are_pooled_too():
    days = [f"19{20 + k // 30}-{1 + k % 12:02d}" for k in range(COUNTS.sum())]
    dated = rp.EventData(NAMES, dates="begins").with_network("call", changes={**acts(COUNTS), "time": sorted(days)})
    found = rp.fit("~ 1", dated, model="intensity", pool={"Intercept": "receiver"}, impute=2)
    assert len(found.pooled.deviations) == 8 and (found.pooled.deviations["se"] > 0).all()


def test_wrong_pools_are_named():
    for pool, word in (
        ({"Intercpt": "receiver"}, "did you mean 'Intercept'"),
        ({"Intercept": "reciever"}, "did you mean 'receiver'"),
        ({"Intercept": "year"}, "valid: receiver, sender"),
    ):
        with pytest.raises(rp.UnknownNameError, match=word):
            rp.fit("~ 1", data(), model="intensity", pool=pool)
    with pytest.raises(rp.RapalloError, match="Wald"):
        rp.fit("~ 1", data(), model="intensity", pool={"Intercept": "receiver"}, interval="profile")
    with pytest.raises(rp.RapalloError, match="`1` by sender is the same for every option"):
        rp.fit("~ inertia", data(), pool={"1": "sender"})
