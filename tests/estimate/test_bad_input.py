"""What bad data and hopeless models get: a clear error, or a named warning, never a silent drop."""

import math
from dataclasses import replace

import numpy as np
import pytest

import rapallo as rp
from tests.scenario.test_timeline import attack, scenario

GOOD = {"time": [1.0, 2, 3, 4, 5, 6], "sender": list("abcabd"), "receiver": list("bcabcb")}


def refuses(*words, formula="~ recip", acts=None, nodes=None, **how):
    with pytest.raises(rp.RapalloError) as caught:
        made = rp.EventData({"label": list("abcd"), **(nodes or {})}).with_network("call", changes=acts or GOOD)
        rp.fit(formula, made, events="call", **how)
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_unknown_actor_is_named_with_its_row_and_the_nearest_name():
    refuses("row 3", "'cc'", "did you mean 'c'", acts={**GOOD, "sender": ["a", "b", "cc", "a", "b", "d"]})


def test_an_act_on_oneself():
    refuses("row 4", "a is tied to itself", acts={**GOOD, "receiver": list("bcaacb")})


def test_no_time():
    refuses("row 2", "there is no time", acts={**GOOD, "time": [1.0, np.nan, 3, 4, 5, 6]})


def test_a_tie_that_stands_already():
    twice = {**GOOD, "sender": list("abcaba"), "receiver": list("bcabcc")}
    refuses("row 4", "a → b", "stands already", acts=twice, change="form", formula="~ indeg")


def test_a_tie_that_cannot_end():
    ending = {**GOOD, "increment": [1, 1, 1, 1, -1, -1], "sender": list("abcaad"), "receiver": list("bcabbb")}
    refuses("d → b", "that could end", acts=ending, change="end", formula="~ indeg")


def test_a_sender_not_yet_present():
    made = rp.EventData({"label": list("abcd"), "present": [1, 1, 1, 0]}).with_network("call", changes=GOOD)
    made = made.with_attribute_changes("present", {"time": [7.0], "node": ["d"], "replace": [1]})
    with pytest.raises(rp.RapalloError, match=r"row 6.*the sender d is not present then"):
        rp.fit("~ recip", made, events="call")


def test_a_receiver_outside_the_risk_set():
    allowed = np.ones((4, 4), dtype=bool)
    allowed[:, 2] = False
    refuses("row 2", "b → c", "outside the risk set", allowed=allowed)


def test_a_missing_attribute_is_refused_by_name_until_a_rule_is_chosen():
    nodes = {"size": [1.0, np.nan, 2.0, 3.0]}
    refuses("'size'", "actors b", "missing='mean'", nodes=nodes, formula="~ alter(size)")
    made = rp.EventData({"label": list("abcd"), **nodes}).with_network("call", changes=GOOD)
    mean = rp.fit("~ alter(size)", made, events="call", missing="mean")
    assert mean.missing == "mean" and "1 initial" in mean.warnings[0]
    left = rp.fit("~ alter(size)", made, events="call", missing="leave out")
    chosen = [receiver for receiver in GOOD["receiver"] if receiver == "b"]
    assert left.left_out == len(chosen) and left.acts == 6 - len(chosen)
    assert any(f"{len(chosen)} of 6 acts are left out" in warning for warning in left.warnings)
    assert "(row 1, a → b" in left.warnings[-1]


def test_words_have_no_mean():
    """Red, blue and green are numbered inside: the mean of their numbers would be one of them."""
    nodes = {"colour": ["red", None, "blue", "green"]}
    words = ("'colour' holds words, of which there is no mean", "missing for b", "missing='leave out'")
    refuses(*words, nodes=nodes, formula="~ same(colour)", missing="mean")
    made = rp.EventData({"label": list("abcd"), **nodes}).with_network("call", changes=GOOD)
    found = rp.fit("~ same(colour) + recip", made, events="call", missing="leave out", prior=1.0)
    assert found.left_out == sum("b" in pair for pair in zip(GOOD["sender"], GOOD["receiver"], strict=True))


def test_the_mean_rule_gives_the_mean_of_the_others():
    made = rp.EventData({"label": list("abcd"), "size": [1.0, np.nan, 2.0, 6.0]}).with_network("call", changes=GOOD)
    full = rp.EventData({"label": list("abcd"), "size": [1.0, 3.0, 2.0, 6.0]}).with_network("call", changes=GOOD)
    changes = {"time": [2.5], "node": ["c"], "replace": [np.nan]}
    known = {"time": [2.5], "node": ["c"], "replace": [10.0 / 3.0]}
    found = rp.fit("~ alter(size)", made.with_attribute_changes("size", changes), events="call", missing="mean")
    goal = rp.fit("~ alter(size)", full.with_attribute_changes("size", known), events="call")
    assert found["alter(size)"] == pytest.approx(goal["alter(size)"], abs=1e-12)


