"""Rate, choice and consent told together: against the definition, option by option, and against the parts alone."""

import math
import runpy
from pathlib import Path

import numpy as np
import pytest

import rapallo as rp
from rapallo.engine.plan import make_plan
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.estimate.arrange import Choices, arrange
from rapallo.estimate.formula import Names, read_formula
from rapallo.estimate.joint import Joint
from tests.estimate.test_definition import TERMS, history, some

ORDERS = runpy.run_path(str(Path(__file__).parents[2] / "verification" / "orders_to_recover.py"), run_name="orders")
RATE = {"outdeg": ("sender_outdegree", {"network": "call"}), "node_trans": ("sender_transitivity", {"network": "call"})}
CHOICE = {name: TERMS[name] for name in ("recip", "trans", "diff(size)", "indeg")}
ASKED = {name: TERMS[name] for name in ("tie(trust)", "alter(size)", "cycle(trust)")}
FORMULA = f"{' + '.join(RATE)} | {' + '.join(CHOICE)} | 1 + {' + '.join(ASKED)}"


def weights(plain, time, theta, here_at=None):
    """Each pair's weight just before a moment, from the definition."""
    nets, values, here = plain.state(time)
    if here_at is not None:
        here = plain.state(here_at)[2]
    rate, choice, asked = np.split(theta, [len(theta) - len(CHOICE) - len(ASKED) - 1, len(theta) - len(ASKED) - 1])
    present = [k for k in range(plain.n) if here[k]]
    found = {}
    for s in present:
        often = plain.row(list(RATE.values()), s, s, nets, values)
        often = math.exp(rate @ (often if len(rate) == len(RATE) else np.append(1.0, often)))
        others = [r for r in present if r != s]
        odds = {r: math.exp(choice @ plain.row(list(CHOICE.values()), s, r, nets, values)) for r in others}
        for r in others:
            x = asked @ np.append(1.0, plain.row(list(ASKED.values()), r, s, nets, values))
            found[s, r] = often * odds[r] / sum(odds.values()) / (1.0 + math.exp(-x))
    return found


def value_at(text, names, theta, data, **how):
    fixed = dict(zip(names, theta, strict=True))
    return rp.fit(text, data, events="call", model="joint", fixed=fixed, **how).log_likelihood


def names(timed):
    rate = [f"rate {name}" for name in ("Intercept", *RATE)][1 - timed :]
    return [*rate, *CHOICE, "consent Intercept", *(f"consent {name}" for name in ASKED)]


def test_the_order_of_acts():
    plain, acts, data = history(1)
    theta = some(len(names(0)), 2)
    goal = 0.0
    for time, sender, receiver in acts:
        found = weights(plain, time, theta)
        goal += math.log(found[sender, receiver] / sum(found.values()))
    assert value_at(f"~ {FORMULA}", names(0), theta, data) == pytest.approx(goal, abs=1e-9)


def test_waiting_times():
    plain, acts, data = history(7)
    theta = some(len(names(1)), 8) - np.eye(len(names(1)))[0]
    start, end = 0.5, 42.0
    moments = {time for time, *_ in acts} | {each[0] for each in plain.changes} | {end}
    moments |= {each[0] for each in plain.attribute_changes} | {each[0] for each in plain.presence}
    goal, before = 0.0, start
    for moment in sorted(each for each in moments if start < each <= end):
        found = weights(plain, moment, theta, here_at=math.nextafter(moment, -math.inf))
        goal -= (moment - before) * sum(found.values())
        before = moment
    goal += sum(math.log(weights(plain, time, theta)[s, r]) for time, s, r in acts)
    assert value_at(f"~ 1 + {FORMULA}", names(1), theta, data, start=start, end=end) == pytest.approx(goal, abs=1e-9)


