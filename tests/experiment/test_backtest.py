"""Rolling origins: forecasts are right where the truth is known, see nothing ahead, and lose nothing when stopped."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rapallo.errors import MissingExtraError, RapalloError, UnknownNameError
from rapallo.experiment.at_origin import FROZEN, GIVEN, MODEL, forecast_at, score_at
from rapallo.experiment.backtest import backtest, origins_of
from rapallo.experiment.question import ask
from rapallo.experiment.run_folder import Interrupted
from rapallo.record.folder import Folder
from rapallo.record.time import to_day, to_text
from rapallo.scenario.load import load, load_folder
from tests.experiment.known_order import known_order
from tests.scenario.earlier import earlier, without_later_decisions
from tests.scenario.folders import files_of


def test_where_the_truth_is_known_the_forecast_is_calibrated():
    """Twenty records, each drawn from the order's own truth; the numbers are learnt from the first ten years.

    States act on their own, so that what came less what was expected has variance sum p (1 - p). A
    right program fails each of the three tests with probability 0.001, with the seeds fixed for good.
    """
    tables = []
    for seed in range(20):
        scenario = known_order(seed)
        made = forecast_at(scenario, ask(scenario), to_day("1930-01-01"), runs=40, seed=seed)
        tables.append(score_at(scenario, ask(scenario), to_day("1930-01-01"), made)[0].assign(seed=seed))
    table = pd.concat(tables)
    table = table[table["calendar"] == FROZEN]
    model = table[table["forecaster"] == MODEL]
    for _, part in model.groupby("horizon"):
        chance, came = part["probability"].to_numpy(), part["happened"].to_numpy(float)
        assert abs((came - chance).sum()) < 3.29 * np.sqrt((chance * (1.0 - chance)).sum())
    # whoever knows what moves them forecasts better than who does not
    mean = table[table["horizon"] == 2].groupby("forecaster")["log_score"].mean()
    assert mean[MODEL] < mean["constant hazard"] - 0.01
    assert mean["logistic regression"] < mean["constant hazard"]


def narrowed(scenario, *processes):
    """Keep some processes: learning all of them takes minutes."""
    return replace(scenario, processes={name: scenario.processes[name] for name in processes})


def bytes_of(made, calendar):
    return [
        (each.by, each.time.tobytes(), {name: counts.tobytes() for name, counts in each.counts.items()})
        for each in made.forecasts[calendar]
    ]


def test_deleting_everything_later_moves_no_byte_of_a_forecast():
    """Of the interwar order: the fit, its draws, the runs and every baseline.

    With the calendar given, what the model decides is deleted, and what tells of it. The same for
    all processes and every origin is a longer proof: verification/nothing_ahead.py.
    """
    day = "1923-01-01"
    keep = ("recognise", "resort_to_war", "end_war")
    files = files_of("interwar")
    texts = (files, earlier(files, day), without_later_decisions(files, day))
    orders = [narrowed(load_folder(Folder("interwar", contents=each)), *keep) for each in texts]
    assert len(orders[1].tables.acts) < len(orders[2].tables.acts) < len(orders[0].tables.acts)
    question = replace(ask(orders[0]), counted=("recognise",))
    whole, frozen, given = (forecast_at(each, question, to_day(day), runs=3, seed=1) for each in orders)
    assert [each.process for each in whole.numbers.learned] == ["recognise"]
    assert bytes_of(whole, FROZEN) == bytes_of(frozen, FROZEN)
    assert bytes_of(whole, GIVEN) == bytes_of(given, GIVEN)
    # and they do move with what they may see: the calendar of later years
    assert bytes_of(whole, GIVEN) != bytes_of(frozen, GIVEN)
    pd.testing.assert_frame_equal(whole.numbers.table(), frozen.numbers.table())


@pytest.fixture(scope="module")
def order():
    return known_order(100)


@pytest.fixture(scope="module")
def whole(order, tmp_path_factory):
    folder = tmp_path_factory.mktemp("backtest") / "whole"
    return backtest(order, start=1928, end=1931, runs=12, seed=4, jobs=1, folder=folder)


def test_a_backtest_says_who_forecast_what(whole):
    assert repr(whole) == ("<Backtest of 'known': tie with HUB, 4 origins from 1928-01-01 to 1931-01-01, 12 runs each>")
    table = whole.table()
    assert table.index.names == ["calendar", "horizon", "forecaster"]
    assert set(table.index.get_level_values("forecaster")) == set(whole.forecasters)
    pairs = whole.pairs
    assert len(pairs) == 2 * 3 * 5 * pairs.groupby("origin")["sender"].nunique().sum()
    assert table.loc[("frozen", 1, MODEL), "log_score"] == pytest.approx(
        pairs[(pairs["calendar"] == "frozen") & (pairs["horizon"] == 1) & (pairs["forecaster"] == MODEL)][
            "log_score"
        ].mean()
    )
    gaps = whole.differences()
    row = gaps[(gaps["calendar"] == "frozen") & (gaps["horizon"] == 1) & (gaps["score"] == "log_score")]
    row = row[row["other"] == "constant hazard"].iloc[0]
    expected = table.loc[("frozen", 1, MODEL), "log_score"] - table.loc[("frozen", 1, "constant hazard"), "log_score"]
    assert row["difference"] == pytest.approx(expected)
    assert row["low"] <= row["difference"] <= row["high"] and row["origins"] == 4
    states = whole.states(1)
    assert states["origins"].max() <= 4 and {MODEL, "logistic regression"} <= set(states.columns)
    for score in ("log_score", "brier", "crps"):
        one = pairs[
            (pairs["calendar"] == "given") & (pairs["horizon"] == 2) & (pairs["sender"] == pairs["sender"].iloc[0])
        ]
        found = whole.states(2, "given", score).loc[pairs["sender"].iloc[0], list(whole.forecasters)]
        assert found.to_dict() == pytest.approx(one.groupby("forecaster")[score].mean().to_dict())
    with pytest.raises(UnknownNameError, match="brier"):
        whole.states(1, score="briar")
    bins = whole.calibration(5)
    assert bins["forecasts"].sum() == len(pairs) / (2 * 3 * 5)
    assert ((bins["low"] <= bins["probability"]) & (bins["probability"] <= bins["high"])).all()
    for of in ("dates", "counts"):
        places = whole.pit(of, 2)
        assert ((places >= 0) & (places <= 1)).all() and len(places)
    assert "Look-ahead that remains" in whole.summary() and len(whole.reading("given")) == 3
    assert set(whole.numbers["process"]) == {"join", "part"}
    for of in ("differences", "calibration", "transforms"):
        assert whole.plot(of).axes
    with pytest.raises(UnknownNameError, match="calibration"):
        whole.plot("calibrations")


def test_what_came_is_what_the_record_says(order, whole):
    acts = order.record.acts(layer="tie", change="form")
    for origin in whole.origins:
        for years in (1, 2, 5):
            end = f"{int(origin[:4]) + years}{origin[4:]}"
            came = set(acts[(acts["date"] >= origin) & (acts["date"] < end)]["sender"])
            part = whole.pairs[(whole.pairs["origin"] == origin) & (whole.pairs["horizon"] == years)]
            assert set(part[part["happened"]]["sender"]) == came & set(part["sender"])
            standing = order.record.at(origin)
            assert standing is not None


def test_stopped_and_resumed_is_the_same(order, whole, tmp_path):
    folder = tmp_path / "again"
    options = dict(start=1928, end=1931, runs=12, seed=4, jobs=1, folder=folder)

    def stop(progress):
        if progress.stage == "simulating" and progress.done >= 100:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        backtest(order, **options, progress=stop)
    assert (stopped.value.done, stopped.value.total) == (96, 192)  # two origins of 48 runs each are whole
    with pytest.raises(RapalloError, match="go on with --resume"):
        backtest(order, **options)
    with pytest.raises(RapalloError, match="seed: 4 there, 5 now"):
        backtest(order, **{**options, "seed": 5}, resume=True)
    backtest(order, **options, resume=True)
    for name in ("pairs", "counts", "numbers"):
        assert (folder / f"{name}.parquet").read_bytes() == (whole.folder / f"{name}.parquet").read_bytes()
    assert not (folder / "parts").exists()


def test_the_page_shows_scores_states_and_what_was_seen_ahead(whole):
    text = whole.report().read_text("utf-8")
    assert "Look-ahead that remains" in text and "State S05" in text and "constant hazard" in text
    assert 'href="#what-is-claimed"' in text and 'id="what-is-claimed"' in text
    assert text.count("<img") == 3 and "http" not in text.replace("http://www.w3.org", "")
    best = whole.table().loc[("frozen", 1)]["log_score"].min()
    assert f'class="number best">{best:.3f}<' in text
    assert (whole.folder / "differences.svg").read_text("utf-8").startswith("<?xml")


def test_origins_leave_a_year_behind_and_five_ahead(order):
    interwar = load("interwar")
    days = [to_text(day) for day in origins_of(interwar, ask(interwar))]
    assert days == [f"{year}-01-01" for year in range(1921, 1935)]
    assert [to_text(day) for day in origins_of(order, ask(order), "1925-07-01", "1927-12-31")] == [
        "1925-07-01",
        "1926-07-01",
        "1927-07-01",
    ]
    with pytest.raises(RapalloError, match="no origin leaves a year known before it"):
        origins_of(order, ask(order), 1938)


def test_what_cannot_be_asked_says_so(order):
    interwar = load("interwar")
    asked = ask(interwar)
    assert (asked.process, asked.layer, asked.receiver) == ("recognise", "recognition", "USSR")
    assert "exchange_officers" not in asked.counted and "enter_dispute" in asked.counted
    with pytest.raises(UnknownNameError, match="recognise"):
        ask(interwar, "recognize")
    with pytest.raises(RapalloError, match="'break_relations' forms no lasting ties"):
        ask(interwar, "break_relations")
    with pytest.raises(UnknownNameError, match="USSR"):
        ask(interwar, receiver="USR")
    with pytest.raises(RapalloError, match="ask for 1 to"):
        backtest(order, runs=0)
    with pytest.raises(RapalloError, match="nothing to resume without a folder"):
        backtest(order, resume=True)


def test_without_the_library_of_scores_one_line_says_how_to_get_it(order, monkeypatch):
    monkeypatch.setitem(sys.modules, "scoringrules", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'rapallo\[estimate\]'"):
        backtest(order)
