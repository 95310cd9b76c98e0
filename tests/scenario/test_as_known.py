"""What a contemporary could know: nothing dated or public only later reaches a history, a weight or a forecast."""

from __future__ import annotations

import pytest

from rapallo.engine.simulate import simulate
from rapallo.errors import RapalloError
from rapallo.record.folder import Folder
from rapallo.record.time import to_day
from rapallo.scenario.as_known import as_known, with_calendar
from rapallo.scenario.load import load, load_folder
from rapallo.system.history import History
from tests.scenario.earlier import earlier
from tests.scenario.folders import edited, files_of


def bytes_of(history: History) -> bytes:
    """Everything that a history holds, names in place of codes, as bytes."""
    columns = (history.time, history.process, history.layer, history.change, history.occasion, history.origin)
    names = [
        [history.actors[code] if code >= 0 else "" for code in side] for side in (history.sender, history.receiver)
    ]
    series = [(name, {key: each.tobytes() for key, each in held.items()}) for name, held in history.series.items()]
    return b"|".join([*(column.tobytes() for column in columns), repr(names).encode(), repr(series).encode()])


@pytest.fixture(scope="module")
def interwar():
    return load("interwar")


@pytest.mark.parametrize("day", ["1922-01-01", "1927-07-01", "1934-01-01"])
def test_deleting_everything_later_from_every_table_moves_no_byte(interwar, day):
    cut = load_folder(Folder("interwar", contents=earlier(files_of("interwar"), day)))
    assert len(cut.tables.acts) < len(interwar.tables.acts)
    whole, part = as_known(interwar, day), as_known(cut, day)
    assert bytes_of(whole.record) == bytes_of(part.record)
    until = f"{int(day[:4]) + 1}-12-31"
    runs = [[bytes_of(simulate(each, 7, run, start=day, end=until)) for run in range(2)] for each in (whole, part)]
    assert runs[0] == runs[1]
    # and the bytes do tell: where nothing is cut off, what lies ahead reaches the run
    assert bytes_of(simulate(interwar, 7, 0, start=day, end=until)) != runs[0][0]


def test_nothing_that_stays_is_dated_or_public_later(interwar):
    for year in range(1918, 1940):
        limit = to_day(f"{year}-01-01")
        tables = as_known(interwar, limit).tables
        for row in (*tables.acts, *tables.attributes, *tables.dyads):
            assert row.date.latest is None or row.date.latest < limit
            assert row.date.earliest is None or row.date.earliest < limit
        assert all(row.public_from is None or row.public_from.latest < limit for row in tables.acts)
        assert not any(row.not_public for row in tables.acts)
        for row in (*tables.actors, *tables.organs, *tables.persons, *tables.coverage):
            assert row.begins is None or row.begins.earliest is None or row.begins.earliest < limit
            assert row.ends is None or row.ends.latest is None or row.ends.latest < limit
        named = {name for row in tables.acts for name in (row.sender, row.receiver) if name}
        assert named <= set(tables.actor_ids)


def test_the_secret_link_is_known_once_it_is_public_and_its_end_never(interwar):
    """Berlin and Moscow agreed in 1922; the Manchester Guardian wrote of it on 3 December 1926."""

    def known(day: str) -> set[str]:
        return {row.change for row in as_known(interwar, day).tables.acts if row.layer == "cooperation"}

    assert known("1926-12-01") == set()
    assert known("1927-01-01") == {"form", "expose"}
    assert known("1939-01-01") == {"form", "expose"}


def test_talks_under_way_are_known_and_their_end_is_not(interwar):
    def talks(day: str) -> list[str]:
        return [row.date.text for row in as_known(interwar, day).tables.acts if row.id == "NEG042"]

    assert set(talks("1925-06-01")) == {"1924-12/.."}
    assert set(talks("1926-05-01")) == {"1924-12/1926-04-24"}
    assert talks("1924-12-15") == []


def test_a_benchmark_ahead_is_not_interpolated_towards():
    files = files_of("interwar")
    lines = files["attributes.csv"].decode().split("\n")
    ahead = [line for line in lines if ",USA,gdp,1925," in line]
    assert len(ahead) == 1
    other = edited(files, "attributes.csv", (ahead[0], ahead[0].replace(",1430220", ",9430220")))
    runs = []
    for each in (files, other):
        scenario = as_known(load_folder(Folder("interwar", contents=each)), "1924-01-01")
        runs.append(bytes_of(simulate(scenario, 3, start="1924-01-01", end="1924-12-31")))
    assert other != files
    assert runs[0] == runs[1]


def test_the_calendar_can_be_given_without_what_the_model_decides(interwar):
    known, later = as_known(interwar, "1924-01-01"), as_known(interwar, "1929-01-01")
    given = with_calendar(known, later)
    decided = {row.id for row in given.tables.acts if row.process == "recognise"}
    assert decided == {row.id for row in known.tables.acts if row.process == "recognise"}

    def numbers(scenario, attribute, actor):
        return {row.date.text for row in scenario.tables.attributes if (row.attribute, row.actor) == (attribute, actor)}

    assert "1924-01-22" in numbers(given, "colour", "GBR") - numbers(known, "colour", "GBR")
    # Germany's seat on the Council tells that it joined, which the model decides
    assert numbers(later, "council", "DEU") - numbers(given, "council", "DEU") == {"1926-09-08"}
    assert {row.date.text for row in given.tables.dyads if row.attribute == "trade"} == {
        row.date.text for row in known.tables.dyads if row.attribute == "trade"
    }
    assert bytes_of(simulate(given, 1, start="1924-01-01", end="1925-12-31")) != bytes_of(
        simulate(known, 1, start="1924-01-01", end="1925-12-31")
    )


def test_wars_are_given_with_the_calendar(interwar):
    known, later = as_known(interwar, "1934-01-01"), as_known(interwar, "1939-01-01")
    wars = [{row.id for row in each.tables.acts if row.process == "resort_to_war"} for each in (known, later)]
    given = {row.id for row in with_calendar(known, later).tables.acts if row.process == "resort_to_war"}
    assert given == wars[1] > wars[0]


def test_an_end_of_what_is_not_known_is_not_known():
    files = files_of("template")
    scenario = load_folder(Folder("template", contents=files))
    covert = [name for name, layer in scenario.layers.items() if layer.covert]
    for year in range(1921, 1931):
        try:
            tables = as_known(scenario, f"{year}-01-01").tables
        except RapalloError:
            continue
        formed = {(row.layer, *sorted((row.sender, row.receiver))) for row in tables.acts if row.change == "form"}
        for row in tables.acts:
            if row.change in ("end", "expose") and row.layer in covert:
                assert (row.layer, *sorted((row.sender, row.receiver))) in formed


def test_before_anything_is_known_it_says_so(interwar):
    with pytest.raises(RapalloError, match="no act of 'interwar' is dated and public before 1900-01-01"):
        as_known(interwar, "1900-01-01")
