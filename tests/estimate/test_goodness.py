"""Histories made with the fitted model: drawn as the model says, and compared as they should be."""

from dataclasses import replace

import numpy as np
import pytest

import rapallo as rp
from rapallo.estimate.fit import arranged_events
from rapallo.estimate.forward import Forward
from rapallo.estimate.goodness import _mahalanobis, statistics_of
from rapallo.estimate.likelihood import Likelihood
from rapallo.scenario.timeline import record_history
from tests.estimate.test_definition import history
from tests.estimate.test_residuals import choices
from tests.scenario.test_timeline import attack, scenario

MODELS = [
    ("choice", "~ inertia + recip + alter(size)", True),
    ("intensity", "~ inertia + recip(call, window=8) + alter(size)", True),
    ("coordination", "~ inertia + alter(size)", False),
]


def forward(found):
    arranged, network = arranged_events(found.asked.formula, found.asked.data, found.asked.told)
    return Forward.of(found.asked.data, arranged, network, found.coef)


@pytest.mark.parametrize(("model", "formula", "directed"), MODELS)
def test_fits_of_drawn_histories_scatter_around_the_fit(model, formula, directed):
    """60 histories drawn from a fit with known parameters, fitted again: mean z within 4.5 standard errors, plus a bias
    of a third of a standard error that so few acts leave."""
    data = history(1, directed=directed)[2]
    bare = rp.fit(formula, data, events="call", model=model)
    truth = dict(zip(bare.names, np.clip(bare.coef, -0.7, 0.7), strict=True))
    fixed = rp.fit(formula, data, events="call", model=model, fixed=truth)
    made = forward(fixed)
    acts = made.arranged.acts
    names = np.array(data.actors)
    z = []
    for run in range(60):
        first, second = made.draw(5, run)
        assert (first != second).all()
        table = {"time": acts.time, "sender": names[first], "receiver": names[second]}
        again = redrawn(data, made, first, second)
        found = rp.fit(formula, again, events=table, network="call", model=model, prior=3.0)
        z.append((found.coef - list(truth.values())) / found.se)
    assert (np.abs(np.mean(z, axis=0)) < 4.5 / np.sqrt(60) + 0.33).all(), np.mean(z, axis=0)
    assert (np.std(z, axis=0) < 1.5).all()


def redrawn(data, made, first, second):
    """The data with the drawn acts in the place of the recorded ones, their other changes as they were."""
    network = data.networks["call"]
    changes = network.changes
    new_first, new_second = changes.first.copy(), changes.second.copy()
    place = {int(row): k for k, row in enumerate(changes.row)}
    for act, row in enumerate(made.arranged.acts.row):
        new_first[place[int(row)]], new_second[place[int(row)]] = first[act], second[act]
    again = data._copy()
    again.networks["call"] = replace(network, changes=replace(changes, first=new_first, second=new_second))
    return again


def test_a_draw_changes_what_follows_as_the_act_did():
    """With an enormous pull towards earlier partners every drawn act repeats the first."""
    data = history(1)[2]
    found = rp.fit("~ inertia", data, events="call", model="intensity", fixed={"inertia": 60.0})
    first, second = forward(found).draw(1, 0)
    pairs = {(int(a), int(b)) for a, b in zip(first, second, strict=True)}
    assert len(pairs) <= 4  # the ties that stood at first, and no new one


def test_the_same_seed_gives_the_same_and_the_summary_says_what_is_missed():
    data = history(1)[2]
    found = rp.fit("~ inertia + recip", data, events="call", model="intensity")
    one, two = found.goodness_of_fit(20, 3), found.goodness_of_fit(20, 3)
    assert one.to_frame().equals(two.to_frame())
    assert not one.to_frame().equals(found.goodness_of_fit(20, 4).to_frame())
    assert {"acts sent", "acts received", "order", "turns", "triads"} <= set(one.p)
    assert "20 runs (seed 3)" in one.summary() and all(0 < p <= 1 for p in one.p.values())
    assert len(one.plot().axes) >= len(one.p)


def test_a_model_that_misses_something_is_found_out_and_one_that_does_not_is_not():
    """Everybody seeks two actors of twelve: a model without them misses who receives; with them it does not."""
    data = choices(np.random.default_rng(2), np.full(200, 1.5))
    right = rp.fit("~ alter(size)", data).goodness_of_fit(99, 1)
    wrong = rp.fit("~ recip", data).goodness_of_fit(99, 1)
    assert wrong.p["acts received"] <= 0.02 < right.p["acts received"]


