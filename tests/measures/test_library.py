"""Every measure that ships, on histories small enough to work out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from rapallo.system.history import as_day
from tests.measures.orders import by_year, history_of, values

RECOGNITIONS = (
    ("1921-06-02", "recognition", "form", "USSR", "POL"),
    ("1922-04-16", "recognition", "form", "DEU", "USSR"),
    ("1922-07-02", "recognition", "form", "GBR", "USSR"),
    ("1922-08-01", "recognition", "form", "FRA", "POL"),
    ("1923-05-26", "recognition", "end", "GBR", "USSR"),
    ("1923-09-01", "recognition", "form", "GBR", "USSR"),
    ("1923-10-01", "recognition", "end", "NOR", "USSR", -1, "lapse"),
    ("1923-11-01", "recognition", "end", "POL", "USSR", -1, "record"),
)


def test_recognition_is_counted_dated_and_broken():
    history = history_of(*RECOGNITIONS, standing=[("recognition", "NOR", "USSR"), ("recognition", "ITA", "FRA")])
    assert by_year(history.measure("recognised_by")) == {"1921-12-31": 2.0, "1922-12-31": 4.0, "1923-12-31": 2.0}
    dates = history.measure("recognition_dates")
    assert dates.dropna().to_dict() == pytest.approx(
        {"POL": 1921 + 152.5 / 365, "DEU": 1922 + 105.5 / 365, "GBR": 1922 + 182.5 / 365}
    )
    assert history.measure("breaks") == 1.0
    # every pair counts, whosever it is: those of Italy and France, and of France and Poland, too
    assert by_year(history.measure("relations")) == {"1921-12-31": 3.0, "1922-12-31": 6.0, "1923-12-31": 4.0}


def test_a_rumour_of_recognition_is_no_recognition():
    history = history_of(("1922-02-01", "recognition", "rumour", "FRA", "USSR"))
    assert values(history.measure("recognised_by")) == [0.0, 0.0, 0.0]
    assert np.isnan(history.measure("recognition_dates")["FRA"])


def test_left_governments_are_looked_for_in_the_five_months_before():
    recognitions = [
        ("1922-02-01", "recognition", "form", "GBR", "USSR"),  # ten days after a left government
        ("1922-05-30", "recognition", "form", "USSR", "FRA"),  # 149 days after a centre-left one
        ("1922-06-10", "recognition", "form", "NOR", "USSR"),  # 160 days after
        ("1922-07-01", "recognition", "form", "ITA", "USSR"),  # ten days after a right one
        ("1922-07-01", "recognition", "form", "POL", "USSR"),  # before it
        ("1922-02-02", "recognition", "form", "GBR", "FRA"),
    ]
    offices = [
        ("1922-01-22", "colour", "GBR", 1.0),
        ("1922-01-01", "colour", "FRA", 0.5),
        ("1922-01-01", "colour", "NOR", 1.0),
        ("1922-06-21", "colour", "ITA", -1.0),
        ("1922-07-03", "colour", "POL", 1.0),
    ]
    assert history_of(*recognitions, changes=offices).measure("recognition_by_government") == pytest.approx(2 / 5)
    assert history_of(*recognitions).measure("recognition_by_government") == 0.0
    assert np.isnan(history_of(changes=offices).measure("recognition_by_government"))


TRADE = [
    (1921, "DEU", "USSR", 30.0),
    (1921, "GBR", "USSR", 70.0),
    (1921, "USSR", "DEU", 10.0),
    (1921, "USSR", "GBR", 20.0),
    (1921, "DEU", "GBR", 999.0),
    (1922, "DEU", "USSR", 60.0),
    (1922, "GBR", "USSR", np.nan),
    (1922, "USSR", "DEU", 20.0),
    (1923, "GBR", "USSR", 50.0),
    (1923, "FRA", "USSR", 5.0),
]


def test_trade_is_summed_over_known_partners():
    history = history_of(series={"trade": TRADE}, end="1924-05-01")
    assert values(history.measure("soviet_trade")) == [130.0, 80.0, None, None]
    assert values(history.measure("german_trade_share")) == [0.3, 1.0, None, None]
    assert history.measure("soviet_trade_by_partner").dropna().to_dict() == {"DEU": 45.0 + 15.0, "GBR": 60.0 + 20.0}


def test_no_imports_have_no_shares():
    history = history_of(series={"trade": [(1922, "DEU", "USSR", 0.0), (1922, "GBR", "USSR", 0.0)]})
    assert values(history.measure("german_trade_share")) == [None, None, None]


def test_events_are_counted_by_year():
    history = history_of(
        ("1921-04-10", "negotiation", "form", "DEU", "USSR"),
        ("1922-04-10", "negotiation", "form", "GBR", "USSR", 3),
        ("1922-04-10", "negotiation", "form", "FRA", "USSR", 3),
        ("1922-06-10", "negotiation", "refuse", "FRA", "USSR"),
        ("1923-10-23", "rising", "form", "USSR", "DEU"),
        ("1923-10-24", "rising", "form", "USSR", "POL"),
        ("1921-05-01", "subversion", "form", "USSR", "GBR"),
        ("1922-05-01", "exposure", "form", "GBR", "USSR"),
        ("1923-05-01", "exchange", "form", "DEU", "USSR"),
        ("1923-06-01", "exchange", "form", "USSR", "DEU"),
    )
    assert values(history.measure("negotiations")) == [1.0, 1.0, 0.0]
    assert values(history.measure("risings")) == [0.0, 0.0, 2.0]
    assert values(history.measure("subversion")) == [1.0, 0.0, 0.0]
    assert values(history.measure("exposures")) == [0.0, 1.0, 0.0]
    assert values(history.measure("officers_exchanged")) == [0.0, 0.0, 2.0]


def test_risings_near_an_agreement_with_the_same_state():
    history = history_of(
        ("1921-03-16", "trade_agreement", "form", "GBR", "USSR"),
        ("1921-05-15", "rising", "form", "USSR", "GBR"),  # sixty days after
        ("1922-06-01", "rising", "form", "USSR", "DEU"),
        ("1922-07-20", "recognition", "form", "DEU", "USSR"),  # seven weeks later
        ("1923-03-01", "treaty", "form", "POL", "USSR"),
        ("1923-05-02", "rising", "form", "USSR", "POL"),  # sixty-two days
        ("1923-03-02", "rising", "form", "USSR", "FRA"),  # another state
        ("1923-03-02", "treaty", "form", "FRA", "GBR"),  # not with the USSR
    )
    assert history.measure("revolts_within_60_days") == 0.5
    assert np.isnan(history_of().measure("revolts_within_60_days"))


def test_talks_go_to_rivals_of_rivals_by_the_rank_of_both():
    history = history_of(
        ("1921-04-10", "negotiation", "form", "USSR", "FRA"),  # before Britain was named
        ("1922-04-10", "negotiation", "form", "USSR", "FRA"),
        ("1922-05-10", "negotiation", "form", "USSR", "DEU"),
        ("1922-06-10", "negotiation", "refuse", "USSR", "FRA"),
        ("1923-06-10", "negotiation", "form", "USSR", "FRA"),  # Britain and France are rivals no more
        ("1923-07-10", "negotiation", "form", "FRA", "USSR"),
        changes=(
            ("1921-03-01", "rival", "FRA-GBR", 0.5),
            ("1922-01-01", "rival", "USSR-GBR", 1.0),
            ("1922-05-01", "rival", "GBR-DEU", 0.5),
            ("1923-01-01", "rival", "FRA-GBR", 0.0),
            ("1923-07-01", "rival", "FRA-DEU", 1.0),
        ),
    )
    assert values(history.measure("manoeuvre")) == [0.0, 1.0, 0.0]


def test_treaties_of_losers_count_against_each_other():
    history = history_of(
        ("1921-04-16", "treaty", "form", "DEU", "USSR"),
        ("1922-04-16", "treaty", "form", "HUN", "DEU"),
        ("1922-10-16", "treaty", "form", "DEU", "FRA", 7),
        ("1922-10-16", "treaty", "form", "DEU", "BEL", 7),
        ("1923-04-16", "treaty", "form", "POL", "FRA"),
        ("1923-05-16", "treaty", "end", "DEU", "USSR"),
        opening=[
            ("vanquished", "DEU", 1.0),
            ("vanquished", "HUN", 1.0),
            ("victor", "FRA", 1.0),
            ("victor", "BEL", 1.0),
        ],
    )
    assert values(history.measure("treaties_of_the_vanquished")) == [1.0, 1.0 - 2.0, 0.0]


SECRET = (
    ("1921-08-11", "cooperation", "form", "DEU", "USSR"),
    ("1922-07-02", "cooperation", "discover", "POL", "USSR"),
    ("1923-01-01", "cooperation", "discover", "GBR", "DEU"),
    ("1923-07-02", "cooperation", "expose", "DEU", "USSR"),
)


def known(history):
    return [history.measure(f"cooperation_{what}") for what in ("known", "known_to_britain", "public")]


def test_secrets_are_found_out_by_one_and_then_by_all():
    history = history_of(*SECRET)
    assert known(history) == pytest.approx([1922 + 182.5 / 365, 1923 + 0.5 / 365, 1923 + 182.5 / 365])


def test_britain_learns_what_all_learn():
    public = 1923 + 182.5 / 365
    assert known(history_of(SECRET[0], SECRET[3])) == pytest.approx([public, public, public])


@pytest.mark.parametrize(
    "acts",
    [
        (SECRET[0],),
        (("1923-07-02", "cooperation", "expose", "DEU", "USSR"),),
        (SECRET[0], ("1922-01-01", "cooperation", "end", "DEU", "USSR"), *SECRET[1:]),
        (SECRET[0], ("1922-07-02", "cooperation", "discover", "DEU", "USSR")),
        (SECRET[0], ("1922-07-02", "cooperation", "discover", "GBR", "POL")),
    ],
    ids=["kept", "nothing to expose", "ended before", "found by a party", "found with another"],
)
def test_a_secret_not_found_out_while_it_stood_is_none(acts):
    assert np.isnan(known(history_of(*acts))).all()


def test_who_is_let_into_a_secret_knows_it_from_its_making():
    history = history_of(SECRET[0])

    def told(*names):
        column = np.empty(1, dtype=object)
        column[0] = tuple(history.code("actor", name) for name in names)
        return known(replace(history, known_to=column))

    made = 1921 + 222.5 / 365
    assert told("POL")[0] == pytest.approx(made) and np.isnan(told("POL")[1:]).all()
    assert told("GBR", "POL")[:2] == pytest.approx([made, made]) and np.isnan(told("GBR")[2])
    assert told(*history.actors) == pytest.approx([made] * 3)
    assert np.isnan(told("DEU", "USSR")).all()


def test_what_was_known_when_the_span_opens_is_known_from_its_start():
    standing = [("cooperation", "DEU", "USSR")]
    found = known(history_of(standing=standing, known=[("POL", "cooperation", "DEU", "USSR")]))
    assert found[0] == 1921.0 and np.isnan(found[1:]).all()
    found = known(history_of(standing=standing, known=[("GBR", "cooperation", "DEU", "USSR")]))
    assert found[:2] == [1921.0, 1921.0] and np.isnan(found[2])
    assert known(history_of(standing=standing, known=[("all", "cooperation", "DEU", "USSR")])) == [1921.0] * 3
    assert np.isnan(known(history_of(standing=standing))).all()


def test_britain_does_not_find_out_its_own_secret():
    acts = [("1921-08-11", "cooperation", "form", "DEU", "GBR"), ("1922-01-01", "cooperation", "expose", "DEU", "GBR")]
    found = known(history_of(*acts))
    assert np.isnan(found[1]) and found[0] == found[2] == pytest.approx(1922 + 0.5 / 365)


def test_hidden_capability_is_germanys_stock():
    stock = [(1921, "DEU", "", 1.0), (1922, "DEU", "", 2.9), (1922, "HUN", "", 50.0)]
    assert values(history_of(series={"hidden_capability": stock}).measure("hidden_rearmament")) == [1.0, 2.9, None]


CAPABILITY = [
    ("capability", name, value)
    for name, value in (("DEU", 0.08), ("ITA", 0.03), ("JPN", 0.04), ("GBR", 0.1), ("FRA", 0.05), ("POL", 0.02))
]


def test_capability_of_two_coalitions():
    history = history_of(
        ("1922-02-01", "alliance", "form", "FRA", "POL"),
        ("1923-02-01", "alliance", "form", "POL", "DEU"),
        ("1923-03-01", "alliance", "form", "ITA", "GBR"),
        opening=CAPABILITY,
        changes=[("1923-01-01", "capability", "DEU", 0.13)],
    )
    assert values(history.measure("capability_balance")) == pytest.approx([0.15 / 0.15, 0.15 / 0.17, 0.2 / 0.15])


def test_hidden_capability_counts_only_in_the_unit_of_capability():
    stock = {"hidden_capability": [(year, "DEU", "", 0.015) for year in (1921, 1922, 1923)]}
    apart = history_of(opening=CAPABILITY, series=stock)
    together = history_of(opening=CAPABILITY, series=stock, hidden_unit="share")
    assert values(apart.measure("capability_balance")) == pytest.approx([1.0] * 3)
    assert values(together.measure("capability_balance")) == pytest.approx([1.1] * 3)
    none = history_of(opening=CAPABILITY, hidden_unit="share")
    assert values(none.measure("capability_balance")) == pytest.approx([1.0] * 3)


def test_capability_that_is_not_recorded_is_unknown():
    changes = [("1923-01-01", "capability", "JPN", 0.04)]
    opening = [each for each in CAPABILITY if each[1] != "JPN"]
    found = values(history_of(opening=opening, changes=changes).measure("capability_balance"))
    assert found == [None, None, pytest.approx(1.0)]


def test_sanctions_by_case_and_at_their_height():
    history = history_of(
        ("1921-02-01", "finding", "form", "GBR", "ITA", 1),
        ("1921-02-02", "finding", "form", "FRA", "ITA", 1),
        ("1922-02-01", "finding", "form", "GBR", "ITA", 2),
        ("1922-02-01", "finding", "form", "GBR", "JPN", 3),
        ("1922-02-10", "sanction", "form", "GBR", "ITA"),
        ("1922-02-11", "sanction", "form", "FRA", "ITA"),
        ("1922-02-12", "sanction", "form", "NOR", "DEU"),
        ("1922-05-01", "sanction", "end", "GBR", "ITA"),
        ("1922-06-01", "sanction", "form", "BEL", "ITA"),
        ("1922-07-01", "sanction", "form", "CZE", "ITA"),
        ("1923-07-01", "sanction", "end", "CZE", "ITA"),
        ("1923-08-01", "sanction", "form", "NOR", "ITA"),
    )
    assert history.measure("sanction_cases") == 1.0
    assert history.measure("sanctioners") == 3.0


def test_findings_that_stand_alone_are_cases_of_their_own():
    history = history_of(
        ("1921-02-01", "finding", "form", "GBR", "ITA"),
        ("1921-02-10", "sanction", "form", "GBR", "ITA"),
        ("1922-02-01", "finding", "form", "FRA", "ITA"),
        ("1922-02-10", "sanction", "form", "FRA", "ITA"),
        ("1923-02-01", "finding", "form", "FRA", "JPN"),
    )
    assert history.measure("sanction_cases") == 2.0


def test_sanctions_in_force_at_the_start_count():
    standing = [("sanction", "GBR", "ITA"), ("sanction", "FRA", "ITA"), ("sanction", "FRA", "JPN")]
    assert history_of(standing=standing).measure("sanctioners") == 2.0
    history = history_of(
        ("1921-02-01", "sanction", "form", "BEL", "JPN"),
        ("1921-03-01", "sanction", "form", "BEL", "ITA"),
        standing=standing,
    )
    assert history.measure("sanctioners") == 3.0
    assert history_of().measure("sanctioners") == 0.0


def test_league_members_join_and_leave():
    history = history_of(
        ("1922-09-08", "membership", "form", "DEU", "LEAGUE"),
        ("1923-10-14", "membership", "end", "GBR", "LEAGUE"),
        standing=[("membership", "GBR", "LEAGUE"), ("membership", "FRA", "LEAGUE")],
    )
    assert values(history.measure("league_members")) == [2.0, 3.0, 2.0]


def test_continental_bloc_is_undone_by_ties_with_britain():
    history = history_of(
        ("1921-04-16", "treaty", "form", "DEU", "USSR"),
        ("1922-04-16", "alliance", "form", "USSR", "FRA"),
        ("1922-04-16", "trade_agreement", "form", "FRA", "DEU"),
        ("1922-04-17", "treaty", "form", "FRA", "DEU"),
        ("1923-04-16", "trade_agreement", "form", "GBR", "USSR"),
        ("1923-04-16", "treaty", "form", "POL", "GBR"),
    )
    assert values(history.measure("continental_bloc")) == pytest.approx([1 / 3, 1.0, 2 / 3])
    apart = history_of(
        standing=[("treaty", "DEU", "USSR"), *[("treaty", "GBR", who) for who in ("USSR", "DEU", "FRA")]]
    )
    assert values(apart.measure("continental_bloc")) == [0.0] * 3


def test_polarisation_runs_from_across_to_within():
    history = history_of(
        ("1921-02-01", "treaty", "form", "DEU", "GBR"),
        ("1922-02-01", "alliance", "form", "FRA", "POL"),
        ("1922-02-01", "treaty", "form", "FRA", "POL"),
        ("1922-03-01", "alliance", "form", "DEU", "ITA"),
        ("1922-03-01", "alliance", "form", "DEU", "USSR"),
        ("1923-02-01", "treaty", "end", "DEU", "GBR"),
    )
    assert values(history.measure("polarisation")) == pytest.approx([-1.0, 1 / 3, 1.0])
    assert values(history_of().measure("polarisation")) == [None] * 3


def test_disputes_count_with_a_great_power_on_both_sides():
    history = history_of(
        ("1921-02-01", "dispute", "form", "GBR", "DEU"),  # not yet a great power
        ("1922-02-01", "dispute", "form", "GBR", "DEU"),
        ("1922-03-01", "dispute", "form", "POL", "DEU", 7),
        ("1922-03-01", "dispute", "form", "FRA", "DEU", 7),
        ("1922-03-01", "dispute", "form", "GBR", "DEU", 7),
        ("1923-03-01", "dispute", "form", "POL", "CZE"),
        opening=[("great_power", "GBR", 1.0), ("great_power", "FRA", 1.0)],
        changes=[("1922-01-01", "great_power", "DEU", 1.0)],
    )
    assert values(history.measure("dispute_risk")) == [0.0, 2.0, 0.0]


def test_measures_leave_the_history_as_it_was():
    history = history_of(*RECOGNITIONS, *SECRET, standing=[("treaty", "DEU", "FRA")], opening=CAPABILITY)
    before = {name: ties.copy() for name, ties in history.initial.items()}
    for name in ("recognised_by", "polarisation", "continental_bloc", "capability_balance", "cooperation_known"):
        first, again = history.measure(name), history.measure(name)
        assert np.array_equal(first, again, equal_nan=True)
    assert all(np.array_equal(history.initial[name], ties) for name, ties in before.items())
    assert history.time[0] == as_day("1921-06-02") + 0.5
