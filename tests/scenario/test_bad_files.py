"""Whole files that are damaged: encodings, sizes, links, names."""

import os

import pytest

from rapallo.errors import RapalloError, ScenarioError, UnknownNameError
from rapallo.record import tables
from rapallo.record.folder import LARGEST_FILE
from rapallo.scenario.load import load
from tests.scenario.folders import edited, files_of, report


def only(problems, file):
    found = [each for each in problems if each.file == file]
    assert found, problems
    return found[0]


def test_cyrillic_code_page_is_named_with_the_line_it_shows_on():
    files = files_of()
    files["actors.csv"] = files["actors.csv"].decode().encode("cp1251")
    problem = only(report(files), "actors.csv")
    assert problem.line == 2
    assert "Windows-1251" in problem.what
    assert "Аркадия" in problem.what
    assert "UTF-8" in problem.suggestion


def test_western_code_page_is_named():
    files = edited(files_of(), "actors.csv", ("Dunmark,Дунмарк", "Dúnmärk,"))
    text = files["actors.csv"].decode()
    for name in ("Аркадия", "Борландия", "Корвия", "Элизия"):
        text = text.replace(name, "")
    files["actors.csv"] = text.encode("cp1252")
    problem = only(report(files), "actors.csv")
    assert problem.line == 5
    assert "Windows-1252" in problem.what
    assert "Dúnmärk" in problem.what


@pytest.mark.parametrize("file", ["acts.csv", "scenario.toml", "parameters.toml", "sources.bib"])
def test_byte_order_mark_is_named(file):
    files = files_of()
    files[file] = b"\xef\xbb\xbf" + files[file]
    problems = report(files)
    assert [(each.file, each.line) for each in problems] == [(file, 1)]
    assert "byte order mark" in problems[0].what


def test_utf16_is_named():
    files = files_of()
    files["acts.csv"] = files["acts.csv"].decode().encode("utf-16")
    assert "UTF-16" in only(report(files), "acts.csv").what


def test_zero_byte_is_named_with_its_line():
    files = files_of()
    files["acts.csv"] = files["acts.csv"].replace(b"ACT003", b"ACT\x00003")
    problem = only(report(files), "acts.csv")
    assert problem.line == 4
    assert "value zero" in problem.what


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Arcadia breaks", "Arc\u200badia breaks", "U+200B"),
        ("Arcadia breaks", "Arc\ufffddia breaks", "U+FFFD"),
        ("Arcadia breaks", "Arc\u0007dia breaks", "U+0007"),
        ("Arcadia breaks", "TÃµnisson breaks", "read as something else"),
        ("Arcadia breaks", "Ð§Ð¸Ñ‡ÐµÑ€Ð¸Ð½ breaks", "read as something else"),
    ],
)
def test_invisible_and_twice_decoded_text_is_named(old, new, shown):
    problem = only(report(edited(files_of(), "acts.csv", (old, new))), "acts.csv")
    assert problem.line == 10
    assert shown in problem.what


def test_every_line_end_is_taken():
    for end in (b"\r\n", b"\r"):
        assert report({name: data.replace(b"\n", end) for name, data in files_of().items()}) == ()


def test_lines_are_counted_as_an_editor_counts_them():
    files = edited(
        files_of(),
        "acts.csv",
        (",only the month is known", ',"only\nthe month\nis known"'),
        (",DUN,ELY,form", ",DUN,EYL,form"),
    )
    problem = only(report(files), "acts.csv")
    assert (problem.line, problem.column) == (8, "receiver")
    crlf = {**files, "acts.csv": files["acts.csv"].replace(b"\n", b"\r\n")}
    assert only(report(crlf), "acts.csv").line == 8


def test_blank_lines_are_passed_over_and_counted():
    files = edited(files_of(), "acts.csv", ("ACT002,1921-06", "\n\nACT002,1921-13"))
    assert only(report(files), "acts.csv").line == 5


@pytest.mark.parametrize("file", ["acts.csv", "scenario.toml", "sources.bib"])
def test_an_absurd_file_is_refused_unread(file):
    problem = only(report({**files_of(), file: bytes(LARGEST_FILE + 1)}), file)
    assert "64 MiB" in problem.what
    assert "at most" in problem.suggestion


def test_an_absurd_cell_is_named():
    problem = only(report(edited(files_of(), "acts.csv", ("Arcadia breaks", "A" * 120_000))), "acts.csv")
    assert (problem.line, problem.column) == (10, "title")
    assert "120,0" in problem.what
    problem = only(report(edited(files_of(), "acts.csv", ("Arcadia breaks", "A" * 200_000))), "acts.csv")
    assert problem.line == 10
    assert "larger than" in problem.what


