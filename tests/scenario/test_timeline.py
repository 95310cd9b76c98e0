"""From tables to dated changes: rules of dates and readings, interpolation, order within a day, spells, persons."""

import numpy as np
import pytest

from rapallo.errors import RapalloError
from rapallo.record.folder import Folder
from rapallo.record.time import to_day
from rapallo.scenario.load import load_folder
from rapallo.scenario.timeline import record_history, timeline
from rapallo.system.calendar import ACT, ATTRIBUTE, EXISTS, TICK, YEARLY
from rapallo.system.history import to_iso

SCENARIO = """
title = "Dates"
says = "A test bench of dates."
start = "1920-01-01"
end = "1925-12-31"
measures = []
[layers.pact]
says = "{sender} and {receiver}"
mutual = true
[layers.plot]
says = "{sender} and {receiver} plot"
mutual = true
covert = true
[layers.war]
says = "{sender} attacks {receiver}"
lasting = false
[attributes.size]
says = "size"
unit = "share"
rule = "linear"
[attributes.wealth]
says = "wealth"
unit = "share"
rule = "log-linear"
[attributes.colour]
says = "colour"
unit = "share"
default = -9.0
[attributes.officers]
says = "officers in post"
unit = "persons"
counts = "officer"
[attributes.hoard]
says = "a stock"
unit = "share"
written = true
[dyads.near]
says = "near"
unit = "share"
mutual = true
[processes.agree]
says = "{sender} agrees with {receiver}"
layer = "pact"
weighting = "intensity"
senders = "state"
receivers = "state"
effects.constant = {}
[processes.attack]
says = "{sender} attacks {receiver}"
layer = "war"
senders = "state"
receivers = "state"
given = true
[stocks.hoard]
says = "hoarding"
writes = "hoard"
senders = "state"
receivers = "state"
effects.constant = {}
"""
PARAMETERS = """
[agree.constant]
value = -1.0
range = [-2.0, 0.0]
origin = "assumed"
why = "made up"
[hoard.constant]
value = 1.0
range = [0.0, 2.0]
origin = "assumed"
why = "made up"
"""
ACTORS = """id,name_en,kind,from,to,source,basis,certainty
A,Aland,state,1900,..,invented,invented,low
B,Bland,state,1900,..,invented,invented,low
C,Cland,state,1922-03-01,1924-05-31,invented,invented,low
"""
ACTS = "id,date,public_from,known_to,occasion,layer,process,sender,receiver,change,source,basis,certainty,reading"
NUMBERS = "id,actor,attribute,date,value,unit,source,basis,certainty,reading"
DYADS = "id,sender,receiver,attribute,date,value,unit,source,basis,certainty,reading"
PERSONS = "id,name_en,actor,role,kind,from,to,source,basis,certainty"
TAIL = "invented,invented,low"
SOMEONE = f"P0,Zed,B,attaché,officer,1910,1911,{TAIL}"


def scenario(acts=(), numbers=(), dyads=(), persons=()):
    def table(heading, rows):
        return "\n".join([heading, *rows, ""]).encode()

    return load_folder(
        Folder(
            "dates",
            contents={
                "scenario.toml": SCENARIO.encode(),
                "parameters.toml": PARAMETERS.encode(),
                "actors.csv": ACTORS.encode(),
                "acts.csv": table(ACTS, acts),
                "attributes.csv": table(NUMBERS, numbers),
                "dyads.csv": table(DYADS, dyads),
                "persons.csv": table(PERSONS, [SOMEONE, *persons]),
                "sources.bib": b"@misc{invented, title = {Invented}, why = {made up for a test}}\n",
            },
        )
    )


def attack(name, date, sender="A", receiver="B", occasion="", reading="", certainty="low"):
    return f"{name},{date},,,{occasion},war,attack,{sender},{receiver},form,invented,invented,{certainty},{reading}"


def number(name, attribute, date, value, actor="A", reading="", certainty="low"):
    return f"{name},{actor},{attribute},{date},{value},share,invented,invented,{certainty},{reading}"


def entries(calendar, kind):
    at = np.flatnonzero(calendar.kind == kind)
    return [(to_iso(calendar.time[k]), int(calendar.sender[k]), float(calendar.value[k])) for k in at]


def days(calendar):
    return [to_iso(time) for time in calendar.time[calendar.kind == ACT]]


def values(calendar, attribute):
    """Opening value and dated changes of A's attribute."""
    world = calendar.opening
    what = list(world.attributes).index(attribute)
    at = np.flatnonzero((calendar.kind == ATTRIBUTE) & (calendar.what == what) & (calendar.sender == 0))
    changes = [(to_iso(calendar.time[k]), round(float(calendar.value[k]), 6)) for k in at]
    return float(world.attributes[attribute][0]), changes


