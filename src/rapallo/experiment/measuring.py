"""Measures of many histories, as rows of a long table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError

if TYPE_CHECKING:
    from rapallo.system.history import History

Row = tuple[int, int, NDArray[Any], NDArray[np.float64]]
"""Run, index of the measure, its keys (text), its values."""


def chosen_measures(scenario: Any, names: Sequence[str] | None = None) -> tuple[str, ...]:
    """Settle which measures to take: those asked for, else the scenario's, else all that apply to it.

    Raises
    ------
    UnknownNameError
        If no measure bears a name.
    RapalloError
        If one needs what the scenario does not have.
    """
    from rapallo.measures import applies, get_measure, measures

    wanted = tuple(dict.fromkeys(scenario.measures if names is None else names))
    if names is None and not wanted:
        return tuple(each.name for each in measures() if not applies(each, scenario))
    for name in wanted:
        reason = applies(get_measure(name), scenario)
        if reason:
            raise RapalloError(f"measure {name!r} {reason}")
    return wanted


def measured(histories: Sequence[History], runs: Sequence[int], names: Sequence[str]) -> list[Row]:
    """Take measures of histories, in the order of the histories and then of the names.

    Raises
    ------
    RapalloError
        If a measure fails; the message names the run.
    """
    from rapallo.measures import get_measure, long

    functions = [get_measure(name) for name in names]
    rows: list[Row] = []
    for run, history in zip(runs, histories, strict=True):
        for which, function in enumerate(functions):
            try:
                keys, values = long(function(history))
            except RapalloError:
                raise
            except Exception as error:
                seed = history.facts.get("seed")
                whose = "the record" if seed is None else f"run {run} of seed {seed}"
                raise RapalloError(
                    f"measure {names[which]!r} fails on {whose}: {type(error).__name__}: {error}"
                ) from error
            rows.append((run, which, keys, values))
    return rows
