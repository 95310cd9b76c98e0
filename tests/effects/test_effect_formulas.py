"""The classic statistics against formulas written independently, in matrix form."""

import numpy as np
import pytest
import random_view as rv

from rapallo.effects import get_effect


def spread_row(values):
    """A number of each sender, for all receivers."""
    return np.repeat(values[:, None], rv.ACTORS, axis=1)


def spread_column(values):
    """A number of each receiver, for all senders."""
    return np.repeat(values[None, :], rv.ACTORS, axis=0)


def tertius(v):
    x = (v.network > 0).astype(float)
    degree = x.sum(axis=0)
    means = np.divide(x.T @ v.attribute, degree, out=np.full(rv.ACTORS, np.nan), where=degree > 0)
    return np.where(np.isnan(means), np.nanmean(means), means)


SUMMARIES = (np.mean, np.sum, np.min, np.max, np.median)


def summaries(v, summary):
    """A number of each actor; NaN where nobody chose it."""
    return np.array([summary(v.attribute[who]) if who.any() else np.nan for who in (v.network > 0).T])


def brought_together(v, summary):
    found = summaries(v, summary)
    return np.where(np.isnan(found), np.nanmean(found), found)


def set_apart(v, summary, function):
    """The differences, and where nobody chose the second the mean of all others; nobody stands beside itself."""
    found = function(np.subtract.outer(v.attribute, summaries(v, summary)))
    np.fill_diagonal(found, np.nan)
    return np.where(np.isnan(found), np.nanmean(found), found)


def binary(matrix):
    return (matrix > 0).astype(float)


def node_trans(v):
    x = binary(v.network)
    return ((x @ x) * x).sum(axis=1)


def four(v):
    x = binary(v.network)
    out = np.zeros_like(x)
    for i in range(rv.ACTORS):
        for j in range(rv.ACTORS):
            out[i, j] = sum(
                x[i, k] * x[m, k] * x[m, j]
                for k in range(rv.ACTORS)
                for m in range(rv.ACTORS)
                if len({i, j, k, m}) == 4
            )
    return out


