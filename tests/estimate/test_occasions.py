"""An occasion is one event with several ties: the likelihood by its formula, and none of its acts sees another."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import rapallo as rp
from tests.scenario.test_timeline import attack, scenario

NAMES = list("abcde")
SIZE = np.array([0.0, 1.0, 0.3, 2.0, -0.5])
ACTS = {
    "time": [1.0, 2.0, 2.0, 2.0, 3.5, 4.0, 4.0, 5.0],
    "sender": list("abbcadde"),
    "receiver": list("bcaebaca"),
    "occasion": ["", "note", "note", "note", "", "talks", "talks", None],
}
THETA = {"recip": 0.4, "alter(size)": 0.7}


def data():
    return rp.EventData({"label": NAMES, "size": SIZE}).with_network(
        "call", changes={key: value for key, value in ACTS.items() if key != "occasion"}
    )


def groups(model):
    """Positions of the acts that are one event."""
    if model == "choice":  # of each sender on its own
        return [[0], [1, 2], [3], [4], [5, 6], [7]]
    return [[0], [1, 2, 3], [4], [5, 6], [7]]


def plain(model, theta, timed=False, constant=0.0):
    """The formula, option by option."""
    total = 0.0
    code = {name: k for k, name in enumerate(NAMES)}
    acts = [(t, code[s], code[r]) for t, s, r in zip(ACTS["time"], ACTS["sender"], ACTS["receiver"], strict=True)]

    def weight(s, r, when):
        answered = any(a == r and b == s for t, a, b in acts if t < when)
        return math.exp(constant + theta["recip"] * answered + theta["alter(size)"] * SIZE[r])

    for group in groups(model):
        when = acts[group[0]][0]
        senders = {acts[k][1] for k in group} if model == "choice" else range(5)
        whole = sum(weight(s, r, when) for s in senders for r in range(5) if r != s)
        picked = [weight(acts[k][1], acts[k][2], when) for k in group]
        total += sum(math.log(w) for w in picked) + (math.log(whole) if timed else 0.0)
        total -= sum(math.log(whole - j / len(group) * sum(picked)) for j in range(len(group)))
    if timed:
        times = sorted({t for t, _, _ in acts})
        for before, after in pairwise(times):
            total -= (after - before) * sum(weight(s, r, after) for s in range(5) for r in range(5) if r != s)
    return total


def fitted(model, formula="~ recip + alter(size)", **how):
    return rp.fit(formula, data(), events=ACTS, network="call", model=model, **how)


@pytest.mark.parametrize("model", ["choice", "intensity"])
def test_order_of_events(model):
    found = fitted(model, fixed=THETA)
    assert found.log_likelihood == pytest.approx(plain(model, THETA), abs=1e-10)
    assert found.surprise["log_probability"].sum() == pytest.approx(found.log_likelihood, abs=1e-10)
    assert any("2 occasions with" in word and "one event each" in word for word in found.warnings)
    apart = fitted(model, fixed=THETA, occasions="separate")
    assert apart.log_likelihood < found.log_likelihood


def test_waiting_times_pass_once():
    fixed = {**THETA, "Intercept": -1.5}
    found = fitted("intensity", "~ 1 + recip + alter(size)", fixed=fixed)
    assert found.log_likelihood == pytest.approx(plain("intensity", THETA, True, -1.5), abs=1e-10)
    top = fitted("intensity", "~ 1")
    # five events in four units of time over twenty pairs, whatever the number of ties
    apart = fitted("intensity", "~ 1", occasions="separate")
    assert apart["Intercept"] == pytest.approx(math.log(8 / 80))
    assert top["Intercept"] == pytest.approx(math.log(5 / 80), abs=1e-9)
    assert top.residuals.waited.sum() == pytest.approx(5)


@pytest.mark.parametrize(
    ("model", "formula"), [("choice", "~ recip + alter(size)"), ("intensity", "~ 1 + alter(size)")]
)
def test_score_and_information_are_those_of_the_formula(model, formula):
    """The top is a top, and its curvature is that of the likelihood around it."""
    found = fitted(model, formula)
    step = 1e-3

    def at(theta):
        return fitted(model, formula, fixed=dict(zip(found.names, theta, strict=True))).log_likelihood

    curvature = np.empty((2, 2))
    for a in range(2):
        for b in range(2):
            ends = [(i, j) for i in (1, -1) for j in (1, -1)]
            shift = [i * j * at(found.coef + step * (i * np.eye(2)[a] + j * np.eye(2)[b])) for i, j in ends]
            curvature[a, b] = -sum(shift) / (4 * step**2)
    np.testing.assert_allclose(np.linalg.inv(found.covariance), curvature, rtol=2e-4, atol=1e-4)
    left = found.residuals
    if model == "choice":
        np.testing.assert_allclose(left.score.sum(axis=0), 0.0, atol=1e-7)
    else:
        np.testing.assert_allclose((left.score + left.mean).sum(axis=0), left.drift.sum(axis=0), atol=1e-7)


def test_one_tie_told_twice_is_refused():
    with pytest.raises(rp.RapalloError, match=r"row 3: b → c takes part in the occasion 'note' twice"):
        rp.fit("~ recip", data(), events={**ACTS, "receiver": list("bccebaca")}, network="call", model="intensity")
    with pytest.raises(rp.UnknownNameError, match="separate"):
        fitted("choice", occasions="seperate")


def record(model="intensity", **rate):
    rows = [
        attack("X1", "1921-01-01", "A", "B"),
        attack("X2", "1922-05-01", "A", "C", occasion="O"),
        attack("X3", "1922-05-01", "B", "C", occasion="O"),
        attack("X4", "1923-05-01", "B", "A"),
        attack("X5", "1923-07-01", "C", "A", occasion="P"),
        attack("X6", "1923-07-01", "C", "B", occasion="P"),
    ]
    made = scenario(rows)
    made.processes["attack"] = replace(made.processes["attack"], given=False, weighting=model, **rate)
    return made


def test_a_record_counts_an_occasion_once():
    """Constant rates: events over the time that all pairs together were open."""
    history = record().record
    joint = rp.fit("attack ~ constant", history, missing="default")
    apart = rp.fit("attack ~ constant", history, missing="default", occasions="separate")
    exposure = apart.facts["exposure"]
    assert apart["constant"] == pytest.approx(math.log(6 / exposure), abs=1e-9)
    assert joint["constant"] == pytest.approx(math.log(4 / exposure), abs=1e-9)
    assert joint.acts == 6 and any("2 occasions with 4 acts" in word for word in joint.warnings)


def test_nobody_waits_for_the_second_act_of_an_occasion():
    history = record().record
    joint = rp.fit("attack ~ constant", history, missing="default")
    later = rp.fit("attack ~ constant", history, missing="default", occasions="separate")
    assert joint.residuals.acts["id"].tolist() == later.residuals.acts["id"].tolist() == [f"X{k}" for k in range(1, 7)]
    assert (joint.residuals.waited[[2, 5]] == 0).all() and (later.residuals.waited[[2, 5]] > 0).all()


def test_a_sender_of_several_ties_acts_once():
    motive = record().processes["agree"].motives[0]
    history = record("choice", rate=(motive,)).record
    found = rp.fit("attack", history, model="rate", missing="default")
    # A and B in May 1922 are one event of two senders, C in July 1923 one of one
    assert found.acts == 5 and any("and 1 further ties of theirs as none" in word for word in found.warnings)
    assert found["agree.constant"] == pytest.approx(math.log(4 / found.facts["exposure"]), abs=1e-9)
