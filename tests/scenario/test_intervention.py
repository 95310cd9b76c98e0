"""Changes in words: read, said, and made; and the interventions that ship."""

import pytest

import rapallo as rp
from rapallo.scenario.change import KINDS, read_change
from rapallo.scenario.intervention import interventions, read_intervention
from rapallo.scenario.timeline import timeline
from rapallo.system.history import as_day

SHIPPED = (
    "no-labour-1924",
    "no-rapallo",
    "no-secret-cooperation",
    "no-comintern",
    "comintern-restrained-by-recognition",
    "claims-settled-at-genoa",
    "zinoviev-letter-never-published",
    "continental-bloc-1923",
    "britain-never-breaks-1927",
    "article-16-without-unanimity",
    "usa-in-the-league",
    "no-versailles-restrictions",
    "cooperation-exposed-1923",
    "exposure-never",
)


@pytest.fixture(scope="module")
def interwar():
    return rp.load("interwar")


def changed(scenario, text):
    return read_intervention(scenario, text).apply(scenario)


def value(calendar, scenario, name, actor, day):
    """What an attribute is on a day, by the calendar."""
    actors = [each for each, quantity in scenario.quantities.items() if quantity.shape == "actor"]
    found = calendar.opening.attributes[name][calendar.opening.actors.index(actor)]
    for k in range(len(calendar)):
        if calendar.kind[k] == 1 and calendar.time[k] <= as_day(day) and actors[calendar.what[k]] == name:
            if calendar.opening.actors[calendar.sender[k]] == actor:
                found = calendar.value[k]
    return found


def test_all_that_ship_can_be_made_and_say_so(interwar):
    assert set(interventions(interwar)) == set(SHIPPED)
    for each in interventions(interwar).values():
        assert each.says.endswith(".") and "look up" in each.debate
        assert all(each.sentences(interwar))
        made = each.apply(interwar)
        assert made.fingerprint != interwar.fingerprint
        timeline(made, "1921-01-01", "1924-12-31")


def test_a_quantity_holds_for_its_span_and_is_then_what_it_would_have_been(interwar):
    made = changed(interwar, "colour of GBR = -1 from 1924-01-22 to 1924-11-04")
    before, after = timeline(interwar), timeline(made)
    assert value(before, interwar, "colour", "GBR", "1924-03-01") == 1
    assert value(after, made, "colour", "GBR", "1924-03-01") == -1
    for day in ("1923-06-01", "1924-11-05", "1929-07-01", "1935-01-01"):
        assert value(after, made, "colour", "GBR", day) == value(before, interwar, "colour", "GBR", day)


def test_dropping_a_fact_takes_the_same_event_and_what_depends_on_it_along(interwar):
    dropped = read_change("drop GOV006").dropped(interwar)
    assert {"GOV006", "GVR012"} <= dropped
    alone = read_change("drop GOV006 alone").dropped(interwar)
    assert {"GOV006", "GVR012"} <= alone < dropped
    made = changed(interwar, "drop GOV006")
    assert value(timeline(made), made, "colour", "GBR", "1924-03-01") == -1
    assert "GVR012" in read_change("drop GOV006").sentence(interwar)


def test_moving_a_fact_keeps_its_precision(interwar):
    made = changed(interwar, "add 3 years to GOV006")
    assert {row.date.text for row in made.tables.attributes if row.id == "GOV006"} == {"1927-01-22"}
    made = changed(interwar, "move GOV006 to 1923-12-01")
    assert {row.date.text for row in made.tables.attributes if row.id == "GOV006"} == {"1923-12-01"}


def test_a_rival_reading_is_taken(interwar):
    made = changed(interwar, "read MIL032 as c")
    assert {row.reading for row in made.tables.acts if row.id == "MIL032"} == {"c"}


def test_parameters_processes_and_rules_are_changed(interwar):
    assert changed(interwar, "scale recognise.claims by 2").parameters["recognise.claims"].value == pytest.approx(
        2 * interwar.parameters["recognise.claims"].value
    )
    assert changed(interwar, "off recognise.claims").parameters["recognise.claims"].value == 0
    off = changed(interwar, "off comintern since 1924-01-01")
    assert "not sender.off_subvert" in off.processes["subvert"].allowed
    assert "not sender.off_subvert" not in interwar.processes["subvert"].allowed
    rules = {
        rule.name: rule
        for rule in changed(interwar, "off article_16; on article_16_text by majority").institutions["league"].rules
    }
    assert (rules["article_16"].active, rules["article_16_text"].active) == (False, True)
    assert rules["article_16_text"].finding == "majority"


def test_what_is_forbidden_never_comes_and_what_is_kept_never_ends(interwar):
    made = changed(interwar, "forbid recognition GBR-USSR until 1926-01-01; force recognise FRA-USSR on 1922-03-01")
    made = changed(made, "keep recognition FRA-USSR")
    for run in range(6):
        history = rp.simulate(made, seed=3, run=run, end="1926-12-31")
        with_britain = history.acts(
            layer="recognition", change="form", sender=["GBR", "USSR"], receiver=["GBR", "USSR"]
        )
        assert (with_britain["date"] >= "1926-01-01").all()
        french = history.acts(layer="recognition", sender=["FRA", "USSR"], receiver=["FRA", "USSR"])
        assert "1922-03-01" in set(french["date"])
        assert not (french["change"] == "end").any()


def test_what_is_switched_off_from_a_date_is_silent_after_it_only(interwar):
    made = changed(interwar, "off open_talks since 1923-01-01")
    dates = [
        date
        for run in range(4)
        for date in rp.simulate(made, 1, run, end="1925-12-31").acts(process="open_talks")["date"]
    ]
    assert dates and max(dates) < "1923-01-01"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("drop GOV06", "did you mean 'GOV0"),
        ("off comintrn", "did you mean 'comintern'"),
        ("set recognise.clams = 2", "did you mean 'recognise.claims'"),
        ("forbid treaty DEU-USR", "did you mean 'USSR'"),
        ("no-labor-1924", "did you mean 'no-labour-1924'"),
        ("make it otherwise", "write one of: set PARAMETER"),
        ("trade of GBR-USSR = 3", "is written by the model"),
        ("colour of GBR-USSR = 1", "belongs to one actor"),
        ("read MIL032 as z", "no reading of MIL032 is called 'z'"),
        ("off recognise.claims since 1924-01-01", "leave the dates out"),
        ("forbid context GBR-USSR", "nothing to forbid"),
        (" ; ", "an intervention changes something"),
    ],
)
def test_what_cannot_be_read_says_what_would_be_right(interwar, text, hint):
    with pytest.raises(rp.RapalloError) as caught:
        read_intervention(interwar, text)
    assert hint in str(caught.value)


def test_every_kind_states_its_grammar():
    assert len({kind.right for kind in KINDS}) == len(KINDS)
