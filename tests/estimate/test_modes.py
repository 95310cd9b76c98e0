"""Ties from one mode to another, opportunities that change from act to act, and two-paths in their order."""

import math

import numpy as np
import pytest

import rapallo as rp
from rapallo.estimate.formula import Names, read_formula
from tests.estimate.test_definition import NAMES, history, some

PEOPLE, CLUBS = [f"p{k}" for k in range(8)], [f"club{k}" for k in range(5)]


def joining(seed=3, acts=60):
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 8, acts), rng.integers(0, 5, acts)
    rows = {"time": np.arange(1.0, acts + 1), "sender": [PEOPLE[k] for k in first]}
    rows["receiver"] = [CLUBS[k] for k in second]
    age, fee = rng.normal(size=8).round(2), rng.normal(size=5).round(2)
    data = (
        rp.EventData({"label": PEOPLE, "age": age})
        .with_mode("club", {"label": CLUBS, "fee": fee})
        .with_network("member", changes=rows, modes=("actor", "club"))
        .with_network("friend", initial=(rng.random((8, 8)) < 0.3) * (1 - np.eye(8)))
    )
    return data, first, second, age, fee


def test_choices_of_another_mode_against_the_definition():
    data, first, second, age, fee = joining()
    friend = data.networks["friend"].initial[:8, :8]
    theta = some(6, 4)
    goal, x = 0.0, np.zeros((8, 5))
    for s, r in zip(first, second, strict=True):
        row = []
        means = [age[x[:, c] > 0].mean() if x[:, c].any() else np.nan for c in range(5)]
        filled = np.where(np.isnan(means), np.nanmean(means) if not np.isnan(means).all() else 0.0, means)
        for c in range(5):
            three = sum(
                x[s, k] * x[o, k] * x[o, c] for k in range(5) for o in range(8) if k != c and o != s
            )  # fmt: skip
            friends = sum(friend[s, o] * x[o, c] for o in range(8) if o != s)
            row.append([x[s, c], x[:, c].sum(), three, filled[c], friends, fee[c]])
        logs = np.array(row) @ theta
        goal += logs[r] - math.log(np.exp(logs).sum())
        x[s, r] = 1.0
    text = (
        "~ inertia + indeg(member, is_two_mode=TRUE) + four(member, is_two_mode=TRUE) + tertius(member, age)"
        " + mixed_trans(friend, member) + alter(fee)"
    ).replace("TRUE", "True")
    names = [each.strip() for each in text.removeprefix("~").split("+")]
    fixed = dict(zip([name.replace("'", "") for name in names], theta, strict=True))
    found = rp.fit(text, data, events="member", fixed=fixed)
    assert found.log_likelihood == pytest.approx(goal, abs=1e-9)
    assert found.options == 5.0


def test_difference_from_those_who_joined_before():
    data, first, second, age, _ = joining()
    goal, x = 0.0, np.zeros((8, 5))
    for s, r in zip(first, second, strict=True):
        means = np.array([age[x[:, c] > 0].mean() if x[:, c].any() else np.nan for c in range(5)])
        apart = np.abs(np.subtract.outer(age, means))
        filled = np.where(np.isnan(apart), np.nanmean(apart) if x.any() else 0.0, apart)
        goal += 0.7 * filled[s, r] - math.log(np.exp(0.7 * filled[s]).sum())
        x[s, r] = 1.0
    name = "tertius_diff(member, age)"
    assert rp.fit(f"~ {name}", data, events="member", fixed={name: 0.7}).log_likelihood == pytest.approx(goal, abs=1e-9)


def test_each_mode_acts_as_it_may():
    data, first, *_ = joining()
    rate = rp.fit("~ outdeg", data, events="member", model="rate")
    assert rate.options == 8.0 and rate.acts == len(first)
    events = rp.fit("~ indeg + common_receiver(member)", data, events={"time": [70, 71, 72], "sender": PEOPLE[:3],
                    "receiver": PEOPLE[3:6]}, network="friend", prior=1.0)  # fmt: skip
    assert events.options == 7.0
    timed = rp.fit("~ 1 + indeg(member)", data, events="member", model="intensity")
    assert timed.options == 40.0


