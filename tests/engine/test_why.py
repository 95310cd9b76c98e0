"""Why an act was done: terms that sum to its weight, the engine's own weight, and reasons for what is impossible."""

import math

import numpy as np
import pytest

from rapallo.engine import kernel
from rapallo.engine import layout as at
from rapallo.engine.plan import make_plan
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.engine.why import world_before
from rapallo.system.calendar import make_calendar
from rapallo.system.history import CHANGES, ORIGINS, History, as_day
from tests.engine.worlds import full_order


@pytest.fixture(scope="module")
def order():
    scenario, calendar = full_order()
    plan = prepared(make_plan(scenario, calendar))
    return scenario, calendar, [simulate_plan(plan, 3, run) for run in range(4)]


def decided(history):
    """One act of each process that decides, the last of each."""
    found = {}
    for act in range(len(history)):
        code = history.process[act]
        if code >= 0 and not history.scenario.processes[history.processes[code]].given:
            found[history.processes[code]] = act
    return found


def parts(why):
    return {part: rows["contribution"].sum() for part, rows in why.terms.groupby("part")}


def test_terms_sum_to_the_log_of_the_weight(order):
    scenario, _, histories = order
    seen = set()
    for history in histories:
        for name, act in decided(history).items():
            process, found = scenario.processes[name], history.why(act)
            sums = parts(found)
            if process.weighting == "intensity":
                log_weight = sums["weight"] - (math.log1p(math.exp(-sums["consent"])) if process.consent else 0.0)
                assert found.weight == pytest.approx(math.exp(log_weight), rel=1e-9), name
            else:  # the sender's options share what the rate gives, but for refusals and what leaves all as it is
                total = found.weight + found.alternatives["weight"].sum()
                rate = math.exp(sums["rate"])
                assert total == pytest.approx(rate, rel=1e-9) or (process.consent and total < rate), name
            assert (found.terms["value"] * found.terms["parameter"]).to_numpy() == pytest.approx(
                found.terms["contribution"].to_numpy()
            )
            seen.add(name)
    assert {"agree", "favour", "court", "waver", "ally", "conspire", "punish"} <= seen


def settled(scenario, world):
    """Start the engine at a state and stop it at once; gives its numbers, hazards among them."""
    plan = prepared(make_plan(scenario, make_calendar(world.now, world.now + 1e-9, world, [])))
    F, J, B, U = (each.copy() for each in (plan.F, plan.J, plan.B, plan.U))
    times, codes, numbers = np.empty(8), np.empty((8, at.A_WIDTH), dtype=np.int32), np.empty(1)
    fixed = (plan.I, plan.G, plan.H, times, codes, numbers)
    count = kernel.run(plan.X, F, J, B, U, *fixed, np.uint64(0), 0, world.now, world.now + 1e-9, 0)
    assert count == 0
    return plan, F


def test_every_act_of_a_run_was_possible(order):
    """Whatever the engine did, the explanation gives it a weight: obligations that came from findings too."""
    _, _, histories = order
    for history in histories:
        for process in ("punish", "forgive"):
            acts = history.select(process=process)
            assert len(acts)
            assert all(history.why(int(act)).weight > 0 for act in acts)
        assert all(history.why(act).weight > 0 for act in decided(history).values())


def test_the_weight_is_the_hazard_of_the_compiled_engine(order):
    """The engine is started at the state just before the act and its clocks are read."""
    scenario, _, histories = order
    names = list(scenario.processes)
    for history in histories[:2]:
        for name, act in decided(history).items():
            world = world_before(history, act)
            plan, F = settled(scenario, world)
            sender, receiver = int(history.sender[act]), int(history.receiver[act])
            process = scenario.processes[name]
            own = {"intensity": (sender, receiver), "coordination": (-1, -1)}.get(process.weighting, (sender, -1))
            clock = next(k for k, row in enumerate(plan.clocks.tolist()) if row == [names.index(name), *own])
            hazard = F[plan.X[at.F_CLOCK] + clock * at.K_WIDTH + at.K_HAZARD] * 365.25
            found = history.why(act)
            if process.weighting == "intensity":
                assert found.weight == pytest.approx(hazard, rel=1e-9), name
            else:
                rivals = found.alternatives
                null = rivals["receiver"] == "(leave all as it is)"
                total = found.weight + rivals["weight"].sum()
                if process.weighting == "toggle":  # its clock also rings to leave all as it is
                    assert null.sum() == 1
                assert total == pytest.approx(hazard, rel=1e-9), name