def test_no_acts():
    refuses("no acts", acts={"time": [], "sender": [], "receiver": []})
    refuses("between start and end", start=100.0)


def test_one_actor():
    with pytest.raises(rp.RapalloError, match="one actor only"):
        rp.fit("~ recip", rp.EventData(["a"]).with_network("call", changes=None), events="call")


def test_no_actors_and_two_of_one_name():
    with pytest.raises(rp.RapalloError, match="no actors"):
        rp.EventData([])
    with pytest.raises(rp.RapalloError, match="two actors are called 'a'"):
        rp.EventData(["a", "b", "a"])


def test_a_statistic_that_never_varies_is_named():
    refuses(
        "`alter(size)` is the same for every option in every one of the 6 choices",
        nodes={"size": [2.0] * 4},
        formula="~ recip + alter(size)",
    )
    refuses("`alter(size)` is zero", nodes={"size": [0.0] * 4}, formula="~ recip + alter(size)")


def test_statistics_that_move_together_are_named():
    nodes = {"claims": [1.0, 2, 4, 3], "debt": [10.0, 20, 40, 30], "size": [1.0, 5, 2, 2]}
    refuses(
        "`alter(claims)` and `alter(debt)` move together in every one of the 6 choices",
        nodes=nodes,
        formula="~ alter(size) + alter(claims) + alter(debt)",
    )


def test_separation_is_named_and_gives_no_standard_error():
    acts = {"time": range(1, 9), "sender": list("abcdabcd"), "receiver": list("dddadddb")}
    made = rp.EventData({"label": list("abcd"), "rich": [0.0, 0.0, 0.0, 1.0]}).with_network("call", changes=acts)
    found = rp.fit("~ alter(rich)", made, events="call")
    assert not found.converged and np.isnan(found.se).all()
    assert "`alter(rich)` separates the acts" in found.warnings[0]
    held = rp.fit("~ alter(rich)", made, events="call", prior=2.0)
    assert held.converged and held.method == "maximum a posteriori" and 0 < held["alter(rich)"] < 5
    assert held.se[0] > 0 and "N(0, 2)" in held.summary()


def test_separation_in_time_is_named():
    acts = {"time": range(1, 9), "sender": list("abababab"), "receiver": list("bcbcbcbc")}
    made = rp.EventData({"label": list("abcd"), "idle": [0.0, 0.0, 1.0, 1.0]}).with_network("call", changes=acts)
    found = rp.fit("~ 1 + ego(idle)", made, events="call", model="rate")
    assert not found.converged and "nothing ever happened" in found.warnings[0]
    assert np.isnan(found.se[1]) and np.isfinite(found.se[0])


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        ("~ inertai", "did you mean 'inertia'"),
        ("~ tie(frendship)", "frendship"),
        ("~ alter", "does not say what its attribute is"),
        ("~ alter(call)", "is a network"),
        ("~ inertia(size)", "is an attribute"),
        ("~ inertia + inertia", "twice"),
        ("~ inertia +", "is no formula"),
        ("~ trans(call, weighted)", "no weighted form"),
        ("~ trans(call, ego)", "form of ego"),
        ("~", "no terms"),
        ("~ recip(call, transformer_fn=cube)", "cube"),
        ("~ recip(call, history=sequential)", "history"),
        ("~ recip(call, transformer_fn=lgo)", "did you mean 'log'"),
        ("~ recip(call, transformer_fn = function(x) x^2)", "name a function"),
        ("~ recip(call, transformer_fn=sqrt, transform=log)", "not both"),
        ("~ tertius(call, size, summarizer_fn=medain)", "did you mean 'median'"),
        ("~ tertius_diff(call, size, summarizer_fn=maxi)", "did you mean 'max'"),
        ("~ alter(size, summarizer_fn=mean)", "goes with tertius and tertius_diff"),
        ("~ sim(size, transformer_fn=square)", "the opposite sign"),
        ("~ indeg(call, transformer_fn=log)", "log of 0, which an option has, is no finite number; take log1p"),
        ("~ diff(size, transformer_fn=sqrt)", "sqrt of -"),
        ("~ diff(size, transformer_fn=log1p)", "log1p of -"),
        ("~ alter(large, transformer_fn=exp)", "exp of 800, which an option has, is no finite number; scale"),
        ("~ alter(colour)", "holds words"),
        ("~ recip(call, window='3 fortnights')", "no stretch of time"),
    ],
)
def test_wrong_formulas(formula, word):
    refuses(
        word,
        formula=formula,
        nodes={"size": [1.0, 2, 3, 4], "large": [1.0, 2, 3, 800], "colour": ["red", "blue", "red", "red"]},
    )


