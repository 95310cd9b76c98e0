"""What nobody recorded never counts as zero: plant unknown values and watch them."""

import copy
import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import rapallo as rp
from rapallo.engine.plan import make_plan
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.record.edtf import read_date

ORDERS = runpy.run_path(str(Path(__file__).parents[2] / "verification" / "orders_to_recover.py"), run_name="orders")


@pytest.fixture(scope="module")
def run():
    scenario, calendar = ORDERS["order"](6, 3)
    return simulate_plan(prepared(make_plan(scenario, calendar)), 5)


def recorded(run, sizes, unknown=("size",)):
    """The same run in a scenario whose tables record the sizes of some actors only."""
    scenario = copy.copy(run.scenario)
    scenario.quantities = {
        name: replace(each, missing="unknown" if name in unknown else "stated")
        for name, each in run.scenario.quantities.items()
    }
    day = read_date("1919-12-31")
    rows = [SimpleNamespace(actor=name, attribute="size", date=day) for name in sizes]
    scenario.tables = SimpleNamespace(attributes=rows, dyads=[])
    calendar = replace(run.calendar, opening=copy.deepcopy(run.calendar.opening))
    calendar.opening.quantities = dict(scenario.quantities)
    return replace(run, scenario=scenario, calendar=calendar)


def test_refused_until_a_rule_is_chosen(run):
    told = recorded(run, run.actors[:4])
    with pytest.raises(rp.RapalloError, match=r"size of A04 is not recorded at the start \(2 such values\)"):
        rp.fit("raid", told)


def test_left_out_is_as_if_the_unknown_could_not_be_chosen(run):
    """An actor of unknown size is no option until its size is recorded, and acts towards it do not count."""
    told = recorded(run, run.actors[:5])
    found = rp.fit("raid", told, missing="leave out")
    size = list(run.calendar.opening.attributes).index("size")
    entries = run.calendar
    known = [
        t
        for t, k, w, s in zip(entries.time, entries.kind, entries.what, entries.sender, strict=True)
        if (k, w, s) == (1, size, 5)
    ]
    learnt = min(known, default=np.inf)
    raids = run.select(process="raid")
    lost = [k for k in raids if run.receiver[k] == 5 and run.time[k] < learnt]
    assert lost and found.left_out == len(lost) and found.acts == len(raids) - len(lost)
    assert any("are left out" in warning for warning in found.warnings)
    everything = rp.fit("raid", recorded(run, run.actors), missing="leave out")
    assert everything.left_out == 0 and everything.acts == len(raids)
    assert found.log_likelihood != pytest.approx(everything.log_likelihood)


def test_defaults_are_stated_with_their_reason(run):
    found = rp.fit("raid", recorded(run, run.actors[:4]), missing="default")
    assert any("size: 2 of 6 values are unknown" in warning and "count as 0" in warning for warning in found.warnings)
    stated = rp.fit("raid", recorded(run, run.actors[:4], unknown=()), missing="refuse")
    assert any("size: where nothing is recorded it counts as 0 (stated)" in warning for warning in stated.warnings)


def test_a_default_can_be_called_unknown(run):
    told = recorded(run, run.actors[:4], unknown=())
    with pytest.raises(rp.RapalloError, match="size of A04 is not recorded"):
        rp.fit("raid", told, unknown=["size"])
    with pytest.raises(rp.UnknownNameError, match="did you mean 'size'"):
        rp.fit("raid", told, unknown=["sise"])