def test_an_absurd_number_of_rows_is_named(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 5)
    problem = only(report(files_of()), "acts.csv")
    assert "more than 5 rows" in problem.what
    assert problem.line == 7


@pytest.mark.parametrize("file", ["acts.csv", "actors.csv", "scenario.toml", "parameters.toml", "sources.bib"])
def test_a_missing_file_is_named_and_brings_no_others_with_it(file):
    files = files_of()
    del files[file]
    problems = report(files)
    assert only(problems, file).what == "there is no such file"
    assert {each.what for each in problems if each.file == file} == {"there is no such file"}
    assert not any("no actor" in each.what or "no entry" in each.what for each in problems)


@pytest.mark.parametrize("file", ["organs.csv", "persons.csv", "coverage.csv", "identity.csv"])
def test_other_tables_may_be_absent(file):
    files = edited(files_of(), "acts.csv", ("recognise,chancellery", "recognise,"))
    del files[file]
    assert report(files) == ()


@pytest.mark.parametrize("file", ["acts.csv", "actors.csv", "scenario.toml"])
def test_an_empty_file_is_named(file):
    assert only(report({**files_of(), file: b""}), file)


def test_a_misnamed_table_is_named():
    files = files_of()
    files["organ.csv"] = files.pop("organs.csv")
    problem = only(report(files), "organ.csv")
    assert "nothing would read the file" in problem.what
    assert "'organs.csv'" in problem.suggestion


def test_all_problems_come_in_one_report_in_order():
    files = edited(files_of(), "acts.csv", ("ACT002,1921-06", "ACT002,1921-13"), (",COR,DUN,form", ",COR,DNU,form"))
    files = edited(files, "parameters.toml", ("range = [-4.0, -2.0]", ""))
    files = edited(files, "scenario.toml", ("half_life = 2.0 ", "halflife = 2.0 "))
    files = edited(files, "sources.bib", ("  title = {Invented for this scenario},\n", ""))
    problems = report(files)
    assert [each.file for each in problems] == sorted(each.file for each in problems)
    assert [(each.file, each.column) for each in problems] == [
        ("acts.csv", "date"),
        ("acts.csv", "receiver"),
        ("parameters.toml", "quarrel.constant.range"),
        ("scenario.toml", "memories.recent_disputes.half_life"),
        ("scenario.toml", "memories.recent_disputes.halflife"),
        ("sources.bib", "title"),
    ]


def write(folder, files):
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def test_a_link_that_leaves_the_folder_is_refused(tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_bytes(files_of()["acts.csv"])
    folder = write(tmp_path / "scenario", files_of())
    (folder / "acts.csv").unlink()
    (folder / "acts.csv").symlink_to(outside)
    with pytest.raises(ScenarioError) as caught:
        load(folder)
    problem = only(caught.value.problems, "acts.csv")
    assert "link that leaves the scenario's folder" in problem.what


def test_a_link_within_the_folder_is_followed(tmp_path):
    folder = write(tmp_path / "scenario", files_of())
    (folder / "acts.csv").rename(folder / "acts_kept.dat")
    (folder / "acts.csv").symlink_to(folder / "acts_kept.dat")
    assert load(folder).name == "scenario"


def test_links_in_a_circle_and_to_nothing_are_named(tmp_path):
    folder = write(tmp_path / "scenario", files_of())
    (folder / "acts.csv").unlink()
    (folder / "acts.csv").symlink_to(folder / "acts.csv")
    (folder / "organs.csv").unlink()
    (folder / "organs.csv").symlink_to(folder / "nowhere.csv")
    with pytest.raises(ScenarioError) as caught:
        load(folder)
    assert {"acts.csv", "organs.csv"} <= {each.file for each in caught.value.problems}


def test_what_is_no_regular_file_is_not_opened(tmp_path):
    folder = write(tmp_path / "scenario", files_of())
    (folder / "acts.csv").unlink()
    (folder / "acts.csv").mkdir()
    (folder / "organs.csv").unlink()
    os.mkfifo(folder / "organs.csv")
    with pytest.raises(ScenarioError) as caught:
        load(folder)
    for file in ("acts.csv", "organs.csv"):
        assert "no regular file" in only(caught.value.problems, file).what


def test_a_folder_on_disk_loads_as_in_memory(tmp_path):
    folder = write(tmp_path / "template", files_of())
    (folder / ".hidden").write_text("passed over")
    assert load(folder).fingerprint == load("template").fingerprint


def test_names_and_paths_that_are_no_scenario():
    with pytest.raises(UnknownNameError, match="did you mean 'triad'"):
        load("traid")
    with pytest.raises(RapalloError, match="there is no folder"):
        load("./no/such/folder")
    with pytest.raises(RapalloError, match="is a file"):
        load(__file__)