@pytest.mark.parametrize(
    ("rule", "month", "interval"),
    [
        ("begins", "1922-07-16", "1923-02-01"),
        ("earliest", "1922-07-01", "1923-02-01"),
        ("latest", "1922-07-31", "1923-02-21"),
        ("midpoint", "1922-07-16", "1923-02-11"),
    ],
)
def test_a_named_rule_resolves_each_date(rule, month, interval):
    model = scenario([attack("X1", "1922-07"), attack("X2", "1923-02-01/1923-02-21"), attack("X3", "1924-01-05")])
    assert days(timeline(model, dates=rule)) == [month, interval, "1924-01-05"]
    assert [to_iso(time) for time in record_history(model, dates=rule).time] == [month, interval, "1924-01-05"]


def test_a_misspelt_rule_of_dates_is_refused():
    with pytest.raises(RapalloError):
        timeline(scenario([attack("X1", "1922-07")]), dates="erliest")


def test_rival_readings_are_chosen_by_the_rule_asked_for():
    acts = [attack("X1", "1922-03-04", reading="late", certainty="low"), attack("X1", "1922-01-02", reading="early")]
    assert days(timeline(scenario(acts), readings="first")) == ["1922-03-04"]
    rows = [
        number("N1", "colour", "1921-01-01", 3, reading="one"),
        number("N1", "colour", "1921-02-01", 5, reading="two"),
    ]
    opening, changes = values(timeline(scenario(numbers=rows), readings="first"), "colour")
    assert opening == -9.0 and changes == [("1921-01-01", 3.0)]


def test_the_most_certain_reading_is_chosen_by_default():
    acts = [attack("X1", "1922-03-04", reading="a", certainty="low"), attack("X1", "1922-01-02", reading="b")]
    sure = [row.replace(",low,b", ",high,b") for row in acts]
    assert days(timeline(scenario(sure))) == ["1922-01-02"]
    assert len(record_history(scenario(sure))) == 1


BENCHMARKS = [number("N1", "size", "1919-01-01", 1), number("N2", "size", "1923-01-01", 5)]


def test_values_between_benchmarks_are_found_at_each_new_year():
    opening, changes = values(timeline(scenario(numbers=BENCHMARKS)), "size")
    assert opening == 1.0  # the new year of 1920 comes with the first day itself
    expected = [
        (f"{1919 + k}-01-01", 1 + 4 * (to_day(f"{1919 + k}-01-01") - to_day("1919-01-01")) / 1461) for k in (1, 2, 3)
    ]
    assert changes == [*((day, round(value, 6)) for day, value in expected), ("1923-01-01", 5.0)]


def test_growth_is_interpolated_by_its_logarithm():
    rows = [number("N1", "wealth", "1920-01-01", 1), number("N2", "wealth", "1922-01-01", 4)]
    _, changes = values(timeline(scenario(numbers=rows)), "wealth")
    share = 366 / 731
    assert changes == [("1920-01-01", 1.0), ("1921-01-01", round(4**share, 6)), ("1922-01-01", 4.0)]


@pytest.mark.parametrize("as_of", ["1919-06-01", "1921-06-01", "1922-12-31", "1923-01-01", "1925-01-01"])
def test_nothing_looks_past_its_date(as_of):
    """What a forecast sees is what is left when every later row is deleted."""
    rows = [*BENCHMARKS, number("N3", "wealth", "1920-01-01", 1), number("N4", "wealth", "1924-01-01", 9)]
    kept = [row for row in rows if row.split(",")[3] <= as_of]
    told = timeline(scenario(numbers=rows), as_of=as_of)
    cut = timeline(scenario(numbers=kept))
    assert told.opening.attributes["size"].tolist() == cut.opening.attributes["size"].tolist()
    for column in ("time", "kind", "what", "sender", "receiver", "value"):
        assert getattr(told, column).tobytes() == getattr(cut, column).tobytes()


def test_benchmarks_after_the_date_are_carried():
    assert values(timeline(scenario(numbers=BENCHMARKS), as_of="1921-06-01"), "size") == (1.0, [])


def test_acts_of_one_day_keep_the_order_of_the_record_at_instants_of_their_own():
    acts = [attack(f"X{k}", "1922-05-01", "AB"[k % 2], "BA"[k % 2]) for k in range(4)]
    model = scenario([*acts, attack("X9", "1922-05-02")])
    history = record_history(model)
    assert history.ids.tolist() == ["X0", "X1", "X2", "X3", "X9"]
    assert (np.diff(history.time) > 0).all()
    assert np.floor(history.time).tolist() == [to_day("1922-05-01")] * 4 + [to_day("1922-05-02")]
    assert timeline(model).time[timeline(model).kind == ACT].tolist() == history.time.tolist()


def test_the_calendar_goes_before_the_acts_of_its_day():
    model = scenario([attack("X1", "1922-05-01")], [number("N1", "colour", "1922-05-01", 2)])
    calendar = timeline(model)
    at = np.flatnonzero(np.floor(calendar.time) == to_day("1922-05-01"))
    assert calendar.kind[at].tolist() == [ATTRIBUTE, TICK, ACT]


