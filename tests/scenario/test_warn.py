"""What is legal but surely not meant is said, and does not stop the loading."""

import tomllib
from pathlib import Path

import pytest

from rapallo.record.folder import Folder
from rapallo.scenario.load import load, load_folder
from tests.scenario.folders import edited, files_of

CASES = tomllib.loads((Path(__file__).parent / "not_meant.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["words"] for case in CASES])
def test_what_is_surely_not_meant_is_said(case):
    files = edited(files_of(), case["file"], *case["edits"])
    assert case["words"] in "\n".join(load_folder(Folder("x", contents=files)).warnings)


@pytest.mark.parametrize("name", ["pair", "triad", "template"])
def test_what_is_meant_is_warned_of_nothing(name):
    assert load(name).warnings == ()
