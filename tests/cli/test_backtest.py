"""``rapallo backtest``: what a person sees."""

from __future__ import annotations

import json

import pytest
import typer.testing

from rapallo.cli.main import app
from rapallo.experiment.backtest_result import Backtest
from tests.experiment.known_order import acts_of, files


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Give a way to run a command in this process, beside a folder with an order in it."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "order"
    folder.mkdir()
    for name, text in files(acts_of(3)).items():
        (folder / name).write_bytes(text)
    runner = typer.testing.CliRunner()
    return lambda *arguments: runner.invoke(app, ["backtest", "./order", *map(str, arguments)])


def test_a_table_a_reading_and_a_folder(run, tmp_path):
    done = run("--from", "1930", "--to", "1931", "--runs", "6", "--jobs", "1", "--out", "result")
    assert done.exit_code == 0, done.output
    assert "asked on 2 days from 1930-01-01 to 1931-01-01; 6 runs each" in done.output
    for word in ("frozen", "given", "constant hazard", "hazard by age", "logistic regression", "Look-ahead"):
        assert word in done.output
    assert "5 years ahead the model is" in done.output
    made = Backtest(tmp_path / "result")
    assert made.origins == ("1930-01-01", "1931-01-01")
    found = {each.name for each in (tmp_path / "result").iterdir()}
    figures = {"differences.svg", "calibration.svg", "transforms.svg"}
    assert found == {"manifest.json", "pairs.parquet", "counts.parquet", "numbers.parquet", "report.html", *figures}
    stated = json.loads((tmp_path / "result" / "manifest.json").read_text())
    assert stated["kind"] == "backtest" and stated["question"]["receiver"] == "HUB"


def test_what_is_wrong_ends_with_2(run):
    for arguments, words in (
        (("--process", "jion"), "'join'"),
        (("--from", "1938"), "no origin leaves a year known before it"),
        (("--from", "soon"), "YYYY-MM-DD"),
        (("--runs", "0"), "ask for 1 to"),
    ):
        done = run(*arguments, "--out", "result")
        assert done.exit_code == 2, done.output
        assert words in done.output
