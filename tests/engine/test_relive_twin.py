"""Compiled abduction and replay against the slow twin, act by act; and worlds that have other options or rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rapallo.engine.abduct import abduct
from rapallo.engine.changed_world import changed_world, same_world
from rapallo.engine.luck_table import HELD, VOID
from rapallo.engine.plan import make_plan
from rapallo.engine.recorded_world import recorded_world
from rapallo.engine.reference_relive import Relived
from rapallo.engine.replay import replay_luck
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.system.calendar import ATTRIBUTE, make_calendar
from tests.engine.joint import orders
from tests.engine.worlds import acts_of, full_order

LUCKS = ("clock", "date")


def bare(acts):
    return [act[:6] for act in acts]


@pytest.fixture(scope="module")
def worlds():
    scenario, calendar, other, other_calendar = orders(actors=4, years=4)
    return (
        scenario,
        calendar,
        prepared(make_plan(scenario, calendar)),
        other,
        other_calendar,
        prepared(make_plan(other, other_calendar)),
    )


def recorded(worlds, run, sourced=False):
    scenario, calendar, plan = worlds[:3]
    history = simulate_plan(plan.with_switches(LUCKS[run % 2]), 61, run)
    if sourced:
        history = replace(history, ids=np.array([f"F{k}" for k in range(len(history))], dtype=object))
    return history, recorded_world(scenario, history, calendar, plan=plan)


@pytest.mark.parametrize("run", range(4))
def test_the_twin_reads_off_the_same_luck(worlds, run):
    history, world = recorded(worlds, run, sourced=run > 1)
    luck, lived = abduct(world, 5, run)
    twin = Relived(world, same_world(world), 5, run, "clock")
    assert bare(twin.history()) == bare(acts_of(lived)) == bare(acts_of(history))
    firings = sorted((each for many in twin.read.firings.values() for each in many), key=lambda each: each.number)
    for name in ("time", "since", "integral", "hazard", "target"):
        assert getattr(luck, name).tolist() == [getattr(each, name) for each in firings]
    assert luck.turned.tolist() == [int(each.turned) for each in firings]
    place = {name: k for k, name in enumerate(luck.clocks)}
    for (process, sender, receiver), rest in twin.read.rests.items():
        who = tuple(history.actors[each] if each >= 0 else "" for each in (sender, receiver))
        assert luck.remainder[place[process, *who]] == rest[3]
    assert luck.shocks.tolist() == [twin.read.shocks[k][0] for k in range(len(luck.shocks))]


@pytest.mark.parametrize("kind", LUCKS)
@pytest.mark.parametrize("run", range(6))
def test_the_twin_lives_the_same_in_another_world(worlds, kind, run):
    other, other_calendar, after = worlds[3:]
    history, world = recorded(worlds, run, sourced=run % 3 == 2)
    luck, _ = abduct(world, 5, run)
    read = Relived(world, same_world(world), 5, run, "clock")
    read.history()
    there = changed_world(world, other, other_calendar, plan=after)
    flags, held = there.flags.copy(), there.held.copy()
    process = [history.scenario.processes[history.processes[history.process[act]]] for act, _ in world.firings]
    pairs = [k for k, each in enumerate(process) if each.weighting == "intensity"]
    flags[1::7] = VOID
    flags[pairs[2::9]], held[pairs[2::9]] = HELD, luck.time[pairs[2::9]] + 90.0
    there = replace(there, flags=flags, held=held)
    compiled = replay_luck(there, luck, world.cases, kind, 5, run).history
    twin = Relived(world, there, 5, run, kind, read.read)
    assert bare(twin.history()) == bare(acts_of(compiled))
    assert bare(acts_of(compiled)) != bare(acts_of(history))
    rows = compiled.series["trade"]
    flows = list(zip(*(rows[name].tolist() for name in ("year", "sender", "receiver", "value")), strict=True))
    assert sorted(flows) == sorted(twin.series["trade"])


@pytest.mark.parametrize("kind", LUCKS)
def test_a_world_with_more_options_parts_only_when_there_are_more(kind):
    """Receivers by an attribute: another one in the changed world moves every option's place."""
    scenario, calendar = full_order(weightings=("intensity", "choice", "coordination"))
    scenario.processes["favour"] = replace(scenario.processes["favour"], receivers="council")
    plan = prepared(make_plan(scenario, calendar))
    from rapallo.engine.recorded_world import entries_of

    council = list(calendar.opening.attributes).index("council")
    day = float(calendar.start) + 500.0
    more = [{"time": day, "kind": ATTRIBUTE, "what": council, "sender": who, "value": 1.0} for who in (3, 5)]
    later = make_calendar(calendar.start, calendar.end, calendar.opening, entries_of(calendar) + more)
    parted = 0
    for run in range(6):
        history = simulate_plan(plan.with_switches(kind), 71, run)
        world = recorded_world(scenario, history, calendar, plan=plan)
        luck, _ = abduct(world, 5, run)
        there = changed_world(world, scenario, later)
        assert list(there.options)
        new = replay_luck(there, luck, world.cases, kind, 5, run).history
        before, after = history.time < day, new.time < day
        assert bare(acts_of(history))[: before.sum()] == bare(acts_of(new))[: after.sum()]
        favoured = new.receiver[(new.process == list(scenario.processes).index("favour")) & ~after]
        parted += np.isin(favoured, (3, 5)).sum()
    assert parted > 0
