"""Who knows what: covert ties, exposure, discovery, rumours, and decisions that rest on them."""

from types import SimpleNamespace

import numpy as np
import pytest

from rapallo.engine.plan import make_plan
from rapallo.engine.reference import Reference
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.system.calendar import ACT, make_calendar
from rapallo.system.history import CHANGES, as_day
from rapallo.system.layer import Layer
from rapallo.system.process import Process
from rapallo.system.world import World
from tests.engine.worlds import PARAMETERS, acts_of, motive, parameter

A, B, C, D, E = range(5)
NAMES = ("A", "B", "C", "D", "E")
LAYERS = {
    "plot": Layer("plot", "{sender} and {receiver} plot", mutual=True, covert=True),
    "trust": Layer("trust", "{sender} trusts {receiver}", views=True),
    "visit": Layer("visit", "{sender} visits {receiver}", lasting=False),
}


@pytest.fixture
def world():
    made = World(NAMES, LAYERS, {}, {})
    made.exists[:] = True
    made.now = as_day("1920-01-01")
    made.act("plot", "form", B, C)
    return made


def seen(world, layer, sender, receiver):
    return [name for observer, name in enumerate(NAMES) if world.reads(layer, observer)[sender, receiver] > 0]


def test_a_covert_tie_is_known_to_its_parties_alone(world):
    assert seen(world, "plot", B, C) == seen(world, "plot", C, B) == ["B", "C"]
    assert world.ties["plot"][B, C] == world.ties["plot"][C, B] == 1
    assert not world.known["plot"].any()


def test_a_source_may_say_who_else_knew(world):
    world.act("plot", "form", A, D, known_to=(E,))
    assert seen(world, "plot", A, D) == ["A", "D", "E"]


def test_an_exposure_tells_all(world):
    world.act("plot", "expose", B, C)
    assert seen(world, "plot", C, B) == list(NAMES)
    assert world.known["plot"][B, C] and world.known["plot"][C, B]


def test_a_discovery_tells_the_observer_alone_and_of_every_tie_of_the_one_observed(world):
    world.act("plot", "form", B, D)
    world.act("plot", "form", C, D)
    world.act("plot", "discover", A, B)
    assert seen(world, "plot", B, C) == ["A", "B", "C"]
    assert seen(world, "plot", B, D) == ["A", "B", "D"]
    assert seen(world, "plot", C, D) == ["C", "D"]
    assert not world.known["plot"].any()


def test_whoever_learns_of_an_end_forgets_the_tie(world):
    world.act("plot", "expose", B, C)
    world.act("plot", "end", B, C)
    assert seen(world, "plot", B, C) == [] and not world.known["plot"].any()
    world.act("plot", "form", B, C)  # made again, it is secret again
    assert seen(world, "plot", B, C) == ["B", "C"]


def test_what_ends_in_secret_is_believed_on_by_whoever_had_found_it_out(world):
    world.act("plot", "discover", A, B)
    world.act("plot", "end", B, C)
    assert world.ties["plot"][B, C] == 0 and seen(world, "plot", B, C) == ["A"]
    world.act("plot", "discover", A, C)  # looks again, and sees that it is over
    assert seen(world, "plot", B, C) == []


def test_the_end_of_a_secret_tie_refutes_no_rumour_of_it_but_for_its_parties(world):
    world.act("plot", "rumour", B, C)
    world.act("plot", "end", B, C)
    assert seen(world, "plot", B, C) == ["A", "D", "E"]


def test_what_lapses_with_its_party_is_over_for_all(world):
    world.act("plot", "discover", A, B)
    assert list(world.leave(C)) == [("plot", C, B)]
    assert seen(world, "plot", B, C) == []


def test_a_rumour_is_believed_by_all_and_is_not_so(world):
    world.act("trust", "rumour", A, D)
    assert seen(world, "trust", A, D) == list(NAMES)
    assert world.ties["trust"][A, D] == 0
    world.act("trust", "end", A, D)
    assert seen(world, "trust", A, D) == []


def visits(process, entries=(), runs=40, opening=None, luck="clock"):
    """Who was visited by whom and when in many runs; the slow twin agrees on two of them."""
    start, end = as_day("1920-01-01"), as_day("1922-01-01")
    world = World(NAMES, LAYERS, {}, {})
    world.exists[:] = True
    world.now = start
    for act in opening or [("plot", "form", B, C)]:
        world.act(*act)
    scenario = SimpleNamespace(
        name="views",
        layers=LAYERS,
        quantities={},
        memories={},
        processes={process.name: process},
        yearly={},
        institutions={},
        votes={},
        parameters={name: parameter(name, value) for name, value in PARAMETERS.items()},
        kinds={"state": NAMES},
    )
    layers = list(LAYERS)
    dated = [
        {
            "time": as_day(day),
            "kind": ACT,
            "what": layers.index(layer),
            "change": CHANGES.index(change),
            "sender": sender,
            "receiver": receiver,
            "process": -1,
            "occasion": -1,
        }
        for day, layer, change, sender, receiver in entries
    ]
    calendar = make_calendar(start, end, world, dated)
    plan = prepared(make_plan(scenario, calendar)).with_switches(luck)
    histories = [simulate_plan(plan, 2, run) for run in range(runs)]
    for run in range(2):
        assert acts_of(histories[run]) == Reference(scenario, calendar, 2, run, luck).history()
    found = [act for history in histories for act in acts_of(history) if act[2] == "visit"]
    return found, histories


