"""Learning from the record: the prior stays the prior, the unknown stays unknown, and names are earned."""

from dataclasses import replace

import numpy as np
import pytest

import rapallo as rp
from rapallo.estimate.completed import completed
from rapallo.estimate.counted_once import counted_once
from rapallo.estimate.covered import covered_pairs
from rapallo.estimate.learn import learn
from rapallo.estimate.learned import Learned, with_learned


@pytest.fixture(scope="module")
def interwar():
    return rp.load("interwar")


def without(scenario, table, keep):
    """The same scenario without some rows of a table."""
    rows = tuple(row for row in getattr(scenario.tables, table) if keep(row))
    assert len(rows) < len(getattr(scenario.tables, table))
    return replace(scenario, tables=replace(scenario.tables, **{table: rows}), _kept={})


def test_the_top_of_the_posterior_of_one_rate_is_where_its_equation_says(interwar):
    """Acts less expected acts, and the pull of the prior: with all else at zero the equation is short."""
    name = "lift_sanction.constant"
    motives = interwar.processes["lift_sanction"].motives
    plain = interwar.with_parameters({each.parameter: 0.0 for each in motives if each.parameter != name})
    found = learn(plain, "lift_sanction", free=[name], imputations=0)
    mean, sd = interwar.parameters[name].prior
    exposure = found.fits[0].facts["exposure"]
    rate = np.exp(found.mean[0]) * exposure / found.ties
    assert found.cases == 1 and found.ties == 52  # one vote ended the sanctions of all: one case
    assert found.cases - rate - (found.mean[0] - mean) / sd**2 == pytest.approx(0, abs=1e-7)
    assert found.sd[0] == pytest.approx((rate + sd**-2) ** -0.5)


def test_learning_twice_is_learning_once(interwar):
    """The second time begins from what was assumed, not from what the first time left."""
    first = learn(interwar, "leave_league", imputations=2)
    after = with_learned(interwar, [first])
    again = learn(after, "leave_league", imputations=2)
    assert again.hash == first.hash
    assert np.array_equal(again.mean, first.mean) and np.array_equal(again.sd, first.sd)
    for name, mean, sd, origin in zip(first.names, first.mean, first.sd, first.origins, strict=True):
        before, now = interwar.parameters[name], after.parameters[name]
        assert now.prior == before.prior and now.origin == origin
        if origin == "assumed":
            assert now.value == before.prior[0] and "say next to nothing" in now.not_estimated
        else:
            assert (now.value, now.standard_error) == (mean, sd)
            assert dict(now.fit)["hash"] == first.hash and dict(now.fit)["cases"].startswith(f"{first.cases}")
    assert "assumed, updated" in first.origins


def test_a_name_is_earned():
    def of(kept):
        one = np.array([1.0])
        return Learned(
            "p", ("p.a",), one, one, one, one * kept, np.eye(1), 9, 0, 1.0, (), (), {}, 0, "", "choice", (), "", ()
        ).origins[0]

    assert [of(kept) for kept in (0.2, 0.5, 0.51, 0.95, 0.96, 1.0)] == [
        "estimated", "estimated", "assumed, updated", "assumed, updated", "assumed", "assumed",
    ]  # fmt: skip


def test_an_unknown_orientation_never_counts_as_zero(interwar):
    """Mexico broke in 1930 under a government of known colour. Forget the colour, and the case must not stay as one
    of colour zero: without draws it is left out, with draws it is uncertain."""
    told = {"free": ["break_relations.government"], "start": "1930-01-01", "end": "1930-12-31"}
    known = learn(interwar, "break_relations", imputations=0, **told)
    assert "MEX" in known.senders and known.missing == 0
    forgotten = without(interwar, "attributes", lambda row: (row.actor, row.attribute) != ("MEX", "colour"))
    left = learn(forgotten, "break_relations", imputations=0, **told)
    assert "MEX" not in left.senders and left.cases == known.cases - 1
    assert left.missing == 1 and "MEX → USSR" in left.lost[0]
    drawn = learn(forgotten, "break_relations", imputations=2, **told)
    assert "MEX" in drawn.senders and "MEX" in drawn.drawn["colour"] and "MEX" in drawn.summary()
    neutral = replace(
        forgotten,
        tables=replace(
            interwar.tables,
            attributes=tuple(
                row._replace(value=0.0) if (row.actor, row.attribute) == ("MEX", "colour") else row
                for row in interwar.tables.attributes
            ),
        ),
        _kept={},
    )
    zero = learn(neutral, "break_relations", imputations=2, **told)
    assert drawn.mean[0] != pytest.approx(zero.mean[0], abs=1e-6)


