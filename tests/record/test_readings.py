import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.record.columns import BASES, CERTAINTIES
from rapallo.record.readings import RULES, choose
from rapallo.record.rows import AttributeRow


def row(value, reading, certainty="medium", basis="read"):
    from rapallo.record.edtf import read_date

    return AttributeRow(
        "F1", "ARC", "power", read_date("1920"), value, "1", ("a",), (), "", basis, certainty, reading, (), "", 2
    )


def test_the_most_certain_reading_wins():
    rows = [row(1.0, "a", "medium"), row(2.0, "b", "high"), row(3.0, "c", "low")]
    choice = choose(rows)
    assert choice.row.value == 2.0
    assert choice.rule == "most certain"
    assert choice.reading == "b"
    assert [each.value for each in choice.lost] == [1.0, 3.0]


def test_basis_decides_between_equal_certainties_and_order_between_equal_bases():
    assert choose([row(1.0, "a", basis="dataset"), row(2.0, "b", basis="read")]).row.value == 2.0
    assert choose([row(1.0, "a"), row(2.0, "b")]).row.value == 1.0


def test_a_reading_is_as_certain_as_its_best_source():
    rows = [row(1.0, "a", "low"), row(2.0, "b", "medium"), row(1.0, "a", "high")]
    choice = choose(rows)
    assert choice.row is rows[2]
    assert choice.agreeing == (rows[0], rows[2])
    assert choice.lost == (rows[1],)


def test_the_first_reading_of_the_table():
    assert choose([row(1.0, "b", "low"), row(2.0, "a", "high")], "first").row.value == 1.0


def test_a_draw_gives_each_reading_alike_whatever_the_number_of_its_sources():
    rows = [row(1.0, "a"), row(1.0, "a"), row(1.0, "a"), row(2.0, "b")]
    values = [choose(rows, "draw", (k + 0.5) / 100).row.value for k in range(100)]
    assert values.count(1.0) == values.count(2.0) == 50


def test_one_draw_makes_all_ties_of_a_fact_choose_alike():
    one, other = [row(1.0, "a"), row(2.0, "b")], [row(4.0, "b"), row(3.0, "a")]
    for draw in (0.1, 0.4, 0.6, 0.9):
        assert choose(one, "draw", draw).reading == choose(other, "draw", draw).reading


@pytest.mark.parametrize("draw", [None, 0.0, 1.0, 1.5])
def test_a_draw_needs_a_number(draw):
    with pytest.raises(RapalloError, match="between 0 and 1"):
        choose([row(1.0, "a")], "draw", draw)


def test_wrong_rules_and_no_rows():
    with pytest.raises(UnknownNameError, match="did you mean 'most certain'"):
        choose([row(1.0, "a")], "most certan")
    with pytest.raises(RapalloError, match="no row"):
        choose([])


ROWS = st.lists(
    st.builds(
        row, st.floats(-9, 9), st.sampled_from(["", "a", "b"]), st.sampled_from(CERTAINTIES), st.sampled_from(BASES)
    ),
    min_size=1,
    max_size=6,
)


@given(ROWS, st.sampled_from(RULES), st.floats(0.001, 0.999))
def test_nothing_is_lost_without_a_word(rows, rule, draw):
    choice = choose(rows, rule, draw)
    assert len(choice.agreeing) + len(choice.lost) == len(rows)
    assert choice.row in choice.agreeing
    assert {each.reading for each in choice.agreeing} == {choice.reading}
    assert choice.reading not in {each.reading for each in choice.lost}


def test_readings_drawn_by_certainty_have_the_odds_of_their_most_certain_row():
    rows = [row(1.0, "a", "high"), row(2.0, "b", "low"), row(2.0, "b", "medium")]
    draws = [(k + 0.5) / 1200 for k in range(1200)]
    found = [choose(rows, "by certainty", draw).reading for draw in draws]
    assert found.count("a") == 900
    assert found.count("b") == 300
    assert choose(rows[:1], "by certainty", 0.99).reading == "a"
    with pytest.raises(RapalloError, match="by certainty"):
        choose(rows, "by certainty")