def visitor(weighting, senders, receivers, motives, rate=(), consent=()):
    return Process("go", "…", "ministry", "visit", "form", weighting, senders, receivers, (), motives, rate, consent)


@pytest.fixture
def shunning():
    """A chooser who shuns whoever is known to plot with a third."""
    PARAMETERS.clear()
    motives = (motive("go.secret", "secret_arms_known", -60.0, cooperation="plot"),)
    rate = (motive("go.rate.constant", "constant", 1.0),)
    return visitor("choice", ("A", "E"), ("B", "C", "D"), motives, rate)


@pytest.mark.parametrize("luck", ["clock", "date"])
def test_a_decider_chooses_by_what_it_knows(shunning, luck):
    opening = [("plot", "form", B, C), ("plot", "discover", A, B)]
    acts, histories = visits(shunning, opening=opening, luck=luck)
    assert {receiver for *_, sender, receiver, _, _ in acts if sender == A} == {D}
    assert {receiver for *_, sender, receiver, _, _ in acts if sender == E} == {B, C, D}
    state = histories[0].at("1921-06-01")
    assert state.ties("plot")[["sender", "receiver"]].values.tolist() == [["B", "C"]]
    assert len(histories[0].view("A").at("1921-06-01").ties("plot")) == 1
    assert len(histories[0].view("E").at("1921-06-01").ties("plot")) == 0


@pytest.mark.parametrize("luck", ["clock", "date"])
def test_an_exposure_changes_the_choice_of_whoever_did_not_know(shunning, luck):
    acts, _ = visits(shunning, [("1921-01-01", "plot", "expose", B, C)], luck=luck)
    exposed = as_day("1921-01-01")
    before = {act[5] for act in acts if act[0] < exposed}
    after = {act[5] for act in acts if act[0] >= exposed}
    assert before == {B, C, D} and after == {D}


def test_a_discovery_changes_the_choice_of_the_observer_alone(shunning):
    acts, _ = visits(shunning, [("1921-01-01", "plot", "discover", A, C)])
    late = [act for act in acts if act[0] >= as_day("1921-01-01")]
    assert {act[5] for act in late if act[4] == A} == {D}
    assert {act[5] for act in late if act[4] == E} == {B, C, D}


def test_consent_is_given_on_the_receivers_view():
    """B, who plots, is received by whoever does not know of it."""
    PARAMETERS.clear()
    consent = (
        motive("go.consent.constant", "constant", 30.0),
        motive("go.consent.secret", "secret_arms_known", -60.0, cooperation="plot"),
    )
    process = visitor("intensity", ("B",), ("A", "D"), (motive("go.constant", "constant", 1.0),), consent=consent)
    opening = [("plot", "form", B, C), ("plot", "discover", A, B)]
    acts, _ = visits(process, [("1921-01-01", "plot", "expose", B, C)], opening=opening)
    assert {act[5] for act in acts} == {D}
    assert max(act[0] for act in acts) < as_day("1921-01-01")


def test_a_rumour_moves_those_who_believe_it_and_opens_no_mask():
    PARAMETERS.clear()
    motives = (motive("go.trust", "tie", 60.0, network="trust"),)
    rate = (motive("go.rate.constant", "constant", 1.0),)
    free = visitor("choice", ("A",), ("B", "C", "D"), motives, rate)
    acts, histories = visits(free, [("1921-01-01", "trust", "rumour", A, D)])
    assert {act[5] for act in acts if act[0] < as_day("1921-01-01")} == {B, C, D}
    assert {act[5] for act in acts if act[0] >= as_day("1921-01-01")} == {D}
    assert len(histories[0].at("1921-06-01").ties("trust")) == 0
    assert len(histories[0].view("C").at("1921-06-01").ties("trust")) == 1
    bound = Process("go", "…", "ministry", "visit", "form", "choice", ("A",), "state", ("trust",), motives, rate)
    acts, _ = visits(bound, [("1921-01-01", "trust", "rumour", A, D)])
    assert acts == []


def test_what_the_engine_reports_of_knowledge_is_what_the_world_says(world):
    """Parties know what is so; without a rumour others believe in nothing that was never so."""
    rng = np.random.default_rng(5)
    once = world.ties["plot"] > 0
    believed_on = 0
    for _ in range(400):
        sender, receiver = rng.choice(5, 2, replace=False)
        change = ("form", "end", "expose", "discover")[rng.integers(4)]
        if change != "expose" or world.ties["plot"][sender, receiver]:
            world.act("plot", change, int(sender), int(receiver))
        so = world.ties["plot"] > 0
        once |= so
        believed = world.seen["plot"] > 0
        assert not believed[:, ~once].any()
        believed_on += int(believed[:, ~so].any())
        for party in range(5):
            np.testing.assert_array_equal(believed[party, party], so[party])
            np.testing.assert_array_equal(believed[party, :, party], so[:, party])
        assert believed[:, world.known["plot"]].all() and not (world.known["plot"] & ~so).any()
    assert believed_on > 20
