"""Changes in words: read, said, and made; and the interventions that ship."""

import pytest

import rapallo as rp
from rapallo.errors import RapalloError, UnknownNameError
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
        ("off recognise.claims since 1924-01-01 until 1923-01-01", "ends (1923-01-01) before it begins"),
        ("on subvert", "say from when"),
        ("hold dispute GBR-USSR since 1924-01-01", "does not last; force an act instead"),
        ("drop REC065 for 1", "no number of the calendar"),
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


def test_a_number_is_another_for_a_span_and_then_what_it_was(interwar):
    old = interwar.parameters["recognise.claims"].value
    made = changed(interwar, "scale recognise.claims by 3 since 1924-01-01 until 1926-01-01")
    made = changed(made, "off recognise.claims since 1925-01-01 until 1925-07-01")
    dated = {"1923-12-31": 1, "1924-01-01": 3, "1925-03-01": 0, "1925-07-01": 3, "1926-01-01": 1}
    assert {day: made.number("recognise.claims", as_day(day)) for day in dated} == pytest.approx(
        {day: factor * old for day, factor in dated.items()}
    )
    assert made.parameters["recognise.claims"].value == old
    calendar = timeline(made, "1925-02-01", "1926-06-01")
    assert calendar.numbers == {"recognise.claims": 0.0}
    assert calendar.numbers_at(tuple(made.parameters), as_day("1925-07-01")) == pytest.approx(
        {"recognise.claims": 3 * old}
    )
    # drawn anew underneath, the factor still holds: a scale is relative
    assert made.with_parameters({"recognise.claims": 2.0}).number("recognise.claims", as_day("1924-06-01")) == 6.0


def test_an_effect_is_switched_off_by_its_name_wherever_it_weighs(interwar):
    made = changed(interwar, "off claims_held since 1924-01-01")
    assert {each.parameter for each in made.spells} > {"recognise.claims"}
    assert all(each.value == 0 for each in made.spells)
    assert "weigh nothing from 1924-01-01" in read_change("off claims_held since 1924-01-01").sentence(interwar)


def test_a_rule_is_off_or_on_from_a_date_only(interwar):
    """Without Article 16 no case of 1935 opens; switched off after it, the case of Ethiopia still does."""
    findings = {}
    for name, text in {"off": "off article_16 since 1935-06-01", "later": "off article_16 since 1936-06-01"}.items():
        made = changed(interwar, text)
        calls = [rp.simulate(made, 1, run, start="1935-01-01", end="1936-05-01") for run in range(4)]
        findings[name] = sum(len(history.acts(layer="finding", since="1935-09-01")) for history in calls)
    assert findings["off"] == 0 < findings["later"]
    by_text = changed(interwar, "off article_16; on article_16_text by majority since 1935-06-01")
    rule = next(rule for rule in by_text.institutions["league"].rules if rule.name == "article_16_text")
    assert rule.active and rule.finding == "majority" and "not sender.off_article_16_text" in rule.trigger.when
    assert value(timeline(by_text), by_text, "off_article_16_text", "ITA", "1935-05-31") == 1
    assert value(timeline(by_text), by_text, "off_article_16_text", "ITA", "1935-06-01") == 0


def test_a_held_tie_stands_for_its_span(interwar):
    made = changed(interwar, "hold treaty DEU-FRA from 1923-12-15 to 1926-12-15")
    for run in range(4):
        history = rp.simulate(made, 2, run, end="1927-06-01")
        for day in ("1923-12-16", "1925-06-01", "1926-12-14"):
            treaties = history.at(day).ties("treaty")
            assert {"DEU", "FRA"} in [{*pair} for pair in zip(treaties["sender"], treaties["receiver"], strict=True)]


def test_a_number_is_fixed_and_an_entry_added(interwar):
    fixed = changed(interwar, "fix recognise.claims").parameters["recognise.claims"]
    assert fixed.low == fixed.value == fixed.high == interwar.parameters["recognise.claims"].value
    assert changed(interwar, "fix recognise.claims at -2").parameters["recognise.claims"].value == -2
    made = changed(interwar, "add colour of GBR = 1 on 1923-02-01")
    after = timeline(made)
    assert value(after, made, "colour", "GBR", "1923-03-01") == 1
    # until another is recorded: the cabinet of November 1924 comes as it came
    assert value(after, made, "colour", "GBR", "1925-01-01") == value(
        timeline(interwar), interwar, "colour", "GBR", "1925-01-01"
    )