FORMULAS = {
    "indeg": lambda v: spread_column(binary(v.network).sum(axis=0)),
    "indeg_ego": lambda v: spread_row(binary(v.network).sum(axis=0)),
    "outdeg": lambda v: spread_column(binary(v.network).sum(axis=1)),
    "outdeg_ego": lambda v: spread_row(binary(v.network).sum(axis=1)),
    "indeg_weighted": lambda v: spread_column(v.network.sum(axis=0)),
    "indeg_ego_weighted": lambda v: spread_row(v.network.sum(axis=0)),
    "outdeg_weighted": lambda v: spread_column(v.network.sum(axis=1)),
    "outdeg_ego_weighted": lambda v: spread_row(v.network.sum(axis=1)),
    "log_receiver_indegree": lambda v: spread_column(np.log1p(binary(v.network).sum(axis=0))),
    "root_receiver_indegree": lambda v: spread_column(np.sqrt(binary(v.network).sum(axis=0))),
    "log_sender_outdegree": lambda v: spread_row(np.log1p(binary(v.network).sum(axis=1))),
    "root_sender_outdegree": lambda v: spread_row(np.sqrt(binary(v.network).sum(axis=1))),
    "node_trans": lambda v: spread_column(node_trans(v)),
    "node_trans_ego": lambda v: spread_row(node_trans(v)),
    "ego": lambda v: spread_row(v.attribute),
    "alter": lambda v: spread_column(v.attribute),
    "tertius": lambda v: spread_column(tertius(v)),
    "tertius_diff": lambda v: set_apart(v, np.mean, np.abs),
    "tie": lambda v: binary(v.network),
    "inertia": lambda v: binary(v.network),
    "inertia_weighted": lambda v: v.pair,
    "recip": lambda v: binary(v.network).T,
    "recip_weighted": lambda v: v.pair.T,
    "same": lambda v: binary(v.attribute[:, None] == v.attribute[None, :]),
    "diff": lambda v: np.abs(np.subtract.outer(v.attribute, v.attribute)),
    "sim": lambda v: -np.abs(np.subtract.outer(v.attribute, v.attribute)),
    "diffX": lambda v: -np.subtract.outer(v.attribute, v.attribute),
    "ego_alter_interaction": lambda v: np.outer(v.attribute, v.other_attribute),
    "minimum": lambda v: np.minimum.outer(v.attribute, v.attribute),
    "maximum": lambda v: np.maximum.outer(v.attribute, v.attribute),
    "trans": lambda v: binary(v.network) @ binary(v.network),
    "cycle": lambda v: (binary(v.network) @ binary(v.network)).T,
    "common_sender": lambda v: binary(v.network).T @ binary(v.network),
    "common_receiver": lambda v: binary(v.network) @ binary(v.network).T,
    "mixed_trans": lambda v: binary(v.first) @ binary(v.second),
    "mixed_cycle": lambda v: (binary(v.second) @ binary(v.first)).T,
    "mixed_common_sender": lambda v: binary(v.first).T @ binary(v.second),
    "mixed_common_receiver": lambda v: binary(v.first) @ binary(v.second).T,
    "four": four,
    "pair_times_sender": lambda v: v.pair * v.attribute[:, None],
    "pair_times_receiver": lambda v: v.pair * v.attribute[None, :],
    "pair_times_pair": lambda v: v.pair * v.other_pair,
    "log_pair_value": lambda v: np.log1p(v.pair),
    "log_reverse_value": lambda v: np.log1p(v.pair.T),
    "experience": lambda v: np.log1p(v.memory),
    "pair_recently_either": lambda v: v.memory + v.memory.T,
    "exposure_at_home": lambda v: v.memory,
    "claims_held": lambda v: np.log1p(v.claims),
    "claims_faced": lambda v: np.log1p(v.claims).T,
    "history_between": lambda v: np.log1p(v.memory + v.memory.T),
    "trade_between": lambda v: np.log1p(v.trade + v.trade.T),
    "nearness": lambda v: 1000.0 / (1000.0 + v.distance),
    "threat": lambda v: v.capability[None, :] / (1 + v.distance / 1000.0),
    "rivalry": lambda v: np.maximum(v.rival, v.rival.T),
    "common_adversary": lambda v: np.maximum(v.rival, v.rival.T) @ np.maximum(v.rival, v.rival.T),
    "rival_of_rival": lambda v: v.rival @ np.maximum(v.rival, v.rival.T),
    "tied_to_rival": lambda v: v.rival @ binary(v.network),
    "receivers_rival_is_tied": lambda v: binary(v.network) @ v.rival.T,
    "shared_rival": lambda v: binary(v.dispute) @ binary(v.dispute).T,
    "ally_of_ally": lambda v: binary(binary(v.alliance) @ binary(v.alliance) > 0),
    "allys_rival": lambda v: binary(v.alliance) @ np.maximum(v.rival, v.rival.T),
    "exposure_elsewhere": lambda v: np.maximum(v.total[None, :] - v.memory, 0.0),
    "like_minded": lambda v: np.outer(v.colour, v.colour),
    "joint_status": lambda v: np.outer(v.status > 0, v.status > 0).astype(float),
    "both_members": lambda v: binary(binary(v.membership) @ binary(v.membership).T),
    "tied_to_victim": lambda v: binary(v.network) @ binary(v.war).T,
}


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("seed", range(8))
def test_statistic_equals_its_formula(name, seed):
    effect = get_effect(name)
    view = rv.random_view(effect, seed)
    expected = np.asarray(FORMULAS[name](view), dtype=float)
    apart = ~np.eye(rv.ACTORS, dtype=bool)
    np.testing.assert_allclose(rv.statistics(effect, view)[apart], expected[apart], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("number", range(len(SUMMARIES)))
@pytest.mark.parametrize("seed", range(8))
def test_company_is_brought_together_by_the_summary_of_that_number(number, seed):
    view = rv.random_view(get_effect("tertius_diff"), seed)
    view.network[:, seed % rv.ACTORS] = 0.0  # at least one whom nobody chose
    view.summary = number
    summary = SUMMARIES[number]
    company = brought_together(view, summary)
    for name, signed, squared, expected in (
        ("tertius", 0.0, 0.0, spread_column(company)),
        ("tertius_ego", 0.0, 0.0, spread_row(company)),
        ("tertius_diff", 0.0, 0.0, set_apart(view, summary, np.abs)),
        ("tertius_diff", 1.0, 0.0, set_apart(view, summary, lambda gap: gap)),
        ("tertius_diff", 0.0, 1.0, set_apart(view, summary, np.square)),
    ):
        view.signed, view.squared = signed, squared
        apart = ~np.eye(rv.ACTORS, dtype=bool)
        found = rv.statistics(get_effect(name), view)
        np.testing.assert_allclose(found[apart], expected[apart], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("number", range(len(SUMMARIES)))
@pytest.mark.parametrize("missing", [0, 2])
def test_a_missing_value_leaves_every_summary_missing(number, missing):
    view = rv.random_view(get_effect("tertius"), 0)
    view.network[:] = 0.0
    view.network[[0, 2, 4], 1] = view.network[5, 3] = 1.0
    view.attribute[missing], view.summary = np.nan, number
    assert np.isnan(get_effect("tertius")(view, 0, 1))
    assert get_effect("tertius")(view, 0, 3) == view.attribute[5]


def test_difference_from_the_company_of_one_whom_nobody_chose():
    """Four actors valued 1 to 4, of whom nobody chose the third; goldfish's own tests have this network and its number.

    The first was chosen by those of 2 and 3 (mean 2.5; distances 0.5, 0.5, 1.5), the second by the first (1; 0, 2, 3),
    the fourth by the three others (2; 1, 0, 1): nine pairs with a mean of 9.5 / 9.
    """
    view = rv.random_view(get_effect("tertius_diff"), 0)
    view.actors, view.attribute, view.network = 4, np.array([1.0, 2.0, 3.0, 4.0]), np.zeros((4, 4))
    for sender, receiver in ((1, 0), (2, 0), (0, 1), (0, 3), (1, 3), (2, 3)):
        view.network[sender, receiver] = 1.0
    found = get_effect("tertius_diff")
    assert [found(view, sender, 2) for sender in (0, 1, 3)] == pytest.approx([1.0555555556] * 3, abs=1e-9)
    assert found(view, 3, 0) == 1.5
    view.attribute[3] = np.nan  # an actor without a value has no part in the mean, and no difference of its own
    assert found(view, 0, 2) == pytest.approx(5.0 / 7)
    assert np.isnan(found(view, 3, 0))
    view.attribute[0] = np.nan  # what company the second and the fourth keep is not known, and so no mean is
    assert np.isnan(found(view, 1, 2))
    view.network[:] = 0.0
    assert found(view, 1, 2) == 0.0


def three(effect_name, **slots):
    """Evaluate an effect for actors 0 and 1 of three."""
    effect = get_effect(effect_name)
    values = {slot: np.array(array, dtype=float) for slot, array in slots.items()}
    from types import SimpleNamespace

    return effect(SimpleNamespace(actors=3, now=0.0, **values, **dict(effect.settings)), 0, 1)


def test_precedent_counts_less_the_farther_away_it_was_set():
    recognised_by_third = [[0, 0, 0], [0, 0, 0], [0, 1, 0]]
    near = three("others_nearby", network=recognised_by_third, distance=[[0, 0, 0], [0, 0, 0], [0, 0, 0]])
    far = three("others_nearby", network=recognised_by_third, distance=[[0, 0, 3000], [0, 0, 0], [0, 0, 0]])
    assert (near, far) == (1.0, 0.25)


def test_precedent_counts_by_weight_and_by_likeness():
    recognised_by_third = [[0, 0, 0], [0, 0, 0], [0, 1, 0]]
    assert three("others_weighty", network=recognised_by_third, weight=[9, 9, 0.3]) == 0.3
    assert three("others_alike", network=recognised_by_third, attribute=[1, 0, 0.75]) == 0.75
    assert three("others_alike", network=recognised_by_third, attribute=[1, 0, -1]) == 0.0


def test_news_counts_by_weight_and_levels_off():
    news_by_third = [[0, 0, 0], [0, 0, 0], [0, 3, 0]]
    assert three("weighty_recently", memory=news_by_third, weight=[9, 9, 0.5]) == pytest.approx(np.log(2.5))
    assert three("weighty_recently", memory=[[0, 7, 0], [0, 0, 0], [0, 0, 0]], weight=[9, 9, 9]) == 0.0


def test_payments_set_payer_against_payee_and_draw_it_to_outsiders():
    payer_and_victor = {"burden": [np.e * 1000 - 1000, 0, 0], "status": [0, 1, 0]}
    payer_and_outsider = {"burden": [np.e * 1000 - 1000, 0, 0], "status": [0, 0, 1]}
    assert three("grievance_opposed", **payer_and_victor) == pytest.approx(1.0)
    assert three("grievance_outside", **payer_and_victor) == 0.0
    assert three("grievance_opposed", **payer_and_outsider) == 0.0
    assert three("grievance_outside", **payer_and_outsider) == pytest.approx(1.0)


def test_secret_arms_are_minded_only_with_a_third():
    with_sender = [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    with_third = [[0, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert three("secret_arms_known", cooperation=with_sender) == 0.0
    assert three("secret_arms_known", cooperation=with_third) == 1.0


def test_facilities_count_only_under_a_standing_tie():
    built = [[0, 2, 0], [1, 0, 0], [0, 0, 0]]
    assert three("facilities_under_tie", memory=built, tie=[[0, 1, 0], [1, 0, 0], [0, 0, 0]]) == 3.0
    assert three("facilities_under_tie", memory=built, tie=np.zeros((3, 3))) == 0.0


def test_inside_and_outside_an_institution():
    inside = {
        "0 and 1": [[0, 0, 1], [0, 0, 1], [0, 0, 0]],
        "0": [[0, 0, 1], [0, 0, 0], [0, 0, 0]],
        "": np.zeros((3, 3)),
    }
    found = {
        who: tuple(three(name, membership=m) for name in ("both_members", "member_and_outsider", "both_outsiders"))
        for who, m in inside.items()
    }
    assert found == {"0 and 1": (1, 0, 0), "0": (0, 1, 0), "": (0, 0, 1)}


def test_a_rival_outside_makes_a_club_worth_joining():
    rival = [[0, 0, 1], [0, 0, 0], [0, 0, 0]]
    member = [[0, 0, 0], [0, 0, 0], [0, 1, 0]]
    assert three("rival_outside", rival=rival, network=np.zeros((3, 3))) == 1.0
    assert three("rival_outside", rival=rival, network=member) == 0.0
    assert three("tied_to_rival", rival=rival, network=member) == 1.0


def test_arms_are_taken_to_a_host_who_is_no_overseer():
    assert three("restriction_evaded", restricted=[1, 0, 0], overseer=[0, 0, 1]) == 1.0
    assert three("restriction_evaded", restricted=[1, 0, 0], overseer=[0, 1, 0]) == 0.0
    assert three("restriction_evaded", restricted=[0, 1, 0], overseer=[0, 0, 0]) == 0.0