def test_wrong_switches():
    refuses("did you mean 'choice'", model="choise")
    refuses("leave out", missing="leave")
    refuses("change", change="from")
    refuses("kind of interval", interval="walds")
    refuses("'recip'", fixed={"recp": 1.0})
    refuses("is a date", start="2020-01-01")


def test_an_intercept_where_it_means_nothing_is_left_out_with_a_warning():
    made = rp.EventData(list("abcd")).with_network("call", changes=GOOD)
    found = rp.fit("~ 1 + indeg", made, events="call")
    assert found.names == ("indeg",) and "intercept is left out" in found.warnings[0]


def test_coordination_of_directed_ties():
    refuses("'call' is directed", model="coordination")


def test_an_asymmetric_mutual_network():
    matrix = np.zeros((4, 4))
    matrix[0, 1], matrix[1, 0] = 1.0, 2.0
    with pytest.raises(rp.RapalloError, match="not directed"):
        rp.EventData(list("abcd")).with_network("pact", initial=matrix, directed=False)


def test_initial_ties_that_are_told_twice_or_to_oneself():
    made, twice = rp.EventData(list("abcd")), {"sender": list("aba"), "receiver": list("bab"), "value": [1, 1, 3]}
    with pytest.raises(rp.RapalloError, match="initial ties of 'pact', row 3: a → b is told twice"):
        made.with_network("pact", initial=twice)
    with pytest.raises(rp.RapalloError, match="initial ties of 'pact', row 1: a is tied to itself"):
        made.with_network("pact", initial={"sender": ["a"], "receiver": ["a"]})


def test_a_change_without_a_value_is_no_silent_absence_of_an_act():
    acts = {**GOOD, "increment": [1, 1, np.nan, 1, 1, 1]}
    nodes = {"size": [1.0, 2, 3, 4]}
    words = ("changes of 'call', row 3", "missing='mean'")
    for rule in ("refuse", "leave out"):  # no term reads the network
        refuses(*words, acts=acts, nodes=nodes, formula="~ alter(size)", missing=rule)
    made = rp.EventData({"label": list("abcd"), **nodes}).with_network("call", changes=acts)
    found = rp.fit("~ alter(size) + indeg", made, events="call", missing="mean", prior=1.0)
    said = (
        "call: 0 initial and 1 later ties (the first in row 3) are missing and count as absent, and none of them as an"
    )
    assert found.acts == 5 and found.warnings == (f"{said} act",)


def test_actors_without_a_name():
    with pytest.raises(rp.RapalloError, match="the table of actors, row 3: the actor has no name"):
        rp.EventData({"label": ["a", "b", None], "size": [1, 2, 3]})


def test_times_are_all_dates_or_all_numbers():
    dated = rp.EventData(list("abcd")).with_network(
        "call", changes={**GOOD, "time": [f"1920-01-0{k}" for k in range(1, 7)]}
    )
    with pytest.raises(rp.RapalloError, match="dates in one table and numbers in another"):
        dated.with_network("talk", changes=GOOD)


def test_presence_by_spells_is_presence_by_changes():
    spells = {"label": ["a", "b", "c", "d"], "begin": [None, None, None, 5.5], "end": [None, 5.0, None, None]}
    acts = {**GOOD, "sender": list("abcacd"), "receiver": list("bcaaaa")}
    acts["receiver"][3] = "c"
    one = rp.EventData(list("abcd")).with_presence(spells).with_network("call", changes=acts)
    nodes = {"label": list("abcd"), "present": [1, 1, 1, 0]}
    changes = {"time": [5.5, 5.0], "node": ["d", "b"], "replace": [1, 0]}
    two = rp.EventData(nodes).with_attribute_changes("present", changes).with_network("call", changes=acts)
    found = [rp.fit("~ indeg", data, events="call", model="intensity") for data in (one, two)]
    assert found[0].log_likelihood == found[1].log_likelihood
    assert found[0].options == pytest.approx((4 * 6 + 2 + 6) / 6)


