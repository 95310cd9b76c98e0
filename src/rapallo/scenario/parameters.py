"""Every number of the model: ``parameters.toml``."""

from __future__ import annotations

import math
from typing import Any, get_args

from rapallo.errors import Problem
from rapallo.scenario.parameter import NORMAL_95, Origin, Parameter
from rapallo.scenario.section import Section, shown
from rapallo.scenario.toml_file import TomlFile

FILE = "parameters.toml"
DEEPEST = 4
"""Parts of the longest name: process, ``consent``, effect, and what belongs to its ``fit``."""


def read_parameters(file: TomlFile, problems: list[Problem]) -> dict[str, Parameter]:
    """Read the parameters by full name.

    Each is a table that has at least ``value``, ``origin`` and ``why``. An assumed number needs a
    ``range``, a published one ``cites``; one that a fit has moved, whether ``estimated`` or
    ``assumed, updated``, needs ``fit`` and ``standard_error``, and with a prior ``prior_value`` and
    ``prior_range``. A number without a range needs a ``standard_error``, from which the range follows.
    """
    found: dict[str, Parameter] = {}
    stack: list[tuple[tuple[str, ...], Any]] = [((), file.data)]
    while stack:
        path, values = stack.pop()
        if not isinstance(values, dict):
            what, right = (
                "a number stands outside the table of a parameter",
                "write [PROCESS.EFFECT] and value = … below it",
            )
            problems.append(file.problem(path, what, right))
        elif path and (not values or any(not isinstance(each, dict) for each in values.values())):
            found[".".join(path)] = _parameter(".".join(path), Section(file, path, values, problems))
        elif len(path) >= DEEPEST:
            problems.append(file.problem(path, "tables are nested too deeply for the name of a parameter"))
        else:
            stack.extend(((*path, key), each) for key, each in reversed(values.items()))
    return found


def _parameter(name: str, section: Section) -> Parameter:
    value = section.number("value")
    origin: Any = section.choice("origin", get_args(Origin))
    why = section.text("why")
    cites = section.texts("cites")
    error = section.number("standard_error") if section.has("standard_error") else None
    if error is not None and not error > 0:
        section.problem("standard_error", "a standard error lies above zero", "write a number above zero")
        error = None
    low, high = _range(section, value, error, origin)
    fit = section.section("fit")
    facts = tuple((key, each if isinstance(each, str) else shown(each)) for key, each in fit.items())
    tuned_on = section.texts("tuned_on")
    if origin == "published" and not cites and section.has("origin"):
        section.problem("cites", "a published number cites no work", 'add cites = ["key"], a key of sources.bib')
    if origin in ("estimated", "assumed, updated") and section.has("origin"):
        kind = "an estimated number" if origin == "estimated" else "an assumption that a fit has updated"
        if not facts:
            section.problem("fit", f"{kind} does not say by which fit", "add fit = { model = …, data = …, date = … }")
        if not section.has("standard_error"):
            section.problem("standard_error", f"{kind} has no standard error", "add standard_error = …")
    prior_value, prior_range = _prior(section, origin)
    not_estimated = section.text("not_estimated", "")
    section.done()
    return Parameter(
        name, value, low, high, origin, why, cites, error, facts, tuned_on, prior_value, prior_range, not_estimated
    )


def _prior(section: Section, origin: str) -> tuple[float | None, tuple[float, float] | None]:
    """Read what was assumed before a fit."""
    section.know("prior_range")
    value = section.number("prior_value") if section.has("prior_value") else None
    if not section.has("prior_range"):
        if value is not None or origin == "assumed, updated":
            section.problem(
                "prior_range", "what was assumed before the fit has no range", "add prior_range = [low, high]"
            )
        return value, None
    if value is None:
        section.problem("prior_value", "what was assumed before the fit has no value", "add prior_value = …")
    low, high = _bounds(section, "prior_range")
    if value is not None and not math.isnan(low) and not low <= value <= high:
        what = f"the assumed value {value:g} lies outside its own range, {low:g} to {high:g}"
        section.problem("prior_value", what, "mend the value or the range")
    return value, None if math.isnan(low) else (low, high)


def _range(section: Section, value: float, error: float | None, origin: str) -> tuple[float, float]:
    section.know("range")
    if not section.has("range"):
        if error is not None:
            return value - NORMAL_95 * error, value + NORMAL_95 * error
        if origin == "assumed" or not section.has("standard_error"):
            kind = "an assumed number" if origin == "assumed" else "a number without a standard error"
            section.problem("range", f"{kind} has no range", "add range = [low, high]: where it may reasonably lie")
        return math.nan, math.nan
    low, high = _bounds(section, "range")
    if not math.isnan(value) and not math.isnan(low) and not low <= value <= high:
        what = f"the value {value:g} lies outside its own range, {low:g} to {high:g}"
        section.problem("value", what, "mend the value or the range")
    return low, high


def _bounds(section: Section, key: str) -> tuple[float, float]:
    """Read two bounds in order; NaN where they cannot be read."""
    values = section.values[key]
    numbers = values if isinstance(values, list) else []
    if len(numbers) != 2 or any(isinstance(each, bool) or not isinstance(each, (int, float)) for each in numbers):
        section.problem(key, "a range is two numbers", f"write {key} = [low, high]")
        return math.nan, math.nan
    low, high = _finite(numbers[0]), _finite(numbers[1])
    if math.isnan(low) or math.isnan(high):
        section.problem(key, "a bound of the range is not a finite number", f"write {key} = [low, high]")
        return math.nan, math.nan
    if low > high:
        section.problem(key, f"the range runs from {low:g} down to {high:g}", f"write {key} = [{high:g}, {low:g}]")
        return math.nan, math.nan
    return low, high


def _finite(number: int | float) -> float:
    try:
        return float(number) if math.isfinite(number) else math.nan
    except OverflowError:
        return math.nan
