"""The descriptor beside the interwar tables says what the tables are today, for tools that know nothing of Rapallo."""

from __future__ import annotations

import csv
import json

import pytest

from rapallo.scenario.describe import FILE, describe_text
from rapallo.scenario.load import load


@pytest.fixture(scope="module")
def interwar():
    return load("interwar")


@pytest.fixture(scope="module")
def package(interwar):
    return json.loads((interwar.folder / FILE).read_text(encoding="utf-8"))


def test_it_is_up_to_date(interwar):
    said = (interwar.folder / FILE).read_text(encoding="utf-8")
    assert said == describe_text(interwar), f"{FILE} is out of date: run docs/make_pages.py"


def test_its_fields_are_the_columns_as_another_program_reads_them(interwar, package):
    tables = [resource for resource in package["resources"] if resource.get("profile") == "tabular-data-resource"]
    assert {"actors", "acts", "attributes", "dyads", "organs", "persons"} <= {table["name"] for table in tables}
    for table in tables:
        with (interwar.folder / table["path"]).open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines)
            fields = {field["name"]: field for field in table["schema"]["fields"]}
            assert list(rows.fieldnames or ()) == [name for name in rows.fieldnames or () if name in fields]
            assert set(fields) == set(rows.fieldnames or ())
            for row in rows:
                for name, field in fields.items():
                    must = field.get("constraints", {})
                    assert row[name] or not must.get("required"), (table["name"], row)
                    assert not row[name] or row[name] in must.get("enum", [row[name]]), (table["name"], name, row)
                    if row[name] and field["type"] == "number":
                        float(row[name])


def test_every_file_it_names_is_there_and_no_other_data(interwar, package):
    named = {resource["path"] for resource in package["resources"]}
    there = {path.name for path in interwar.folder.iterdir() if path.is_file()} - {FILE, "__init__.py"}
    assert named == there


def test_no_work_that_was_not_opened_is_a_source(interwar, package):
    works = interwar.tables.sources.values()
    titles = {
        status: {source.citation for source in works if dict(source.fields).get("status") == status}
        for status in ("opened", "not_opened", "dataset")
    }
    never = titles["not_opened"] - titles["opened"] - titles["dataset"]
    assert len(never) > 100
    assert not never & {source["title"] for source in package["sources"]}
