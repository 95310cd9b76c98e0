import math

import pytest

from rapallo.errors import UnknownNameError
from rapallo.record.columns import TABLES
from rapallo.record.folder import Folder, fingerprint
from rapallo.record.record import load_record
from tests.scenario.folders import edited, files_of


def record_of(files):
    problems = []
    return load_record(Folder("x", contents=files), problems), problems


@pytest.fixture(scope="module")
def record():
    found, problems = record_of(files_of())
    assert problems == []
    return found


def test_rows_are_typed(record):
    row = next(row for row in record.acts if row.id == "ACT003")
    assert (row.date.text, row.sender, row.receiver, row.layer, row.change) == (
        "1921-09-02/1921-09-09", "COR", "DUN", "dispute", "form",
    )  # fmt: skip
    assert (row.source, row.look_up, row.basis, row.certainty) == (("invented",), (), "invented", "low")
    assert (row.public_from, row.not_public, row.known_to) == (None, False, ())
    assert row.line == 4
    power = record.attributes[0]
    assert (power.actor, power.value, power.unit) == ("ARC", 0.35, "share")


def test_actor_ids_do_not_depend_on_the_order_of_rows(record):
    files = files_of()
    head, *rows = files["actors.csv"].decode().strip().split("\n")
    turned, problems = record_of({**files, "actors.csv": "\n".join([head, *reversed(rows)]).encode()})
    assert problems == []
    assert turned.actor_ids == record.actor_ids == ("ARC", "BOR", "COR", "DUN", "ELY")


def test_open_spells_have_no_bound(record):
    assert record.spells["ARC"][0].ends is None
    assert record.spells["COR"][0].ends.text == "1926-05-01"
    assert record.spells["ELY"][0].begins.text == "1921-03"


def test_an_actor_is_found_by_any_of_its_names(record):
    assert {record.actor(name) for name in ("ARC", "Arcadia", "arcadia", "Аркадия", "Arcadian Republic")} == {"ARC"}
    with pytest.raises(UnknownNameError, match="did you mean 'Arcadia'"):
        record.actor("Arcadai")


def test_organs_have_their_short_name_from_the_id(record):
    assert record.organ_names == {"ARC": frozenset({"chancellery"})}


def test_background_rows_are_capped_at_low_with_a_note():
    files = edited(
        files_of(),
        "acts.csv",
        ("Arcadia recognises Borland,invented,,,invented,low", "Arcadia recognises Borland,,invented,,background,high"),
    )
    record, problems = record_of(files)
    assert problems == []
    assert record.acts[0].certainty == "low"
    assert [(note.file, note.line, note.column) for note in record.notes] == [("acts.csv", 2, "certainty")]
    assert "read as low" in record.notes[0].suggestion


def test_what_never_became_public_is_told_from_what_is_not_said():
    files = edited(files_of(), "acts.csv", ("1921-06,,,,recognition", "1921-06,not public,ARC;DUN,,recognition"))
    record, problems = record_of(files)
    assert problems == []
    row = next(row for row in record.acts if row.id == "ACT002")
    assert (row.not_public, row.public_from, row.known_to) == (True, None, ("ARC", "DUN"))


def test_tables_as_frames(record):
    acts = record.frame("acts")
    assert len(acts) == 9
    assert acts.loc[acts["id"] == "ACT007", "date"].item() == "[1924-11-05,1924-11-12]"
    assert set(acts["source"]) == {"invented"}
    assert record.frame("actors")["aliases"].tolist()[0] == "Arcadian Republic"
    assert record.frame("attributes")["value"].sum() == pytest.approx(1.4)
    assert {name: len(record.frame(name)) for name in TABLES}["text_claims"] == 0
    with pytest.raises(UnknownNameError, match="'acts'"):
        record.frame("act")


def test_unreadable_cells_leave_a_place_that_orders_nothing():
    files = edited(files_of(), "acts.csv", ("ACT002,1921-06", "ACT002,Jun-21"))
    files = edited(files, "attributes.csv", ("POW_BOR,BOR,power,1920-01-01,0.25", "POW_BOR,BOR,power,1920-01-01,many"))
    record, problems = record_of(files)
    assert len(problems) == 2
    row = next(row for row in record.acts if row.id == "ACT002")
    assert not row.date.surely_before(record.acts[0].date)
    assert not record.acts[0].date.surely_before(row.date)
    assert math.isnan(record.attributes[1].value)


def test_an_unreadable_table_is_known_to_be_one():
    record, problems = record_of({**files_of(), "acts.csv": b"\xff\xfe"})
    assert record.unreadable == {"acts"}
    assert record.acts == ()
    assert len(problems) == 1


def test_fingerprint_tells_any_change_of_any_file():
    files = files_of()
    whole = fingerprint(Folder("x", contents=files))
    assert whole == fingerprint(Folder("y", contents=dict(reversed(files.items()))))
    assert len(whole) == 64
    changed = {name: fingerprint(Folder("x", contents={**files, name: data + b" "})) for name, data in files.items()}
    assert len({whole, *changed.values()}) == len(files) + 1
    renamed = {("notes.csv" if name == "persons.csv" else name): data for name, data in files.items()}
    assert fingerprint(Folder("x", contents=renamed)) != whole
