import pytest

from rapallo.errors import DateError
from rapallo.record.edtf import read_date

WRONG = [
    # what a spreadsheet has made of a date
    ("Jul-22", "spreadsheet has rewritten", "1922-07"),
    ("Jul-22", "spreadsheet has rewritten", "YYYY-07-22"),
    ("22-Jul", "spreadsheet has rewritten", "YYYY-07-22"),
    ("1-Feb-24", "spreadsheet has rewritten", "1924-02-01"),
    ("8798", "serial number", "1924-02-01"),
    ("8798.5", "serial number", "1924-02-01"),
    ("1924.0", "decimals", "1924"),
    ("1924-02-01T00:00:00", "time of day", "1924-02-01"),
    ("1924-02-01 00:00", "time of day", "1924-02-01"),
    ("1926-27", "no month 27", "1926/1927"),
    # order of day and month
    ("01/02/1924", "ambiguous", "1924-02-01 or 1924-01-02"),
    ("13/02/1924", "order year, month, day", "1924-02-13"),
    ("02/13/1924", "order year, month, day", "1924-02-13"),
    ("02/02/1924", "order year, month, day", "1924-02-02"),
    ("01.02.1924", "order year, month, day", "1924-02-01"),
    ("1/2/24", "ambiguous", "YYYY-MM-DD"),
    # no such day
    ("1924-13-01", "no month 13", "1924-01-13"),
    ("1924-13", "no month 13", "months run from 01 to 12"),
    ("1924-02-31", "29 days", "1924-02"),
    ("1923-02-29", "28 days", "1923-02"),
    ("1924-04-31~", "30 days", "1924-04"),
    ("1924-00", "zero for a month", "1924"),
    ("1924-02-00", "zero for a month or a day", "1924"),
    ("0924", "outside 1000 to 2200", "YYYY"),
    ("Y17000", "outside 1000 to 2200", "YYYY"),
    # words
    ("c. 1926", "'about' in words", "1926~"),
    ("circa 1926-05", "'about' in words", "1926-05~"),
    ("before 1926", "open interval in words", "../1926"),
    ("since 1926", "open interval in words", "1926/.."),
    ("February 1924", "month in words", "1924-02"),
    ("1 February 1924", "month in words", "1924-02-01"),
    ("Feb 1, 1924", "month in words", "1924-02-01"),
    ("winter 1920", "season", "interval"),
    ("1922-21", "season", "1922-03/1922-05"),
    ("1922-24", "season", "1922-12/1923-02"),
    ("unknown", "no date", "leave the cell empty"),
    # punctuation
    ("1924/02/01", "not written YYYY-MM-DD", "1924-02-01"),
    ("1924-2-1", "not written YYYY-MM-DD", "1924-02-01"),
    ("1924-2", "leading zero", "1924-02"),
    ("19240201", "no hyphens", "1924-02-01"),
    ("1924/02", "interval of years", "1924-02"),
    ("1922–1923", "word processor", "keyboard"),
    ("1922-1923", "interval with a hyphen", "1922/1923"),
    ("1922..1923", "'..' outside a set", "1922/1923"),
    ("1922/", "no end", "1922/.."),
    ("/1922", "no beginning", "../1922"),
    ("1922/1923/1924", "more than one slash", "[a,b,c]"),
    ("1923/1922", "ends before it begins", "1922/1923"),
    ("[1926-12-02,1926-12-09", "not closed", "[1926-12-02,1926-12-09]"),
    ("[1926,]", "empty member", "[a,b,c]"),
    ("[1927..1926]", "ends before it begins", "1926..1927"),
    (" 1924", "blanks around it", "1924"),
    ("١٩٢٤", "no part of a date", "YYYY"),
    ("", "empty", "YYYY"),
    # valid elsewhere, not accepted here
    ("{1922,1923}", "all of its members", "one row for each date"),
    ("192X", "digit open", "1920/1929"),
    ("1920s", "digit open", "1920/1929"),
    ("1922-XX", "digits open", "1922"),
    ("~1924", "mark in the wrong place", "at the end"),
    ("1924~-02", "mark in the wrong place", "at the end"),
    # inside an interval or a set the part is named
    ("1924-02-30/1924-03-01", "in '1924-02-30/1924-03-01': '1924-02-30' does not exist", "1924-02"),
    ("[1924-13,1925]", "in '[1924-13,1925]'", "months run"),
    ("x" * 5000, "5000 characters", "YYYY"),
]


@pytest.mark.parametrize(("text", "what", "right"), WRONG)
def test_what_is_wrong_and_what_would_be_right(text, what, right):
    with pytest.raises(DateError) as caught:
        read_date(text)
    assert what in caught.value.what
    assert right in caught.value.suggestion


@pytest.mark.parametrize(("text", "what", "right"), WRONG)
def test_messages_stay_short(text, what, right):
    with pytest.raises(DateError) as caught:
        read_date(text)
    assert len(str(caught.value)) < 300