def test_waiting_times_are_compared_where_they_count():
    data = history(1)[2]
    timed = rp.fit("~ 1 + inertia", data, events="call", model="intensity").goodness_of_fit(19, 1)
    assert (
        "waiting times" in timed.p and timed.simulated["waiting times"].to_numpy().sum(axis=1).tolist() == [40.0] * 19
    )
    assert "waiting times" not in rp.fit("~ inertia", data, events="call", model="intensity").goodness_of_fit(19).p


def test_p_is_the_rank_among_all():
    rng = np.random.default_rng(4)
    runs = rng.normal(size=(99, 3))
    assert _mahalanobis(np.array([9.0, 9.0, 9.0]), runs) == pytest.approx(0.01)
    assert _mahalanobis(runs.mean(axis=0), runs) > 0.95
    ranks = [_mahalanobis(rng.normal(size=3), runs) for _ in range(60)]
    assert 0.3 < np.mean(ranks) < 0.7
    assert _mahalanobis(np.array([1.0, 2.0]), np.column_stack([np.ones(20), np.arange(20.0)])) > 0.0


def test_statistics_by_hand():
    found = statistics_of(np.array([0, 1, 1, 0]), np.array([1, 0, 2, 2]), 4, True)
    assert found["acts sent"]["2+"] == 2 and found["acts received"]["1+"] == 3
    assert found["turns"] == {"AB AB": 0, "AB BA": 1, "AB BY": 0, "AB AY": 1, "AB XA": 0, "AB XB": 1}
    assert found["triads"]["mutual pairs"] == 1 and found["triads"]["pairs with 1+ between"] == 2
    assert found["order"]["pairs by 5/10"] == 2 and found["order"]["pairs by 10/10"] == 4


def test_a_process_of_a_scenario_is_simulated_by_the_engine():
    rows = [attack(f"X{k}", f"192{k % 5}-0{1 + k % 9}-1{k % 9}", *("AB" if k % 3 else "BA")) for k in range(25)]
    model = scenario(rows)
    model.processes["attack"] = replace(model.processes["attack"], given=False, weighting="intensity")
    motive = replace(model.processes["agree"].motives[0], parameter="agree.constant")
    model.processes["attack"] = replace(model.processes["attack"], motives=(motive,))
    found = rp.fit("attack", model.record, missing="default")
    fitness = found.goodness_of_fit(15, 2)
    assert "the whole scenario simulated from 1920-01-10 to 1925-12-31" in fitness.summary()
    assert {"waiting times", "when", "acts sent"} <= set(fitness.p)
    runs = fitness.simulated["when"].sum(axis=1)
    assert 0.4 * 25 < runs.mean() < 2.5 * 25
    other = rp.fit("attack ~ constant + pair_value(near)", model.record, missing="default", prior=1.0)
    with pytest.raises(rp.UnknownNameError, match="no such motive"):
        other.goodness_of_fit(15)


def test_senders_of_a_rate_are_drawn():
    """Fits of drawn senders scatter around the fit (40 draws, 4.5 standard errors and a third for bias)."""
    data = history(1)[2]
    fixed = rp.fit("~ outdeg + ego(size)", data, events="call", model="rate", fixed={"outdeg": 0.1, "ego(size)": 0.8})
    made = forward(fixed)
    acts, names = made.arranged.acts, np.array(data.actors)
    z = []
    for run in range(40):
        first, second = made.draw(5, run)
        assert (first != second).all()
        table = {"time": acts.time, "sender": names[first], "receiver": names[second]}
        again = redrawn(data, made, first, second)
        found = rp.fit("~ outdeg + ego(size)", again, events=table, network="call", model="rate", prior=3.0)
        z.append((found.coef - fixed.coef) / found.se)
    assert (np.abs(np.mean(z, axis=0)) < 4.5 / np.sqrt(40) + 0.33).all(), np.mean(z, axis=0)
    assert (np.std(z, axis=0) < 1.5).all()
    timed = rp.fit("~ 1 + outdeg", data, events="call", model="rate").goodness_of_fit(19, 1)
    assert {"acts sent", "order", "turns", "waiting times"} <= set(timed.p)
    assert "the recorded receivers" in timed.summary() and len(timed.plot().axes) >= 4
    assert timed.observed["turns"].sum() == 39