def test_dropping_a_cabinet_asks_which_one_stands_in_its_place(interwar):
    plain = read_change("drop GOV006")
    vacancy = next(each for each in plain.vacancies(interwar) if each.quantity == "colour")
    assert (vacancy.who, vacancy.day) == ("GBR", "1924-01-22") and "what stood before, -1" in vacancy.stands
    assert "write 'drop GOV006 for NUMBER' (GBR has had" in str(vacancy)
    made = changed(interwar, "drop GOV006 for 0")
    assert value(timeline(made), made, "colour", "GBR", "1924-03-01") == 0
    assert "0 stands in its place" in read_change("drop GOV006 for 0").sentence(interwar)


def test_a_number_that_goes_with_what_it_depends_on_is_asked_for_too(interwar):
    """No Scheidemann speech, no fall of the cabinet: who governs Germany after January 1927 must be said."""
    (vacancy,) = read_change("drop MIL030").vacancies(interwar)
    assert (vacancy.fact, vacancy.quantity, vacancy.who, vacancy.own) == ("GOV058", "colour", "DEU", False)
    assert "write behind it '; add colour of DEU = NUMBER on 1927-01-29'" in str(vacancy)
    made = changed(interwar, "drop MIL030; add colour of DEU = 1 on 1927-01-29")
    assert value(timeline(made), made, "colour", "DEU", "1927-03-01") == 1
    election = read_change("drop GOV005 for 0").vacancies(interwar)
    assert [(each.quantity, each.own, each.told) for each in election] == [
        ("election", True, True),
        ("colour", False, False),
    ]


def test_what_states_the_same_number_moves_with_a_fact(interwar):
    """Two tables have the cabinet of January 1924; moving one alone would move nothing."""
    made = changed(interwar, "add 1 years to GOV006")
    after = timeline(made)
    assert value(after, made, "colour", "GBR", "1924-03-01") == -1
    assert value(after, made, "colour", "GBR", "1925-03-01") == 1
    says = read_change("add 1 years to GOV006").sentence(interwar)
    assert "and with it GVR012, the same event; before it now comes what depends on it: GOV007, GOV008" in says
    assert "before it" not in read_change("add 3 years to REC065").sentence(interwar)


def test_of_two_changes_of_a_number_the_later_comes_after(interwar):
    name, old = "recognise.claims", interwar.parameters["recognise.claims"].value

    def numbers(text):
        made = changed(interwar, text)
        return [made.number(name, as_day(day)) for day in ("1924-06-01", "1926-06-01")]

    assert numbers(f"set {name} = -2 since 1925-01-01; scale {name} by 0.5") == pytest.approx([old / 2, -1])
    assert numbers(f"scale {name} by 3 since 1925-01-01; scale {name} by 0.5") == pytest.approx([old / 2, 1.5 * old])
    assert numbers(f"set {name} = -2 since 1925-01-01; fix {name} at -1") == [-1, -1]
    assert numbers(f"set {name} = -2 since 1925-01-01; fix {name}") == [old, -2]
    assert numbers(f"set {name} = -1; set {name} = -2 since 1925-01-01") == [-1, -2]


def test_each_sentence_tells_what_its_change_meets(interwar):
    made = read_intervention(interwar, "set recognise.claims = -2; scale recognise.claims by 0.5")
    old = interwar.parameters["recognise.claims"].value
    assert made.sentences(interwar) == (
        f"recognise.claims is -2 instead of {old:g}",
        "recognise.claims is -1 instead of -2",
    )
    dated = read_intervention(interwar, "set recognise.claims = -2 since 1925-01-01; scale recognise.claims by 0.5")
    assert dated.sentences(interwar)[1] == "recognise.claims is 0.5 times what it would have been"


