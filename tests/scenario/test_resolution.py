"""Dates and readings that are drawn: addressed, within what is recorded, and never out of order."""

import numpy as np
import pytest

from rapallo.errors import RapalloError
from rapallo.record.edtf import read_date
from rapallo.record.readings import choose
from rapallo.record.time import to_day
from rapallo.scenario.resolution import uniform
from rapallo.scenario.timeline import record_history
from rapallo.system.history import to_iso
from tests.scenario.test_timeline import attack, number, scenario


def pact(name, date, change="form", sender="A", receiver="B"):
    return f"{name},{date},,,,pact,,{sender},{receiver},{change},invented,invented,low,"


def drawn(model, number, seed=1, **how):
    return record_history(model, dates="draw", readings="draw", seed=seed, draw=number, **how)


def days(history):
    return {str(name): to_iso(time) for name, time in zip(history.ids, history.time, strict=True)}


def test_the_same_name_gives_the_same_record_and_another_one_another():
    model = scenario([attack("X1", "1921"), pact("P1", "1922-03/1922-09"), attack("X2", "1923-05")])
    one, two = drawn(model, 4), drawn(model, 4)
    assert one.time.tobytes() == two.time.tobytes()
    assert one.facts["seed"] == 1 and one.facts["draw"] == 4 and one.facts["dates not drawn"] == 0
    others = {drawn(model, k).time.tobytes() for k in range(8)} | {drawn(model, 4, seed=2).time.tobytes()}
    assert len(others) == 9


def test_a_day_lies_where_the_date_says_and_every_part_of_it_is_met():
    model = scenario(
        [attack("X1", "1921"), pact("P1", "1922-03/1922-09"), pact("P2", '"[1923-01-03,1923-02-05]"', "end")]
    )
    found = [days(drawn(model, k)) for k in range(60)]
    assert all(each["X1"][:4] == "1921" for each in found)
    assert all("1922-03-01" <= each["P1"] <= "1922-09-30" for each in found)
    assert {each["P2"] for each in found} == {"1923-01-03", "1923-02-05"}
    assert min(each["P1"] for each in found) < "1922-04-15" and max(each["P1"] for each in found) > "1922-08-15"
    # uniform over the 365 days of 1921: the mean of 60 lies within 4.5 standard errors of the middle, 365/sqrt(12 * 60)
    places = [to_day(each["X1"]) - to_day("1921-01-01") for each in found]
    assert abs(np.mean(places) - 182) < 4.5 * 365 / np.sqrt(12 * 60)


def test_what_passes_begins_in_what_its_interval_names_first():
    """An attack may last from 1921 to 1923; a pact is formed on one day, whenever it was."""
    model = scenario([attack("X1", "1921/1923"), pact("P1", "1921/1923")])
    found = [days(drawn(model, k)) for k in range(25)]
    assert {each["X1"][:4] for each in found} == {"1921"}
    assert {each["P1"][:4] for each in found} == {"1921", "1922", "1923"}


def test_a_pair_keeps_the_order_of_its_acts():
    model = scenario(
        [pact("P1", "1921"), pact("P2", "1921-10", "end"), pact("P3", "1921-11/1922-01"), attack("X", "1923")]
    )
    for k in range(40):
        found = days(drawn(model, k))
        assert found["P1"] <= found["P2"] <= found["P3"], k
    assert len({days(drawn(model, k))["P1"] for k in range(10)}) > 5


def test_an_actor_acts_only_while_it_exists():
    model = scenario([pact("P1", "1922", sender="B", receiver="C"), attack("X1", "1924", sender="C")])
    for k in range(30):
        found = days(drawn(model, k))
        assert found["P1"] >= "1922-03-01" and found["X1"] <= "1924-05-31"


def test_one_occasion_falls_on_one_day():
    model = scenario(
        [attack("X1", "1921", occasion="O"), attack("X2", "1921", "B", "A", occasion="O"), attack("X3", "1921")]
    )
    for k in range(5):
        found = days(drawn(model, k))
        assert found["X1"] == found["X2"] != found["X3"]


def test_rival_readings_are_drawn_alike_and_a_fact_as_one():
    rows = [attack("X1", "1921-01-01", reading="a", certainty="high"), attack("X1", "1921-06-01", reading="b")]
    model = scenario([*rows, attack("X2", "1923-01-01")])
    found = [days(drawn(model, k))["X1"] for k in range(200)]
    first = sum(day == "1921-01-01" for day in found)
    assert set(found) == {"1921-01-01", "1921-06-01"} and 65 <= first <= 135  # 5 standard deviations of 200 fair draws
    draw = uniform(1, 0, "reading", "X1")
    rows = [row for row in model.tables.acts if row.id == "X1"]
    assert choose(rows, "draw", draw).row.date.text == found[0]


def test_numbers_that_hold_from_a_month_are_drawn_and_values_of_years_are_not():
    model = scenario(
        [attack("X1", "1921-01-01"), attack("X2", "1925-01-01")],
        [
            number("N1", "colour", "1922-03", 1.0),
            number("N2", "colour", "1923", 2.0),
            number("N3", "size", "1922-05", 5.0),
        ],
    )

    def changes(history):
        return {
            float(v): to_iso(t)
            for t, k, v in zip(history.calendar.time, history.calendar.kind, history.calendar.value, strict=True)
            if k == 1
        }

    found = [changes(drawn(model, k)) for k in range(12)]
    settled = changes(record_history(model))
    assert len({each[1.0] for each in found}) > 4
    assert {each[2.0] for each in found} == {settled[2.0]} and {each[5.0] for each in found} == {settled[5.0]}


def test_an_open_side_keeps_its_rule():
    model = scenario([attack("X1", "1921-03-04/.."), attack("X2", "1923")])
    assert {days(drawn(model, k))["X1"] for k in range(6)} == {"1921-03-04"}


def test_no_such_rule():
    model = scenario([attack("X1", "1921")])
    with pytest.raises(RapalloError, match="did you mean 'draw'"):
        record_history(model, dates="drew")
    with pytest.raises(RapalloError, match="did you mean 'draw'"):
        record_history(model, readings="drew")


def test_uniforms_are_uniform():
    """Mean and spread of 4,000 draws within 4.5 standard errors; none repeats."""
    found = np.array([uniform(3, k, "date", f"F{k % 50}", read_date("1921").text) for k in range(4000)])
    assert abs(found.mean() - 0.5) < 4.5 / np.sqrt(12 * 4000) and len(set(found)) == 4000
    assert abs(found.var() - 1 / 12) < 4.5 * np.sqrt(1 / 180 / 4000)
