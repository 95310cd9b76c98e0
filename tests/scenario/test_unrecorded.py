"""What nobody recorded of a pair: nothing, or something between nothing and the least that is on record."""

from dataclasses import replace

import numpy as np
import pytest

import rapallo as rp
from rapallo.estimate.learn import learn
from rapallo.record.edtf import read_date
from rapallo.record.time import to_day
from rapallo.system.calendar import replay


@pytest.fixture(scope="module")
def interwar():
    return rp.load("interwar")


def test_a_claim_that_nobody_recorded_lies_between_none_and_the_least(interwar):
    world = replay(interwar.record, to_day("1925-01-01"))
    index = {name: k for k, name in enumerate(world.actors)}
    rows = [row for row in interwar.tables.dyads if row.attribute == "claims"]
    least = min(row.value for row in rows if row.value > 0)
    claims = world.pairs["claims"]
    assert claims[index["NTH"], index["USSR"]] == pytest.approx(np.expm1(0.5 * np.log1p(least)))
    assert 0 < claims[index["NTH"], index["USSR"]] < least
    # who is on record keeps what is recorded, and nobody claims from whom nobody is on record as claiming from
    assert claims[index["GBR"], index["USSR"]] == max(row.value for row in rows if row.sender == "GBR")
    assert not claims[:, index["FRA"]].any() and not claims[index["USSR"], index["USSR"]]


def test_what_is_recorded_later_changes_nothing_before_it(interwar):
    first = next(row for row in interwar.tables.dyads if row.attribute == "claims" and row.sender == "USA")
    later = first._replace(id="DYD9999", sender="NTH", date=read_date("1930-06-01"), value=5.0, reading="")
    tables = replace(interwar.tables, dyads=(*interwar.tables.dyads, later))
    more = replace(interwar, tables=tables, _kept={})
    for day, names in (("1930-05-31", "NTH SWD USA"), ("1930-06-02", "USA")):
        claims = [replay(each.record, to_day(day)).pairs["claims"] for each in (interwar, more)]
        actors = list(replay(interwar.record, to_day(day)).actors)
        for name in names.split():
            place = actors.index(name), actors.index("USSR")
            assert claims[0][place] == claims[1][place] > 0
    assert claims[1][actors.index("NTH"), place[1]] == 5.0
    assert claims[1][actors.index("SWD"), place[1]] == pytest.approx(np.expm1(0.5 * np.log1p(5.0)))


def test_a_run_opens_with_it_and_a_fit_still_calls_it_unknown(interwar):
    run = rp.simulate(interwar, seed=1)
    index = {name: k for k, name in enumerate(run.actors)}
    assert run.calendar.opening.pairs["claims"][index["NTH"], index["USSR"]] > 0
    found = learn(interwar, "recognise", free=["recognise.claims"], end="1925-12-31", imputations=0)
    assert "NOR" not in found.senders and any("NOR → USSR" in each for each in found.lost)
