"""What is done to a statistic, and how values of neighbours are brought together, against plain formulas."""

import math

import numpy as np
import pytest

import rapallo as rp
from rapallo.estimate.formula import SUMMARIES, Names, read_formula
from tests.estimate.plain import Plain
from tests.estimate.test_definition import ACTORS, history, some, value_at

SUMMARY = {"mean": np.mean, "sum": np.sum, "min": np.min, "max": np.max, "median": np.median}


class Written(Plain):
    """A history whose terms are functions of (networks, attributes) that give a matrix of all pairs."""

    def row(self, terms, first, second, nets, values):
        return np.array([float(term(nets, values)[first, second]) for term in terms])


def written(seed, directed=True):
    """A history in which ties end, attributes change and fall below zero, actors come and go."""
    plain, acts, data = history(seed, directed)
    plain.__class__ = Written
    plain.attributes["lead"] = np.linspace(-1.5, 1.5, ACTORS)
    plain.attribute_changes += [(8.0, "lead", 4, -2.0), (22.0, "lead", 0, 1.0), (33.5, "lead", 6, -0.25)]
    rows = [each for each in plain.attribute_changes if each[1] == "lead"]
    changes = {"time": [e[0] for e in rows], "node": [f"a{e[2]}" for e in rows], "replace": [e[3] for e in rows]}
    data = data.with_attribute("lead", plain.attributes["lead"])
    return plain, acts, data.with_attribute_changes("lead", changes)


def summaries(nets, values, network, attribute, summary):
    """For each actor the summary of those who chose it; NaN where nobody did."""
    found = np.full(ACTORS, np.nan)
    for node in range(ACTORS):
        chose = nets[network][:, node] > 0
        if chose.any():
            found[node] = SUMMARY[summary](values[attribute][chose])
    return found


def company(nets, values, network, attribute, summary):
    """Where nobody chose an actor, the mean of the others' summaries."""
    found = summaries(nets, values, network, attribute, summary)
    return np.where(np.isnan(found), np.nanmean(found), found)


def tertius(summary, network="call", attribute="lead", by_row=False):
    return lambda nets, values: np.broadcast_to(
        company(nets, values, network, attribute, summary)[:, None] if by_row
        else company(nets, values, network, attribute, summary)[None, :], (ACTORS, ACTORS)
    )  # fmt: skip


def apart(summary, function, network="call", attribute="lead"):
    """Where nobody chose an actor, the mean of what the function is for all other pairs."""

    def term(nets, values):
        found = function(np.subtract.outer(values[attribute], summaries(nets, values, network, attribute, summary)))
        np.fill_diagonal(found, np.nan)
        return np.where(np.isnan(found), np.nanmean(found), found)

    return term


def after(function, summary, network="call", attribute="lead"):
    """The function of the difference, or where nobody chose an actor of the mean difference."""
    return of(function, apart(summary, lambda gap: gap, network, attribute))


def of(function, term):
    return lambda nets, values: function(term(nets, values))


@pytest.mark.parametrize("summary", SUMMARIES)
@pytest.mark.parametrize("model", ["choice", "intensity", "coordination"])
def test_summaries_of_those_who_chose(summary, model):
    plain, acts, data = written(31, model != "coordination")
    how = f"summarizer_fn={summary}"
    terms = {
        f"tertius(call, lead, {how})": tertius(summary),
        f"tertius(trust, size, {how})": tertius(summary, "trust", "size"),
        f"tertius_diff(call, lead, {how})": apart(summary, np.abs),
        f"tertius_diff(trust, lead, {how}, transformer_fn=identity)": apart(summary, lambda gap: gap, "trust"),
        f"tertius_diff(call, size, {how}, transformer_fn=square)": apart(summary, np.square, "call", "size"),
        f"tertius_diff(call, lead, {how}, transformer_fn=exp)": after(np.exp, summary),
        f"tertius_diff(call, size, {how}, transform=sqrt)": of(np.sqrt, apart(summary, np.abs, "call", "size")),
        f"tertius(call, lead, {how}, transformer_fn=abs)": of(np.abs, tertius(summary)),
    }
    theta = some(len(terms), 32)
    if model == "coordination":
        goal = plain.coordination(acts, list(terms.values()), theta, "call")
    else:
        goal = plain.ordered(model, acts, list(terms.values()), theta, "call")
    assert value_at(terms, theta, data, model=model) == pytest.approx(goal, abs=1e-9)


