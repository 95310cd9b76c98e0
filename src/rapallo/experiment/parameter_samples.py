"""Samples of all parameters at once over their ranges, and what they tell of each, by SALib."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import MissingExtraError, RapalloError, nearest
from rapallo.experiment.drawn_parameters import is_uncertain

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario

LEVELS = 4
"""Levels of Morris' grid."""

MOST_FOR_SOBOL = 60
"""Parameters beyond which Sobol' indices cost more than they tell; Morris screens first."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Points at which a scenario is run, and the analysis that belongs to them.

    Parameters
    ----------
    method
        ``morris`` or ``sobol``.
    names, bounds
        The parameters, and the range of each.
    points
        Shape ``(points, parameters)``.
    block
        Points that stand or fall together: a trajectory, or a row of the base sample.
    seed
        Named the sample, and names the resampling.
    """

    method: str
    names: tuple[str, ...]
    bounds: tuple[tuple[float, float], ...]
    points: NDArray[np.float64]
    block: int
    seed: int

    @property
    def problem(self) -> dict[str, Any]:
        """The problem as SALib states it."""
        return {"num_vars": len(self.names), "names": list(self.names), "bounds": [list(each) for each in self.bounds]}

    def about(self) -> dict[str, Any]:
        """Say what settles the points."""
        bounds = {name: list(each) for name, each in zip(self.names, self.bounds, strict=True)}
        return {"method": self.method, "seed": self.seed, "points": len(self.points), "over": bounds}

    def strengths(self, answers: NDArray[np.float64], keep: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Give the strength of each parameter: the mean square of its elementary effects, or its total index."""
        found = self._analysed(answers, keep, 2)
        if self.method == "sobol":
            return np.asarray(found["ST"], dtype=float)
        trajectories = keep.sum() // self.block
        mean, spread = (np.asarray(found[name], dtype=float) for name in ("mu", "sigma"))
        strength: NDArray[np.float64] = mean**2 + spread**2 * (trajectories - 1) / trajectories
        return strength

    def as_effect(
        self, strength: NDArray[np.float64], error: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Bring a strength and its error to the unit of the answer: the root of a mean square; an index stays."""
        if self.method == "sobol":
            return strength, error
        root = np.sqrt(np.maximum(strength, 0.0))
        return root, np.where(root > 0, error / (2.0 * np.where(root > 0, root, 1.0)), np.sqrt(error))

    def size(
        self, answers: NDArray[np.float64], keep: NDArray[np.bool_]
    ) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64]]:
        """Give all that SALib says, by column, and the standard error of the size from resampling the sample."""
        found = self._analysed(answers, keep, 200)
        columns = ("mu", "mu_star", "sigma") if self.method == "morris" else ("S1", "S1_conf", "ST")
        interval = found["mu_star_conf" if self.method == "morris" else "ST_conf"]
        return {name: np.asarray(found[name], dtype=float) for name in columns}, np.asarray(interval) / 1.959964

    def _analysed(self, answers: NDArray[np.float64], keep: NDArray[np.bool_], resamples: int) -> Any:
        analysis = _salib(f"SALib.analyze.{self.method}")
        if self.method == "morris":
            points = self.points[keep]
            return analysis.analyze(
                self.problem, points, answers, num_levels=LEVELS, num_resamples=resamples, seed=self.seed
            )
        return analysis.analyze(self.problem, answers, calc_second_order=False, num_resamples=resamples, seed=self.seed)


def make_sample(scenario: Scenario, method: str, patterns: Sequence[str], size: int | None, seed: int) -> Sample:
    """Make a sample of the parameters that patterns name and that have a range.

    Raises
    ------
    MissingExtraError
        If SALib is not installed.
    RapalloError
        If a pattern fits no parameter, none has a range, or there are too many for the method.
    """
    sampling = _salib(f"SALib.sample.{method}")
    names: list[str] = []
    for pattern in patterns:
        found = [name for name in scenario.parameters if fnmatchcase(name, pattern)]
        if not found:
            raise RapalloError(f"no parameter is like {pattern!r}{nearest(pattern, scenario.parameters)}")
        names += [name for name in found if name not in names]
    names = [name for name in names if is_uncertain(scenario.parameters[name]) and _wide(scenario, name)]
    if not names:
        raise RapalloError("none of these parameters has a range to be varied over")
    if method == "sobol" and len(names) > MOST_FOR_SOBOL:
        raise RapalloError(
            f"Sobol' indices of {len(names)} parameters would take very many runs; name {MOST_FOR_SOBOL} or fewer "
            "(--parameter 'recognise.*'), or screen them with morris first"
        )
    bounds = tuple((scenario.parameters[name].low, scenario.parameters[name].high) for name in names)
    count = size if size is not None else 10 if method == "morris" else 64
    if count < 4:
        raise RapalloError(f"a sample of {count} tells nothing; ask for 4 or more")
    made = Sample(method, tuple(names), bounds, np.empty((0, len(names))), 0, seed)
    if method == "morris":
        points = sampling.sample(made.problem, count, num_levels=LEVELS, seed=seed)
        return Sample(method, tuple(names), bounds, points, len(names) + 1, seed)
    points = sampling.sample(made.problem, count, calc_second_order=False, seed=seed)
    return Sample(method, tuple(names), bounds, points, len(names) + 2, seed)


def _wide(scenario: Scenario, name: str) -> bool:
    return scenario.parameters[name].high > scenario.parameters[name].low


def _salib(part: str) -> Any:
    try:
        return import_module(part)
    except ImportError:
        raise MissingExtraError(
            "global sensitivity needs SALib; install it with: pip install 'rapallo[sensitivity]'"
        ) from None