@pytest.mark.parametrize("timed", [0, 1])
def test_score_and_information_are_the_derivatives(timed):
    """Central differences of the value and of the score; the expected information is positive definite."""
    data = history(15)[2]
    known = Names(("call", "trust"), ("size", "kind"), "call")
    rate, choice, asked = (
        read_formula(part, known, by_actor=k == 0)
        for k, part in enumerate(f"{'1 + ' * timed}{FORMULA}".split("|"))
    )  # fmt: skip
    forming = data.networks["call"].changes
    acts = type(forming)(*(getattr(forming, name)[forming.value > 0] for name in type(forming).__slots__))
    arranged = arrange(data, acts, "call", choice, asked, Choices("joint"), rate=rate)
    cases, layout = arranged.plan.cases(), arranged.layout
    joint = Joint(cases, layout.design(cases.statistics), arranged.timed, layout.consent, rate=layout.rate)
    theta = some(len(layout.columns), 16)
    here = joint.at(theta)
    for k in range(len(theta)):
        step = np.eye(len(theta))[k] * 1e-5
        up, down = joint.at(theta + step), joint.at(theta - step)
        assert (up.value - down.value) / 2e-5 == pytest.approx(here.score[k], rel=1e-6, abs=1e-6)
        np.testing.assert_allclose(
            (down.score - up.score) / 2e-5, (here.information + here.bend)[k], rtol=1e-5, atol=1e-5
        )
    assert np.linalg.eigvalsh(here.information)[0] > 0
    away, mean, about = joint.moments(theta)
    real = cases.chosen >= 0
    drift = (mean * (about[:, 0] * cases.spent)[:, None]).sum(axis=0) if timed else mean[real].sum(axis=0)
    np.testing.assert_allclose((away + mean)[real].sum(axis=0) - drift, here.score, atol=1e-9)


def test_without_consent_it_is_the_rate_and_the_choice():
    data = history(3)[2]
    parts = [rp.fit(f"~ {part}", data, events="call", model=model) for part, model in
             (("1 + outdeg", "rate"), ("recip + alter(size)", "choice"))]  # fmt: skip
    found = rp.fit("~ 1 + outdeg | recip + alter(size)", data, events="call", model="joint")
    assert found.log_likelihood == pytest.approx(sum(each.log_likelihood for each in parts), abs=1e-8)
    np.testing.assert_allclose(found.coef, np.concatenate([each.coef for each in parts]), atol=1e-6)
    assert found.names == ("rate Intercept", "rate outdeg", "recip", "alter(size)")
    blocks = rp.fit("~ 1 + outdeg | recip + alter(size)", data, events="call", model="joint", memory=0.001)
    np.testing.assert_allclose(blocks.coef, found.coef, atol=1e-8)
    np.testing.assert_allclose(blocks.se, found.se, rtol=1e-8)
    assert blocks.facts["blocks"] > 1


def test_what_it_cannot_be_told_is_said():
    data = history(3)[2]
    for text in ("~ recip", "~ outdeg | recip | recip | recip", "~ outdeg | "):
        with pytest.raises(rp.RapalloError, match="two or three parts"):
            rp.fit(text, data, events="call", model="joint")
    with pytest.raises(rp.RapalloError, match="give model='joint'"):
        rp.fit("~ outdeg | recip", data, events="call", model="choice")
    with pytest.raises(rp.RapalloError, match="pool"):
        rp.fit("~ outdeg | recip", data, events="call", model="joint", pool={"recip": "sender"})


@pytest.fixture(scope="module")
def run():
    return simulate_plan(prepared(make_plan(*ORDERS["order"](6, 6))), 5)


def test_a_process_of_a_run_and_its_acts_as_event_data_give_the_same(run):
    found = rp.fit("woo", run, model="joint", missing="default", consent="estimated")
    data = ORDERS["as_events"](run, "woo")
    same = rp.fit(
        "~ 1 + ego(size) | tie(distance, weighted) + alter(size) | 1 + ego(mood)",
        data,
        events="woo",
        model="joint",
        start=run.start / 365.25,
        end=run.end / 365.25,
    )
    assert same.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(same.coef, found.coef, atol=1e-6)
    np.testing.assert_allclose(same.se, found.se, rtol=1e-5)
    assert found.names[-1] == "consent woo.consent.mood"


def test_consent_is_assumed_unless_it_is_to_be_estimated(run):
    found = rp.fit("woo", run, model="joint", missing="default")
    assert found.fixed == ("consent woo.consent.constant", "consent woo.consent.mood")
    assert found["consent woo.consent.mood"] == ORDERS["TRUE"]["woo.consent.mood"]
    with pytest.raises(rp.RapalloError, match="model='joint'"):
        rp.fit("woo", run, model="rate", missing="default")
    with pytest.raises(rp.RapalloError, match="consent of a process is its scenario's"):
        rp.fit("woo ~ size | size | mood", run, model="joint", missing="default")
    few = rp.fit("woo ~ constant | size", run, model="joint", missing="default")
    assert few.names[:2] == ("woo.rate.constant", "woo.size")
