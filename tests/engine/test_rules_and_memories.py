"""What ends a case, what votes are drawn from, and memories of either sign."""

from types import SimpleNamespace

import numpy as np
import pytest

from rapallo.engine import simulate
from rapallo.engine.plan import make_plan
from rapallo.engine.reference import Reference
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.errors import RapalloError
from rapallo.system.calendar import ACT, ATTRIBUTE, EXISTS, TICK, make_calendar
from rapallo.system.institution import Institution, Rule, Trigger
from rapallo.system.layer import Layer
from rapallo.system.memory import Memory
from rapallo.system.process import Process
from rapallo.system.quantity import Quantity
from rapallo.system.world import World
from tests.engine.worlds import acts_of, motive, parameter

NAMES = ("AAA", "BBB", "CCC", "DDD", "EEE", "CLUB")
FORM, END = 0, 1


def club(entries, after=30.0, chance=50.0, names=NAMES, processes=(), memories=(), layers=(), days=1000.0):
    """A club whose members each find whoever goes to war in breach, and punish where obliged."""
    layers = {
        each.name: each
        for each in (
            Layer("war", "…"),
            Layer("membership", "…"),
            Layer("finding", "…", lasting=False),
            Layer("sanction", "…"),
            *layers,
        )
    }
    quantities = {
        each.name: each for each in (Quantity("obligation", "pair", "…", written=True), Quantity("mood", "actor", "…"))
    }
    values = {"punish.constant": 3.0, "club.breach.constant": chance}
    punish = Process(
        "punish",
        "…",
        "ministry",
        "sanction",
        "form",
        "intensity",
        "state",
        "state",
        ("obligation",),
        (motive("punish.constant", "constant", 3.0),),
    )
    rule = Rule("breach", Trigger("war", "form", (), after), "each member", "finding", "obligation")
    scenario = SimpleNamespace(
        layers=layers,
        quantities=quantities,
        memories={each.name: each for each in memories},
        processes={each.name: each for each in (punish, *processes)},
        yearly={},
        institutions={"club": Institution("club", "…", "CLUB", "membership", "", (rule,))},
        votes={"club.breach": (motive("club.breach.constant", "constant", chance),)},
        parameters={name: parameter(name, value) for name, value in values.items()},
        kinds={"state": tuple(name for name in names if name != "CLUB")},
    )
    for process in processes:
        for each in (*process.motives, *process.rate):
            scenario.parameters[each.parameter] = parameter(each.parameter, 0.0)
    world = World(names, layers, quantities, scenario.memories)
    world.exists[:] = True
    for name in scenario.kinds["state"]:
        world.act("membership", "form", names.index(name), names.index("CLUB"))
    calendar = make_calendar(0.0, days, world, entries)
    return scenario, calendar


def war(day, sender, receiver, change=FORM):
    return {"time": day, "kind": ACT, "what": 0, "sender": sender, "receiver": receiver, "change": change}


def acts(scenario, calendar, seed=1, layer=None):
    found = acts_of(simulate_plan(prepared(make_plan(scenario, calendar)), seed))
    assert found == Reference(scenario, calendar, seed).history()
    return [each for each in found if layer in (None, each[2])]


def test_a_war_that_ends_before_the_finding_closes_its_case():
    assert acts(*club([war(10.0, 0, 1), war(20.0, 0, 1, END)]), layer="finding") == []
    assert len(acts(*club([war(10.0, 0, 1), war(50.0, 0, 1, END)]), layer="finding")) == 3
    other = club([war(10.0, 0, 1), war(11.0, 0, 2), war(20.0, 0, 1, END)])
    assert {each[0] for each in acts(*other, layer="finding")} == {41.0}


def test_what_was_obliged_ends_with_the_victim():
    gone = {"time": 45.0, "kind": EXISTS, "sender": 1, "value": 0.0}
    lasting = acts(*club([war(10.0, 0, 1)]), layer="sanction")
    ended = acts(*club([war(10.0, 0, 1), gone]), layer="sanction")
    assert len(lasting) == 3
    assert [each for each in lasting if each[0] < 45.0] == ended
    assert len(ended) < 3


def test_nobody_finds_against_who_is_gone():
    gone = {"time": 20.0, "kind": EXISTS, "sender": 0, "value": 0.0}
    assert acts(*club([war(10.0, 0, 1), gone]), layer="finding") == []


def test_a_case_against_another_does_not_reshuffle_the_votes():
    for seed in range(10):
        alone = acts(*club([war(100.0, 0, 1)], chance=0.0), seed=seed, layer="finding")
        after = acts(*club([war(10.0, 2, 3), war(100.0, 0, 1)], chance=0.0), seed=seed, layer="finding")
        assert {each[4] for each in alone} == {each[4] for each in after if each[5] == 0}


