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


def test_a_covert_tie_of_the_span_that_a_third_party_knew_of_is_warned_of():
    files = edited(files_of(), "scenario.toml", ("[layers.recognition]", "[layers.recognition]\ncovert = true"))
    files = edited(
        files,
        "acts.csv",
        ("ACT002,1921-06,,,", "ACT002,1921-06,,ARC,"),
        ("ACT001,1920-04-11,,,", "ACT001,1919-04-11,,all,"),
    )
    scenario = load_folder(Folder("x", contents=files))
    found = [each for each in scenario.warnings if "known_to" in each]
    assert (
        len(found) == 1 and found[0].startswith("ACT002: ") and "write an act of ARC with change 'discover'" in found[0]
    )
    # before the start it is read, and 'all' is everybody
    opening = timeline(scenario).opening
    first, second = (scenario.tables.actor_ids.index(each) for each in ("ARC", "BOR"))
    assert opening.seen["recognition"][:, first, second].all()
