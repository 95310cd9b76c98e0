import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapallo.record.columns import TABLES, Column, Table
from rapallo.record.folder import Folder
from rapallo.record.rows import ROWS
from rapallo.record.tables import read_table

PLAIN = Table("plain", "", (Column("id", "id", "", "cell"), Column("title", "text", ""), Column("note", "text", "")))


def read(text, table=PLAIN):
    problems = []
    data = text if isinstance(text, bytes) else text.encode()
    return read_table(Folder("x", contents={"plain.csv": data}), table, problems), problems


def test_cells_and_lines():
    raw, problems = read('id,title,note\na,"one, two",\nb,"three\nfour",x\nc,,\n')
    assert problems == []
    assert list(raw.lines) == [2, 3, 5]
    assert list(raw.rows()) == [
        {"id": "a", "title": "one, two", "note": ""},
        {"id": "b", "title": "three\nfour", "note": "x"},
        {"id": "c", "title": "", "note": ""},
    ]


def test_columns_may_stand_in_any_order_and_be_absent_if_not_needed():
    raw, problems = read("note,id\nx,a\n")
    assert problems == []
    assert list(raw.rows()) == [{"id": "a", "title": "", "note": "x"}]


def test_a_heading_alone_is_an_empty_table():
    raw, problems = read("id,title,note\n")
    assert problems == []
    assert len(raw) == 0
    assert list(raw.columns) == ["id", "title", "note"]


def test_ragged_rows_are_named_and_the_others_read():
    raw, problems = read("id,title,note\na,b\nc,d,e\nf,g,h,i\n")
    assert list(raw.columns["id"]) == ["c"]
    assert list(raw.lines) == [3]
    assert [(each.line, each.what) for each in problems] == [
        (2, "the row has 2 cells where the heading has 3"),
        (4, "the row has 4 cells where the heading has 3"),
    ]


def test_what_is_missing_in_letters_is_named_except_in_free_text():
    raw, problems = read("id,title,note\nNA,NA,None\n")
    assert [(each.line, each.column) for each in problems] == [(2, "id")]
    assert raw is not None


CELL = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"), include_characters='\n,"'), max_size=12
).map(str.strip)


@given(st.lists(st.tuples(st.from_regex(r"[a-z]{1,4}", fullmatch=True), CELL, CELL), max_size=8))
def test_what_a_csv_writer_writes_is_read_back(rows):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([("id", "title", "note"), *rows])
    raw, problems = read(text.getvalue())
    assert not [each for each in problems if "quote" in each.what or "cells" in each.what]
    if not problems:
        assert [tuple(row.values()) for row in raw.rows()] == rows
        lines = text.getvalue().split("\n")
        for line, row in zip(raw.lines, rows, strict=True):
            assert lines[line - 1].startswith(row[0])


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_problems(data):
    raw, problems = read(data)
    assert raw is not None or problems


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_its_place_in_the_row(name):
    fields = set(ROWS[name]._fields)
    columns = {{"from": "begins", "to": "ends"}.get(column.name, column.name) for column in TABLES[name].columns}
    assert columns <= fields
    assert fields - columns <= {"line", "not_public"}
