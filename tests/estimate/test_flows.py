"""Gravity: the pseudo-likelihood's own equations, clustered errors by hand, and what is unknown."""

import numpy as np
import pandas as pd
import pytest

import rapallo as rp
from rapallo.estimate.flows import fit_gravity, learn_flow


@pytest.fixture(scope="module")
def table():
    generator = np.random.default_rng(1)
    partner = np.repeat(np.arange(30), 12)
    sizes, distance = generator.normal(size=360), generator.normal(size=30)[partner]
    value = generator.poisson(np.exp(1.0 + 0.7 * sizes - 0.5 * distance + 0.3 * generator.normal(size=30)[partner]))
    return pd.DataFrame(
        {"value": value.astype(float), "constant": 1.0, "sizes": sizes, "distance": distance, "partner": partner}
    )


def test_the_top_solves_the_score_and_its_errors_are_clustered(table):
    found = fit_gravity(table, ["constant", "sizes", "distance"])
    design = table[["constant", "sizes", "distance"]].to_numpy()
    fitted = np.exp(design @ found.coef)
    left = table["value"].to_numpy() - fitted
    assert np.abs(design.T @ left).max() < 1e-6
    bread = np.linalg.inv(design.T @ (design * fitted[:, None]))
    scores = np.array([(design * left[:, None])[table["partner"] == each].sum(axis=0) for each in range(30)])
    by_hand = bread @ scores.T @ scores @ bread
    ratio = found.covariance / by_hand
    assert ratio == pytest.approx(np.full((3, 3), ratio[0, 0])) and 1.0 <= ratio[0, 0] < 1.1  # a small-sample factor
    assert found.coef[1] == pytest.approx(0.7, abs=0.15) and found.partners == 30


def test_a_level_for_each_partner_takes_what_never_changes(table):
    """What is the same for a partner in every year goes into its level; what changes is told apart."""
    levels = fit_gravity(table, ["sizes"], effects=("partner",))
    assert levels.names == ("sizes",) and levels.coef[0] == pytest.approx(0.7, abs=0.1)
    assert fit_gravity(table.assign(nothing=0.0), ["constant", "sizes", "nothing"]).dropped == ("nothing",)


def test_a_stock_and_a_misspelt_flow_are_refused():
    scenario = rp.load("interwar")
    with pytest.raises(rp.UnknownNameError, match="soviet_exports"):
        learn_flow(scenario, "soviet_export")
    with pytest.raises(rp.RapalloError, match="it is computed, and nobody recorded it"):
        learn_flow(scenario, "skill")
