"""What is cited, what is only a lead, what the record rests on, and where the model's numbers come from."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest

from rapallo.report.provenance import made_of, provenance
from rapallo.report.references import of_keys, references, rows_of_acts, rows_of_numbers
from rapallo.report.rests_on import RestsOn, rests_on
from rapallo.report.tables import tuned_beneath


def status(scenario, key):
    return dict(scenario.tables.sources[key].fields).get("status", "")


def test_background_rows_cite_nothing(interwar):
    rows = [row for row in interwar.tables.acts if row.basis == "background"]
    found = references(interwar, rows)
    assert rows and found.cited == ()
    assert {each.key for each in found.look_up} == {key for row in rows for key in row.look_up}


def test_a_work_that_was_not_opened_is_never_cited(interwar):
    unopened = next(key for key in interwar.tables.sources if status(interwar, key) == "not_opened")
    opened = next(key for key in interwar.tables.sources if status(interwar, key) == "opened")
    row = SimpleNamespace(source=(unopened, opened), look_up=())
    found = references(interwar, [row])
    assert [each.key for each in found.cited] == [opened] and [each.key for each in found.look_up] == [unopened]
    assert of_keys(interwar, [unopened], []).cited == ()


def test_a_work_is_named_once_and_a_citation_goes_before_a_lead(interwar):
    opened = next(key for key in interwar.tables.sources if status(interwar, key) == "opened")
    found = references(interwar, [SimpleNamespace(source=(opened,), look_up=(opened,))] * 2)
    assert [each.key for each in found.cited] == [opened] and found.look_up == ()


def test_rows_behind_an_act_are_those_of_the_reading_that_counts(interwar):
    record = interwar.record
    act = next(k for k, name in enumerate(record.ids) if name == "TRE032" and record.extra["title"][k])
    rows = rows_of_acts(record, [act])
    assert {row.id for row in rows} == {"TRE032"} and {row.reading for row in rows} == {"a"}


def test_rows_behind_a_number_are_of_the_actors_asked_for(interwar):
    rows = rows_of_numbers(interwar, ["trade_reported"], ["FRA"])
    assert rows and {row.sender for row in rows} == {"FRA"} and {row.basis for row in rows} == {"read"}


def test_rows_are_counted_by_what_they_rest_on():
    rows = [SimpleNamespace(basis=basis) for basis in ("read", "read_conflict", "dataset", "background", "invented")]
    assert rests_on(rows) == RestsOn(2, 1, 1, 1)
    assert rests_on(rows).share("read") == 0.4
    assert str(rests_on([])) == "no rows of the record"


def test_a_few_rows_among_many_are_not_rounded_away():
    rows = [SimpleNamespace(basis="dataset")] * 599 + [SimpleNamespace(basis="background")]
    assert str(rests_on(rows)) == "600 rows: over 99% datasets, under 1% works not opened, only to be looked up"
    assert str(rests_on(rows[:3])) == "3 rows: 100% datasets"


def test_origins_are_counted_from_the_parameters_themselves(interwar):
    found = provenance(interwar, ["recognition"])
    assert found.simulated == ("recognise", "break_relations", "restore_relations")
    motives = [
        motive.parameter
        for name in found.simulated
        for part in (interwar.processes[name].motives, interwar.processes[name].rate, interwar.processes[name].consent)
        for motive in part
    ]
    assert set(found.numbers) == set(motives)
    assert dict(found.origins) == Counter(interwar.parameters[name].origin for name in set(motives))


def test_another_origin_is_said_at_once(interwar):
    name = "recognise.claims"
    parameters = dict(interwar.parameters)
    parameters[name] = replace(parameters[name], origin="published")
    changed = replace(interwar, parameters=parameters)
    before, after = (" ".join(provenance(each, ["recognition"]).sentences()) for each in (interwar, changed))
    assert "published" not in before and "1 published" in after
    assert "1 published" not in " ".join(provenance(changed, ["trade"]).sentences()[:1])


def test_given_processes_are_said_to_be_given(interwar):
    found = provenance(interwar, ["war"])
    assert "resort_to_war" in found.given and not set(found.given) & set(found.simulated)


def test_a_stock_is_made_of_the_acts_it_adds_up(interwar):
    assert {"cooperation", "facility"} <= set(made_of(interwar, ["hidden_capability"]))
    assert made_of(interwar, ["recognition"]) == ("recognition",)


@pytest.mark.parametrize("measure", ["recognised_by", "german_trade_share", "hidden_rearmament", "league_members"])
def test_a_measure_is_tuned_where_its_processes_were(interwar, measure):
    looked_at = tuned_beneath(interwar, measure)
    assert looked_at
    untuned = {name: replace(each, tuned_on=()) for name, each in interwar.parameters.items()}
    assert tuned_beneath(replace(interwar, parameters=untuned), measure) == ()