def test_acts_of_a_joint_model_are_drawn_in_proportion_to_their_weights():
    """First acts of 400 histories against the weights of the definition (chi-square, beyond 1 in 10,000)."""
    plain, acts, data = history(3)
    names = ("rate Intercept", "rate ego(size)", "alter(size)", "consent Intercept", "consent ego(kind)")
    theta = dict(zip(names, (0.0, 0.7, 0.5, -0.4, 0.6), strict=True))
    fixed = rp.fit("~ 1 + ego(size) | alter(size) | 1 + ego(kind)", data, events="call", model="joint", fixed=theta)
    made = forward(fixed)
    _, values, here = plain.state(acts[0][0])
    size, kind, there = values["size"], values["kind"], np.flatnonzero(here)
    weight = np.zeros((7, 7))
    for s in there:
        odds = {r: np.exp(0.5 * size[r]) for r in there if r != s}
        for r, each in odds.items():
            weight[s, r] = np.exp(0.7 * size[s]) * each / sum(odds.values()) / (1 + np.exp(0.4 - 0.6 * kind[r]))
    seen = np.zeros((7, 7))
    for run in range(400):
        first, second = made.draw(9, run)
        seen[first[0], second[0]] += 1
    expected = 400 * weight / weight.sum()
    assert seen[weight == 0].sum() == 0
    square = ((seen - expected)[weight > 0] ** 2 / expected[weight > 0]).sum()
    free = int((weight > 0).sum()) - 1
    assert square < free + 4.0 * np.sqrt(2.0 * free)


def test_fading_acts_take_their_trace_along():
    """Traces told apart give the fit's own statistics, and each drawn act leaves its own."""
    rng = np.random.default_rng(6)
    pairs = [rng.choice(6, 2, replace=False) for _ in range(80)]
    acts = {"time": np.cumsum(rng.exponential(1.0, 80)), "sender": [f"a{a}" for a, _ in pairs]}
    acts["receiver"] = [f"a{b}" for _, b in pairs]
    data = rp.EventData([f"a{k}" for k in range(6)]).with_network("call", changes=acts)
    formula = "~ recip(call, half_life=3) + inertia(call, half_life=5)"
    found = rp.fit(formula, data, model="intensity", prior=1.0)
    made = forward(found)
    again = made.arranged.plan.cases()
    apart = Likelihood(again, made.layout.design(again.statistics)).at(found.coef).value
    assert apart == pytest.approx(found.log_likelihood, abs=0.02)
    strong = rp.fit("~ inertia(call, half_life=5)", data, model="intensity", fixed={"inertia(call, half_life=5)": 60.0})
    first, second = forward(strong).draw(1, 0)
    assert len({(int(a), int(b)) for a, b in zip(first, second, strict=True)}) < 4  # every act repeats the last
    assert found.goodness_of_fit(12, 1).p["turns"] > 0


def test_a_tie_that_was_drawn_to_end_cannot_end_again():
    """Eight ties of one to three pacts, all of which end, each in a drawn order, whatever its weight."""
    forms = [(k, f"a{k}", f"a{(k + 1) % 8}", 1.0 + k % 3) for k in range(8)]
    rows = forms + [(10 + k, s, r, -x) for k, s, r, x in forms]
    changes = dict(zip(("time", "sender", "receiver", "increment"), zip(*rows, strict=True), strict=True))
    data = rp.EventData([f"a{k}" for k in range(8)]).with_network("pact", changes=changes)
    name = "inertia(pact, weighted=TRUE)"
    made = forward(rp.fit(f"~ {name}", data, change="end", model="intensity", fixed={name: 0.3}))
    orders = [made.draw(1, run) for run in range(20)]
    assert {len(set(zip(*order, strict=True))) for order in orders} == {8}
    assert len({tuple(first) for first, _ in orders}) > 10


def test_pooled_fits_are_drawn_with_each_group_s_deviation():
    data = choices(np.random.default_rng(2), np.full(300, 1.5))
    pooled = rp.fit("~ recip", data, pool={"1": "receiver"})
    fitness = pooled.goodness_of_fit(60, 1)
    assert "each group with its own deviation" in fitness.summary()
    bare = rp.fit("~ recip", data).goodness_of_fit(60, 1)
    assert bare.p["acts received"] <= 0.05 < fitness.p["acts received"]


def test_what_cannot_be_simulated_is_said():
    data = history(1)[2]
    with pytest.raises(rp.RapalloError, match="ten runs"):
        rp.fit("~ recip", data, events="call").goodness_of_fit(3)
    ordered = rp.fit("~ trans(call, history=sequential)", data, events="call", prior=1.0)
    with pytest.raises(rp.RapalloError, match="order in which ties of 'call' form"):
        ordered.goodness_of_fit(20)


def offered(luck, by_mood):
    """400 offers among eight actors; the odds of a yes hang on the mood of whoever is asked."""
    names, mood = list("abcdefgh"), luck.normal(size=8)
    first = luck.integers(8, size=400)
    second = (first + luck.integers(1, 8, size=400)) % 8
    agreed = luck.random(400) < 1.0 / (1.0 + np.exp(-by_mood * mood[second]))
    data = rp.EventData({"label": names, "mood": mood}).with_network("offer")
    table = {"time": np.arange(400.0), "sender": [names[k] for k in first], "receiver": [names[k] for k in second]}
    return data, {**table, "agreed": agreed.astype(int)}


