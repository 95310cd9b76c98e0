from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapallo.errors import DateError
from rapallo.record.time import EPOCH, YEAR, to_date, to_day, to_text


def test_epoch_is_day_zero_and_a_year_is_a_julian_year():
    assert to_day(EPOCH) == 0.0
    assert YEAR == 365.25
    assert to_day("1900-01-02") == 1.0
    assert to_day("1899-12-31") == -1.0


def test_noon_lies_within_its_day():
    assert to_day(datetime(1924, 2, 1, 12)) == to_day("1924-02-01") + 0.5
    assert to_text(to_day("1924-02-01") + 0.999) == "1924-02-01"


@given(st.dates())
def test_days_and_dates_are_inverse(day):
    assert to_date(to_day(day)) == day
    assert to_day(day.isoformat()) == to_day(day)


@given(st.dates(), st.dates())
def test_days_count_days(first, second):
    assert to_day(second) - to_day(first) == (second - first).days


@pytest.mark.parametrize("text", ["1924", "1924-02", "19240201", "1924-W05-5", "1924-13-01", "1 Feb 1924", ""])
def test_only_iso_days_are_read(text):
    with pytest.raises(DateError, match="YYYY-MM-DD"):
        to_day(text)


@pytest.mark.parametrize("day", [float("inf"), float("nan"), 1e12, -1e12])
def test_no_date_beyond_the_calendar(day):
    with pytest.raises(DateError, match="is no day"):
        to_date(day)


def test_dates_are_dates():
    assert to_date(8796.0) == date(1924, 2, 1)
