"""Every model against the likelihood's definition, computed option by option in plain Python."""

import numpy as np
import pandas as pd
import pytest

import rapallo as rp
from tests.estimate.plain import Plain

ACTORS, ACTS = 7, 40
NAMES = [f"a{k}" for k in range(ACTORS)]


def history(seed, directed=True, form=False):
    """A small history: ties by count, a network by replacement, attributes that change, comings and goings."""
    rng = np.random.default_rng(seed)
    present = np.ones(ACTORS, dtype=bool)
    present[5] = False
    presence = [(12.5, 5, True), (20.0, 6, False), (26.0, 6, True)]

    def there(time):
        here = present.copy()
        for when, node, value in presence:
            if when <= time:
                here[node] = value
        return np.flatnonzero(here)

    initial = {"call": np.zeros((ACTORS, ACTORS)), "trust": (rng.random((ACTORS, ACTORS)) < 0.3).astype(float)}
    initial["call"][0, 1] = initial["call"][1, 0] = 2.0
    np.fill_diagonal(initial["trust"], 0)
    stands = initial["call"].copy()
    acts, changes = [], []
    for k in range(ACTS):
        time = float(k + 1)
        while True:
            s, r = rng.choice(there(time), 2, replace=False)
            if not form or stands[s, r] <= 0:
                break
        acts.append((time, int(s), int(r)))
        changes.append((time, "call", int(s), int(r), 1.0, True))
        stands[s, r] += 1
        if not directed:
            stands[r, s] += 1
        if k % 4 == 3:  # and half of what stands falls again
            a, b = rng.choice(ACTORS, 2, replace=False)
            if stands[a, b] > 0:
                changes.append((time + 0.5, "call", int(a), int(b), -float(stands[a, b]), True))
                stands[a, b] = 0
                if not directed:
                    stands[b, a] = 0
        if k % 5 == 0:
            a, b = rng.choice(ACTORS, 2, replace=False)
            changes.append((time + 0.25, "trust", int(a), int(b), float(rng.integers(0, 2)), False))
    attributes = {"size": np.round(rng.random(ACTORS), 1), "kind": rng.integers(0, 3, ACTORS).astype(float)}
    attribute_changes = [(10.0, "size", 2, 1.5), (15.5, "size", 0, 0.2), (15.5, "kind", 1, 2.0), (30.0, "kind", 3, 0.0)]
    ties = {"call": directed, "trust": True}
    plain = Plain(ACTORS, ties, initial, changes, attributes, attribute_changes, present, presence)
    return plain, acts, event_data(plain)


def event_data(plain):
    """The same history through the public interface."""
    nodes = pd.DataFrame({"label": NAMES, "present": plain.present.astype(int), **plain.attributes})
    data = rp.EventData(nodes)
    for name in plain.attributes:
        rows = [each for each in plain.attribute_changes if each[1] == name]
        table = {"time": [e[0] for e in rows], "node": [NAMES[e[2]] for e in rows], "replace": [e[3] for e in rows]}
        data = data.with_attribute_changes(name, table)
    presence = plain.presence
    table = {"time": [e[0] for e in presence], "node": [NAMES[e[1]] for e in presence]}
    data = data.with_attribute_changes("present", {**table, "replace": [float(e[2]) for e in presence]})
    for name, column in (("call", "increment"), ("trust", "replace")):
        rows = [each for each in plain.changes if each[1] == name]
        changes = {
            "time": [e[0] for e in rows],
            "sender": [NAMES[e[2]] for e in rows],
            "receiver": [NAMES[e[3]] for e in rows],
            column: [e[4] for e in rows],
        }
        data = data.with_network(name, initial=plain.initial[name], changes=changes, directed=plain.directed[name])
    return data


