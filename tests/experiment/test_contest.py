"""A contested coding: which answers change."""

import pytest

import rapallo as rp
from rapallo.experiment.comparison_folder import open_comparison
from rapallo.experiment.contest import changed_record, contest
from rapallo.scenario.intervention import read_intervention


@pytest.fixture(scope="module")
def interwar():
    return rp.load("interwar")


def test_an_act_that_the_model_decides_changes_the_record_and_no_run(interwar, tmp_path):
    path = tmp_path / "later.toml"
    path.write_text('signed = "me"\n[REC065]\ndate = "1935-02-01"\n')
    found = contest(interwar, [path], runs=2, start="1933-01-01", end="1935-12-31", folder=tmp_path / "runs")
    assert found.comparison is None and "No simulated answer changes" in str(found)
    by_year = found.record[found.record["measure"] == "recognised_by"].set_index("at")
    for year in ("1933-12-31", "1934-12-31"):
        row = by_year.loc[[at for at in by_year.index if at.startswith(year)]].iloc[0]
        assert row["contested"] == row["coded"] - 1
    assert not (tmp_path / "runs").exists()


def test_a_number_that_runs_read_changes_them_under_the_same_luck(interwar, tmp_path):
    path = tmp_path / "right.toml"
    path.write_text('signed = "me"\n[GOV006]\nvalue = -1\n')
    found = contest(interwar, [path], runs=16, seed=7, end="1924-12-31", jobs=1, folder=tmp_path / "runs")
    assert found.comparison is not None
    assert "recognised_by" in set(found.touched["measure"])
    assert (found.comparison.difference("recognised_by").iloc[:, :3] == 0).all().all()
    assert set(found.turned["measure"]) <= set(found.touched["measure"])
    assert "contested less coded" in str(found)


def test_the_record_read_as_it_stands_changes_nothing(interwar):
    assert not len(changed_record(interwar, read_intervention(interwar, "fix recognise.claims").apply(interwar)))


def test_a_file_given_by_a_relative_path_is_found_from_elsewhere(tmp_path, monkeypatch):
    """The worlds say where it lies: they are resumed, opened and simulated again from another working folder."""
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here" / "right.toml").write_text('signed = "me"\n[GOV006]\nvalue = -1\n')
    span = {"start": "1923-11-01", "end": "1924-03-31", "jobs": 1}
    made = contest(rp.load("interwar"), ["right.toml"], runs=2, **span, folder=tmp_path / "x")
    path = str(tmp_path / "here" / "right.toml")
    assert [change.text for change in made.intervention.changes] == [f"contest {path}"]
    monkeypatch.chdir(tmp_path / "there")
    opened = open_comparison(tmp_path / "x")
    assert opened.changed.scenario.changes == (f"contest {path}",)
    assert len(opened.changed.run(1)) and opened.intervention.sentences(rp.load("interwar")) == made.sentences
    again = contest(rp.load("interwar"), ["../here/right.toml"], runs=2, **span, folder=tmp_path / "x", resume=True)
    assert again.comparison.table().equals(made.comparison.table())