def test_an_unknown_claim_never_counts_as_zero(interwar):
    """Forget what Britain claimed: it is drawn between nothing and the least of the claims known, never nothing."""
    forgotten = without(interwar, "dyads", lambda row: (row.sender, row.attribute) != ("GBR", "claims"))
    known = {row.sender for row in forgotten.tables.dyads if row.attribute == "claims"}
    draws = [completed(forgotten, ["claims"], draw) for draw in range(20)]
    values = []
    for scenario, drawn in draws:
        rows = [row for row in scenario.tables.dyads if row.attribute == "claims" and row.sender not in known]
        assert {row.sender for row in rows} == set(drawn["claims"]) and "GBR" in drawn["claims"]
        assert all(row.receiver == "USSR" and 0 < row.value < 322 and row.basis == "invented" for row in rows)
        values += [row.value for row in rows if row.sender == "GBR"]
    assert len(set(values)) == len(draws)
    everyone = np.ones((len(interwar.tables.actor_ids),) * 2, dtype=bool)
    told = {"free": ["refuse_talks.claims"], "imputations": 0, "unknown": ["claims"], "allowed": everyone}
    known, left = learn(interwar, "refuse_talks", **told), learn(forgotten, "refuse_talks", **told)
    assert "GBR" in known.senders and "GBR" not in left.senders
    assert left.missing > known.missing and any("GBR → USSR" in each for each in left.lost)


def test_a_career_that_was_looked_up_late_is_drawn_up_to_its_first_row(interwar):
    """Prague's governments are on record from September 1921, when it dealt with Moscow: before, they are unknown."""
    own = [row for row in interwar.tables.attributes if (row.actor, row.attribute) == ("CZE", "colour")]
    first = min(row.date.earliest for row in own)
    made, drawn = completed(interwar, ["colour"], 0)
    rows = [row for row in made.tables.attributes if (row.actor, row.attribute) == ("CZE", "colour")]
    invented = [row for row in rows if row.basis == "invented"]
    assert "CZE" in drawn["colour"] and "DEU" not in drawn["colour"]
    assert invented and all(row.date.earliest < first for row in invented)
    assert [row for row in rows if row.basis != "invented"] == own


def test_draws_hang_on_the_actor_and_not_on_its_place(interwar):
    """Another actor more or less reshuffles nothing."""
    fewer = without(interwar, "dyads", lambda row: (row.sender, row.attribute) != ("BEL", "claims"))
    rows = [
        {row.sender: row.value for row in completed(each, ["claims"], 3)[0].tables.dyads if row.id.count(".")}
        for each in (interwar, replace(interwar, tables=replace(interwar.tables, actors=interwar.tables.actors[:-9])))
    ]
    assert set(rows[1]) < set(rows[0]) and all(rows[0][name] == value for name, value in rows[1].items())
    assert "BEL" in completed(fewer, ["claims"], 3)[1]["claims"]


def test_an_occasion_counts_once(interwar):
    """The Balkan pact bound five pairs on one day: one case, whichever pair stands for it, and all five ties stand."""

    def pact(draw):
        made = counted_once(interwar, "conclude_alliance", draw).record
        mine = made.processes.index("conclude_alliance")
        at = [k for k, fact in enumerate(made.ids) if fact == "TRE075" and made.layers[made.layer[k]] == "alliance"]
        cases = [k for k in at if made.process[k] == mine]
        return len(at), [(made.actors[made.sender[k]], made.actors[made.receiver[k]]) for k in cases]

    assert pact(None) == (5, [("GRC", "ROM")])
    drawn = [pact(draw) for draw in range(6)]
    assert all(ties == 5 and len(cases) == 1 for ties, cases in drawn)
    assert len({cases[0] for _, cases in drawn}) > 1


def test_where_the_record_is_a_selection_nothing_is_learnt_unasked(interwar):
    with pytest.raises(
        rp.RapalloError, match=r"holds a selection of the acts of 'conclude_trade_agreement'.*allowed=…"
    ):
        learn(interwar, "conclude_trade_agreement")
    complete = covered_pairs(interwar, "recognise")
    actors = interwar.tables.actor_ids
    at = actors.index("USSR")
    assert complete.pairs[at].all() and complete.pairs[:, at].all()
    assert not complete.pairs[actors.index("GBR"), actors.index("EST")]
    assert (complete.start, complete.end) == (interwar.start, interwar.end)
    assert covered_pairs(interwar, "enter_dispute").pairs.all()
    with pytest.raises(rp.RapalloError, match="each side chooses among all: nothing can be told from a part"):
        learn(interwar, "conclude_treaty")
    some = np.zeros_like(complete.pairs)
    some[at], some[:, at] = True, True
    found = learn(interwar, "enter_dispute", allowed=some, imputations=0)
    rates = [fit for fit in found.fits if fit.model == "rate"]
    assert [fit.acts for fit in rates] == [list(found.fits[0].surprise["sender"]).count("USSR")]


def test_no_more_than_four_go_without_a_prior(interwar):
    names = [motive.parameter for motive in interwar.processes["leave_league"].motives]
    with pytest.raises(rp.RapalloError, match="5 parameters are to go without a prior; so small a record bears 4"):
        learn(interwar, "leave_league", without_prior=names[:5])
    with pytest.raises(rp.UnknownNameError, match="parameter to learn"):
        learn(interwar, "leave_league", free=["leave_league.sanctionned"])


def test_nothing_after_the_end_is_a_case(interwar):
    """Half the span holds half the story, and the acts beyond it do not move it."""
    told = {"free": ["leave_league.constant"], "imputations": 0, "unknown": (), "end": "1934-12-31"}
    early = learn(interwar, "leave_league", **told)
    cut = without(interwar, "acts", lambda row: row.layer != "membership" or row.date.text < "1935")
    assert learn(cut, "leave_league", **told).mean == pytest.approx(early.mean, abs=1e-12)
    assert early.cases < learn(interwar, "leave_league", free=told["free"], imputations=0, unknown=()).cases