TERMS = {
    "inertia": ("tie", {"network": "call"}),
    "inertia(call, weighted)": ("pair_value", {"pair": "call"}),
    "recip": ("reciprocity", {"network": "call"}),
    "recip(trust, weighted)": ("reverse_value", {"pair": "trust"}),
    "indeg": ("receiver_indegree", {"network": "call"}),
    "outdeg(trust)": ("receiver_outdegree", {"network": "trust"}),
    "indeg(call, ego)": ("sender_indegree", {"network": "call"}),
    "outdeg(call, ego)": ("sender_outdegree", {"network": "call"}),
    "indeg(call, weighted)": ("receiver_instrength", {"network": "call"}),
    "trans": ("transitivity", {"network": "call"}),
    "cycle(trust)": ("cycle", {"network": "trust"}),
    "common_sender": ("common_sender", {"network": "call"}),
    "common_receiver(trust)": ("common_receiver", {"network": "trust"}),
    "mixed_trans(call, trust)": ("mixed_transitivity", {"first": "call", "second": "trust"}),
    "four": ("four_cycle", {"network": "call"}),
    "node_trans": ("receiver_transitivity", {"network": "call"}),
    "tertius(call, size)": ("neighbours_mean", {"network": "call", "attribute": "size"}),
    "tie(trust)": ("tie", {"network": "trust"}),
    "same(kind)": ("same", {"attribute": "kind"}),
    "diff(size)": ("difference", {"attribute": "size"}),
    "sim(size)": ("similarity", {"attribute": "size"}),
    "alter(size)": ("receiver_value", {"attribute": "size"}),
    "ego(size)": ("sender_value", {"attribute": "size"}),
}
MUTUAL = [
    "inertia",
    "inertia(call, weighted)",
    "indeg",
    "trans",
    "four",
    "node_trans",
    "same(kind)",
    "alter(size)",
    "tie(trust)",
]
RATE = {
    "indeg": ("sender_indegree", {"network": "call"}),
    "outdeg(trust)": ("sender_outdegree", {"network": "trust"}),
    "node_trans": ("sender_transitivity", {"network": "call"}),
    "ego(size)": ("sender_value", {"attribute": "size"}),
}


def value_at(names, theta, data, **how):
    """The package's log-likelihood at given parameters."""
    fixed = dict(zip(names, theta, strict=True))
    written = ["1" if name == "Intercept" else name for name in names]
    return rp.fit(written, data, events="call", fixed=fixed, **how).log_likelihood


def some(count, seed):
    return np.random.default_rng(seed).normal(0, 0.3, count)


@pytest.mark.parametrize("model", ["choice", "intensity"])
def test_pairs(model):
    plain, acts, data = history(1)
    theta = some(len(TERMS), 2)
    goal = plain.ordered(model, acts, list(TERMS.values()), theta, "call")
    assert value_at(TERMS, theta, data, model=model) == pytest.approx(goal, abs=1e-9)


@pytest.mark.parametrize("model", ["choice", "intensity"])
def test_only_pairs_without_a_tie_can_form_one(model):
    plain, acts, data = history(3, form=True)
    names = ["recip", "indeg", "trans", "same(kind)"]
    theta = some(4, 4)
    goal = plain.ordered(model, acts, [TERMS[name] for name in names], theta, "call", "form")
    assert value_at(names, theta, data, model=model, change="form") == pytest.approx(goal, abs=1e-9)


def test_rate_by_order():
    plain, acts, data = history(5)
    theta = some(len(RATE), 6)
    goal = plain.ordered("rate", acts, list(RATE.values()), theta, "call")
    assert value_at(RATE, theta, data, model="rate") == pytest.approx(goal, abs=1e-9)


@pytest.mark.parametrize("model", ["rate", "intensity"])
def test_waiting_times(model):
    plain, acts, data = history(7)
    chosen = {
        "Intercept": ("constant", {}),
        **(RATE if model == "rate" else {k: TERMS[k] for k in ("recip", "trans", "diff(size)", "cycle(trust)")}),
    }
    theta = some(len(chosen), 8) - np.eye(len(chosen))[0]
    goal = plain.timed(model, acts, list(chosen.values()), theta, "call", 0.5, 42.0)
    found = value_at(chosen, theta, data, model=model, start=0.5, end=42.0)
    assert found == pytest.approx(goal, abs=1e-9)


