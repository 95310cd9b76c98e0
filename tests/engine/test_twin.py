"""The compiled engine against its slow twin, and its re-weighing strategies against each other, byte for byte."""

import pytest

from rapallo.engine.plan import make_plan
from rapallo.engine.reference import Reference
from rapallo.engine.simulate import prepared, simulate_plan
from tests.engine.worlds import acts_of, full_order


@pytest.fixture(scope="module")
def order():
    scenario, calendar = full_order()
    return scenario, calendar, prepared(make_plan(scenario, calendar))


@pytest.mark.parametrize("luck", ["clock", "date"])
@pytest.mark.parametrize("seed", range(6))
def test_same_luck_same_history_as_the_twin(order, luck, seed):
    scenario, calendar, plan = order
    history = simulate_plan(plan.with_switches(luck), seed, 3)
    twin = Reference(scenario, calendar, seed, 3, luck)
    assert acts_of(history) == twin.history()
    made = {
        name: sorted(zip(*(series[key].tolist() for key in ("year", "sender", "receiver", "value")), strict=True))
        for name, series in history.series.items()
    }
    assert made == {name: sorted(rows) for name, rows in twin.series.items()}


@pytest.mark.parametrize("luck", ["clock", "date"])
@pytest.mark.parametrize("strategy", ["by process", "everything"])
def test_every_strategy_gives_the_same_bytes(order, luck, strategy):
    _, _, plan = order
    for run in range(12):
        usual = simulate_plan(plan.with_switches(luck), 5, run)
        other = simulate_plan(plan.with_switches(luck, strategy), 5, run)
        for column in ("time", "process", "layer", "change", "sender", "receiver", "occasion", "origin"):
            assert getattr(usual, column).tobytes() == getattr(other, column).tobytes()


def test_every_kind_of_process_acts(order):
    """Guards the tests above: an order in which something never happens would prove nothing of it."""
    scenario, _, plan = order
    seen = set()
    for run in range(20):
        seen |= {(process, change) for _, process, _, change, *_ in acts_of(simulate_plan(plan, 1, run))}
    wanted = {(name, process.change) for name, process in scenario.processes.items()} | {("waver", "end"), ("", "end")}
    assert wanted <= seen


def test_runs_differ_and_repeat(order):
    _, _, plan = order
    first = [acts_of(simulate_plan(plan, 4, run)) for run in range(3)]
    again = [acts_of(simulate_plan(plan, 4, run)) for run in reversed(range(3))][::-1]
    assert first == again
    assert first[0] != first[1] != first[2]
    assert acts_of(simulate_plan(plan, 5, 0)) != first[0]


def test_adding_an_actor_does_not_reshuffle_the_luck_of_the_rest():
    """A clock's name is made of ids, so the same pair draws the same whoever else is there."""
    from types import SimpleNamespace

    from rapallo.system.calendar import make_calendar
    from rapallo.system.history import as_day
    from rapallo.system.layer import Layer
    from rapallo.system.process import Process
    from rapallo.system.world import World
    from tests.engine.worlds import motive, parameter

    def first_meetings(names):
        layers = {"pact": Layer("pact", "…", mutual=True)}
        process = Process(
            "agree",
            "…",
            "ministry",
            "pact",
            "form",
            "intensity",
            "state",
            "state",
            motives=(motive("agree.constant", "constant", -1.0),),
        )
        scenario = SimpleNamespace(
            layers=layers,
            quantities={},
            memories={},
            processes={"agree": process},
            yearly={},
            institutions={},
            votes={},
            parameters={"agree.constant": parameter("agree.constant", -1.0)},
            kinds={"state": tuple(names)},
        )
        world = World(names, layers, {}, {})
        world.exists[:] = True
        calendar = make_calendar(as_day("1920-01-01"), as_day("1980-01-01"), world, [])
        history = simulate_plan(prepared(make_plan(scenario, calendar)), 8, 0)
        return {
            frozenset((names[s], names[r])): t
            for t, s, r in zip(history.time, history.sender, history.receiver, strict=True)
        }

    few = first_meetings(["BEL", "FRA", "GBR"])
    many = first_meetings(["AAA", "BEL", "CZE", "FRA", "GBR", "POL"])
    assert len(few) == 3
    assert all(many[pair] == time for pair, time in few.items())