@pytest.mark.parametrize("summary", SUMMARIES)
@pytest.mark.parametrize("model", ["rate", "intensity"])
def test_summaries_with_waiting_times(summary, model):
    plain, acts, data = written(33)
    by_row = model == "rate"
    terms = {
        "Intercept": lambda nets, values: np.ones((ACTORS, ACTORS)),
        f"tertius(call, lead, summarizer_fn={summary})": tertius(summary, by_row=by_row),
        f"tertius(call, size, summarizer_fn={summary}, type=ego)": tertius(summary, "call", "size", True),
    }
    theta = some(3, 34) - np.eye(3)[0]
    goal = plain.timed(model, acts, list(terms.values()), theta, "call", 0.5, 42.0)
    assert value_at(terms, theta, data, model=model, start=0.5, end=42.0) == pytest.approx(goal, abs=1e-9)


def test_every_transform():
    plain, acts, data = written(35)

    def alter(attribute):
        return lambda nets, values: np.broadcast_to(values[attribute][None, :], (ACTORS, ACTORS))

    def gap(nets, values):
        return np.subtract.outer(values["lead"], values["lead"])

    def indegree(nets, values):
        return np.broadcast_to((nets["call"] > 0).sum(axis=0)[None, :], (ACTORS, ACTORS))

    def above(term):
        return lambda nets, values: term(nets, values) + 0.5

    terms = {
        "indeg(call, transformer_fn=identity)": indegree,
        "indeg(call, transformer_fn=sqrt)": of(np.sqrt, indegree),
        "indeg(call, transformer_fn=log1p)": of(np.log1p, indegree),
        "alter(lead, transformer_fn=sign)": of(np.sign, alter("lead")),
        "alter(lead, transformer_fn=abs)": of(np.abs, alter("lead")),
        "alter(lead, transformer_fn=exp)": of(np.exp, alter("lead")),
        "alter(lead, transformer_fn=square)": of(np.square, alter("lead")),
        "alter(weight, transformer_fn=log)": of(np.log, above(alter("size"))),
        "ego(weight, transformer_fn=log2)": of(lambda x: np.log2(x.T), above(alter("size"))),
        "alter(weight, transformer_fn=log10, ignore_repetitions=TRUE)": lambda nets, values: np.where(
            nets["call"] > 0, 0.0, np.log10(values["size"] + 0.5)[None, :]
        ),
        "diff(lead)": of(np.abs, gap),
        "diff(lead, transformer_fn=identity)": gap,
        "diff(lead, transformer_fn=sign)": of(np.sign, gap),
        "diff(lead, transformer_fn=exp)": of(np.exp, gap),
        "diff(lead, transform=sqrt)": of(lambda x: np.sqrt(np.abs(x)), gap),
    }
    rows = [(time, node, value + 0.5) for time, name, node, value in plain.attribute_changes if name == "size"]
    data = data.with_attribute("weight", plain.attributes["size"] + 0.5).with_attribute_changes(
        "weight", {"time": [e[0] for e in rows], "node": [f"a{e[1]}" for e in rows], "replace": [e[2] for e in rows]}
    )
    theta = some(len(terms), 36)
    goal = plain.ordered("intensity", acts, list(terms.values()), theta, "call")
    assert value_at(terms, theta, data, model="intensity") == pytest.approx(goal, abs=1e-9)


@pytest.mark.parametrize(
    ("pasted", "named"),
    [
        ("tertius(call, size, summarizer_fn = function(x) median(x, na.rm = TRUE))", "summarizer_fn=median"),
        (r"tertius(call, size, summarizer_fn = \(y) max(y))", "summarizer_fn=max"),
        ("tertius(call, actors$size, summarizer_fn = min)", "summarizer_fn=min"),
        ("tertius(call, size, transformer_fn = function(x) log1p(x))", "transformer_fn=log1p"),
    ],
)
def test_functions_as_r_writes_them(pasted, named):
    known = Names(("call",), ("size",), "call")
    (found,) = read_formula(f"~ {pasted}", known, by_actor=False).terms
    (meant,) = read_formula(f"~ tertius(call, size, {named})", known, by_actor=False).terms
    assert found == meant


def test_a_root_of_weights_that_were_added_and_taken_away_again():
    """0.3 - 0.1 - 0.2 is a little less than 0."""
    steps = [("a", "b", 0.3), ("a", "b", -0.1), ("a", "b", -0.2), ("b", "c", 1.0)]
    changes = dict(zip(("sender", "receiver", "increment"), zip(*steps, strict=True), strict=True))
    data = rp.EventData(list("abcd")).with_network("paid", changes={"time": [1, 2, 3, 4], **changes})
    acts = {"time": [5, 6, 7], "sender": ["a", "b", "c"], "receiver": ["c", "c", "a"]}
    name = "tie(paid, weighted=TRUE, transformer_fn=sqrt)"
    found = rp.fit(f"~ {name}", data, events=acts, network="paid", fixed={name: 1.0})
    alike = [math.log(1 / 3), 1 - math.log(math.e + 2), math.log(1 / 3)]
    assert found.log_likelihood == pytest.approx(sum(alike), abs=1e-9)
