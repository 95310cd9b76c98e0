"""Numbers that are others from a date, and ties that are held: twin and strategies agree, and all before the date."""

import numpy as np
import pytest

from rapallo.engine.plan import make_plan
from rapallo.engine.reference import Reference
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.system.history import as_day
from tests.engine.worlds import acts_of, full_order

NUMBERS = (
    ("agree.trans", 0.0, "1922-03-01"),
    ("agree.consent.constant", -2.0, "1922-03-01"),
    ("part.constant", 1.0, "1921-05-10"),
    ("part.constant", -2.0, "1924-01-01"),
    ("agree.exposures", 0.0, "1923-02-17"),
)
HOLDS = (("pact", 1, 4, "1922-06-01"), ("pact", 0, 1, "1920-02-01"), ("plot", 0, 4, "1923-06-01"))


@pytest.fixture(scope="module")
def changed():
    scenario, calendar = full_order(numbers=NUMBERS, holds=HOLDS)
    return scenario, calendar, prepared(make_plan(scenario, calendar))


@pytest.mark.parametrize("luck", ["clock", "date"])
@pytest.mark.parametrize("seed", range(3))
def test_the_twin_does_the_same(changed, luck, seed):
    scenario, calendar, plan = changed
    assert (
        acts_of(simulate_plan(plan.with_switches(luck), seed, 1))
        == Reference(scenario, calendar, seed, 1, luck).history()
    )


@pytest.mark.parametrize("luck", ["clock", "date"])
@pytest.mark.parametrize("strategy", ["by process", "everything"])
def test_every_strategy_gives_the_same_bytes_and_a_run_leaves_no_trace(changed, luck, strategy):
    plan = changed[2]
    first = [simulate_plan(plan.with_switches(luck), 3, run).time.tobytes() for run in range(8)]
    other = [simulate_plan(plan.with_switches(luck, strategy), 3, run).time.tobytes() for run in reversed(range(8))]
    assert first == other[::-1]


@pytest.mark.parametrize("luck", ["clock", "date"])
def test_nothing_differs_before_the_date_and_the_number_holds_from_it(changed, luck):
    plain = prepared(make_plan(*full_order(holds=HOLDS)))
    cut = as_day("1921-05-10")
    parted = 0
    for run in range(10):
        one, two = (simulate_plan(each.with_switches(luck), 6, run) for each in (plain, changed[2]))
        assert one.time[one.time < cut].tobytes() == two.time[two.time < cut].tobytes()
        parted += one.time.tobytes() != two.time.tobytes()
    assert parted >= 8


def test_a_part_that_ends_a_thousand_times_as_often_is_seen_only_within_its_span():
    """As strong a number as this leaves no doubt: nearly every pact ends within the span, and few outside."""
    strong = (("part.constant", 6.0, "1922-01-01"), ("part.constant", -9.0, "1923-01-01"))
    plan = prepared(make_plan(*full_order(numbers=strong)))
    ends = np.concatenate(
        [history.time[history.process == 1] for history in (simulate_plan(plan, 2, run) for run in range(20))]
    )
    assert full_order()[0].processes["part"].change == "end"
    inside = (ends >= as_day("1922-01-01")) & (ends < as_day("1923-01-01"))
    assert inside.sum() >= 20
    assert (ends >= as_day("1923-01-01")).sum() <= 2


def test_a_tie_is_held_by_an_act_only_where_it_does_not_stand(changed):
    scenario, _, plan = changed
    pact = list(scenario.layers).index("pact")
    made = 0
    for run in range(10):
        history = simulate_plan(plan, 9, run)
        acts = [
            (t, int(s), int(r))
            for t, s, r, layer, origin in zip(
                history.time, history.sender, history.receiver, history.layer, history.origin, strict=True
            )
            if layer == pact and origin == 1
        ]
        assert all({s, r} in ({1, 4}, {0, 1}) for _, s, r in acts)
        # the pact of 0 and 1 stands from the start: an act is needed only where it has ended by February
        assert sum({s, r} == {0, 1} for _, s, r in acts) <= 1
        made += len(acts)
    assert made


def test_why_weighs_an_act_by_the_number_of_its_day():
    from rapallo.engine.why import why

    scenario, calendar = full_order(numbers=(("part.constant", 1.0, "1922-01-01"),))
    history = simulate_plan(prepared(make_plan(scenario, calendar)), 4, 0)
    code = list(scenario.processes).index("part")
    for act in np.flatnonzero(history.process == code):
        terms = why(history, int(act)).terms
        found = float(terms.loc[terms["motive"] == "constant", "parameter"].iloc[0])
        assert found == (1.0 if history.time[act] >= as_day("1922-01-01") else -2.0)
    assert (history.process == code).sum() > 2