def test_answers_are_drawn_to_the_recorded_offers():
    data, table = offered(np.random.default_rng(4), 1.5)
    how = {"events": table, "network": "offer", "model": "consent"}
    found = rp.fit("~ 1 + ego(mood)", data, **how)
    fitness, bare = found.goodness_of_fit(99, 1), rp.fit("~ 1", data, **how).goodness_of_fit(99, 1)
    assert "answers drawn to the recorded offers" in fitness.summary()
    # without the mood of whoever is asked some say yes too seldom and some too often; with it nothing stands out
    assert bare.p["agreed when asked"] < 0.05 and min(fitness.p.values()) > 0.01
    agreed = fitness.simulated["order"]["agreed by 10/10"]
    assert fitness.observed["order"]["agreed by 10/10"] == sum(table["agreed"])
    # the score of the constant is zero: as many are expected as were counted
    assert agreed.mean() == pytest.approx(sum(table["agreed"]), abs=4 * agreed.std() / np.sqrt(99))
    assert fitness.observed["answers"].sum() == 400 - 8


def toy(rows):
    """A scenario in which an attack is decided, at a level and nothing else."""
    model = scenario(rows)
    kind = replace(model.processes["attack"], given=False, weighting="intensity")
    motive = replace(model.processes["agree"].motives[0], parameter="agree.constant")
    model.processes["attack"] = replace(kind, motives=(motive,))
    return model


def test_levels_of_a_pooled_process_are_simulated():
    """A attacks nine times as often as B: with deviations by sender the runs have it, without them they do not."""
    rows = [attack(f"X{k}", f"192{k % 5}-0{1 + k % 9}-1{k % 9}", *("AB" if k % 10 else "BA")) for k in range(40)]
    model = toy(rows)
    pooled = rp.fit("attack", model.record, missing="default", pool={"agree.constant": "sender"})
    fitness = pooled.goodness_of_fit(60, 2)
    assert "each group with its own deviation" in fitness.summary()
    alone = rp.fit("attack", model.record, missing="default").goodness_of_fit(60, 2)
    assert alone.p["turns"] < 0.05 < fitness.p["turns"]
    by_year = rp.fit("attack", model.record, missing="default", pool={"agree.constant": "year"})
    assert "each group with its own deviation" in by_year.goodness_of_fit(10, 2).summary()


def test_a_fit_over_draws_is_compared_draw_by_draw():
    rows = [attack(f"X{k}", f"192{k % 5}-0{1 + k % 9}", *("AB" if k % 3 else "BA")) for k in range(25)]
    model = toy(rows)
    found = rp.fit("attack", model.record, missing="default", impute=5, seed=3)
    fitness = found.goodness_of_fit(20, 2)
    assert "over 5 draws of the data, each p the mean of theirs" in fitness.summary()
    assert fitness.runs == 20 and len(fitness.simulated["when"]) == 20
    records = [record_history(model, dates="draw", readings="by certainty", seed=3, draw=k) for k in range(5)]
    span = records[0].time.min() // 1, records[0].end
    assert fitness.observed["waiting times"].sum() == 24
    assert len({tuple(each.time) for each in records}) == 5 and span[0] < span[1]
    with pytest.raises(rp.RapalloError, match="fewer than the 12 draws"):
        rp.fit("attack", model.record, missing="default", impute=12).goodness_of_fit(10)


def test_draws_of_event_data_are_compared_too():
    names = list("abcde")
    luck = np.random.default_rng(3)
    first = luck.integers(5, size=60)
    second = (first + luck.integers(1, 5, size=60)) % 5
    acts = {
        "time": [f"19{20 + k // 12}-{1 + k % 12:02}" for k in range(60)],
        "sender": [names[k] for k in first],
        "receiver": [names[k] for k in second],
    }
    data = rp.EventData(names, dates="begins").with_network("call", changes=acts)
    fitness = rp.fit("~ inertia + recip", data, impute=4, seed=1).goodness_of_fit(40, 1)
    assert "over 4 draws of the data" in fitness.summary()
    assert fitness.observed["acts received"]["1+"] == 5 and 0 < min(fitness.p.values()) <= 1
    pooled = rp.fit("~ recip", data, impute=4, seed=1, pool={"recip": "sender"})
    with pytest.raises(rp.RapalloError, match="no one model has them all"):
        pooled.goodness_of_fit(40)