def test_what_lies_between_the_modes_is_refused_with_its_row():
    data = rp.EventData(PEOPLE).with_mode("club", CLUBS)
    rows = {"time": [1, 2], "sender": ["p0", "club1"], "receiver": ["club0", "club2"]}
    with pytest.raises(rp.RapalloError, match="row 2: the sender club1 is no actor but of the mode 'club'"):
        data.with_network("member", changes=rows, modes=("actor", "club"))
    with pytest.raises(rp.RapalloError, match="row 1: the receiver club0 is no actor"):
        data.with_network("friend", changes={key: value[:1] for key, value in rows.items()})
    with pytest.raises(rp.UnknownNameError, match="did you mean 'club'"):
        data.with_network("member", modes=("actor", "clubs"))
    with pytest.raises(rp.RapalloError, match="name of a node already"):
        data.with_mode("bar", ["club1"])
    with pytest.raises(rp.RapalloError, match="before the first network"):
        data.with_network("friend").with_mode("bar", ["b"])
    friends = data.with_network("friend", changes={"time": [1, 2], "sender": ["p0", "p1"], "receiver": ["p1", "p2"]})
    with pytest.raises(rp.RapalloError, match="leads from one mode to another"):
        rp.fit("~ indeg(friend, is_two_mode=True)", friends)
    with pytest.raises(rp.RapalloError, match="leads from actor to actor"):
        rp.fit("~ indeg", friends, events={"time": [3], "sender": ["p0"], "receiver": ["club0"]}, network="friend")
    aged = data.with_attribute("age", {name: 1.0 * k for k, name in enumerate(PEOPLE[:7])})
    with pytest.raises(rp.RapalloError, match="missing for the actors p7;"):
        rp.fit("~ alter(age)", aged.with_network("friend", changes=friends_rows()))
    joined = {**rows, "sender": ["p0", "p1"]}
    whole = aged.with_attribute("fee", {name: 1.0 for name in CLUBS})
    with pytest.raises(rp.RapalloError, match="of p0 → club0 is missing"):
        rp.fit("~ diff(fee)", whole.with_network("member", changes=joined, modes=("actor", "club")))


def friends_rows():
    return {"time": [1, 2], "sender": ["p0", "p1"], "receiver": ["p1", "p2"]}


@pytest.mark.parametrize("model", ["choice", "intensity", "coordination"])
def test_opportunities_hold_for_their_act_alone(model):
    plain, acts, data = history(9, directed=model != "coordination")
    rng = np.random.default_rng(1)
    chosen = [sorted({r, *([s] if model == "coordination" else []), *rng.integers(0, 7, 4)}) for _, s, r in acts]
    terms = [
        ("reciprocity" if model == "choice" else "tie", {"network": "call"}),
        ("receiver_value", {"attribute": "size"}),
    ]
    terms = terms if model != "coordination" else [("tie", {"network": "call"}), ("difference", {"attribute": "size"})]
    names = {"choice": ["recip", "alter(size)"], "coordination": ["inertia", "diff(size)"]}.get(
        model, ["inertia", "alter(size)"]
    )
    theta = some(2, 5)
    goal = 0.0
    for (time, s, r), who in zip(acts, chosen, strict=True):
        nets, values, here = plain.state(time)

        def weight(a, b, nets=nets, values=values):
            return math.exp(theta @ plain.row(terms, a, b, nets, values))

        open_now = [k for k in who if here[k]]
        if model == "coordination":
            share = {
                (a, b): weight(a, b) / sum(weight(a, c) for c in open_now if c != a)
                for a in open_now
                for b in open_now
                if a != b
            }
            both = {(a, b): share[a, b] * share[b, a] for a, b in share if a < b}
            goal += math.log(both[min(s, r), max(s, r)] / sum(both.values()))
        else:
            senders = [s] if model == "choice" else [k for k in range(7) if here[k]]
            goal += math.log(weight(s, r) / sum(weight(a, b) for a in senders for b in open_now if a != b))
    fixed = dict(zip(names, theta, strict=True))
    told = [[NAMES[k] for k in who] for who in chosen]
    found = rp.fit(names, data, events="call", model=model, fixed=fixed, opportunities=told)
    assert found.log_likelihood == pytest.approx(goal, abs=1e-9)


def test_wrong_opportunities_are_named():
    data = history(9)[2]
    all_of = [NAMES] * 40
    assert rp.fit("~ recip", data, events="call", opportunities=all_of).coef[0] == pytest.approx(
        rp.fit("~ recip", data, events="call").coef[0]
    )
    with pytest.raises(rp.RapalloError, match="each of the 40 acts, in their order; 2 are given"):
        rp.fit("~ recip", data, events="call", opportunities=[["a1"], ["a2"]])
    with pytest.raises(rp.UnknownNameError, match="actor"):
        rp.fit("~ recip", data, events="call", opportunities=[["a99"]] * 40)
    with pytest.raises(rp.RapalloError, match="not among those who could be chosen"):
        rp.fit("~ recip", data, events="call", opportunities=[[], *all_of[1:]])
    with pytest.raises(rp.RapalloError, match="models choice, coordination and intensity"):
        rp.fit("~ outdeg", data, events="call", model="rate", opportunities=all_of)
    with pytest.raises(rp.RapalloError, match="leave the intercept out"):
        rp.fit("~ 1 + recip", data, events="call", model="intensity", opportunities=all_of)


