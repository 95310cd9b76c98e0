"""Attributes in words, which change in words: a government of another colour."""

import numpy as np
import pytest

import rapallo as rp

ACTS = {"time": [1, 2, 3, 4, 5, 6], "sender": list("abcdab"), "receiver": list("bcdacd")}
COLOURS = {"a": "red", "b": "blue", "c": "red", "d": "green"}
TURNS = {"time": [2.5, 3.5, 4.5], "node": ["a", "b", "d"], "replace": ["blue", "grey", "grey"]}
NUMBERS = {"red": 4.0, "blue": 7.0, "green": 1.0, "grey": 9.0}


def governments(colours=COLOURS, turns=TURNS):
    data = rp.EventData({"label": list(colours), "colour": list(colours.values())}).with_network("call", changes=ACTS)
    return data if turns is None else data.with_attribute_changes("colour", turns)


def test_words_change_as_their_numbers_would():
    numbered = governments(
        {actor: NUMBERS[word] for actor, word in COLOURS.items()},
        {**TURNS, "replace": [NUMBERS[word] for word in TURNS["replace"]]},
    )
    fixed = {"same(colour)": 0.7}
    found = rp.fit("~ same(colour)", governments(), fixed=fixed)
    goal = rp.fit("~ same(colour)", numbered, fixed=fixed)
    before = rp.fit("~ same(colour)", governments(turns=None), fixed=fixed)
    assert found.log_likelihood == pytest.approx(goal.log_likelihood, abs=1e-12)
    assert found.log_likelihood != pytest.approx(before.log_likelihood, abs=0.01)
    assert governments().attributes["colour"].words == ("red", "blue", "green", "grey")


def test_a_word_that_is_missing_leaves_same_unknown():
    data = governments(turns={**TURNS, "replace": ["blue", None, "grey"]})
    with pytest.raises(rp.RapalloError, match="'colour' is missing for its changes, row 2"):
        rp.fit("~ same(colour)", data)
    with pytest.raises(rp.RapalloError, match=r"no mean, and is missing for its changes, row 2 .*'leave out'"):
        rp.fit("~ same(colour)", data, missing="mean")
    left = rp.fit("~ same(colour)", data, missing="leave out", prior=1.0)
    assert left.left_out == 1  # b → d, in the sixth row
    unknown = governments(turns={**TURNS, "replace": [np.nan] * 3})
    assert rp.fit("~ same(colour)", unknown, missing="leave out", prior=1.0).left_out == 3


def test_drawn_dates_keep_the_words():
    data = rp.EventData({"label": list("abcd"), "colour": list(COLOURS.values())}, dates="begins")
    acts = {**ACTS, "time": [f"192{k}-05-01" for k in range(6)]}
    turns = {**TURNS, "time": ["1922-07", "1923-07", "1924-07"]}
    data = data.with_network("call", changes=acts).with_attribute_changes("colour", turns)
    drawn = data.drawn(1, 0).attributes["colour"]
    assert drawn.words == data.attributes["colour"].words and drawn.changes.value.tolist() == [1.0, 3.0, 3.0]


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        ({**TURNS, "replace": [np.nan, 2.0, 1.0]}, "row 2: 2.0 is a number, and it holds words (red, blue, green, …)"),
        ({"time": [2.5], "node": ["a"], "increment": ["blue"]}, "in a column 'replace', nothing can be added"),
        ({"time": [2.5], "node": ["a"]}, "in a column 'replace', nothing can be added"),
        ({**TURNS, "node": ["a", "x", "d"]}, "no actor"),
    ],
)
def test_what_is_no_word_is_named(turns, said):
    with pytest.raises(rp.RapalloError) as caught:
        governments(turns=turns)
    assert said in str(caught.value)


def test_a_word_for_a_number_is_refused_with_its_row():
    numbered = rp.EventData({"label": ["a", "b"], "size": [1.0, 2.0]})
    with pytest.raises(rp.RapalloError, match="changes of 'size', row 2: replace is 'large', not a number"):
        numbered.with_attribute_changes("size", {"time": [1, 2], "node": ["a", "b"], "replace": [3, "large"]})