def test_a_mutual_act_is_weighed_from_both_sides(order):
    """P(s, r) is in proportion to p(s→r) p(r→s), at the process's rate."""
    histories = order[2]
    history = next(each for each in histories if "ally" in decided(each))
    found = history.why(decided(history)["ally"])
    assert set(found.terms["part"]) == {"weight", "partner", "rate"}
    assert found.alternatives["sender"].nunique() > 1
    swapped = found.alternatives.apply(lambda row: frozenset((row["sender"], row["receiver"])), axis=1)
    assert swapped.is_unique


def history_of(scenario, calendar, acts, origin="record"):
    def column(place, kind):
        return np.array([act[place] for act in acts], dtype=kind)

    names, layers = list(scenario.processes), list(scenario.layers)
    return History(
        scenario=scenario,
        actors=calendar.opening.actors,
        layers=tuple(layers),
        processes=tuple(names),
        time=np.array([as_day(act[0]) + 0.25 for act in acts]),
        process=np.array([names.index(act[1]) if act[1] else -1 for act in acts], dtype=np.int16),
        layer=np.array([layers.index(act[2]) for act in acts], dtype=np.int16),
        change=np.array([CHANGES.index(act[3]) for act in acts], dtype=np.int8),
        sender=column(4, np.int16),
        receiver=column(5, np.int16),
        occasion=np.arange(len(acts), dtype=np.int32),
        origin=np.full(len(acts), ORIGINS.index(origin), dtype=np.int8),
        start=calendar.start,
        end=calendar.end,
        initial={name: ties > 0 for name, ties in calendar.opening.ties.items()},
        ids=np.array([f"X{k}" for k in range(len(acts))], dtype=object),
        label="record",
        calendar=calendar,
    )


IMPOSSIBLE = {
    "stands already": ("1920-02-01", "agree", "pact", "form", 0, 1),
    "no tie of pact stands": ("1920-02-01", "part", "pact", "end", 3, 4),
    "A02 does not exist": ("1920-02-01", "agree", "pact", "form", 2, 3),
    "the condition 'obligation' does not hold": ("1920-02-01", "punish", "sanction", "form", 1, 4),
    "A05 is no sender of the process": ("1920-02-01", "court", "quarrel", "form", 5, 1),
    "no tie of plot stands": ("1920-02-01", "expose", "plot", "expose", 0, 1),
}


@pytest.mark.parametrize("reason", IMPOSSIBLE)
def test_what_the_model_calls_impossible_has_its_reason(order, reason):
    scenario, calendar, _ = order
    found = history_of(scenario, calendar, [IMPOSSIBLE[reason]]).why(0)
    assert found.weight == 0.0
    assert "impossible" in found.note and reason in found.note, found.note
    assert "An act of the record (X0)." in found.note


def test_a_possible_act_of_the_record_is_not_called_impossible(order):
    scenario, calendar, _ = order
    found = history_of(scenario, calendar, [("1920-02-01", "agree", "pact", "form", 0, 3)]).why(0)
    assert found.weight > 0 and "impossible" not in found.note


def test_acts_without_a_decision_say_what_they_are(order):
    _, _, histories = order
    history = histories[0]
    lapse = history.select(origin="lapse")[0]
    assert "ceased to exist" in history.why(int(lapse)).note
    given = history.select(origin="given", change="form")[0]
    assert "Given by the calendar" in history.why(int(given)).note
    finding = history.select(layer="finding")[0]
    found = history.why(int(finding))
    assert "No process of the model decides this" in found.note and math.isnan(found.weight)
    assert found.terms.empty and found.alternatives.empty


def test_it_prints_the_sentence_and_what_it_beat(order):
    history = order[2][0]
    act = int(history.select(process="favour")[0])
    text = str(history.why(act))
    actors = history.actors
    assert text.startswith(f"{history.acts().loc[act, 'date']}: ")
    assert "It beat:" in text and "contribution" in text
    assert actors[history.sender[act]] in text