def test_neither_yes_nor_no():
    with pytest.raises(rp.RapalloError, match=r"row 2: present is nan, not 0 or 1 \(1 such rows\)"):
        rp.EventData({"label": list("abc"), "present": [1, np.nan, 1]})
    offers = {**GOOD, "agreed": [1, 0, 1, np.nan, 1, 2]}
    made = rp.EventData({"label": list("abcd"), "size": [1.0, 2, 3, 4]}).with_network("offer", changes=None)
    with pytest.raises(rp.RapalloError, match=r"acts, row 4: agreed is nan, not 0 or 1 \(2 such rows\)"):
        rp.fit("~ 1 + alter(size)", made, events=offers, network="offer", model="consent")


def test_infinite_values():
    with pytest.raises(rp.RapalloError, match=r"attribute 'size', row 2: the value is infinite"):
        rp.EventData({"label": list("abc"), "size": [1.0, np.inf, 1.0]})
    with pytest.raises(rp.RapalloError, match=r"changes of 'call', row 3: the value is infinite"):
        rp.EventData(list("abcd")).with_network("call", changes={**GOOD, "increment": [1, 1, np.inf, 1, 1, 1]})


def test_leaving_before_entering():
    with pytest.raises(rp.RapalloError, match="row 1: a leaves before it enters"):
        rp.EventData(list("ab")).with_presence({"label": ["a"], "begin": [5.0], "end": [2.0]})


def test_acts_of_a_history_that_the_model_does_not_allow_are_all_listed():
    """An act of the record is given where the model calls it impossible; the result names each, not only the first."""
    model = scenario([attack(f"X{k}", f"192{k}-03-01") for k in range(1, 5)])
    model.processes["attack"] = replace(
        model.processes["attack"], given=False, weighting="intensity", senders=("B",), receivers="state"
    )
    with pytest.raises(rp.RapalloError, match="holds no act of 'attack' that the model allows"):
        rp.fit("attack ~ constant", model.record, missing="default")
    mixed = scenario([attack("X1", "1921-03-01"), attack("X2", "1922-03-01", "B", "A")])
    mixed.processes["attack"] = replace(
        mixed.processes["attack"], given=False, weighting="intensity", senders=("B",), receivers="state"
    )
    found = rp.fit("attack ~ constant", mixed.record, missing="default")
    assert found.acts == 1 and len(found.facts["impossible acts"]) == 1
    assert found.facts["impossible acts"][0].startswith("X1, 1921-03-01 A → B: A is no sender")
    assert any("1 acts are impossible" in word for word in found.warnings)


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ({"prior": "wide"}, "one standard deviation for all"),
        ({"prior": {"recip": 2.0}}, "mean and standard deviation for each parameter"),
        ({"fixed": ["recip"]}, "a finite number for each parameter"),
        ({"fixed": {"recip": float("nan")}}, "a finite number for each parameter"),
        ({"level": "95%"}, "level='95%': give a number above zero"),
        ({"tolerance": -1.0}, "a number above zero"),
        ({"memory": 0}, "a number above zero"),
        ({"controls": 2.5}, "a whole number, not below zero"),
        ({"impute": -1}, "a whole number, not below zero"),
        ({"controls": 2, "seed": 2**70}, "a whole number, not below zero"),
        ({"allowed": [[1, 1], [1, 2]]}, "true or false for every pair"),
        ({"pool": ["recip"]}, "by what each term differs"),
        ({"missing": None}, "give a word"),
        ({"model": 5}, "give a word"),
        ({"opportunities": list("bcabcb")}, "a list of names for each act"),
        ({"formula": 5}, "write '~ inertia + recip'"),
        ({"formula": "~ recip(call, tick=1)"}, "give half_life"),
    ],
)
def test_arguments_of_the_wrong_kind(how, word):
    refuses(word, **how)


def test_tables_of_the_wrong_kind():
    made = rp.EventData(list("abcd"))
    for acts, word in (
        ({**GOOD, "increment": list("abcdef")}, "row 1: increment is 'a', not a number (6 such rows)"),
        ({**GOOD, "time": [1, 2]}, "columns of one length"),
        ({**GOOD, "time": ["1920-01-01", "soon", *["1920-01-02"] * 4]}, "row 2"),
    ):
        with pytest.raises(rp.RapalloError) as caught:
            made.with_network("call", changes=acts)
        assert word in str(caught.value) and "\n" not in str(caught.value)
    with pytest.raises(rp.RapalloError, match="give a DataFrame"):
        rp.EventData(5)
    with pytest.raises(rp.RapalloError, match="has no name"):
        rp.EventData(["a", None])
    with pytest.raises(rp.RapalloError, match="give True or False"):
        made.with_network("call", directed="no")
    with pytest.raises(rp.RapalloError, match="row 1: 2 is neither 0 nor 1"):
        made.with_attribute_changes("present", {"time": [1], "node": ["a"], "replace": [2]})
    with pytest.raises(rp.RapalloError, match="neither numbers nor words"):
        made.with_attribute("size", [[1], [2], [3], [4]])


