import calendar
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rapallo.errors import DateError
from rapallo.record.edtf import RULES, read_date
from rapallo.record.time import to_day, to_text

SPANS = [
    ("1924-02-01", "1924-02-01", "1924-02-01", "day"),
    ("1922-07", "1922-07-01", "1922-07-31", "month"),
    ("1924-02", "1924-02-01", "1924-02-29", "month"),
    ("1900-02", "1900-02-01", "1900-02-28", "month"),
    ("1922", "1922-01-01", "1922-12-31", "year"),
    ("1926~", "1926-01-01", "1926-12-31", "year"),
    ("1926-06?", "1926-06-01", "1926-06-30", "month"),
    ("1926-06-05%", "1926-06-05", "1926-06-05", "day"),
    ("1922-07-29/1922-08-11", "1922-07-29", "1922-08-11", "day"),
    ("1922/1923-05", "1922-01-01", "1923-05-31", "year"),
    ("1926-06~/1927", "1926-06-01", "1927-12-31", "year"),
    ("1917-11-08/..", "1917-11-08", None, "day"),
    ("../1922", None, "1922-12-31", "year"),
    ("..", None, None, "year"),
    ("../..", None, None, "year"),
    ("[1926-12-02,1926-12-09]", "1926-12-02", "1926-12-09", "day"),
    ("[1926-12-09, 1926-12-02]", "1926-12-02", "1926-12-09", "day"),
    ("[1926-12-02..1926-12-05]", "1926-12-02", "1926-12-05", "day"),
    ("[1926..1928]", "1926-01-01", "1928-12-31", "year"),
    ("[..1926]", None, "1926-12-31", "year"),
    ("[1926-05..]", "1926-05-01", None, "month"),
]


@pytest.mark.parametrize(("text", "earliest", "latest", "precision"), SPANS)
def test_bounds_and_precision(text, earliest, latest, precision):
    when = read_date(text)
    assert when.text == str(when) == text
    assert when.earliest == (None if earliest is None else to_day(earliest))
    assert when.latest == (None if latest is None else to_day(latest))
    assert when.precision == precision


@pytest.mark.parametrize(
    ("text", "approximate", "uncertain", "exact"),
    [
        ("1926-06-05", False, False, True),
        ("1926-06-05~", True, False, False),
        ("1926-06-05?", False, True, False),
        ("1926-06-05%", True, True, False),
        ("1926-06", False, False, False),
        ("1926-06-05/1926-06-05", False, False, True),
        ("1897~/1914", True, False, False),
    ],
)
def test_marks(text, approximate, uncertain, exact):
    when = read_date(text)
    assert (when.approximate, when.uncertain, when.exact) == (approximate, uncertain, exact)


def test_marks_do_not_move_the_bounds():
    for text in ("1926", "1926-06", "1926-06-05"):
        for mark in "~?%":
            plain, marked = read_date(text), read_date(text + mark)
            assert (plain.earliest, plain.latest) == (marked.earliest, marked.latest)


@pytest.mark.parametrize(
    ("text", "rule", "day"),
    [
        ("1924-02-01", "earliest", "1924-02-01"),
        ("1924-02-01", "latest", "1924-02-01"),
        ("1924-02-01", "midpoint", "1924-02-01"),
        ("1922", "earliest", "1922-01-01"),
        ("1922", "latest", "1922-12-31"),
        ("1922", "midpoint", "1922-07-02"),
        ("1922-07-29/1922-08-11", "midpoint", "1922-08-04"),
        ("1922/..", "earliest", "1922-01-01"),
        ("../1922", "latest", "1922-12-31"),
    ],
)
def test_rules(text, rule, day):
    assert to_text(read_date(text).resolve(rule)) == day


def test_midpoint_of_a_set_is_one_of_its_members():
    when = read_date("[1926-12-02,1926-12-09,1926-12-24]")
    assert to_text(when.resolve("midpoint")) == "1926-12-09"
    assert to_text(read_date("[1926-12-02,1926-12-09]").resolve("midpoint")) == "1926-12-02"


def test_a_draw_from_a_set_gives_each_member_alike():
    when = read_date("[1926-12-02,1927-03,1928]")
    drawn = [to_text(when.resolve("draw", (k + 0.5) / 3000))[:4] for k in range(3000)]
    assert {year: drawn.count(year) for year in set(drawn)} == {"1926": 1000, "1927": 1000, "1928": 1000}


def test_a_draw_from_a_month_gives_each_day_alike():
    drawn = [read_date("1924-02").resolve("draw", (k + 0.5) / 290) for k in range(290)]
    assert [drawn.count(to_day("1924-02-01") + day) for day in range(29)] == [10] * 29


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("1922/..", "latest"),
        ("1922/..", "midpoint"),
        ("1922/..", "draw"),
        ("../1922", "earliest"),
        ("../1922", "midpoint"),
        ("..", "earliest"),
        ("..", "latest"),
        ("[..1922]", "draw"),
    ],
)
def test_no_default_closes_an_open_side(text, rule):
    with pytest.raises(DateError, match=r"open (beginning|end)"):
        read_date(text).resolve(rule, 0.5)


