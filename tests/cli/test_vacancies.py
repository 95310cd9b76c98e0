"""What stands in the place of what is dropped: asked of a person, and written into the changes."""

import sys

import pytest

import rapallo as rp
from rapallo.cli import vacancies
from rapallo.cli.vacancies import answered


@pytest.fixture(scope="module")
def interwar():
    return rp.load("interwar")


@pytest.fixture
def told(monkeypatch):
    """Answers that a person at a terminal gives, in turn."""
    answers = []
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(vacancies.typer, "prompt", lambda *words, **options: answers.pop(0))
    return answers


def test_an_answer_is_written_behind_the_drop_or_beside_it(interwar, told):
    told += ["0", ""]
    assert answered(interwar, ["drop GOV006"]) == ["drop GOV006 for 0"]
    told[:] = ["", "-1"]
    assert answered(interwar, ["drop GOV005"]) == ["drop GOV005", "add colour of GBR = -1 on 1924-01-22"]
    told[:] = ["1"]
    assert answered(interwar, ["drop MIL030"])[1] == "add colour of DEU = 1 on 1927-01-29"


def test_an_answer_to_a_change_in_a_file_is_kept(interwar, told, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[one]\nchanges = ["drop GOV012"]\n')
    told += ["1"]
    assert answered(interwar, [str(path)]) == [str(path), "add colour of GBR = 1 on 1931-08-24"]


def test_nobody_is_asked_where_the_change_says_it(interwar, told):
    assert answered(interwar, ["drop GOV012 for 1"]) == ["drop GOV012 for 1"]
