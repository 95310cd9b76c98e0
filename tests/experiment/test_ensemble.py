"""An ensemble holds the histories that its seed names, whatever made it."""

from __future__ import annotations

import gc
import json
import re
from html import escape

import numpy as np
import pytest

from rapallo.engine.simulate import simulate
from rapallo.errors import RapalloError, ScenarioError, UnknownNameError
from rapallo.experiment.ensemble import ensemble, open_ensemble
from tests.experiment.orders import NAMES, digests, left_over, pair

RUNS = 50


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "one"
    return ensemble(pair(), RUNS, seed=7, jobs=1, folder=folder, measures=NAMES, progress=lambda each: None)


def test_two_processes_write_the_bytes_of_one(made, tmp_path):
    ensemble(pair(), RUNS, seed=7, jobs=2, folder=tmp_path / "two", measures=NAMES, progress=lambda each: None)
    assert digests(tmp_path / "two") == digests(made.folder)
    assert left_over(tmp_path / "two") == left_over(made.folder) == []
    one, two = (json.loads((folder / "manifest.json").read_text()) for folder in (made.folder, tmp_path / "two"))
    assert one.pop("times")["jobs"] == 1
    assert two.pop("times")["jobs"] == 2
    assert one == two


def test_another_seed_gives_other_bytes(made, tmp_path):
    ensemble(pair(), RUNS, seed=8, jobs=1, folder=tmp_path / "other", measures=NAMES)
    assert digests(tmp_path / "other")["acts.parquet"] != digests(made.folder)["acts.parquet"]


def test_every_run_is_the_history_of_its_number(made):
    table = made.acts()
    for run in (0, 19, 20, RUNS - 1):
        history = simulate(pair(), seed=7, run=run)
        rows = table[table["run"] == run]
        np.testing.assert_array_equal(rows["time"].to_numpy(), history.time)
        assert list(rows["process"]) == [history.processes[code] for code in history.process]
        assert list(rows["sender"]) == [history.actors[code] for code in history.sender]
        assert [each.isoformat() for each in rows["date"]] == list(history.acts()["date"])
        again = made.run(run)
        np.testing.assert_array_equal(again.time, history.time)
        assert again.facts == history.facts


def test_the_record_stands_beside_the_runs(made):
    rows = made.acts(run=-1)
    assert list(rows["id"]) == ["PAIR001", "PAIR002", "PAIR003", "PAIR004", "PAIR005"]
    assert list(rows["change"]) == ["form", "end", "form", "end", "form"]
    assert set(rows["origin"]) == {"record"}
    assert made.acts(run=[-1, 3], sender="ARC")["run"].unique().tolist() == [-1, 3]


def test_measures_are_those_of_the_histories(made):
    for name in NAMES:
        found = made.measure(name)
        assert len(found.values) == RUNS
        for run in (0, 33):
            expected = np.atleast_1d(np.asarray(made.run(run).measure(name), dtype=float))
            np.testing.assert_array_equal(found.values.loc[run].to_numpy(), expected)
    assert made.measure("ties_begun").record.tolist() == [3.0]
    dates = made.measure("tied").values.columns
    assert [each.date().isoformat() for each in dates][::5] == ["1920-12-31", "1925-12-31", "1930-01-01"]


def test_a_notebook_shows_what_results_say_of_themselves(made):
    """A ``<`` of ours that is not escaped would begin a tag, and hide the line."""
    run = made.run(0)
    for each in (made, run, run.view("ARC").at("1925-06-01"), run.why(0), made.measure("tied")):
        page = each._repr_html_()
        assert escape(repr(each).splitlines()[0]) in page
        assert set(re.findall(r"</?(\w+)", page)) <= {"b", "br", "p", "table", "tbody", "td", "th", "thead", "tr"}