def test_interventions_compose_and_come_from_a_file(interwar, tmp_path):
    path = tmp_path / "mine.toml"
    one, two = '[one]\nchanges = ["off subvert since 1924-01-01"]\n', '[two]\nsays = "Two."\nchanges = ["no-labour"]\n'
    path.write_text(one + two)
    with pytest.raises(rp.ScenarioError) as caught:
        read_intervention(interwar, str(path))
    assert "mine.toml:5 [two.changes]: 'no-labour' is no change" in str(caught.value)
    path.write_text(path.read_text().replace('"no-labour"', '"drop GOV006"').replace("says", "say"))
    with pytest.raises(rp.ScenarioError, match="did you mean 'says'"):
        read_intervention(interwar, f"{path}#two")
    path.write_text(path.read_text().replace("say ", "says "))
    assert read_intervention(interwar, f"{path}#two").says == "Two."
    made = read_intervention(interwar, ["no-comintern", str(path)])
    assert made.name == "no-comintern; one; two"
    shipped = interventions(interwar)["no-comintern"] + read_intervention(interwar, str(path))
    assert shipped.apply(interwar).changes == made.apply(interwar).changes


def exists(scenario, actor, day):
    """Whether an actor exists on a day, by the calendar."""
    from rapallo.system.calendar import EXISTS

    calendar = timeline(scenario)
    index = scenario.tables.actor_ids.index(actor)
    found = bool(calendar.opening.exists[index])
    for k in range(len(calendar)):
        if calendar.kind[k] == EXISTS and calendar.sender[k] == index and calendar.time[k] <= as_day(day):
            found = bool(calendar.value[k])
    return found


@pytest.mark.parametrize(
    ("text", "says", "before", "after"),
    [
        ("drop entry of ELY", "Elysia (ELY) does not come into being (recorded: 1921-03)", False, False),
        ("move entry of ELY to 1925-01-01", "comes into being on 1925-01-01", False, True),
        ("add 2 years to entry of ELY", "comes into being on 1923-03 (recorded: 1921-03)", False, True),
        ("drop exit of COR", "Corvia (COR) does not end (recorded: 1926-05-01)", True, True),
        ("move exit of COR to 1924-01-01", "exists until 1924-01-01", False, False),
        ("add -3 years to exit of COR in 1926", "exists until 1923-05-01", False, False),
    ],
)
def test_entries_and_exits_of_actors_are_dropped_and_moved(text, says, before, after):
    template = rp.load("template")
    made = read_intervention(template, text)
    assert says in made.sentences(template)[0]
    after_it = made.apply(template)
    who = "ELY" if "ELY" in text else "COR"
    assert exists(after_it, who, "1924-06-01") is (after if "1923-03" in says else before)
    assert exists(after_it, who, "1929-01-01") is after
    assert exists(template, "COR", "1924-06-01") and not exists(template, "COR", "1929-01-01")
    # whoever is not there does nothing
    acts = rp.simulate(after_it, seed=2).acts()
    mine = acts[(acts["sender"] == who) | (acts["receiver"] == who)]
    if "drop entry" in text:
        assert not len(mine)
    from rapallo.scenario.positivity import positivity

    assert positivity(template, made)[0].beyond


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("drop exit of ARC", "ARC has no exit"),
        ("move exit of COR to 1899-01-01", r"would end \(1899-01-01\) before it begins"),
        ("drop entry of COR in 1950", "is not one: 1900-01-01; say 'entry of COR in YEAR'"),
        ("drop exit of CORR", "did you mean 'COR'"),
    ],
)
def test_what_cannot_be_done_to_a_spell_is_said(text, words):
    with pytest.raises(rp.RapalloError, match=words):
        read_intervention(rp.load("template"), text)


def test_the_records_luck_is_asked_of_a_world_without_an_actor(tmp_path):
    found = rp.counterfactual("template", "drop entry of ELY", draws=4, jobs=1, folder=tmp_path / "if")
    acts = found.acts()
    mine = acts[((acts["sender"] == "ELY") | (acts["receiver"] == "ELY")) & (acts["role"] == "decided")]
    assert len(mine) and set(mine["verdict"]) == {"lost"}


def test_a_fact_that_an_earlier_change_took_along_is_said_to_be_gone_with_it(interwar):
    with pytest.raises(RapalloError, match="GOV009 is gone already: 'drop GOV006' takes it along"):
        read_intervention(interwar, "drop GOV006; drop GOV009")
    with pytest.raises(UnknownNameError, match="no dated fact is called 'GOV999'"):
        read_intervention(interwar, "drop GOV006; drop GOV999")
    for asked in ("drop GOV006 alone; drop GOV009", "drop GOV009; drop GOV006"):
        assert len(read_intervention(interwar, asked).sentences(interwar)) == 2
