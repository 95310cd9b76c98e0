"""What ends a tie, where ties have weights: only that after which none stands."""

import math

import pytest

import rapallo as rp

STEPS = [
    ("a", "b", 2),
    ("a", "c", 1),
    ("b", "c", 1),
    ("a", "b", -1),  # row 4: one of two pacts is denounced, and the other stands
    ("a", "c", -1),
    ("b", "c", -1),
    ("a", "c", 3),
    ("a", "c", -2),  # row 8
    ("a", "b", -1),
]


def pacts(steps=STEPS, column="increment"):
    table = {"time": range(1, len(steps) + 1), "sender": [s for s, *_ in steps], "receiver": [r for _, r, _ in steps]}
    return rp.EventData(list("abcd")).with_network("pact", changes={**table, column: [x for *_, x in steps]})


def test_what_leaves_a_tie_standing_is_no_ending():
    """Three endings: the first of a → c, with b tied by one pact to a; then of b → c, alone; and the last of a → b."""
    name = "tie(pact, weighted=TRUE)"
    found = rp.fit(f"~ {name}", pacts(), change="end", fixed={name: 1.0})
    assert found.surprise["row"].tolist() == [5, 6, 9]
    assert found.surprise["log_probability"].tolist() == pytest.approx([-math.log(2), 0.0, -math.log(2)])
    (said,) = [each for each in found.warnings if "still stands" in each]
    assert said.startswith("changes of pact after which the tie still stands: 2, in row 4 (a → b), row 8 (a → c);")


def test_a_replaced_value_ends_a_tie_at_zero_alone():
    replaced = [("a", "b", 3), ("a", "c", 1), ("a", "b", 2), ("a", "b", 0), ("a", "c", 0)]
    found = rp.fit("~ 1", pacts(replaced, "replace"), change="end", model="intensity")
    assert found.acts == 2 and found.surprise["row"].tolist() == [4, 5]
    assert any("stands: 1, in row 3 (a → b);" in each for each in found.warnings)


def test_a_tie_that_binds_both_ends_from_either_side():
    steps = {"time": [1, 2, 3, 4], "sender": list("abab"), "receiver": list("baba"), "increment": [1, 1, -1, -1]}
    data = rp.EventData(list("abc")).with_network("pact", changes=steps, directed=False)
    found = rp.fit("~ 1", data, change="end", model="intensity")
    assert found.surprise["row"].tolist() == [4]
    assert any("stands: 1, in row 3 (a → b);" in each for each in found.warnings)


def test_two_denounced_at_one_instant_are_one_ending():
    steps = {"time": [1, 2, 2], "sender": list("aaa"), "receiver": list("bbb"), "increment": [2, -1, -1]}
    data = rp.EventData(list("abc")).with_network("pact", changes=steps)
    assert rp.fit("~ 1", data, change="end", model="intensity").surprise["row"].tolist() == [3]


def test_where_every_tie_stands_on_nothing_can_be_estimated():
    with pytest.raises(rp.RapalloError, match=r"no acts in 'pact'.*still stands: 1, in row 4 \(a → b\)"):
        rp.fit("~ 1", pacts(STEPS[:4]), change="end", model="intensity")


def test_what_has_no_value_ends_nothing():
    """A missing tie counts as absent from then on, and is no act."""
    steps = [("a", "b", 1.0), ("a", "c", 1.0), ("a", "b", math.nan), ("a", "c", 0.0)]
    data = pacts(steps, "replace")
    found = rp.fit("~ indeg", data, change="end", missing="mean", fixed={"indeg": 1.0})
    assert found.surprise["row"].tolist() == [4] and found.options == 1.0  # a → c, and no longer a → b
    assert any("none of them as an act" in each for each in found.warnings)


def test_more_on_a_standing_tie_is_no_formation():
    steps = [("a", "b", 1), ("a", "c", 1), ("a", "b", 1)]
    with pytest.raises(rp.RapalloError, match=r"row 3 .*a → b: the tie of pact stands already"):
        rp.fit("~ indeg", pacts(steps), change="form", prior=1.0)
