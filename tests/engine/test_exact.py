"""The engine's distribution against the exact one, on chains of at most 64 states.

Thirty-two G-tests (the states of eight chains, and their numbers of acts, under two lucks): family-wise error rate 1e-3
by Bonferroni, seeds fixed. ``verification/exact_chains.py`` does the same with many more runs.
"""

import numpy as np
import pytest

from tests.engine import chains
from tests.engine.chains import BUILT_IN, HANDMADE, chain_of, g_test, observed
from tests.engine.worlds import parameter

CHAINS = (*BUILT_IN, *HANDMADE)
RUNS = 1500
THRESHOLD = 1e-3 / (len(CHAINS) * 2 * 2)
_SOLVED = {}


def solved(name):
    if name not in _SOLVED:
        _SOLVED[name] = chain_of(name)
    return _SOLVED[name]


@pytest.mark.parametrize("luck", ["clock", "date"])
@pytest.mark.parametrize("name", CHAINS)
def test_the_distribution_of_states_and_acts_is_the_exact_one(name, luck):
    chain = solved(name)
    ends, acts = observed(chain, luck, seed=20, runs=RUNS)
    for counts, exact in ((ends, chain.at_end), (acts, chain.acts)):
        g, freedom, p = g_test(counts, exact)
        assert freedom >= 1
        assert p > THRESHOLD, f"{name}, {luck} luck: G {g:.1f} on {freedom} degrees of freedom, p {p:.2g}"


def test_a_wrong_weight_is_seen():
    """Guards the test above: runs in which one parameter is 0.5 higher are refused."""
    chain = solved("intensity")
    scenario, calendar = chains.handmade("intensity", 1.5)
    scenario.parameters["begin.back"] = parameter("begin.back", 0.9 + 0.5)
    other = chains.Chain(
        chains.prepared(chains.make_plan(scenario, calendar)), chain.states, chain.at_end, chain.acts, chain.ties
    )
    ends, _ = observed(other, "clock", seed=20, runs=RUNS)
    assert g_test(ends, chain.at_end)[2] < THRESHOLD


def test_the_pair_has_its_closed_form():
    """A tie that forms at 2 exp(a) and ends at 2 exp(b) stands at t with probability f/(f+e) (1 - exp(-(f+e) t))."""
    chain = solved("pair")
    rates = {name: each.value for name, each in chain.plan.scenario.parameters.items()}
    form, end = (2.0 * np.exp(rates[name]) for name in ("form_tie.constant", "end_tie.constant"))
    span = (chain.plan.calendar.end - chain.plan.calendar.start) / 365.25
    standing = form / (form + end) * (1.0 - np.exp(-(form + end) * span))
    tied = sum(chain.at_end[code] for state, code in chain.states.items() if state[0])
    assert tied == pytest.approx(standing, rel=1e-10)
