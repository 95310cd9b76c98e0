"""Every number of the model: ``parameters.toml``."""

from __future__ import annotations

import math
from typing import Any, get_args

from rapallo.errors import Problem
from rapallo.scenario.parameter import Origin, Parameter
from rapallo.scenario.section import Section, shown
from rapallo.scenario.toml_file import TomlFile

FILE = "parameters.toml"
NORMAL_95 = 1.959964
"""Quantile of the normal distribution: an estimate without a stated range has its 95 per cent interval."""

DEEPEST = 4
"""Parts of the longest name: process, ``consent``, effect, and what belongs to its ``fit``."""


def read_parameters(file: TomlFile, problems: list[Problem]) -> dict[str, Parameter]:
    """Read the parameters by full name.

    Each is a table that has at least ``value``, ``origin`` and ``why``. An assumed number needs a
    ``range``, a published one ``cites``, an estimated one ``fit`` and ``standard_error``; a number
    without a range needs a ``standard_error``, from which the range follows.
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
    if origin == "estimated" and section.has("origin"):
        if not facts:
            section.problem(
                "fit", "an estimated number does not say by which fit", "add fit = { model = …, data = …, date = … }"
            )
        if not section.has("standard_error"):
            section.problem("standard_error", "an estimated number has no standard error", "add standard_error = …")
    section.done()
    return Parameter(name, value, low, high, origin, why, cites, error, facts, tuned_on)


def _range(section: Section, value: float, error: float | None, origin: str) -> tuple[float, float]:
    section.know("range")
    if not section.has("range"):
        if error is not None:
            return value - NORMAL_95 * error, value + NORMAL_95 * error
        if origin == "assumed" or not section.has("standard_error"):
            kind = "an assumed number" if origin == "assumed" else "a number without a standard error"
            section.problem("range", f"{kind} has no range", "add range = [low, high]: where it may reasonably lie")
        return math.nan, math.nan
    values = section.values["range"]
    numbers = values if isinstance(values, list) else []
    if len(numbers) != 2 or any(isinstance(each, bool) or not isinstance(each, (int, float)) for each in numbers):
        section.problem("range", "a range is two numbers", "write range = [low, high]")
        return math.nan, math.nan
    low, high = _finite(numbers[0]), _finite(numbers[1])
    if math.isnan(low) or math.isnan(high):
        section.problem("range", "a bound of the range is not a finite number", "write range = [low, high]")
    elif low > high:
        section.problem("range", f"the range runs from {low:g} down to {high:g}", f"write range = [{high:g}, {low:g}]")
    elif not math.isnan(value) and not low <= value <= high:
        what = f"the value {value:g} lies outside its own range, {low:g} to {high:g}"
        section.problem("value", what, "mend the value or the range")
    return low, high


def _finite(number: int | float) -> float:
    try:
        return float(number) if math.isfinite(number) else math.nan
    except OverflowError:
        return math.nan