def test_a_history_is_asked_only_of_its_own_days(made):
    run = made.run(0)
    assert repr(run).endswith("1920-01-01 to 1930-01-01>")
    for day in ("1919-12-31", "1930-01-03", float("nan")):
        with pytest.raises(RapalloError, match=r"outside the history; give a day from 1920-01-01 to 1930-01-01|no day"):
            run.view("ARC").at(day)
    assert "1930-01-01" in repr(run.at("1930-01-01"))


def test_measures_alone_leave_no_acts(made, tmp_path):
    slim = ensemble(pair(), RUNS, seed=7, jobs=1, folder=tmp_path / "slim", measures=NAMES, keep="measures")
    assert sorted(digests(slim.folder)) == ["measures.parquet"]
    assert digests(slim.folder)["measures.parquet"] == digests(made.folder)["measures.parquet"]
    with pytest.raises(RapalloError, match="kept measures alone"):
        slim.acts()


def test_without_a_folder_it_lives_as_long_as_it_is_held():
    held = ensemble(pair(), 3, seed=1, jobs=1)
    folder = held.folder
    assert (folder / "acts.parquet").exists()
    del held
    gc.collect()
    assert not folder.exists()


def test_it_opens_again_with_its_parameters(made, tmp_path):
    changed = pair().with_parameters({"form_tie.constant": 1.5})
    ensemble(changed, 4, seed=2, jobs=1, folder=tmp_path / "changed", measures=("ties_begun",))
    opened = open_ensemble(tmp_path / "changed")
    assert opened.scenario.parameters["form_tie.constant"].value == 1.5
    np.testing.assert_array_equal(opened.run(3).time, simulate(changed, seed=2, run=3).time)
    assert repr(opened) == "<Ensemble of 4 runs of 'pair', seed 2, 1920-01-01 to 1930-01-01>"


def test_a_span_and_a_luck_are_kept(tmp_path):
    kept = ensemble("pair", 4, seed=2, start="1922-01-01", end="1923-12-31", luck="date", jobs=1, measures=("tied",))
    expected = simulate(pair(), seed=2, run=3, start="1922-01-01", end="1923-12-31", luck="date")
    np.testing.assert_array_equal(kept.run(3).time, expected.time)
    assert list(kept.measure("tied").record) == [0.0, 0.0]  # a tie ended in May 1922 and came again in 1924
    assert kept.manifest["span"] == {"from": "1922-01-01", "to": "1923-12-31"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"runs": 0}, "0 runs"),
        ({"seed": -1}, "seed"),
        ({"jobs": 0}, "jobs"),
        ({"luck": "clok"}, "did you mean 'clock'"),
        ({"keep": "act"}, "did you mean 'acts'"),
        ({"measures": ("ties_begn",)}, "did you mean 'ties_begun'"),
        ({"measures": ("recognised_by",)}, "needs"),
        ({"start": "1925-01-01", "end": "1924-01-01"}, "before it starts"),
        ({"end": "1924-13-01"}, "1924-13-01"),
        ({"resume": True, "folder": None}, "without a folder"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(options, says, tmp_path):
    with pytest.raises(RapalloError, match=says):
        ensemble(pair(), **{"runs": 3, "folder": tmp_path / "none", "jobs": 1, **options})
    assert not (tmp_path / "none").exists()


def test_a_scenario_that_is_not_there_is_refused():
    with pytest.raises(UnknownNameError, match="pair"):
        ensemble("pairs", 3)


def test_a_damaged_scenario_reports_its_problems(tmp_path):
    from rapallo.scenario.new import new

    folder = new(tmp_path / "mine")
    (folder / "acts.csv").write_text("nonsense\n")
    with pytest.raises(ScenarioError):
        ensemble(folder, 3, folder=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_no_run_of_that_number(made):
    with pytest.raises(RapalloError, match="numbered 0 to 49"):
        made.run(RUNS)
    with pytest.raises(UnknownNameError, match="did you mean 'tied'"):
        made.measure("tide")
    with pytest.raises(UnknownNameError, match="did you mean 'sender'"):
        made.acts(sendr="ARC")
