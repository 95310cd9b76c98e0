import json

import pytest

from rapallo.errors import RapalloError
from rapallo.record.columns import TABLES
from rapallo.scenario.describe import describe, describe_text
from rapallo.scenario.load import load
from rapallo.scenario.new import TEMPLATE, new


def test_a_new_scenario_loads(tmp_path):
    folder = new(tmp_path / "mine")
    scenario = load(folder)
    assert scenario.name == "mine"
    assert scenario.fingerprint == load("template").fingerprint
    assert sorted(each.name for each in folder.iterdir()) == sorted(each.name for each in TEMPLATE.iterdir())


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "mine").mkdir()
    assert load(new(str(tmp_path / "mine"))).processes


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "mine").mkdir()
    kept = tmp_path / "mine" / "acts.csv"
    kept.write_text("mine")
    with pytest.raises(RapalloError, match="is not empty"):
        new(tmp_path / "mine")
    assert kept.read_text() == "mine"
    assert [each.name for each in (tmp_path / "mine").iterdir()] == ["acts.csv"]
    with pytest.raises(RapalloError, match="is a file"):
        new(kept)
    with pytest.raises(RapalloError, match="cannot be written"):
        new(kept / "below")


def test_the_template_says_that_it_is_invented():
    for row in load("template").tables.acts:
        assert row.basis == "invented"
        assert row.source == ("invented",)


def test_the_template_shows_every_key():
    text = (TEMPLATE / "scenario.toml").read_text()
    words = (
        "title says start end measures systems layers mutual lasting covert views attributes unit rule default missing "
        "written counts dyads memories layer change by half_life negligible processes weighting organ senders "
        "receivers allowed system rate effects consent given flows writes noise stocks retention institutions actor "
        "membership council restricts forbids rules trigger when after ends_with finding obligation obliges active "
        "vote files groups weight"
    )
    for word in words.split():
        assert word in text, word


@pytest.mark.parametrize("name", ["template", "interwar"])
def test_the_descriptor_describes_every_table_as_it_stands(name):
    scenario = load(name)
    package = describe(scenario)
    assert json.loads(describe_text(scenario)) == package
    assert describe_text(scenario) == describe_text(load(name))
    tables = {each["name"]: each for each in package["resources"] if "schema" in each}
    for table, resource in tables.items():
        heading = (scenario.folder / resource["path"]).read_text(encoding="utf-8").split("\n", 1)[0].split(",")
        assert {field["name"] for field in resource["schema"]["fields"]} == set(heading)
        assert resource["encoding"] == "utf-8"
        assert TABLES[table].says == resource["description"]
    assert {"actors", "acts", "attributes", "dyads"} <= set(tables)
    cited = {key for row in (*scenario.tables.acts, *scenario.tables.attributes) for key in row.source}
    titles = {source["title"] for source in package["sources"]}
    assert {scenario.tables.sources[key].citation for key in cited} <= titles
    fields = {field["name"]: field for field in tables["acts"]["schema"]["fields"]}
    assert fields["change"]["constraints"]["enum"][0] == "form"
    assert fields["id"]["constraints"]["required"]
