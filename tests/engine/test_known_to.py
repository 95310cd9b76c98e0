"""Who is let into a secret when it is made: engine, twin and strategies agree, in runs and under the record's luck."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rapallo.engine.abduct import abduct
from rapallo.engine.changed_world import changed_world, same_world
from rapallo.engine.impossible import impossible_acts
from rapallo.engine.plan import make_plan
from rapallo.engine.recorded_world import recorded_world
from rapallo.engine.reference import Reference
from rapallo.engine.reference_relive import Relived
from rapallo.engine.replay import replay_luck
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.experiment.record_within import record_within
from rapallo.system.calendar import make_calendar
from rapallo.system.history import as_day
from tests.engine.joint import CHANGES
from tests.engine.worlds import acts_of, full_order, parameter

LUCKS = ("clock", "date")
SECRETS = (
    ("form", 0, 4, "1920-03-01", (1, 5)),
    ("form", 1, 5, "1920-06-01", tuple(range(7))),
    ("form", 2, 0, "1921-02-01", (3,)),
    ("end", 0, 4, "1922-05-01", (1,)),
    ("form", 0, 4, "1922-09-01", ()),
)
"""What becomes of plots on which day, and who is told: those who have a view of it to lose among them."""


@pytest.fixture(scope="module")
def order():
    scenario, calendar = full_order(secrets=SECRETS)
    return scenario, calendar, prepared(make_plan(scenario, calendar))


@pytest.mark.parametrize("luck", LUCKS)
@pytest.mark.parametrize("seed", range(4))
def test_the_twin_lets_the_same_into_it(order, luck, seed):
    scenario, calendar, plan = order
    history = simulate_plan(plan.with_switches(luck), seed, 2)
    assert acts_of(history) == Reference(scenario, calendar, seed, 2, luck).history()


@pytest.mark.parametrize("luck", LUCKS)
def test_what_they_know_moves_them(order, luck):
    """The same luck without a third who knows: the same until the day, and another history after it."""
    nobody = tuple((*each[:4], ()) for each in SECRETS)
    plain = prepared(make_plan(*full_order(secrets=nobody)))
    told = as_day(SECRETS[0][3])
    parted = 0
    for run in range(8):
        one, two = (simulate_plan(each.with_switches(luck), 6, run) for each in (plain, order[2]))
        assert acts_of(one)[: (one.time < told).sum()] == acts_of(two)[: (two.time < told).sum()]
        parted += acts_of(one) != acts_of(two)
    assert parted >= 6


@pytest.mark.parametrize("luck", LUCKS)
@pytest.mark.parametrize("strategy", ["by process", "everything"])
def test_every_strategy_gives_the_same_bytes(order, luck, strategy):
    plan = order[2]
    for run in range(6):
        usual, other = (simulate_plan(plan.with_switches(luck, way), 5, run) for way in ("incremental", strategy))
        assert acts_of(usual) == acts_of(other)


def test_a_history_says_who_was_told_and_its_moments_know_it():
    secrets = (("form", 0, 5, "1920-03-01", (1, 3)), ("form", 1, 5, "1920-03-02", tuple(range(7))))
    scenario, calendar = full_order(secrets=secrets, scale=-6.0)
    history = simulate_plan(prepared(make_plan(scenario, calendar)), 3, 0)
    rows = history.acts(layer="plot", origin="given")
    assert rows["known_to"].tolist() == ["A01;A03", ";".join(history.actors)]
    pair = [["A00", "A05"]]
    for observer, knows in (("A00", True), ("A01", True), ("A02", False), ("A03", True), ("A04", False), ("A05", True)):
        there = history.view(observer).at("1920-03-02").ties("plot")[["sender", "receiver"]].values.tolist()
        assert (pair[0] in there) is knows
    world = history.at("1920-03-04").world
    assert world.known["plot"][1, 5] and not world.known["plot"][0, 5]  # what everybody was told is no secret
    part = record_within(history, as_day("1920-03-02") + 0.25, history.end)
    assert [part.told(act) for act in part.select(layer="plot", origin="given")] == [tuple(range(7))]
    assert part.view("A03").at("1920-03-03").ties("plot")[["sender", "receiver"]].values.tolist()[:1] == pair


def lived_once(run, others=False):
    """A record in which a third party is told of every secret that a clock makes or ends, and its world."""
    weightings = ("intensity", "choice", "coordination")
    scenario, calendar = full_order(5, 4, weightings=weightings, secrets=SECRETS[:1])
    plan = prepared(make_plan(scenario, calendar))
    history = simulate_plan(plan.with_switches(LUCKS[run % 2]), 61, run)
    plot = (history.layer == history.layers.index("plot")) & (history.change <= 1)
    told = np.empty(len(history), dtype=object)
    for act in range(len(history)):
        parties = {int(history.sender[act]), int(history.receiver[act])}
        third = next(each for each in range(5) if each not in parties)
        told[act] = (third, 4) if plot[act] and history.origin[act] == 0 else history.told(act)
    record = replace(history, known_to=told)
    return scenario, calendar, record


@pytest.mark.parametrize("run", range(4))
def test_the_twin_reads_the_same_luck_off_a_record_in_which_others_knew(run):
    """Weights are others from then on, and the record comes back from its luck all the same."""
    scenario, calendar, record = lived_once(run)
    world = recorded_world(scenario, record, calendar, impossible=_impossible(record))
    luck, lived = abduct(world, 5, run)
    twin = Relived(world, same_world(world), 5, run, "clock")
    assert [act[:6] for act in twin.history()] == [act[:6] for act in acts_of(lived)]
    firings = sorted((each for many in twin.read.firings.values() for each in many), key=lambda each: each.number)
    for name in ("time", "since", "integral", "hazard", "target"):
        assert getattr(luck, name).tolist() == [getattr(each, name) for each in firings]
    assert any(luck.told)
    unknown, _ = abduct(recorded_world(scenario, replace(record, known_to=None), calendar), 5, run)
    assert (unknown.remainder != luck.remainder).any()
    for kind in LUCKS:
        again = replay_luck(same_world(world), luck, world.cases, kind, 5, run).history
        assert [act[:6] for act in acts_of(again)] == [act[:6] for act in acts_of(record)]
        plots = record.select(layer="plot")
        assert [again.told(act) for act in plots] == [record.told(act) for act in plots]


@pytest.mark.parametrize("kind", LUCKS)
@pytest.mark.parametrize("run", range(4))
def test_the_twin_lives_the_same_in_another_world_in_which_others_knew(kind, run):
    scenario, calendar, record = lived_once(run)
    other, other_calendar, _ = lived_once(run)
    for name, step in CHANGES.items():
        other.parameters[name] = parameter(name, other.parameters[name].value + step)
    world = recorded_world(scenario, record, calendar, impossible=_impossible(record))
    luck, _ = abduct(world, 5, run)
    read = Relived(world, same_world(world), 5, run, "clock")
    read.history()
    there = changed_world(world, other, other_calendar)
    compiled = replay_luck(there, luck, world.cases, kind, 5, run).history
    twin = Relived(world, there, 5, run, kind, read.read)
    assert [act[:6] for act in twin.history()] == [act[:6] for act in acts_of(compiled)]
    assert [act[:6] for act in acts_of(compiled)] != [act[:6] for act in acts_of(record)]
    assert compiled.known_to is not None


def test_a_changed_record_tells_others():
    """A reading in which another knew: who is told follows the changed record, of firings and of forced acts."""
    scenario, calendar, record = lived_once(0)
    record = replace(record, ids=np.array([f"F{k}" for k in range(len(record))], dtype=object))
    world = recorded_world(scenario, record, calendar, impossible=_impossible(record))
    luck, _ = abduct(world, 5, 0)
    silent = np.empty(len(record), dtype=object)
    for act in range(len(record)):
        silent[act] = ()
    opened = make_calendar(calendar.start, calendar.end, calendar.opening, [])
    there = changed_world(world, scenario, calendar, replace(record, known_to=silent, calendar=opened))
    assert set(there.told.values()) == {()} and len(there.told) == sum(map(bool, luck.told))
    new = replay_luck(there, luck, world.cases, "date", 5, 0).history
    assert not any(new.told(act) for act in new.select(layer="plot", origin="simulated"))


def _impossible(record):
    return frozenset(impossible_acts(record)["act"].tolist())
