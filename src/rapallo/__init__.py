"""Rapallo: a laboratory for systems of states."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

try:
    __version__ = version("rapallo")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0+unknown"

_PUBLIC = {
    "Backtest": "rapallo.experiment.backtest_result",
    "Counterfactual": "rapallo.experiment.counterfactual",
    "Comparison": "rapallo.experiment.compare",
    "Ensemble": "rapallo.experiment.ensemble",
    "Effect": "rapallo.effects",
    "EventData": "rapallo.estimate.event_data",
    "FitResult": "rapallo.estimate.fit_result",
    "History": "rapallo.system.history",
    "Measure": "rapallo.measures",
    "Problem": "rapallo.errors",
    "RapalloError": "rapallo.errors",
    "Scenario": "rapallo.scenario.scenario",
    "ScenarioError": "rapallo.errors",
    "UnknownNameError": "rapallo.errors",
    "backtest": "rapallo.experiment.backtest",
    "check": "rapallo.scenario.load",
    "compare": "rapallo.experiment.compare",
    "counterfactual": "rapallo.experiment.counterfactual",
    "effect": "rapallo.effects",
    "ensemble": "rapallo.experiment.ensemble",
    "fit": "rapallo.estimate.fit",
    "load": "rapallo.scenario.load",
    "measure": "rapallo.measures",
    "new": "rapallo.scenario.new",
    "open_ensemble": "rapallo.experiment.ensemble",
    "sensitivity": "rapallo.experiment.sensitivity",
    "simulate": "rapallo.engine.simulate",
    "sweep": "rapallo.experiment.sweep",
    "uncertainty": "rapallo.experiment.uncertainty",
}
"""Every public name and where it lives; nothing is imported before it is asked for."""

__all__ = [*_PUBLIC, "__version__"]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'rapallo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
