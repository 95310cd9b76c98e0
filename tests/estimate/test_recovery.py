"""Parameters put into the engine come back out of the fit; the long version stands in ``verification``."""

import runpy
from pathlib import Path

import numpy as np


def test_intervals_hold_the_truth_as_often_as_they_say():
    """40 data sets, seed fixed; family-wise error rate 1 % over all parameters (exact binomial, Bonferroni)."""
    folder = Path(__file__).parents[2] / "verification"
    coverage = runpy.run_path(str(folder / "coverage_of_intervals.py"), run_name="coverage")
    z, held = coverage["estimates"](7, 0, 40, years=8)
    assert z.shape == (40, len(coverage["TRUTH"])) and np.isfinite(z).all()
    found = coverage["table"](z, held)
    assert found["p"].min() * len(found) > 0.01
    # a mean deviation beyond 4.5 standard errors of itself would be a bias, at a rate below 1 in 10,000
    assert (found["mean z"].abs() * np.sqrt(40) < 4.5).all()
