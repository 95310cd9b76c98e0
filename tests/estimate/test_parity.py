"""The published numbers of another program, from its data, through the public interface."""

import runpy
from pathlib import Path

import numpy as np
import pytest

PARITY = runpy.run_path(str(Path(__file__).parents[2] / "verification" / "parity_goldfish.py"), run_name="parity")


@pytest.mark.parametrize("anchor", PARITY["ANCHORS"], ids=lambda anchor: anchor.name)
def test_parity(anchor, shared):
    found = PARITY["fitted"](anchor, shared / "anchors" / "dated")
    far = PARITY["differences"](anchor, found)
    assert found.converged and found.largest_score < 1e-8
    assert found.observations == anchor.observations
    assert far["log-likelihood"] < 1e-6
    assert far["estimates"] < (1e-8 if anchor.converged else 1e-4)
    assert far["standard errors"] < 1e-4
    assert far["AIC, AICc, BIC"] < 5e-6


def test_printed_estimates_lie_near_too(shared):
    """Where another program stopped early, its printed estimates still lie within what its score allows."""
    for anchor in PARITY["ANCHORS"]:
        found = PARITY["fitted"](anchor, shared / "anchors" / "dated")
        assert np.abs(found.coef - anchor.estimates).max() < 1e-4
