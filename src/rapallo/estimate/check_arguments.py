"""Refuse what no fit could mean, before anything is read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np

from rapallo.errors import RapalloError

WORDS = ("missing", "occasions", "consent", "interval")
WHOLE = ("controls", "impute", "seed")
MOST = 2**63


def check_arguments(formula: Any, told: Mapping[str, Any]) -> None:
    """Check the kind of every argument of a fit.

    Raises
    ------
    RapalloError
        Saying what was given, and what would be right.
    """
    listed = isinstance(formula, (list, tuple)) and bool(formula) and all(isinstance(each, str) for each in formula)
    if not isinstance(formula, str) and not listed:
        raise RapalloError(f"the formula is {formula!r}; write '~ inertia + recip', or a list of terms")
    for name in WORDS:
        _check(name, told[name], isinstance(told[name], str), "a word")
    for name in ("model", "change", "network"):
        _check(name, told[name], told[name] is None or isinstance(told[name], str), "a word")
    for name in WHOLE:
        value = told[name]
        _check(name, value, is_whole(value) and 0 <= value < MOST, "a whole number, not below zero")
    for name in ("level", "tolerance", "memory"):
        _check(name, told[name], _is_number(told[name]) and told[name] > 0, "a number above zero")
    for name in ("fixed", "initial"):
        value = told[name]
        right = value is None or (isinstance(value, Mapping) and all(_is_number(each) for each in value.values()))
        _check(name, value, right, "a finite number for each parameter, {'recip': 0.5}")
    prior = told["prior"]
    if isinstance(prior, Mapping):
        right = all(
            isinstance(each, (tuple, list)) and len(each) == 2 and all(_is_number(number) for number in each)
            for each in prior.values()
        )
        _check("prior", prior, right, "mean and standard deviation for each parameter, {'recip': (0.0, 2.0)}")
    else:
        _check("prior", prior, prior is None or _is_number(prior), "one standard deviation for all, or a mapping")
    pool = told["pool"]
    _check("pool", pool, pool is None or isinstance(pool, Mapping), "by what each term differs, {'recip': 'sender'}")
    events = told["events"]
    right = events is None or isinstance(events, (str, Path, Mapping)) or hasattr(events, "columns")
    _check("events", events, right, "a network's name, a table or a path")
    chosen = told["opportunities"]
    right = chosen is None or (
        hasattr(chosen, "__len__")
        and not isinstance(chosen, (str, Mapping))
        and all(not isinstance(each, str) and hasattr(each, "__iter__") for each in chosen)
    )
    _check("opportunities", chosen, right, "a list of names for each act")
    allowed = told["allowed"]
    if allowed is not None:
        found = np.asarray(allowed, dtype=object)
        right = found.ndim == 2 and all(each in (0, 1) for each in found.ravel())
        _check("allowed", allowed, right, "true or false for every pair, shape (actors, actors)")


def is_whole(value: Any) -> bool:
    """Say whether a value is a whole number."""
    return isinstance(value, Integral) and not isinstance(value, (bool, np.bool_))


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_)) and math.isfinite(value)


def _check(name: str, value: Any, right: bool, what: str) -> None:
    if not right:
        said = repr(value).replace("\n", " ")
        raise RapalloError(f"{name}={said[:60]}{'…' if len(said) > 60 else ''}: give {what}")