def test_a_caller_may_close_an_open_side():
    first, last = to_day("1917-11-08"), to_day("1941-06-22")
    assert read_date("..").resolve("earliest", first=first) == first
    assert read_date("1922/..").resolve("latest", last=last) == last
    assert read_date("1922/..").resolve("earliest", first=first) == to_day("1922-01-01")
    assert first <= read_date("..").resolve("midpoint", first=first, last=last) <= last
    with pytest.raises(DateError, match="leaves no day"):
        read_date("1942/..").resolve("midpoint", last=last)


@pytest.mark.parametrize("draw", [None, 0.0, 1.0, -0.1, 2.0, float("nan")])
def test_a_draw_needs_a_number_between_0_and_1(draw):
    with pytest.raises(DateError, match="between 0 and 1"):
        read_date("1922").resolve("draw", draw)


def test_a_misspelt_rule_gets_the_nearest():
    with pytest.raises(DateError, match="did you mean 'midpoint'"):
        read_date("1922").resolve("midpiont")


def test_order_is_claimed_only_where_it_is_known():
    before = read_date
    assert before("1922").surely_before(read_date("1923"))
    assert not before("1922").surely_before(read_date("1922-12-31"))
    assert not before("1922-12").surely_before(read_date("1922"))
    assert not before("1922~").surely_before(read_date("1923"))
    assert before("1922~").surely_before(read_date("1924-02"))
    assert not before("1922/..").surely_before(read_date("1930"))
    assert not before("1922").surely_before(read_date("../1930"))


def test_reading_twice_gives_the_same_object():
    assert read_date("1922-07") is read_date("1922-07")
    assert read_date("1922-07") != read_date("1922-08")


SIMPLE = st.one_of(
    st.dates(date(1000, 1, 1), date(2200, 12, 31)).map(lambda day: day.isoformat()),
    st.dates(date(1000, 1, 1), date(2200, 12, 31)).map(lambda day: day.isoformat()[:7]),
    st.integers(1000, 2200).map(str),
)
MARKED = st.tuples(SIMPLE, st.sampled_from(["", "~", "?", "%"])).map("".join)
INTERVAL = st.tuples(MARKED | st.just(".."), MARKED | st.just("..")).map("/".join)
MEMBER = SIMPLE | st.tuples(SIMPLE, SIMPLE).map("..".join)
SET = st.lists(MEMBER, min_size=1, max_size=4).map(lambda members: f"[{','.join(members)}]")


def readable(text):
    try:
        return read_date(text)
    except DateError as error:
        assert "before it begins" in error.what
        assume(False)


@given(MARKED | INTERVAL | SET, st.floats(1e-9, 1 - 1e-9))
def test_every_rule_gives_a_possible_day(text, draw):
    when = readable(text)
    first, last = to_day("0900-01-01"), to_day("2300-01-01")
    for rule in RULES:
        day = when.resolve(rule, draw, first=first, last=last)
        assert day == int(day)
        assert when.may_be_on(day)
        if when.exact:
            assert day == when.earliest


@given(MARKED | INTERVAL | SET, MARKED | INTERVAL | SET, st.floats(1e-6, 1 - 1e-6))
def test_surely_before_is_true_of_every_draw(one, other, draw):
    first, second = readable(one), readable(other)
    if first.surely_before(second):
        assert first.resolve("draw", draw, first=-1e6) < second.resolve("draw", draw, last=1e6)
        assert not second.surely_before(first)


@given(st.text(alphabet="0123456789-/.,[]~?% XujJFeb:T", max_size=24))
@settings(max_examples=500)
def test_any_text_is_read_or_named(text):
    try:
        when = read_date(text)
    except DateError as error:
        assert error.what
        assert error.suggestion
    else:
        assert when.earliest is None or when.latest is None or when.earliest <= when.latest


def struct_day(struct):
    return float((date(struct.tm_year, struct.tm_mon, struct.tm_mday) - date(1900, 1, 1)).days)


@given(SIMPLE)
@settings(max_examples=40, deadline=None)
def test_bounds_agree_with_another_program_on_simple_dates(text):
    oracle = pytest.importorskip("edtf").parse_edtf(text)
    when = read_date(text)
    assert when.earliest == struct_day(oracle.lower_strict())
    assert when.latest == struct_day(oracle.upper_strict())


@given(st.tuples(SIMPLE, SIMPLE).map(sorted).map("/".join))
@settings(max_examples=25, deadline=None)
def test_bounds_agree_with_another_program_on_intervals(text):
    when = readable(text)
    oracle = pytest.importorskip("edtf").parse_edtf(text)
    assert when.earliest == struct_day(oracle.lower_strict())
    assert when.latest == struct_day(oracle.upper_strict())


@given(st.lists(SIMPLE, min_size=2, max_size=3, unique=True).map(sorted).map(lambda members: f"[{', '.join(members)}]"))
@settings(max_examples=25, deadline=None)
def test_bounds_agree_with_another_program_on_sets(text):
    when = readable(text)
    oracle = pytest.importorskip("edtf").parse_edtf(text)
    assert when.earliest == struct_day(oracle.lower_strict())
    assert when.latest == struct_day(oracle.upper_strict())


@given(st.integers(1000, 2200), st.integers(1, 12))
def test_months_have_the_calendars_days(year, month):
    when = read_date(f"{year}-{month:02d}")
    assert when.latest - when.earliest + 1 == calendar.monthrange(year, month)[1]
