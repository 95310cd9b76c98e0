"""A grid: every combination of values of some parameters, in every one of some worlds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.experiment.work import World
from rapallo.scenario.intervention import Intervention, read_intervention

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario

MOST_SETTINGS = 1_000_000

AS_IT_IS = "as it is"
"""Name of the world in which nothing is changed."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What a sweep goes through.

    Parameters
    ----------
    values
        Each parameter with its values.
    changes
        Interventions; each is a world beside the one as it is.
    """

    values: dict[str, tuple[float, ...]]
    changes: tuple[Intervention, ...] = ()

    @property
    def worlds(self) -> tuple[World, ...]:
        """Every setting: all parameters' values in the world as it is, then in each that is changed."""
        return tuple(
            World(tuple(zip(self.values, each, strict=True)), change)
            for change in range(-1, len(self.changes))
            for each in product(*self.values.values())
        )

    def table(self) -> list[dict[str, Any]]:
        """Give each setting as a row: its world under ``if`` where there are several, and its parameters' values."""
        rows = []
        for world in self.worlds:
            named = self.changes[world.change].name if world.change >= 0 else AS_IT_IS
            rows.append({**({"if": named} if self.changes else {}), **dict(world.values)})
        return rows


def make_grid(
    scenario: Scenario,
    values: Mapping[str, Sequence[float]] | Sequence[str] = (),
    interventions: Sequence[str | Intervention] = (),
) -> Grid:
    """Make a grid, from names and numbers or from ``PARAMETER=NUMBER,NUMBER`` in words.

    Raises
    ------
    UnknownNameError
        For a parameter or an intervention that is not there.
    RapalloError
        If the grid is empty or too large, or a value is no number or comes twice.

    Examples
    --------
    >>> from rapallo.scenario.load import load
    >>> make_grid(load("pair"), ["form_tie.constant=-1,0", "end_tie.constant=0"]).table()
    [{'form_tie.constant': -1.0, 'end_tie.constant': 0.0}, {'form_tie.constant': 0.0, 'end_tie.constant': 0.0}]
    """
    pairs = list(values.items()) if isinstance(values, Mapping) else [_read(text) for text in values]
    found: dict[str, tuple[float, ...]] = {}
    for name, numbers in pairs:
        if name not in scenario.parameters:
            raise UnknownNameError("parameter", name, scenario.parameters)
        if name in found:
            raise RapalloError(f"parameter {name!r} is set twice; give all its values at once")
        found[name] = _numbers(name, numbers)
    changes = tuple(
        each if isinstance(each, Intervention) else read_intervention(scenario, each) for each in interventions
    )
    if not found and not changes:
        raise RapalloError("the grid is empty; set a parameter (recognise.claims=0,-0.5,-1) or name an intervention")
    made = Grid(found, changes)
    count = math.prod(len(each) for each in found.values()) * (1 + len(changes))
    if count > MOST_SETTINGS:
        raise RapalloError(f"the grid has {count:,} settings; {MOST_SETTINGS:,} is the most")
    return made


def _read(text: str) -> tuple[str, list[Any]]:
    name, equals, rest = text.partition("=")
    if not equals or not name.strip():
        raise RapalloError(f"{text!r} sets nothing; write PARAMETER=NUMBER,NUMBER,…")
    return name.strip(), [part.strip() for part in rest.split(",") if part.strip()]


def _numbers(name: str, values: Any) -> tuple[float, ...]:
    numbers = []
    for value in values if isinstance(values, (Sequence, tuple)) or hasattr(values, "__iter__") else [values]:
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise RapalloError(f"{name}={value}: {value!r} is no number") from None
        if not math.isfinite(number):
            raise RapalloError(f"{name}={value}: a parameter is a finite number")
        if number in numbers:
            raise RapalloError(f"{name}={value}: the value comes twice")
        numbers.append(number)
    if not numbers:
        raise RapalloError(f"{name} is given no value; write {name}=NUMBER,NUMBER,…")
    return tuple(numbers)
