"""The measures on the interwar record: they apply, and agree with figures counted apart from it."""

import numpy as np
import pytest

from rapallo.experiment.record_within import record_within
from rapallo.measures import applies, get_measure, measures
from rapallo.scenario.load import load
from rapallo.scenario.timeline import record_history
from rapallo.system.history import as_day

SHIPPED = [each for each in measures() if each.function.__module__.startswith("rapallo.measures.library")]


@pytest.fixture(scope="module")
def scenario():
    return load("interwar")


@pytest.fixture(scope="module")
def record(scenario):
    return record_within(record_history(scenario), as_day("1919-01-01"), as_day("1940-01-01"))


@pytest.mark.parametrize("each", SHIPPED, ids=lambda each: each.name)
def test_applies_and_gives_its_shape(each, scenario, record):
    assert applies(each, scenario) == ""
    result = each(record)
    if each.shape == "yearly":
        assert [str(date.date()) for date in result.index] == [f"{year}-12-31" for year in range(1919, 1940)]


def test_the_scenarios_own_measures_are_there_and_apply(scenario):
    assert [applies(get_measure(name), scenario) for name in scenario.measures] == [""] * len(scenario.measures)


def test_hidden_rearmament_bears_the_scenarios_unit(scenario):
    assert get_measure("hidden_rearmament").unit == scenario.quantities["hidden_capability"].unit


def test_the_wave_of_recognition_has_the_counted_height(record):
    # year-end counts of states with de jure relations, counted apart; two off for polities that are no states
    counted = {"1923": 10, "1924": 21, "1926": 24, "1932": 24, "1933": 26, "1934": 31, "1935": 33}
    found = record.measure("recognised_by")
    assert {year: found[f"{year}-12-31"] for year in counted} == pytest.approx(counted, abs=2)


def test_recognition_came_in_the_known_order(record):
    dates = record.measure("recognition_dates")
    assert dates["GBR"] == pytest.approx(1924 + 31 / 366, abs=1 / 366)
    assert dates["GBR"] < dates["ITA"] < dates["GBR"] + 7 / 366
    later = dates[["NOR", "AUS", "GRC", "SWD"]] - dates["GBR"]
    assert ((later > 0) & (later < 45 / 366)).all()
    assert 1924.8 < dates["FRA"] < 1924.9
    assert np.isnan(dates[["SWZ", "NTH", "POR"]]).all()


def test_the_league_has_the_counted_size(record):
    found = record.measure("league_members")
    assert [found[f"{year}-12-31"] for year in (1920, 1926, 1934)] == [48.0, 54.0, 58.0]


def test_the_secret_came_out_in_december_1926(record):
    assert record.measure("cooperation_public") == pytest.approx(1926 + 337 / 365, abs=2 / 365)


def test_article_16_was_applied_once(record):
    assert record.measure("sanction_cases") == 1.0
    assert 45 <= record.measure("sanctioners") <= 55


def test_the_record_states_no_hidden_capability(record):
    assert record.measure("hidden_rearmament").isna().all()
