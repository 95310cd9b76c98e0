"""What a stranger mistypes in the commands that ask "and if not?": each is told in one clear line."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from rapallo.cli.main import app


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def invoke(*words):
        return CliRunner().invoke(app, [str(word) for word in words])

    assert invoke("new", "mine").exit_code == 0
    return invoke


@pytest.mark.parametrize("command", ["compare", "counterfactual"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--if", "nothing"), "for this scenario names none; say a change in words: 'off PROCESS'"),
        (("--if", "off recognize"), "did you mean 'recognise'"),
        (("--if", "off recognise since 1990-01-01"), "changes nothing before 1990-01-01, and the span ends on 1929-12"),
        (("--if", "off recognise", "--luck", "best"), "no luck is called 'best'; valid: both, clock, date"),
        (("--if", "off recognise", "--jobs", "0"), "0 jobs were asked for; ask for 1 or more"),
        (
            ("--if", "off recognise", "--out", "full"),
            "'full' is no empty folder|'full/manifest.json' is not the manifest",
        ),
    ],
)
def test_a_mistake_is_told_in_one_line(run, tmp_path, command, words, told):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "manifest.json").write_text(json.dumps({"settings": []}))
    done = run(command, "mine", *words)
    lines = [line for line in done.stderr.splitlines() if line.startswith("rapallo:")]
    assert done.exit_code == 2 and len(lines) == 1 and re.search(told, lines[0]), done.output
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["manifest.json"]


def test_an_act_to_explain_is_looked_for_before_anything_runs(run, tmp_path):
    done = run("counterfactual", "mine", "--if", "drop ACT002", "--why", "ACT999")
    assert done.exit_code == 2 and "'ACT999'; valid: ACT001" in done.stderr and not (tmp_path / "runs").exists()


def test_a_folder_that_cannot_be_made_says_so(run, tmp_path):
    (tmp_path / "file").write_text("")
    done = run("compare", "mine", "--if", "off recognise", "--runs", 2, "--jobs", 1, "--out", "file/x")
    assert done.exit_code == 2 and "cannot be written to: Not a directory; name a folder that can" in done.stderr


def test_a_comparison_is_not_resumed_in_the_folder_of_something_else(run, tmp_path):
    asked = ("counterfactual", "mine", "--if", "drop ACT002", "--draws", 2, "--readings", 0, "--jobs", 1)
    assert run(*asked, "--out", "x").exit_code == 0
    before = (tmp_path / "x" / "manifest.json").read_bytes()
    done = run("compare", "mine", "--if", "off recognise", "--runs", 2, "--jobs", 1, "--out", "x", "--resume")
    assert done.exit_code == 2 and "holds no comparison; name one that is new" in done.stderr
    assert (tmp_path / "x" / "manifest.json").read_bytes() == before
