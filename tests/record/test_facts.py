import pytest

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.record.facts import by_basis, facts, facts_frame
from rapallo.scenario.load import load


@pytest.fixture(scope="module")
def record():
    return load("template").tables


@pytest.fixture(scope="module")
def interwar():
    return load("interwar").tables


def ids(found):
    return [fact.id for fact in found]


def test_all_facts_in_order_of_their_first_day(record):
    found = facts(record)
    assert set(ids(found)) == set(record.fact_ids)
    assert [fact.earliest for fact in found] == sorted(fact.earliest for fact in found)


def test_by_actor_in_any_language(record):
    wanted = ids(facts(record, "ELY"))
    assert wanted == ["POW_ELY", "BRD004", "ACT002", "ACT004"]
    assert ids(facts(record, "Elysia")) == wanted
    assert ids(facts(record, "элизия")) == wanted


def test_by_person_organ_id_and_word(record):
    assert "PER001" in ids(facts(record, "Ada Bell"))
    assert "PER001" in ids(facts(record, "белл"))
    assert ids(facts(record, "chancellery")) == ["ARC/chancellery", "ACT001"]
    assert ids(facts(record, "ACT006")) == ["ACT006"]
    assert ids(facts(record, "RIVER")) == ["ACT003"]
    assert ids(facts(record, "confer")) == ["ACT004"]


def test_by_date(record):
    assert ids(facts(record, "BOR", since="1924", until="1924", layer="recognition")) == ["ACT007"]
    assert "ACT003" in ids(facts(record, since="1921-09-05", until="1921-09-05"))
    assert "ACT003" not in ids(facts(record, since="1921-09-10", until="1921-09-10"))
    assert ids(facts(record, since="1921-09/1921-10", layer="dispute")) == ["ACT003"]
    with pytest.raises(RapalloError, match="comes before"):
        facts(record, since="1925", until="1924")
    with pytest.raises(RapalloError, match="no month 13"):
        facts(record, since="1925-13")


def test_by_layer_and_attribute(record):
    assert ids(facts(record, layer="dispute")) == ["ACT003", "ACT006"]
    assert len(facts(record, layer="power")) == 6
    assert ids(facts(record, layer="person")) == ["PER001"]
    with pytest.raises(UnknownNameError, match="did you mean 'dispute'"):
        facts(record, layer="disputes")


def test_a_fact_carries_its_rivals_parties_and_links(record):
    (fact,) = facts(record, "ACT005")
    assert fact.date == "1923-03-30"
    assert [(each.label, each.date) for each in fact.rivals] == [("b", "1923-04-03")]
    assert "1 rival reading" in str(fact)
    (occasion,) = facts(record, "ACT004")
    assert occasion.parties == ("ARC", "ELY", "DUN")
    assert occasion.depends_on == ("ACT002",)
    (break_,) = facts(record, "ACT007")
    assert [(each.relation, each.fact, each.leads) for each in break_.links] == [("cause_of", "ACT006", False)]


def test_what_nobody_is_called_gets_the_nearest(record):
    with pytest.raises(UnknownNameError, match="did you mean 'Arcadia'"):
        facts(record, "Arcadai")
    with pytest.raises(RapalloError, match="about is empty"):
        facts(record, " ")


def test_counts_and_table(record):
    found = facts(record, layer="recognition")
    assert by_basis(found) == {"invented": 5}
    table = facts_frame(found)
    assert table.loc[table["id"] == "ACT004", "parties"].item() == "ARC;ELY;DUN"
    assert table["rivals"].sum() == 1


def test_the_reichswehr_is_found(interwar):
    found = facts(interwar, "REICHSWEHR")
    assert len(found) >= 10
    assert any("Niedermayer" in fact.says for fact in found)
    assert {"exchange", "cooperation", "facility", "context"} & {layer for fact in found for layer in fact.layer}


def test_a_surname_in_russian_finds_what_is_told_in_english(interwar):
    found = facts(interwar, "Тухачевский")
    assert any("manoeuvres" in fact.says for fact in found)
    assert ids(found) == ids(facts(interwar, "Tukhachevsky"))


def test_leads_are_never_sources(interwar):
    found = facts(interwar, layer="recognition")
    background = [fact for fact in found if fact.basis == "background" and not fact.rivals]
    assert background
    assert all(not fact.sources and fact.look_up and fact.certainty == "low" for fact in background)


def test_a_scale_is_not_read_as_what_is_counted(interwar):
    assert facts(interwar, "RIV006")[0].says.startswith("rival of USSR to GBR: 1 (1 main, 0.5 secondary)")


def test_a_name_that_is_near_to_nothing_is_answered_with_actors(interwar):
    with pytest.raises(UnknownNameError) as told:
        facts(interwar, "Qqqq")
    listed = str(told.value).partition("valid: ")[2].split(", …")[0].split(", ")
    assert listed == list(interwar.actor_ids[:12])