@pytest.mark.parametrize("kind", ["sequential", "consecutive"])
def test_two_paths_in_their_order(kind):
    """Numbered by hand, change by change: a tie that stands anew is new, and one more act on it comes between."""
    plain, acts, data = history(1)
    stands = plain.initial["call"].copy()
    number, count = np.zeros((7, 7)), 0
    theta, goal = some(2, 3), 0.0
    changes = sorted(plain.changes, key=lambda each: each[0])

    def two_paths(a, b, cyclic):
        ends = [(b, k, a) if cyclic else (a, k, b) for k in range(7) if k not in (a, b)]
        total = 0
        for one, k, two in ends:
            if stands[one, k] > 0 and stands[k, two] > 0:
                later = number[k, two] - number[one, k]
                total += later > 0 if kind == "sequential" else later == 1 and number[one, k] > 0
        return total

    place = 0
    for time, s, r in acts:
        while place < len(changes) and changes[place][0] < time:
            _, name, a, b, value, _ = changes[place]
            place += 1
            if name == "call":
                before = stands[a, b]
                stands[a, b] += value
                count += 1
                if before <= 0 < stands[a, b]:
                    number[a, b] = count
        here = plain.state(time)[2]
        logs = {
            b: theta @ [two_paths(s, b, False), two_paths(s, b, True)] for b in range(7) if here[b] and b != s
        }  # fmt: skip
        goal += logs[r] - math.log(sum(math.exp(each) for each in logs.values()))
    names = [f"trans(call, history={kind})", f"cycle(history={kind})"]
    found = rp.fit(names, data, events="call", fixed=dict(zip(names, theta, strict=True)))
    assert found.log_likelihood == pytest.approx(goal, abs=1e-9)


@pytest.mark.parametrize(("between", "found"), [((), 1), (("b", "a"), 0), (("a", "b"), 0)])
def test_any_change_of_the_network_breaks_a_sequence(between, found):
    """A tie a → b and then b → c, at once or after another tie or a second act on the first: is a → b → c one path?"""
    steps = [("a", "b"), between, ("b", "c"), ("a", "c"), ("c", "b"), ("c", "a"), ("d", "a")]
    steps = [each for each in steps if each]
    acts = {"time": range(len(steps)), "sender": [s for s, _ in steps], "receiver": [r for _, r in steps]}
    data = rp.EventData(list("abcd")).with_network("call", changes=acts)
    name = "trans(call, history=consecutive)"
    logs = rp.fit(f"~ {name}", data, fixed={name: 1.0}).surprise.set_index(["sender", "receiver"])["log_probability"]
    assert logs["a", "c"] == pytest.approx(found - math.log(math.exp(found) + 2))


def test_ego_of_tertius_in_a_relational_event_model():
    """Where only the sender counts, a pair is its sender, and any of the receivers."""
    plain, acts, data = history(1)
    of_pairs = rp.fit(
        ["tertius(call, size, type=ego)"],
        data,
        events="call",
        model="intensity",
        fixed={"tertius(call, size, type=ego)": 0.4},
    )
    of_actors = rp.fit(["tertius(call, size)"], data, events="call", model="rate", fixed={"tertius(call, size)": 0.4})
    receivers = sum(math.log(plain.state(time)[2].sum() - 1) for time, *_ in acts)
    assert of_pairs.log_likelihood == pytest.approx(of_actors.log_likelihood - receivers, abs=1e-9)


R_TERMS = """
indeg outdeg node_trans nodeTrans ego(size) alter(size) tertius(call,size) tie(trust) inertia recip same(size)
diff(size) sim(size) ego_alter_interaction(list(size,kind)) egoAlterInt(list(size,kind))
tertius_diff(call,size) trans cycle tertiusDiff(call,size) common_sender commonSender common_receiver
commonReceiver four mixed_trans(list(call,trust)) mixedTrans(list(call,trust)) mixed_cycle(list(call,trust))
mixedCycle(list(call,trust)) mixed_common_sender(list(call,trust)) mixedCommonSender(list(call,trust))
mixed_common_receiver(list(call,trust)) mixedCommonReceiver(list(call,trust))
indeg(call,weighted=TRUE,type="ego") outdeg(weighted=TRUE) node_trans(call,type="ego")
tie(trust,weighted=TRUE,window="3days") recip(ignore_repetitions=TRUE) trans(call,transformer_fn=sqrt)
cycle(history="consecutive") diff(size,transformer_fn=abs) tertius(call,size,window=300,summarizer_fn=mean)
ego(size,is_two_mode=TRUE) inertia(call,weighted=TRUE,transformer_fn=log1p)
tertius(call,size,transformer_fn=abs,summarizer_fn=function(x)median(x,na.rm=TRUE))
tertius_diff(call,size,transformer_fn=identity,summarizer_fn=\\(x)max(x)) sim(size,transformer_fn=abs)
"""


@pytest.mark.parametrize("term", R_TERMS.split())
def test_every_effect_of_goldfish_goes_by_its_name_there(term):
    known = Names(("call", "trust"), ("size", "kind"), "call")
    for by_actor in (False, True):
        (read,) = read_formula(f"~ {term}", known, by_actor=by_actor).terms
        assert len(read.factors) == 1
