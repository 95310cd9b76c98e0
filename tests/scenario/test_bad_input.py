"""One damage at a time to a scenario that loads: each is named with file, line, column and what would be right."""

import tomllib
from pathlib import Path

import pytest

from tests.scenario.folders import edited, files_of, line_of, report

CASES = tomllib.loads((Path(__file__).parent / "bad_input.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_each_damage_is_named(case):
    files = edited(files_of(), case["file"], *case["edits"])
    where = case.get("where", case["file"])
    problems = report(files)
    fitting = [each for each in problems if each.file == where and case["what"] in each.what]
    assert fitting, "\n".join(map(str, problems))
    problem = fitting[0]
    line = case.get("line")
    if line is not None:
        expected = line_of(files, where, line) if isinstance(line, str) else line
        assert problem.line == expected + case.get("offset", 0)
    if "column" in case:
        assert problem.column == case["column"]
    assert case.get("right", "") in problem.suggestion
    assert str(problem).startswith(where)


def test_there_are_many_kinds_of_damage():
    assert len(CASES) >= 150
    assert len({case["what"] for case in CASES}) >= 130


def test_the_scenario_loads_undamaged():
    assert report(files_of()) == ()
