"""What is legal but surely not meant is said, and does not stop the loading."""

import tomllib
from pathlib import Path

import pytest

from rapallo.record.folder import Folder
from rapallo.scenario.load import load, load_folder
from rapallo.scenario.timeline import timeline
from tests.scenario.folders import edited, files_of

CASES = tomllib.loads((Path(__file__).parent / "not_meant.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["words"] for case in CASES])
def test_what_is_surely_not_meant_is_said(case):
    files = edited(files_of(), case["file"], *case["edits"])
    assert case["words"] in "\n".join(load_folder(Folder("x", contents=files)).warnings)


@pytest.mark.parametrize("name", ["pair", "triad", "template"])
def test_what_is_meant_is_warned_of_nothing(name):
    assert load(name).warnings == ()


def test_who_else_knew_of_a_covert_tie_is_read_before_the_start_and_within_the_span():
    files = edited(files_of(), "scenario.toml", ("[layers.recognition]", "[layers.recognition]\ncovert = true"))
    files = edited(
        files,
        "acts.csv",
        ("ACT002,1921-06,,,", "ACT002,1921-06,,ARC,"),
        ("ACT001,1920-04-11,,,", "ACT001,1919-04-11,,all,"),
    )
    scenario = load_folder(Folder("x", contents=files))
    assert not [each for each in scenario.warnings if "known_to" in each]
    record = scenario.record
    acts = {str(fact): act for act, fact in enumerate(record.ids)}
    assert record.told(acts["ACT002"]) == (scenario.tables.actor_ids.index("ARC"),)
    # before the start 'all' is everybody
    opening = timeline(scenario).opening
    first, second = (scenario.tables.actor_ids.index(each) for each in ("ARC", "BOR"))
    assert opening.seen["recognition"][:, first, second].all()
