"""Commands that run many worlds, on a scenario of a user's own."""

from __future__ import annotations

import pandas as pd
import pytest
from typer.testing import CliRunner

from rapallo.cli.main import app
from rapallo.experiment.sweep import Sweep

MEASURE = """
from rapallo.measures import measure

@measure(unit="acts")
def acts_of_a_run(history):
    \"\"\"How many acts there are in a run.\"\"\"
    return float(len(history))
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(MEASURE)

    def invoke(*words):
        return CliRunner().invoke(app, [str(word) for word in words])

    assert invoke("new", "mine").exit_code == 0
    return invoke


OWN = ("--with", "own.py", "--measure", "acts_of_a_run")


def test_uncertainty_splits_the_spread_of_a_scenario_of_ones_own(run, tmp_path):
    done = run("uncertainty", "./mine", *OWN, "--runs", 64, "--jobs", 1, "--out", "split")
    assert done.exit_code == 0, done.output
    assert "chance × parameters" in done.output
    table = pd.read_csv(tmp_path / "split" / "uncertainty.csv")
    assert table["share"].iloc[-1] == 1.0
    assert table["variance"].iloc[:-1].sum() == pytest.approx(table["variance"].iloc[-1])
    assert (tmp_path / "split" / "uncertainty-acts_of_a_run.svg").read_text().startswith("<?xml")
    assert run("uncertainty", "./mine", *OWN, "--runs", 64, "--jobs", 1, "--out", "split").exit_code == 2
    assert run("uncertainty", "./mine", *OWN, "--uncertain", "luck", "--out", "other").exit_code == 2
    assert not (tmp_path / "other").exists()


def test_runs_and_comparisons_draw_what_they_are_told(run):
    words = ("--runs", 3, "--jobs", 1, "--uncertain", "chance,parameters,sources")
    assert run("run", "./mine", *words, "--no-report", "--out", "a").exit_code == 0
    assert run("run", "./mine", "--runs", 3, "--uncertain", "weather", "--out", "b").exit_code == 2


def test_sweep_runs_a_grid_of_a_scenario_of_ones_own(run, tmp_path):
    from rapallo.scenario.load import load

    name = next(iter(load(tmp_path / "mine").parameters))
    words = ("sweep", "./mine", *OWN, "--set", f"{name}=-1,0", "--runs", 25, "--jobs", 1, "--out", "grid")
    done = run(*words)
    assert done.exit_code == 0, done.output
    assert "2 settings × 25 runs" in done.output
    table = pd.read_csv(tmp_path / "grid" / "sweep.csv")
    assert table[name].tolist() == [-1.0, 0.0]
    assert run(*words).exit_code == 2
    assert run(*words, "--resume").exit_code == 0  # it is complete
    for wrong in (("--set", "nothing=1"), ("--set", f"{name}=nan"), (), ("--set", f"{name}=1", "--measure", "acts")):
        done = run("sweep", "./mine", *wrong, "--out", "wrong")
        assert done.exit_code == 2, done.output
        assert not (tmp_path / "wrong").exists()


def test_sensitivity_ranks_what_an_answer_hangs_on(run, tmp_path):
    words = ("sensitivity", "./mine", *OWN, "--runs", 10, "--jobs", 1)
    done = run(*words, "--method", "morris", "--samples", 4, "--out", "m")
    assert done.exit_code == 0, done.output
    table = pd.read_csv(tmp_path / "m" / "sensitivity.csv")
    assert table["rank"].max() >= 1
    assert (tmp_path / "m" / "sensitivity.svg").read_text().startswith("<?xml")
    done = run(*words, "--out", "f")
    assert done.exit_code in (0, 2), done.output  # whether its record leaves anything open is the template's affair
    assert "this should not happen" not in done.output
    assert run("sensitivity", "./mine", "--measure", "nothing", "--out", "x").exit_code == 2
    assert not (tmp_path / "x").exists()


def test_a_warrant_card_goes_with_every_answer_over_many_worlds(run, tmp_path):
    """On screen and from the folder: what is set beyond its range is said, and how many readings were tried."""
    done = run("sweep", "./mine", "--set", "recognise.quarrels=0,99", *OWN, "--runs", 2, "--jobs", 1, "--out", "grid")
    assert done.exit_code == 0 and "recognise.quarrels = 99 lies outside its range" in done.output
    assert (
        "acts of a run in 2 settings of recognise.quarrels from 0 to 99?" in Sweep(tmp_path / "grid").warrant().asked[0]
    )
    done = run("sensitivity", "./mine", *OWN, "--runs", 10, "--jobs", 1, "--out", "facts")
    assert done.exit_code == 0 and "Tried, one at a time:" in done.output and "no run reads" in done.output
    done = run("uncertainty", "./mine", *OWN, "--runs", 64, "--jobs", 1, "--out", "split")
    assert done.exit_code == 0 and "An association in a model" in done.output


def test_what_new_writes_can_be_asked_everything(run, tmp_path):
    """With a measure that asks for no actor by name, and no file of one's own."""
    words = ("--runs", 10, "--jobs", 1, "--out")
    done = run("compare", "./mine", "--if", "off quarrel", "--readings", 0, *words, "two")
    assert done.exit_code == 0, done.output
    says, found = done.output.index("quarrel is switched off"), done.output.index("10 pairs of histories")
    assert says < done.output.index("simulating") < found < done.output.index("relations 1929-12-31")
    assert "Of the 11 numbers of the model that move it" in done.output
    assert 'id="what-is-claimed"' in (tmp_path / "two" / "report.html").read_text("utf-8")
    done = run("sweep", "./mine", "--if", "off quarrel", "--if", "drop POW_ELY", *words, "grid")
    assert done.exit_code == 0, done.output
    assert "no time without it" in done.output and "In the place of POW_ELY" in done.output
    done = run("sensitivity", "./mine", "--measure", "relations", "--method", "morris", "--samples", 4, *words, "m")
    assert done.exit_code == 0 and "how those of one fit err together has no part in it" in done.output
    done = run("uncertainty", "./mine", "--if", "off quarrel", "--runs", 64, "--jobs", 1, "--out", "split")
    assert done.exit_code == 0 and "no time without it" in done.output and "An intervention in a model" in done.output


def test_what_no_simulation_reads_is_refused_and_not_answered_with_nothing(run, tmp_path):
    """The model decides ACT004 itself: dropping it from the record would change no run of any command."""
    words = ("--if", "drop ACT004", "--runs", 64, "--jobs", 1, "--out", "x")
    for command in ("compare", "sweep", "uncertainty"):
        done = run(command, "./mine", *words)
        assert done.exit_code == 2, done.output
        assert "rapallo counterfactual mine --if" in done.output and not (tmp_path / "x").exists()
        done = run(command, "./mine", "--if", "off quarrel since 1928-01-01", "--to", "1925-12-31", *words[2:])
        assert done.exit_code == 2 and "changes nothing before 1928-01-01" in done.output