def test_one_occasion_is_one_event():
    acts = [attack("X1", "1922-05-01", occasion="conference"), attack("X2", "1922-05-01", "B", "A", "conference")]
    history = record_history(scenario([*acts, attack("X3", "1922-05-03")]))
    assert history.occasion[0] == history.occasion[1] != history.occasion[2]


def test_spells_begin_and_end_existence():
    calendar = timeline(scenario())
    assert calendar.opening.exists.tolist() == [True, True, False]
    assert entries(calendar, EXISTS) == [("1922-03-01", 2, 1.0), ("1924-06-01", 2, 0.0)]
    later = timeline(scenario(), "1923-01-01", "1924-12-31")
    assert later.opening.exists.tolist() == [True, True, True]


def test_a_tie_lapses_with_its_party():
    act = f"X1,1923-01-05,,,,pact,agree,A,C,form,{TAIL},"
    history = record_history(scenario([act]))
    table = history.acts()
    assert table[["date", "change", "origin"]].values.tolist() == [
        ["1923-01-05", "form", "record"],
        ["1924-06-01", "end", "lapse"],
    ]


def test_persons_in_office_are_counted():
    persons = [
        f"P1,Ann,A,attaché,officer,1921-02-03,1922-04-05,{TAIL}",
        f"P2,Ben,A,attaché,officer,1921-06-01,..,{TAIL}",
        f"P3,Cid,A,envoy,envoy,1921-06-01,..,{TAIL}",
    ]
    _, changes = values(timeline(scenario(persons=persons)), "officers")
    assert changes == [("1921-02-03", 1.0), ("1921-06-01", 2.0), ("1922-04-06", 1.0)]


def test_a_covert_tie_is_published_when_its_source_says():
    acts = [
        f"X1,1921-03-04,1922-06-07,,,plot,,A,B,form,{TAIL},",
        f"X2,1921-03-04,not public,,,plot,,B,C,form,{TAIL},".replace("1921-03-04", "1922-04-04"),
    ]
    history = record_history(scenario(acts))
    assert history.acts()[["date", "change", "sender"]].values.tolist() == [
        ["1921-03-04", "form", "A"],
        ["1922-04-04", "form", "B"],
        ["1922-06-07", "expose", "A"],
        ["1924-06-01", "end", "C"],
    ]
    assert len(history.view("C").at("1922-06-06").ties("plot")) == 1
    assert len(history.view("C").at("1922-06-08").ties("plot")) == 2
    assert len(history.view("A").at("1922-06-08").ties("plot")) == 1


def test_what_came_before_the_span_is_in_the_opening_and_what_is_decided_is_left_to_the_model():
    act = f"X1,1919-01-05,,,,pact,agree,A,B,form,{TAIL},"
    inside = f"X2,1921-01-05,,,,pact,,A,B,end,{TAIL},"
    calendar = timeline(scenario([act, inside]))
    assert calendar.opening.ties["pact"][0, 1] == calendar.opening.ties["pact"][1, 0] == 1
    assert not (calendar.kind == ACT).any()


def test_numbers_of_pairs_hold_both_ways_where_they_are_mutual():
    row = f"D1,A,B,near,1919-01-01,3,share,{TAIL},"
    assert timeline(scenario(dyads=[row])).opening.pairs["near"][:2, :2].tolist() == [[0, 3], [3, 0]]


def test_months_tick_and_years_are_closed_on_their_eve():
    calendar = timeline(scenario(), "1920-01-15", "1921-03-10")
    ticks = entries(calendar, TICK)
    assert [day for day, *_ in ticks][:3] == ["1920-02-01", "1920-03-01", "1920-04-01"]
    assert len(ticks) == 14 and ticks[-1][2] == calendar.end == to_day("1921-03-11")
    at = np.flatnonzero(calendar.kind == YEARLY)
    assert calendar.what[at].tolist() == [1920]
    assert to_day("1920-12-31") < calendar.time[at[0]] < to_day("1921-01-01")


def test_a_span_within_one_month_has_no_ticks():
    calendar = timeline(scenario(), "1920-01-05", "1920-01-20")
    assert entries(calendar, TICK) == [] and calendar.opening.tick_end == calendar.end
    assert to_iso(calendar.end) == "1920-01-21"


def test_a_span_of_one_day_holds_that_day():
    calendar = timeline(scenario(), "1922-01-01", "1922-01-01")
    assert (to_iso(calendar.start), calendar.end - calendar.start) == ("1922-01-01", 1.0)


@pytest.mark.parametrize("span", [("1922-01-01", "1921-01-01"), ("1922-01-01", "1921-12-31")])
def test_a_span_without_length_is_refused(span):
    with pytest.raises(RapalloError, match=r"the span ends .* give the start and a later end"):
        timeline(scenario(), *span)


@pytest.mark.parametrize("span", [("1922-01-01", "9999-12-31"), ("0001-01-01", "1922-12-31")])
def test_a_span_beyond_the_years_of_a_table_is_refused(span):
    with pytest.raises(RapalloError, match=r"lies outside the years 1000 to 2200; give the start and a later end"):
        timeline(scenario(), *span)
