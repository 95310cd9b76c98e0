"""One draw of all uncertain parameters, each named by seed, draw and parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from rapallo.engine.luck import stable_hash
from rapallo.engine.reference_luck import normal, uniform

if TYPE_CHECKING:
    from rapallo.scenario.correlations import Correlated
    from rapallo.scenario.parameter import Parameter
    from rapallo.scenario.scenario import Scenario

_ANY = (-float("inf"), float("inf"))

ATTEMPTS = 1000
"""Draws of one estimate before it is held to have no place within its bounds."""


def drawn_parameters(scenario: Scenario, seed: int, draw: int) -> dict[str, float]:
    """Draw every parameter that is uncertain.

    A number with a standard error comes from the normal distribution of its estimate, within the
    bounds of its kind (a share kept from year to year lies between 0 and 1, a spread is not below
    zero), together with those whose errors are correlated with its own; any other comes from its
    range, every value alike.

    Parameters
    ----------
    scenario
        Whose parameters.
    seed, draw
        The name of the draw; with a parameter's own name it gives the same value in any scenario
        where the parameter's value, error, range and correlations are the same.
    """
    bounds = _bounds(scenario)
    together = {
        name: value for each in scenario.correlated for name, value in _joint(scenario, each, bounds, seed, draw)
    }
    values = {}
    for name, parameter in scenario.parameters.items():
        value = together.get(name)
        if value is None:
            value = _drawn(parameter, bounds.get(name, _ANY), seed, draw)
        if value != parameter.value:
            values[name] = value
    return values


def _joint(
    scenario: Scenario, correlated: Correlated, bounds: Mapping[str, tuple[float, float]], seed: int, draw: int
) -> Iterator[tuple[str, float]]:
    """Draw estimates whose errors go together; one that is fixed keeps its value and its place among the others."""
    numbers = [scenario.parameters[name] for name in correlated.names]
    names = [stable_hash(f"parameter:{name}") for name in correlated.names]
    root = np.linalg.cholesky(correlated.correlations)
    for attempt in range(ATTEMPTS):
        errors = root @ np.array([normal(seed, draw, name, attempt) for name in names])
        values = {
            each.name: each.value + each.standard_error * float(error)
            for each, error in zip(numbers, errors, strict=True)
            if each.standard_error is not None
        }
        if all(low <= values[name] <= high for name, (low, high) in bounds.items() if name in values):
            yield from values.items()
            return


def is_uncertain(parameter: Parameter) -> bool:
    """Tell whether a parameter has an error or a range that is more than one value."""
    return parameter.standard_error is not None or parameter.high > parameter.low


def _drawn(parameter: Parameter, bounds: tuple[float, float], seed: int, draw: int) -> float:
    if not is_uncertain(parameter):
        return parameter.value
    name = stable_hash(f"parameter:{parameter.name}")
    if parameter.standard_error is None:
        return parameter.low + (parameter.high - parameter.low) * uniform(seed, draw, name, 0)
    for attempt in range(ATTEMPTS):
        value = parameter.value + parameter.standard_error * normal(seed, draw, name, attempt)
        if bounds[0] <= value <= bounds[1]:
            return value
    return parameter.value


def _bounds(scenario: Scenario) -> Mapping[str, tuple[float, float]]:
    """Give the bounds of the parameters that are no weights."""
    found = {}
    for update in scenario.yearly.values():
        if update.noise:
            found[update.noise] = (0.0, float("inf"))
        if update.retention:
            found[update.retention] = (0.0, 1.0)
    shocks = (rule.shock for institution in scenario.institutions.values() for rule in institution.rules)
    return found | {shock: (0.0, float("inf")) for shock in shocks if shock}