def test_a_memory_may_weigh_less_than_nothing():
    memory = Memory("soured", "quarrel", "form", "pair", float("inf"), weight="mood")
    strike = Process(
        "strike",
        "…",
        "ministry",
        "quarrel",
        "refuse",
        "intensity",
        "state",
        "state",
        (),
        (motive("strike.soured", "pair_recently", 0.0, memory="soured"),),
    )
    entries = [{"time": 5.0 + k, "kind": ACT, "what": 4, "sender": 0, "receiver": 1, "change": FORM} for k in range(60)]
    moods = [
        {"time": 5.0 + k, "kind": ATTRIBUTE, "what": 0, "sender": 0, "value": (-1.0, 1.0)[k % 2]} for k in range(60)
    ]
    ticks = [{"time": 30.0 * k, "kind": TICK, "value": 30.0 * (k + 1)} for k in range(1, 33)]
    parts = {"processes": (strike,), "memories": (memory,), "layers": (Layer("quarrel", "…", lasting=False),)}
    even = club([*entries, *moods, *ticks], **parts)
    odd = club([*entries[:59], *moods[:59], *ticks], **parts)
    for scenario, _ in (even, odd):
        scenario.parameters["strike.soured"] = parameter("strike.soured", 3.0)
    there = {
        key: len([each for each in acts(*order, layer="quarrel") if each[3] == "refuse" and each[4:6] == (0, 1)])
        for key, order in (("even", even), ("odd", odd))
    }
    assert there["odd"] < there["even"]


def test_coordination_is_the_same_in_whatever_order_actors_are_listed():
    agree = Process(
        "agree",
        "…",
        "ministry",
        "pact",
        "form",
        "coordination",
        "state",
        "state",
        rate=(motive("agree.rate.constant", "constant", 0.0),),
    )
    parts = {"processes": (agree,), "layers": (Layer("pact", "…", mutual=True),), "days": 3000.0}
    turned = 0
    for seed in range(5):
        found = []
        for names in (NAMES, tuple(reversed(NAMES))):
            made = acts(*club([], names=names, **parts), seed=seed, layer="pact")
            found.append([(each[0], names[each[4]], names[each[5]]) for each in made])
        assert found[0] == found[1]
        turned += sum(sender > receiver for _, sender, receiver in found[0])
    assert turned > 3


def test_who_is_not_wanted_back_does_not_set_the_clock():
    """A pair that only one side may choose is no pair: the clock stands still, and no luck is spent."""
    agree = Process(
        "agree",
        "…",
        "ministry",
        "pact",
        "form",
        "coordination",
        ("AAA", "BBB"),
        ("AAA", "BBB"),
        ("sender.mood",),
        rate=(motive("agree.rate.constant", "constant", 0.0),),
    )
    mood = {"time": 10.0, "kind": ATTRIBUTE, "what": 0, "sender": 0, "value": 1.0}
    scenario, calendar = club([mood], processes=(agree,), layers=(Layer("pact", "…", mutual=True),))
    plan = prepared(make_plan(scenario, calendar))
    assert acts(scenario, calendar, layer="pact") == []
    twin = Reference(scenario, calendar, 1)
    twin.history()
    clock = next(each for each in twin.clocks if each.process.name == "agree")
    assert (clock.occurrence, clock.hazard) == (0, 0.0)
    assert len(simulate_plan(plan, 1)) == 0


def test_a_run_that_runs_away_ends_in_words(monkeypatch):
    """Toggling at a huge rate: most of it is leaving all as it is, so that acts alone would not fill the log."""
    hurry = Process(
        "hurry",
        "…",
        "ministry",
        "pact",
        "form",
        "toggle",
        "state",
        "state",
        motives=(motive("hurry.constant", "constant", -9.0),),
        rate=(motive("hurry.rate.constant", "constant", 16.0),),
    )
    scenario, calendar = club([], processes=(hurry,), layers=(Layer("pact", "…"),))
    scenario.parameters["hurry.constant"] = parameter("hurry.constant", -9.0)
    scenario.parameters["hurry.rate.constant"] = parameter("hurry.rate.constant", 16.0)
    monkeypatch.setattr(simulate, "PAUSES", 5)
    with pytest.raises(RapalloError, match="runs away"):
        simulate_plan(make_plan(scenario, calendar), 1)


def test_pauses_leave_no_trace():
    """About 40,000 events: the kernel pauses twice and goes on as if it had not."""
    hurry = Process(
        "hurry",
        "…",
        "ministry",
        "quarrel",
        "form",
        "choice",
        "state",
        "state",
        rate=(motive("hurry.rate.constant", "constant", 8.0),),
    )
    scenario, calendar = club([], processes=(hurry,), layers=(Layer("quarrel", "…", lasting=False),))
    scenario.parameters["hurry.rate.constant"] = parameter("hurry.rate.constant", 8.0)
    history = simulate_plan(make_plan(scenario, calendar), 2)
    expected = 5 * np.exp(8.0) * 1000.0 / 365.25
    assert abs(len(history) - expected) < 4 * np.sqrt(expected)
    assert np.all(np.diff(history.time) >= 0)
