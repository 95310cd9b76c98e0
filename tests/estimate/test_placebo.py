"""Orders without diffusion, in small; the long version stands in ``verification/placebo.py``."""

import runpy
from pathlib import Path

import pytest

PLACEBO = runpy.run_path(str(Path(__file__).parents[2] / "verification" / "placebo.py"), run_name="placebo")


def test_diffusion_is_found_where_it_is_and_seldom_where_it_is_not():
    """30 orders each: at 2.5 % more than 4 false findings come with a probability of 0.1 %."""
    orders = {name: PLACEBO["ORDERS"][name] for name in ("nothing but a rate", "diffusion (power)")}
    none, some = PLACEBO["findings"](30, 11, orders, {"bare": None})
    assert none["fits"] == some["fits"] == 30 and none["acts"] > 30 * 20
    assert none["wave"] <= 4 and none["precedent"] <= 4
    assert some["wave"] >= 15


def test_intervals_of_a_share():
    low, high = PLACEBO["interval"](5, 200)
    assert low == pytest.approx(0.0107, abs=2e-4) and high == pytest.approx(0.0572, abs=2e-4)