def few(**acts):
    """Six calls among four actors, of whom ``b`` has no size."""
    table = {"time": [1.0, 2, 3, 4, 5, 6], "sender": list("abcabd"), "receiver": list("bcadca")} | acts
    people = rp.EventData({"label": list("abcd"), "size": [1.0, math.nan, 3.0, 4.0]})
    return people, table


def test_what_is_unknown_of_one_side_leaves_out_a_tie_that_both_choose():
    people, table = few()
    data = people.with_network("call", changes=table, directed=False)
    found = rp.fit("~ inertia + alter(size)", data, events="call", model="coordination", missing="leave out", prior=1.0)
    assert found.converged and math.isfinite(found.log_likelihood)
    without = [row for row, pair in enumerate(zip(table["sender"], table["receiver"], strict=True), 1) if "b" in pair]
    assert found.left_out == len(without) == 3 and found.acts == 3
    assert any(f"row {without[0]}, a → b" in word for word in found.warnings)
    known = found.surprise.set_index("row")["log_probability"]
    assert set(known.index[known.isna()]) == set(without)


def test_whom_a_rate_acts_on_is_looked_at_too():
    """The likelihood asks only who acted, but an act that was no option is no act."""
    people, table = few(sender=list("aacabd"), receiver=list("bbadca"))
    data = people.with_network("call", changes=table)
    how = {"events": "call", "model": "rate"}
    with pytest.raises(rp.RapalloError, match=r"call, row 2 \(time 2\): a → b: the tie of call stands already"):
        rp.fit("~ 1", data, change="form", **how)
    allowed = np.ones((4, 4), dtype=bool)
    allowed[2, 0] = False
    with pytest.raises(rp.RapalloError, match=r"row 3 \(time 3\): c → a: the pair lies outside the risk set"):
        rp.fit("~ 1", data, allowed=allowed, **how)
    assert rp.fit("~ 1", data, allowed=allowed, start=3.5, **how).acts == 3
    with pytest.raises(rp.RapalloError, match=r"row 1 \(time 1\): a → b: no tie of call stands that could end"):
        rp.fit("~ 1", data, events=table, network="call", model="rate", change="end")


def test_a_rate_acts_on_nobody_who_is_not_there():
    present = rp.EventData({"label": list("abcd"), "present": [1, 1, 0, 1]})
    acts = {"time": [1.0, 2, 3, 4], "sender": list("abad"), "receiver": list("bacc")}
    changes = {"time": [3.0, 3.5], "node": ["c", "c"], "replace": [1, 0]}
    data = present.with_network("call", changes=acts).with_attribute_changes("present", changes)
    with pytest.raises(rp.RapalloError, match=r"call, row 4 \(time 4\): d → c: the receiver c is not present then"):
        rp.fit("~ 1", data, events="call", model="rate")
    assert rp.fit("~ 1", data, events="call", model="rate", end=3.0).acts == 3


@pytest.mark.parametrize("term", ["common_sender", "recip", "same(size)", "trans:ego(size)", "tie"])
def test_a_rate_weighs_no_pairs(term):
    """Of an actor and itself they would say something else: the senders in common are whoever chose it."""
    people, table = few()
    data = people.with_network("call", changes=table)
    for formula, model in ((f"~ 1 + {term}", "rate"), (f"~ 1 + {term} | recip", "joint")):
        with pytest.raises(rp.RapalloError, match="is about a pair, and a rate weighs actors"):
            rp.fit(formula, data, events="call", model=model, prior=1.0, missing="mean")


def test_switches_that_offers_do_not_have_are_refused():
    people, table = few()
    data = people.with_network("call")
    how = {"events": {**table, "agreed": [1, 0, 1, 0, 1, 1]}, "network": "call", "model": "consent"}
    assert rp.fit("~ 1", data, **how).acts == 6
    for more in ({"change": "form"}, {"allowed": np.ones((4, 4), dtype=bool)}, {"controls": 3}):
        with pytest.raises(rp.RapalloError, match="does not go with model='consent'"):
            rp.fit("~ 1", data, **how, **more)