def test_coordination():
    plain, acts, data = history(9, directed=False)
    theta = some(len(MUTUAL), 10)
    goal = plain.coordination(acts, [TERMS[name] for name in MUTUAL], theta, "call")
    assert value_at(MUTUAL, theta, data, model="coordination") == pytest.approx(goal, abs=1e-9)


def test_intensity_of_mutual_ties_counts_a_pair_once():
    plain, acts, data = history(9, directed=False)
    names = ["inertia", "trans", "same(kind)"]
    theta = some(3, 11)
    goal = plain.ordered("intensity", acts, [TERMS[name] for name in names], theta, "call")
    assert value_at(names, theta, data, model="intensity") == pytest.approx(goal, abs=1e-9)


def test_products_and_transforms():
    plain, acts, data = history(1)
    names = ["recip", "indeg", "recip:indeg", "indeg(call, transformer_fn=log1p)"]
    theta = some(4, 12)

    class Derived(Plain):
        def row(self, terms, *rest):
            recip, indeg = super().row([TERMS["recip"], TERMS["indeg"]], *rest)
            return np.array([recip, indeg, recip * indeg, np.log1p(indeg)])

    plain.__class__ = Derived
    goal = plain.ordered("choice", acts, None, theta, "call")
    assert value_at(names, theta, data, model="choice") == pytest.approx(goal, abs=1e-9)


def test_window_forgets():
    plain, acts, data = history(13)
    extra = [
        (when + 6.0, name, s, r, -value, True) for when, name, s, r, value, adds in plain.changes if name == "call"
    ]
    plain.initial["recent"] = np.zeros((ACTORS, ACTORS))
    plain.directed["recent"] = True
    renamed = [(w, "recent", s, r, v, a) for w, name, s, r, v, a in plain.changes if name == "call"]
    plain.changes = plain.changes + renamed + [(w, "recent", s, r, v, a) for w, _, s, r, v, a in extra]
    terms = [("tie", {"network": "recent"}), ("reciprocity", {"network": "recent"}), TERMS["inertia"]]
    theta = some(3, 14)
    goal = plain.ordered("intensity", acts, terms, theta, "call")
    names = ["inertia(call, window=6)", "recip(call, window=6)", "inertia"]
    assert value_at(names, theta, data, model="intensity") == pytest.approx(goal, abs=1e-9)


@pytest.mark.parametrize(
    ("model", "timed"),
    [("choice", 0), ("coordination", 0), ("intensity", 0), ("intensity", 1), ("rate", 0), ("rate", 1)],
)
def test_score_and_information_are_the_derivatives(model, timed):
    """Central differences of the value and of the score."""
    from rapallo.estimate.arrange import Choices, arrange
    from rapallo.estimate.formula import Names, read_formula
    from rapallo.estimate.likelihood import Likelihood

    _, _, data = history(15, directed=model != "coordination")
    text = {"rate": "indeg + ego(size)", "coordination": "inertia + trans + alter(size)"}.get(
        model, "recip + trans + diff(size)"
    )
    text = f"~ {'1 + ' * timed}{text}"
    said = read_formula(text, Names(("call", "trust"), ("size", "kind"), "call"), by_actor=model == "rate")
    forming = data.networks["call"].changes
    keep = forming.value > 0
    acts = type(forming)(*(getattr(forming, name)[keep] for name in type(forming).__slots__))
    arranged = arrange(data, acts, "call", said, None, Choices(model))
    cases = arranged.plan.cases()
    likelihood = Likelihood(cases, arranged.layout.design(cases.statistics), timed)
    theta = some(len(arranged.layout.columns), 16)
    here = likelihood.at(theta)
    observed = here.information + (here.bend if here.bend is not None else 0.0)
    for k in range(len(theta)):
        step = np.eye(len(theta))[k] * 1e-5
        up, down = likelihood.at(theta + step), likelihood.at(theta - step)
        assert (up.value - down.value) / 2e-5 == pytest.approx(here.score[k], rel=1e-6, abs=1e-6)
        np.testing.assert_allclose((down.score - up.score) / 2e-5, observed[k], rtol=1e-5, atol=1e-5)
