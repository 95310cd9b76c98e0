"""A contested coding: what a signed file may say, what is wrong with one, and what it does to the tables."""

import pytest

import rapallo as rp
from rapallo.scenario.contested import contested_files, read_contested
from rapallo.scenario.intervention import read_intervention
from tests.cli.commands import rapallo_

GOOD = """\
signed = "A. Reader, Leeds, November 2026"
why = "for the test"

[GOV006]
value = 0
why = "it lived by Liberal votes"

[REC065]
date = "1933-11-17"
sender = "CAN"
source = "a paper"

[MIL032]
happened = false
"""

WRONG = """\
why = 3
[GOV06]
value = 0
[GOV006]
valu = 1
value = "left"
sender = "GBR"
[REC065]
date = "1933-13-01"
sender = "USSA"
of = "USA-URSS"
certainty = "sure"
[REC024]
source = "only this"
[MIL032]
date = 1926-12-03
happened = "no"
"""


@pytest.fixture(scope="module")
def interwar():
    return rp.load("interwar")


def test_readings_take_the_place_of_those_that_were_chosen(interwar, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    made = read_intervention(interwar, f"contest {path}")
    changed = made.apply(interwar)
    colours = [row for row in changed.tables.attributes if row.id == "GOV006"]
    assert [(row.value, row.reading, row.date.text) for row in colours] == [(0.0, "mine", "1924-01-22")]
    assert "contested by A. Reader" in colours[0].note and "Liberal votes" in colours[0].note
    # the same cabinet from another table gives way: one event, once
    assert any(row.id == "GVR012" for row in interwar.tables.attributes)
    assert not any(row.id == "GVR012" for row in changed.tables.attributes)
    (act,) = {(row.sender, row.date.text, row.source) for row in changed.tables.acts if row.id == "REC065"}
    assert act[:2] == ("CAN", "1933-11-17")
    assert not any(row.id == "MIL032" for row in changed.tables.acts)
    untouched = {row for row in interwar.tables.acts if row.id not in ("REC065", "MIL032", "NEG055")}
    assert untouched <= set(changed.tables.acts)
    said = made.sentences(interwar)[0]
    assert said.startswith("A. Reader, Leeds, November 2026 reads otherwise: ")
    assert "value 0 instead of 1" in said and "date 1933-11-17 instead of 1933-11-16" in said
    assert "(MIL032) did not happen" in said


def test_the_fingerprint_is_of_what_a_file_says(interwar, tmp_path):
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text(GOOD)
    two.write_text(GOOD.replace("value = 0", "value = -1"))
    stamps = [read_intervention(interwar, f"contest {path}").apply(interwar).fingerprint for path in (one, two)]
    assert stamps[0] != stamps[1]
    two.write_text(GOOD)
    assert read_intervention(interwar, f"contest {two}").apply(interwar).fingerprint == stamps[0]


def test_every_fault_of_a_file_is_named_with_its_line(interwar, tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG)
    with pytest.raises(rp.ScenarioError) as caught:
        read_contested(interwar, path)
    found = [str(problem) for problem in caught.value.problems]
    for place, hint in (
        ("wrong.toml [signed]", "not signed"),
        ("wrong.toml:1 [why]", "no text"),
        ("wrong.toml:2 [GOV06]", "did you mean 'GOV0"),
        ("wrong.toml:5 [GOV006.valu]", "did you mean 'value'"),
        ("wrong.toml:6 [GOV006.value]", "no number"),
        ("wrong.toml:7 [GOV006.sender]", "it has date, value"),
        ("wrong.toml:9 [REC065.date]", "no month 13"),
        ("wrong.toml:10 [REC065.sender]", "did you mean 'USA'"),
        ("wrong.toml:11 [REC065.of]", "did you mean 'USA-USSR'"),
        ("wrong.toml:12 [REC065.certainty]", "one of high"),
        ("wrong.toml:13 [REC024]", "read as it stands"),
        ("wrong.toml:16 [MIL032.date]", "into quotes"),
        ("wrong.toml:17 [MIL032.happened]", "happened = false"),
    ):
        assert any(each.startswith(place) and hint in each for each in found), (place, found)
    assert len(found) == 13
    path.write_text('signed = "x"\n')
    with pytest.raises(rp.ScenarioError, match="reads no fact otherwise"):
        read_contested(interwar, path)
    path.write_text("signed = x\n")
    with pytest.raises(rp.ScenarioError, match=r"wrong\.toml:1: this is not TOML"):
        read_contested(interwar, path)
    with pytest.raises(rp.RapalloError, match="there is no file"):
        read_contested(interwar, tmp_path / "none.toml")


def test_the_command_finds_a_file_dropped_into_the_folder_and_says_what_changes(tmp_path):
    assert rapallo_("new", "mine", cwd=tmp_path).returncode == 0
    nothing = rapallo_("contest", "mine", cwd=tmp_path)
    assert nothing.returncode == 0 and "Nothing is contested" in nothing.stdout
    scenario = rp.load(tmp_path / "mine")
    number = next(row for row in scenario.tables.attributes if not scenario.quantities[row.attribute].written)
    act = next(row for row in scenario.tables.acts if row.layer != "context" and row.sender)
    (tmp_path / "mine" / "contested").mkdir()
    text = f'signed = "me"\n["{number.id}"]\nvalue = {number.value + 1}\n["{act.id}"]\nhappened = false\n'
    (tmp_path / "mine" / "contested" / "a.toml").write_text(text)
    assert [path.name for path in contested_files(scenario)] == ["a.toml"]
    done = rapallo_("contest", "mine", "--runs", 4, "--jobs", 1, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "me reads otherwise" in done.stdout and f"({act.id}) did not happen" in done.stdout
    assert "4 pairs of histories under the same luck" in done.stdout
    bad = tmp_path / "bad.toml"
    bad.write_text("[X]\nvalue = 1\n")
    wrong = rapallo_("contest", "mine", bad, cwd=tmp_path)
    assert wrong.returncode == 2 and "bad.toml [signed]: the file is not signed" in wrong.stderr
    assert "bad.toml:1 [X]: no dated fact is called 'X'" in wrong.stderr
    # a file dropped beside the tables is taken up too, shown with who signed it, and named with its line if it is wrong
    (tmp_path / "mine" / "b.toml").write_text(f'signed = "B. Reader, 2026"\n["{act.id}"]\nhappened = false\n')
    assert [path.name for path in contested_files(scenario)] == ["b.toml", "a.toml"]
    listed = rapallo_("check", "mine", cwd=tmp_path)
    assert listed.returncode == 0
    assert f"contested: b.toml, signed B. Reader, 2026, reads {act.id} otherwise" in listed.stdout
    assert "rapallo contest mine" in listed.stdout and "contested: a.toml, signed me" in listed.stdout
    (tmp_path / "mine" / "b.toml").write_text(f'["{act.id}"]\nhappened = false\n')
    for command in ("check", "contest"):
        wrong = rapallo_(command, "mine", cwd=tmp_path)
        assert wrong.returncode == 2
        assert "b.toml [signed]: the file is not signed" in wrong.stdout + wrong.stderr
