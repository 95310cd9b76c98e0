"""Learning from a selection: what it may say is what the whole record would say, its level aside."""

from dataclasses import replace

import numpy as np
import pytest

import rapallo as rp
from rapallo.estimate.learn import learn
from rapallo.estimate.learned import with_learned
from rapallo.estimate.relative import learn_relative, relative
from rapallo.scenario.timeline import record_history


@pytest.fixture(scope="module")
def interwar():
    return rp.load("interwar")


def everyone(scenario):
    return np.ones((len(scenario.tables.actor_ids),) * 2, dtype=bool)


def with_soviet(scenario):
    pairs = np.zeros((len(scenario.tables.actor_ids),) * 2, dtype=bool)
    pairs[:, scenario.tables.actor_ids.index("USSR")] = True
    return pairs


@pytest.mark.parametrize(
    ("process", "model"), [("conclude_alliance", "coordination"), ("instigate_rising", "choice"), ("recognise", None)]
)
def test_where_all_pairs_are_followed_it_is_the_likelihood_of_the_order(interwar, process, model):
    """Held against the other definition, act by act, at numbers away from any top."""
    history = record_history(interwar)
    told, _, rows = relative(history, process, everyone(interwar))
    kind = interwar.processes[process]
    names = [each.parameter for each in (*kind.motives, *kind.rate)]
    theta = np.array([1.3 * interwar.parameters[name].value + 0.05 for name in names])
    motives = [each.parameter for each in kind.motives]
    fixed = dict(zip(names, theta, strict=True))
    other = rp.fit(
        process,
        history,
        model=model,
        missing="leave out",
        occasions="separate",
        fixed={name: fixed[name] for name in motives[1:]},
        initial={motives[0]: fixed[motives[0]]},
        prior={motives[0]: (fixed[motives[0]], 1e-9)},
    )
    each = other.surprise.set_index("row")["log_probability"].dropna()
    assert list(each.index) == rows
    assert told.at(theta)[0] == pytest.approx(each.sum(), rel=1e-7)


@pytest.mark.parametrize("process", ["conclude_treaty", "open_talks", "conclude_trade_agreement"])
def test_the_score_is_the_slope(interwar, process):
    told, _, _ = relative(record_history(interwar), process, with_soviet(interwar))
    kind = interwar.processes[process]
    theta = np.array([interwar.parameters[m.parameter].value for m in (*kind.motives, *kind.rate, *kind.consent)])
    _, score = told.at(theta)
    for k in range(len(theta)):
        ahead, back = theta.copy(), theta.copy()
        ahead[k], back[k] = theta[k] + 1e-5, theta[k] - 1e-5
        assert score[k] == pytest.approx((told.at(ahead)[0] - told.at(back)[0]) / 2e-5, abs=1e-5)


def test_the_level_is_not_told_and_stays_as_it_was(interwar):
    found = learn_relative(interwar, "recognise_de_facto", with_soviet(interwar), "with the USSR", imputations=0)
    assert "recognise_de_facto.constant" not in found.names
    assert "recognise_de_facto.distance" in found.names
    assert found.cases and "a selection" in found.summary()
    after = with_learned(interwar, [found])
    assert after.parameters["recognise_de_facto.constant"] is interwar.parameters["recognise_de_facto.constant"]


def test_a_share_that_is_lost_at_random_moves_nothing_but_the_spread(interwar):
    """Of simulated offers every second is kept: at the true numbers the score is still chance about nothing.

    Each of the nine scores lies beyond four of its deviations less than once in ten thousand times.
    """
    scores = []
    for seed in range(12):
        told, _, _ = relative(rp.simulate(interwar, seed=seed), "offer_talks", everyone(interwar))
        kind = interwar.processes["offer_talks"]
        theta = np.array([interwar.parameters[each.parameter].value for each in (*kind.motives, *kind.rate)])
        scores += [replace(told, moments=[each]).at(theta)[1] for each in told.moments[::2]]
    varied = np.array(scores)[:, : len(kind.motives)]
    assert len(varied) > 100
    assert (np.abs(varied.sum(axis=0)) < 4.0 * np.sqrt((varied**2).sum(axis=0))).all()


def test_no_act_among_the_pairs_is_said(interwar):
    nobody = np.zeros((len(interwar.tables.actor_ids),) * 2, dtype=bool)
    with pytest.raises(rp.RapalloError, match="no act of 'subvert' lies among nobody"):
        learn_relative(interwar, "subvert", nobody, "nobody", imputations=0)


def test_a_selection_is_never_learnt_as_if_it_were_whole(interwar):
    with pytest.raises(rp.RapalloError):
        learn(interwar, "offer_talks", imputations=0)
