"""What every measure that ships must keep to, and what the registry must say."""

from pathlib import Path
from typing import get_args

import bibtexparser
import numpy as np
import pandas as pd
import pytest

import rapallo.measures
from rapallo.errors import RapalloError, UnknownNameError
from rapallo.measures import Measure, applies, apply_measure, from_long, get_measure, long, measure, measures, yearly
from rapallo.measures.library import __path__ as library
from rapallo.measures.result import Shape
from tests.measures.orders import history_of, small_scenario, values

SHIPPED = [each for each in measures() if each.function.__module__.startswith("rapallo.measures.library")]
NAMES = """
    recognised_by recognition_dates breaks soviet_trade soviet_trade_by_partner german_trade_share negotiations
    risings subversion exposures cooperation_known cooperation_public cooperation_known_to_britain
    officers_exchanged hidden_rearmament capability_balance sanction_cases sanctioners league_members
    continental_bloc polarisation dispute_risk revolts_within_60_days recognition_by_government
    manoeuvre treaties_of_the_vanquished relations
"""


@pytest.fixture(scope="module")
def bibliography():
    text = (Path(rapallo.measures.__file__).parent / "sources.bib").read_text(encoding="utf-8")
    return bibtexparser.parse_string(text).entries_dict


def shape_of(result):
    if isinstance(result, float):
        return "number"
    return "yearly" if isinstance(result.index, pd.DatetimeIndex) else "actor"


def test_the_names_that_scenarios_use_are_there():
    assert {each.name for each in SHIPPED} == set(NAMES.split())


def test_one_file_each_named_for_its_measure():
    files = {path.stem for path in Path(library[0]).glob("*.py")} - {"__init__"}
    assert files == {each.name for each in SHIPPED}
    for each in SHIPPED:
        assert each.function.__module__.endswith(f".{each.name}")


@pytest.mark.parametrize("each", SHIPPED, ids=lambda each: each.name)
def test_says_in_one_sentence_with_unit_shape_and_needs(each):
    assert each.says.endswith(".") and each.says[0].isupper()
    assert each.says.count(". ") == 0 and len(each.says) < 130
    assert not each.detail or each.detail.endswith(".")
    assert each.unit and each.needs
    assert each.shape in get_args(Shape)


@pytest.mark.parametrize("each", SHIPPED, ids=lambda each: each.name)
def test_citation_is_in_the_bibliography_and_says_why(each, bibliography):
    if each.cites:
        assert bibliography[each.cites]["why"]


def test_every_work_in_the_bibliography_is_cited(bibliography):
    assert set(bibliography) == {each.cites for each in SHIPPED} - {""}


@pytest.mark.parametrize("each", SHIPPED, ids=lambda each: each.name)
@pytest.mark.parametrize("record", [False, True], ids=["run", "record"])
def test_has_its_shape_even_where_nothing_happens(each, record):
    history = history_of(record=record)
    result = each(history)
    assert shape_of(result) == each.shape
    if each.shape == "yearly":
        assert [str(date.date()) for date in result.index] == ["1921-12-31", "1922-12-31", "1923-12-31"]
    elif each.shape == "actor":
        assert tuple(result.index) == history.actors
    if each.shape != "number":
        assert result.dtype == np.float64 and result.name == each.name


@pytest.mark.parametrize("each", SHIPPED, ids=lambda each: each.name)
def test_comes_back_from_a_long_table(each):
    acts = [
        ("1922-03-01", layer, "form", "DEU", "USSR") for layer in ("recognition", "treaty", "rising", "cooperation")
    ]
    result = each(history_of(*acts, series={"trade": [(1922, "DEU", "USSR", 3.0), (1922, "USSR", "DEU", 4.0)]}))
    keys, numbers = long(result)
    assert len(keys) == len(numbers) and all(type(key) is str for key in keys)
    back = from_long(each.name, list(keys), list(numbers))
    if isinstance(result, float):
        assert back == pytest.approx(result, nan_ok=True) and list(keys) == [""]
    else:
        pd.testing.assert_series_equal(back, result, check_freq=False)


@pytest.mark.parametrize(
    ("each", "name"),
    [(each, name) for each in SHIPPED for name in each.needs],
    ids=lambda part: getattr(part, "name", part),
)
def test_names_what_is_missing(each, name):
    without = small_scenario(without=(name,))
    assert applies(each, small_scenario()) == ""
    assert repr(name) in applies(each, without)
    with pytest.raises(RapalloError, match=f"{each.name!r} needs {name!r}"):
        each(history_of(without=(name,)))


def test_a_users_own_measure_works_at_once():
    @measure(unit="quarrels")
    def quarrels(history):
        """How many disputes France is party to."""
        return len(history.select(layer="dispute", sender="FRA")) + len(history.select(layer="dispute", receiver="FRA"))

    history = history_of(
        ("1922-01-01", "dispute", "form", "FRA", "DEU"), ("1923-01-01", "dispute", "form", "ITA", "FRA")
    )
    assert history.measure("quarrels") == 2.0
    assert get_measure("quarrels") is quarrels and "quarrels" in [each.name for each in measures()]
    assert (quarrels.says, quarrels.unit, applies(quarrels, history.scenario)) == (
        "How many disputes France is party to.",
        "quarrels",
        "",
    )


def test_a_users_own_yearly_measure_is_dated():
    @measure(unit="alliances", shape="yearly")
    def alliances_of_france(history):
        """How many allies France has at each year's end."""
        return yearly(history, lambda dates: history.count_at("alliance", dates, receiver="FRA"))

    history = history_of(("1922-12-31", "alliance", "form", "FRA", "POL"), standing=[("alliance", "BEL", "FRA")])
    assert values(apply_measure(history, "alliances_of_france")) == [1.0, 2.0, 2.0]


def test_a_misspelt_name_gets_the_nearest():
    with pytest.raises(UnknownNameError, match="no measure is called 'recognized_by'; did you mean 'recognised_by'"):
        get_measure("recognized_by")
    with pytest.raises(UnknownNameError, match="did you mean 'soviet_trade'"):
        history_of().measure("soviet trade")


def test_refuses_a_measure_without_a_sentence_or_with_an_unknown_shape():
    with pytest.raises(RapalloError, match="'silent' has no docstring"):

        @measure(unit="1")
        def silent(history):
            return 0.0

    with pytest.raises(RapalloError, match="did you mean 'yearly'"):
        measure(shape="yearl")


@pytest.mark.parametrize(
    ("result", "what"),
    [
        ("three", "gave a str"),
        ([1.0, 2.0], "gave a list"),
        (pd.Series([1.0, 2.0]), "gave a Series"),
        (None, "gave a NoneType"),
    ],
)
def test_refuses_a_result_of_no_shape(result, what):
    odd = Measure("odd", lambda history: result, "Something odd.")
    with pytest.raises(RapalloError, match=f"'odd' {what}"):
        odd(history_of())


def test_refuses_a_result_of_another_shape_than_declared():
    odd = Measure("odd", lambda history: 1.0, "Something odd.", shape="yearly")
    with pytest.raises(RapalloError, match="gave a result of shape 'number' and declares 'yearly'"):
        odd(history_of())


def test_refuses_too_few_years_and_no_rows():
    with pytest.raises(RapalloError, match="each of the 3 years"):
        yearly(history_of(), [1.0, 2.0])
    with pytest.raises(RapalloError, match="0 keys and 0 values"):
        from_long("breaks", [], [])
