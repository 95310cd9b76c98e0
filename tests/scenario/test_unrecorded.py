"""What nobody recorded of a pair: nothing, or something between nothing and the least that is on record."""

import numpy as np
import pytest

import rapallo as rp
from rapallo.estimate.learn import learn
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


def test_a_run_opens_with_it_and_a_fit_still_calls_it_unknown(interwar):
    run = rp.simulate(interwar, seed=1)
    index = {name: k for k, name in enumerate(run.actors)}
    assert run.calendar.opening.pairs["claims"][index["NTH"], index["USSR"]] > 0
    found = learn(interwar, "recognise", free=["recognise.claims"], end="1925-12-31", imputations=0)
    assert "NOR" not in found.senders and any("NOR → USSR" in each for each in found.lost)
