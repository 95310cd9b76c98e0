"""The text behind the scenario, sentence by sentence."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from rapallo.report.claims import VERDICTS, claims, model_part


@pytest.fixture(scope="module")
def rows(interwar):
    with (interwar.folder / "text_claims.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def found(known):
    return claims(known.scenario, known)


def test_every_row_is_a_claim_in_the_order_of_the_text(found, rows):
    assert len(found) == 37
    assert [claim.id for claim in found] == [row["id"] for row in rows]
    assert [claim.text for claim in found] == [row["paraphrase"] for row in rows]


def test_broken_off_sentences_stay_broken_off(found, rows):
    broken = [claim for claim in found if claim.broken_off]
    assert {claim.id for claim in broken} == {row["id"] for row in rows if row["kind"] == "broken-off"} != set()
    for claim in broken:
        assert claim.text.endswith("...")
        assert "it breaks off here, and is not completed" in str(claim)


def test_facts_stand_with_their_sources_and_rival_readings(found):
    agreement = next(claim for claim in found if claim.id == "TXT030")
    fact = next(fact for fact in agreement.facts if fact.id == "TRE032")
    assert fact.sources and {rival.date for rival in fact.rivals} == {"1922-07-29", "1922-06-29"}
    assert not agreement.missing


def test_a_fact_that_is_not_there_is_said_to_be_missing(interwar):
    row = interwar.tables.text_claims[0]._replace(fact_ids=("REC006", "NOPE001"))
    (claim,) = claims(replace(interwar, tables=replace(interwar.tables, text_claims=(row,))))
    assert claim.missing == ("NOPE001",) and "not in the record: NOPE001" in str(claim)


def test_each_name_is_found_in_the_model_with_its_numbers(interwar):
    process = model_part(interwar, "recognise")
    assert process.kind == "process" and "recognise.claims" in process.numbers
    weighed = model_part(interwar, "claims")
    assert weighed.kind == "recorded number" and "recognise.claims" in weighed.numbers
    assert "recognise.exposure_at_home" in model_part(interwar, "exposure").numbers  # through what it leaves behind
    assert model_part(interwar, "comintern").kind == "organ"
    assert model_part(interwar, "LEAGUE").kind == "actor"
    assert str(model_part(interwar, "not modelled")) == "not modelled"
    assert sum(dict(process.origins).values()) == len(process.numbers)


def test_the_simulation_is_told_only_of_runs(found, interwar):
    without = claims(interwar)
    assert all(not each.lines for claim in without for each in claim.found)
    assert "no runs to take it of" in str(next(claim for claim in without if claim.found))
    waves = next(claim for claim in found if claim.id == "TXT021")
    assert {each.measure for each in waves.found} == {"recognised_by", "recognition_dates"}
    assert all(each.lines for each in waves.found)


def test_verdicts_are_the_sources_word_on_the_text(found, rows):
    assert {row["verdict"] for row in rows} <= set(VERDICTS)
    for claim in found:
        assert f"the record: {claim.verdict}, {claim.verdict_says}" in str(claim)
        assert claim.verdict not in claim.text


def test_a_row_is_plain_text(found):
    row = found[0].row()
    assert all(isinstance(each, str) for each in row.values())
    assert row["facts"].split(";") == [fact.id for fact in found[0].facts]
