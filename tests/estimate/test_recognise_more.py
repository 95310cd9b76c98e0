"""Side fits of recognition: who counts as what, what is unknown, whose cases were used, and the motives' formulas."""

import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import rapallo as rp

ESTIMATES = Path(__file__).parents[2] / "estimates"


@pytest.fixture
def more(monkeypatch):
    monkeypatch.syspath_prepend(str(ESTIMATES))
    import recognise_more

    return recognise_more


def rows(scenario, name, actor):
    return {
        row.date.text: row.value for row in scenario.tables.attributes if (row.attribute, row.actor) == (name, actor)
    }


def test_standings_and_trade_are_those_of_the_record_and_what_is_unknown_has_no_row(more):
    made = more.with_standing_and_trade(rp.load("interwar"))
    assert list(rows(made, "standing", "POL").values()) == [3.0, 1.0]  # made by the peace, and a victor of it
    assert rows(made, "standing", "HUN")["1921-07-26"] == 2.0
    own = rows(made, "standing", "TUR")
    assert own["1920-08-10"] == 2.0 and own["1923-07-24"] == own["1900-01-01"] > 100.0
    plain = [value for actor in ("BRA", "CHL", "NOR", "SWD") for value in rows(made, "standing", actor).values()]
    assert len(set(plain)) == 4 and min(plain) > 100.0  # no two of them are alike
    assert rows(made, "new_state", "CZE") == {"1900-01-01": 1.0} and rows(made, "new_state", "NOR") == {
        "1900-01-01": 0.0
    }
    sales = {
        row.date.text: row.value
        for row in made.tables.dyads
        if (row.attribute, row.sender, row.receiver) == ("trade", "GBR", "USSR")
    }
    told = rows(made, "union_sales", "GBR")
    assert told["1924-12-31"] == math.log1p(sales["1924"]) and "1925" in sales and "1925-12-31" not in told
    assert not {f"{year}-12-31" for year in range(1929, 1933)} & set(rows(made, "union_trade", "DEU"))
    assert not rows(made, "union_trade", "ALB") and not rows(made, "union_sales", "ALB")


def test_ties_that_had_lapsed_are_those_of_before_the_span(more):
    lapsed = more.whose_ties_had_lapsed(rp.load("interwar"))
    assert {"DEU", "TUR", "BUL"} <= lapsed and not {"ALB", "GBR", "AUS", "HUN", "USSR"} & lapsed  # Tirana broke in 1924


def test_a_state_of_unknown_trade_is_left_out_and_named_and_not_taken_for_one_without(more):
    from whose_cases import whose_cases

    from rapallo.estimate.completed import completed
    from rapallo.estimate.counted_once import counted_once
    from rapallo.scenario.timeline import record_history

    scenario = more.with_standing_and_trade(rp.load("interwar"))
    made, _ = completed(counted_once(scenario, "recognise", None), ["colour", "claims"], 0)
    pairs = np.zeros((len(scenario.tables.actor_ids),) * 2, dtype=bool)
    pairs[:, scenario.tables.actor_ids.index("USSR")] = True
    prior = {"recognise.constant": (8.0, 2.0), "recognise.distance": (-2.0, 0.5)}
    motives = [more.Motive("its sales there", "sender_value(union_sales)")]
    model = more.Model(record_history(made), motives, prior, pairs, {})
    with_it, without = model.fit(1.0), model.fit(0.0)
    assert (with_it.acts, with_it.left_out) == (without.acts, without.left_out)  # the gain is one on the same cases
    lost = with_it.surprise[with_it.surprise["log_probability"].isna()]
    assert {"ALB", "ICE", "YAR"} <= set(lost["sender"]) and not {"GBR", "ITA", "FRA"} & set(lost["sender"])
    assert f"{with_it.left_out} left out as unknown" in whose_cases(with_it) and "ALB → USSR" in whose_cases(with_it)
    assert model.gain() == more.log_marginal(with_it) - more.log_marginal(without)
    half = model.fit(0.5)
    assert half.prior["sender_value(union_sales)"][1] == 0.5 / model.spread["sender_value(union_sales)"]


def test_shuffled_standings_are_as_many_and_stay_with_whoever_is_far(more):
    scenario = more.with_standing_and_trade(rp.load("interwar"))
    near = ["DEU", "AUS", "FRA", "NOR", "SWD", "CZE"]
    made = more.shuffled(scenario, near, 5)

    def marked(name):
        return sorted(
            (row.date.text, row.actor) for row in made.tables.attributes if row.attribute == name and row.value > 0
        )

    changed = 0
    for number in range(5):
        for name in ("victor", "vanquished", "new_state"):
            before, after = marked(name), marked(f"{name}_{number}")
            assert [date for date, _ in before] == [date for date, _ in after]
            assert [each for each in before if each[1] not in near] == [each for each in after if each[1] not in near]
            changed += before != after
    assert changed > 5


def test_whose_cases_names_what_was_left_out_and_in_how_many_draws(monkeypatch):
    monkeypatch.syspath_prepend(str(ESTIMATES))
    from whose_cases import whose_cases

    def fit(*acts):
        table = pd.DataFrame(acts, columns=["date", "sender", "receiver", "log_probability"])
        lost = int(table["log_probability"].isna().sum())
        return SimpleNamespace(surprise=table, acts=len(table) - lost, left_out=lost)

    told = ("1924-02-01", "GBR", "USSR", -2.0)
    first = fit(told, ("1924-02-08", "ITA", "USSR", -1.0), ("1926-02-16", "USSR", "SAU", math.nan))
    second = fit(told, ("1924-02-08", "ITA", "USSR", math.nan), ("1926-02-16", "USSR", "SAU", math.nan))
    assert whose_cases(fit(told)) == "1 cases by 1 actors: GBR; 0 left out as unknown"
    assert whose_cases(first) == "2 cases by 2 actors: GBR, ITA; 1 left out as unknown: 1926-02-16 USSR → SAU"
    assert whose_cases(first, second) == (
        "1 to 2 cases by 2 actors: GBR, ITA; 1 to 2 left out as unknown: "
        "1926-02-16 USSR → SAU; 1924-02-08 ITA → USSR (in 1 of 2 draws)"
    )


def test_the_two_own_motives_by_hand_and_with_an_unknown(more):
    network = np.array([[0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1], [0, 1, 1, 0]], dtype=float)
    view = SimpleNamespace(actors=4, network=network, sales=np.array([2.0, 3.0, 0.5, 9.0]))
    assert more.competitors_ahead(view, 0, 3) == 2.0 * 3.5 and more.competitors_ahead(view, 1, 3) == 3.0 * 0.5
    view.sales[2] = math.nan
    assert math.isnan(more.competitors_ahead(view, 0, 3))
    rival = np.zeros((4, 4))
    rival[0, 1], rival[0, 3] = 0.5, 1.0  # the receiver itself is no reason to turn to it
    distance = np.full((4, 4), 3000.0)
    view = SimpleNamespace(actors=4, rival=rival, capability=np.array([0.1, 0.2, math.nan, 0.4]), distance=distance)
    view.scale = 1000.0
    assert more.threat_of_rivals(view, 0, 3) == pytest.approx(0.5 * 0.2 / 4.0)  # unknown power of none of its rivals
    rival[0, 2] = 1.0
    assert math.isnan(more.threat_of_rivals(view, 0, 3))
