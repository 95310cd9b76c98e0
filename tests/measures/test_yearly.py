"""Years, dates and what is not known."""

import numpy as np
import pytest

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.measures import acts_per_year, attribute_at, decimal_year, flow_per_year, get_measure, tied_at, yearly
from rapallo.system.history import as_day
from tests.measures.orders import by_year, history_of, values


def test_years_end_on_31_december_and_with_the_span():
    history = history_of(start="1921-03-01", end="1923-06-16")
    result = yearly(history, lambda dates: dates)
    assert list(by_year(result)) == ["1921-12-31", "1922-12-31", "1923-06-15"]
    assert np.all(np.floor(result) == [as_day(date) for date in by_year(result)])


def test_a_span_that_ends_with_a_year_has_no_empty_year_after_it():
    assert list(by_year(yearly(history_of(end="1923-01-01"), np.zeros(2)))) == ["1921-12-31", "1922-12-31"]


def test_a_span_within_one_year_has_one_date():
    assert by_year(yearly(history_of(start="1922-02-01", end="1922-05-01"), [7.0])) == {"1922-04-30": 7.0}


def test_the_last_day_of_the_year_belongs_to_it_and_new_year_does_not():
    history = history_of(
        ("1921-12-31", "alliance", "form", "FRA", "POL"),
        ("1922-01-01", "alliance", "form", "FRA", "CZE"),
        ("1922-01-01", "dispute", "form", "FRA", "DEU"),
    )
    assert values(yearly(history, lambda dates: history.count_at("alliance", dates))) == [1.0, 2.0, 2.0]
    assert values(acts_per_year(history, history.select(layer="dispute"))) == [0.0, 1.0, 0.0]


def test_acts_of_one_occasion_count_once_at_the_first():
    history = history_of(
        ("1921-12-30", "dispute", "form", "FRA", "DEU", 4),
        ("1922-01-02", "dispute", "form", "BEL", "DEU", 4),
        ("1922-02-01", "dispute", "form", "POL", "CZE", 5),
        ("1922-02-01", "dispute", "form", "POL", "CZE"),
        ("1922-02-01", "dispute", "form", "CZE", "POL"),
    )
    assert values(acts_per_year(history, history.select(layer="dispute"))) == [1.0, 3.0, 0.0]


def test_outside_the_records_coverage_is_unknown_not_zero():
    act = ("1922-02-01", "dispute", "form", "FRA", "DEU")
    coverage = [("dispute", "1921-06", "1922"), ("treaty", "1922-03", "1922-12-31")]
    record = history_of(act, record=True, coverage=coverage)
    acts = record.select(layer="dispute")
    assert values(acts_per_year(record, acts, layer="dispute")) == [None, 1.0, None]
    assert values(acts_per_year(record, acts, layer="rising")) == [0.0, 1.0, 0.0]
    run = history_of(act, coverage=coverage)
    assert values(acts_per_year(run, acts, layer="dispute")) == [0.0, 1.0, 0.0]


def test_what_stands_at_a_years_end_is_known_if_that_moment_is_covered():
    coverage = [("treaty", "1922-03", "1922-12-31")]
    record = history_of(("1922-02-01", "treaty", "form", "FRA", "DEU"), record=True, coverage=coverage)
    assert values(yearly(record, lambda dates: record.count_at("treaty", dates), layer="treaty")) == [None, 1.0, None]


def test_flows_add_what_is_known_and_are_unknown_where_nothing_is():
    trade = [
        (1921, "GBR", "USSR", 5.0),
        (1921, "DEU", "USSR", np.nan),
        (1921, "USSR", "DEU", 100.0),
        (1922, "DEU", "USSR", np.nan),
        (1919, "DEU", "USSR", 9.0),
        (1930, "DEU", "USSR", 9.0),
        (1923, "DEU", "USSR", 2.0),
        (1923, "GBR", "USSR", 3.0),
    ]
    history = history_of(series={"trade": trade})
    assert values(flow_per_year(history, "trade", receiver="USSR")) == [5.0, None, 5.0]
    assert values(flow_per_year(history, "trade", sender="DEU", receiver="USSR")) == [None, None, 2.0]
    assert values(flow_per_year(history, "loans")) == [None, None, None]


def test_decimal_years_know_leap_years():
    assert decimal_year(as_day("1924-01-01")) == 1924.0
    assert decimal_year(as_day("1924-07-02")) == 1924.5
    assert decimal_year(as_day("1923-07-02") + 0.5) == 1923.5
    assert np.isnan(decimal_year(np.nan))


def test_an_attribute_holds_from_its_date_until_the_next():
    history = history_of(
        opening=[("colour", "GBR", -1.0), ("colour", "FRA", 0.5)],
        changes=[("1921-02-01", "colour", "GBR", 1.0), ("1922-02-01", "colour", "GBR", -0.5)],
    )
    who = [history.code("actor", name) for name in ("GBR", "FRA", "USSR")]
    days = np.array([as_day(date) for date in ("1921-01-31", "1921-02-01", "1922-01-31", "1922-02-01")])
    found = attribute_at(history, "colour", who, days[:, None])
    assert found.tolist() == [[-1.0, 0.5, 0.0], [1.0, 0.5, 0.0], [1.0, 0.5, 0.0], [-0.5, 0.5, 0.0]]
    instant_before = np.nextafter(as_day("1922-02-01"), -np.inf)
    assert attribute_at(history, "colour", [who[0]], instant_before).tolist() == [1.0]
    with pytest.raises(UnknownNameError, match="did you mean 'colour'"):
        attribute_at(history, "color", who, days[0])


def test_an_attribute_that_never_changes_is_that_of_the_opening():
    history = history_of(opening=[("capability", "GBR", 0.1)])
    assert attribute_at(history, "capability", [history.code("actor", "GBR")], np.zeros((2, 1))).tolist() == [[0.1]] * 2


def test_a_history_without_a_calendar_says_so():
    from dataclasses import replace

    history = replace(history_of(("1922-01-01", "dispute", "form", "GBR", "FRA")), calendar=None)
    with pytest.raises(RapalloError, match="has no calendar"):
        get_measure("dispute_risk")(history)


def test_ties_stand_between_form_and_end_in_any_of_the_layers():
    history = history_of(
        ("1921-05-01", "treaty", "form", "FRA", "POL"),
        ("1922-05-01", "alliance", "form", "POL", "FRA"),
        ("1922-06-01", "treaty", "end", "POL", "FRA"),
        ("1923-02-01", "alliance", "end", "FRA", "POL"),
        ("1922-06-01", "treaty", "form", "FRA", "HUN"),
        standing=[("treaty", "DEU", "FRA")],
    )
    dates = [as_day(date) for date in ("1921-04-01", "1921-06-01", "1922-12-01", "1923-03-01")]
    found = tied_at(history, ("treaty", "alliance"), dates, ("POL", "FRA", "DEU"))
    assert found[:, 0, 1].tolist() == [False, True, True, False]
    assert found[:, 1, 2].tolist() == [True] * 4
    assert not found[:, 0, 2].any()
    assert np.array_equal(found, found.transpose(0, 2, 1))
    everyone = tied_at(history, ("treaty",), dates)
    assert everyone.sum(axis=(1, 2)).tolist() == [2, 4, 4, 4]
