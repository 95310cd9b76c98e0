"""Every system of the interwar order is a mechanism: off, nothing moves that it does not enter; doubled, it moves more.

Runs of two worlds share their luck. The second kind of test asks both steps, from nothing to one and from one to twice,
for a paired difference above two standard errors: a system without any effect would pass with a chance below 1 in
1,000 (two tails of 2.3 per cent, of differences that lean against each other). Seeds are fixed.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from rapallo.effects import effects
from rapallo.engine.simulate import simulate
from rapallo.scenario.load import load
from tests.interwar.systems import SYSTEMS, entered, scaled_by, without

RUNS = 120
COLUMNS = ("time", "process", "layer", "change", "sender", "receiver", "occasion", "origin")
LEARNING = ("1921-01-01", "1936-12-31")
CONSEQUENCES = ("hidden_rearmament", "capability_balance", "polarisation", "dispute_risk")


@cache
def interwar():
    return load("interwar")


@cache
def usual(span):
    return histories(interwar(), span, "date", RUNS)


def histories(scenario, span, luck, runs):
    return [simulate(scenario, 11, run, start=span[0], end=span[1], luck=luck) for run in range(runs)]


def parting(one, other):
    """Give the first act in which two histories differ: its position and what decided it; None where none does."""
    most = min(len(one), len(other))
    same = np.ones(most, dtype=bool)
    for column in COLUMNS:
        same &= getattr(one, column)[:most] == getattr(other, column)[:most]
    at = most if same.all() else int(np.argmin(same))
    acting = [history for history in (one, other) if at < len(history)]
    if not acting:
        return None
    for column in COLUMNS:
        assert getattr(one, column)[:at].tobytes() == getattr(other, column)[:at].tobytes()
    first = min(acting, key=lambda history: history.time[at])
    process = int(first.process[at])
    return float(first.time[at]), first.processes[process] if process >= 0 else first.layers[first.layer[at]]


def check_parting(one, other, may):
    found = parting(one, other)
    if found is None:
        return False
    time, decided = found
    assert decided in may, f"{decided!r} differs first, at day {time:.1f}; the system enters {sorted(may)}"
    return True


@pytest.mark.parametrize("luck", ["clock", "date"])
@pytest.mark.parametrize("number", SYSTEMS)
def test_off_nothing_changes_before_what_it_enters(number, luck):
    system, scenario = SYSTEMS[number], interwar()
    may = entered(scenario, system, off=True)
    runs = 5
    world = histories(scenario, system.span, luck, runs) if luck == "clock" else usual(system.span)[:runs]
    parted = [
        check_parting(one, other, may)
        for one, other in zip(world, histories(without(scenario, system), system.span, luck, runs), strict=True)
    ]
    assert any(parted), "switched off, the system changes no history"


@pytest.mark.parametrize("number", SYSTEMS)
def test_doubled_it_moves_its_measure_further(number):
    check_doubling(SYSTEMS[number])


def check_doubling(system, runs=RUNS):
    scenario = interwar()
    may = entered(scenario, system, off=False)
    worlds = [
        usual(system.span)
        if factor == 1 and runs == RUNS
        else histories(scaled_by(scenario, system, factor), system.span, "date", runs)
        for factor in (0, 1, 2)
    ]
    for other in (worlds[0], worlds[2]):
        for run in range(runs):
            check_parting(worlds[1][run], other[run], may)
    values = np.array([[system.measure(history) for history in world] for world in worlds], dtype=float)
    steps = system.sign * np.diff(values, axis=0)
    steps = steps[:, np.isfinite(steps).all(axis=0)]
    assert steps.shape[1] >= runs / 2
    error = steps.std(axis=1, ddof=1) / np.sqrt(steps.shape[1])
    means = np.round(np.nanmean(values, axis=1), 3).tolist()
    assert (steps.mean(axis=1) > 2.0 * error).all(), f"at nothing, once and twice: {means}; errors of steps {error}"


def test_a_system_that_is_entered_nowhere_would_be_seen():
    """Guards the first test: a difference in a process that is not named is refused."""
    one, other = usual(SYSTEMS[12].span)[:2]
    with pytest.raises(AssertionError, match="differs first"):
        check_parting(one, other, set())
    assert not check_parting(one, one, set())


def test_consequences_are_measures():
    """The measures of system 12 enter no weight: nothing of their name is there to be read.

    The stock behind hidden rearmament is read, by open rearmament: that is system 10.
    """
    scenario = interwar()
    readable = {*scenario.layers, *scenario.quantities, *scenario.memories, *(each.name for each in effects())}
    assert not readable & set(CONSEQUENCES)
    assert set(CONSEQUENCES) <= set(scenario.measures)


def test_what_armies_learn_keeps_them_together():
    """System 11's stock: it enters the end of the cooperation and open rearmament, and nothing else at once."""
    learning = replace(SYSTEMS[11], scaled=("skill.sent", "skill.received"), silent=("skill",), span=LEARNING)
    scenario = interwar()
    may = entered(scenario, learning, off=True)
    assert may == {"end_cooperation", "rearm_openly"}
    for one, other in zip(usual(LEARNING), histories(without(scenario, learning), LEARNING, "date", 20), strict=False):
        check_parting(one, other, may)
    check_doubling(learning, 2 * RUNS)  # a slight effect, which fewer runs do not tell from none


def test_each_side_learns_from_its_own_visits_and_from_those_it_receives():
    """Skill passes both ways: a delegation adds to the army that sends it and to the one that receives it."""
    run = usual(LEARNING)[0]
    visits = run.acts(process="exchange_officers", until="1929-01-01")
    assert set(visits.sender) == {"DEU", "USSR"}
    skill = run.series["skill"]
    at = {
        run.actors[sender]: skill["value"][(skill["year"] == 1928) & (skill["sender"] == sender)].item()
        for sender in set(skill["sender"].tolist())
    }
    assert min(at["DEU"], at["USSR"]) > 0
    for part in ("skill.sent", "skill.received"):
        less = histories(scenario_with(part, 0.0), LEARNING, "date", 1)[0].series["skill"]
        assert (less["value"][less["year"] == 1928] < skill["value"][skill["year"] == 1928]).all()


def scenario_with(parameter, value):
    return interwar().with_parameters({parameter: value})
