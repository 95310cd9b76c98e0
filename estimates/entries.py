"""Write what was learnt into ``parameters.toml``, number by number, and leave every other line as it is."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import numpy as np

from rapallo.estimate.learned import Learned, with_learned
from rapallo.scenario.correlations import FILE as CORRELATIONS
from rapallo.scenario.load import BUILT_IN
from rapallo.scenario.parameter import Parameter
from rapallo.scenario.scenario import Scenario

FILE = BUILT_IN / "interwar" / "parameters.toml"
HEAD = """# How the errors of numbers that one fit gave go together: row k holds correlations with the names before it.
# Written by the scripts of estimates/ with the numbers themselves; the hash is that of the fit that they name.
"""
_HEADING = re.compile(r"^\[([A-Za-z0-9_.]+)\]$", re.MULTILINE)


def write_learned(scenario: Scenario, learned: Iterable[Learned], script: str) -> list[str]:
    """Write the numbers of some processes; gives the names of those that changed."""
    found = list(learned)
    made = with_learned(scenario, found).parameters
    for each in found:
        write_correlations(each, script)
    return write_parameters({name: made[name] for each in found for name in each.names}, script)


def write_parameters(parameters: Mapping[str, Parameter], script: str = "") -> list[str]:
    """Replace the tables of some numbers.

    A table whose hash and numbers stay the same keeps its date: running again changes no byte.
    """
    text = FILE.read_text(encoding="utf-8")
    old = tomllib.loads(text)
    changed = []
    for name, parameter in parameters.items():
        begin, end = _place(text, name)
        before: dict[str, object] = old
        for part in name.split("."):
            before = before[part]  # type: ignore[assignment]
        block = _block(name, parameter, before, script)
        if text[begin:end].rstrip() != block.rstrip():
            changed.append(name)
        text = text[:begin] + block + ("\n" if end < len(text) else "") + text[end:].lstrip("\n")
    FILE.write_text(text, encoding="utf-8")
    return changed


def write_correlations(learned: Learned, script: str) -> None:
    """Write how the errors of a process's numbers go together, in place of what stood there of it."""
    file = FILE.with_name(CORRELATIONS)
    text = file.read_text(encoding="utf-8") if file.exists() else HEAD
    tables = {name: body for name, body in re.findall(r"^\[(.+)\]\n((?:[^\[\n].*\n)+)", text, re.MULTILINE)}
    names, matrix = learned.correlated
    tables.pop(learned.process, None)
    if len(names) > 1:
        rows = ", ".join("[" + ", ".join(_share(value) for value in matrix[k, :k]) + "]" for k in range(len(names)))
        tables[learned.process] = (
            f"names = {_texts(names)}\ncorrelations = [{rows}]\n"
            f"origin = {_text(f'errors of the fit of {script}')}\nhash = {_text(learned.hash)}\n"
        )
    body = "\n".join(f"[{name}]\n{tables[name]}" for name in sorted(tables))
    file.write_text(HEAD + "\n" + body, encoding="utf-8")


def _share(value: float) -> str:
    return f"{np.round(value, 4) + 0.0:g}"


def _place(text: str, name: str) -> tuple[int, int]:
    """Give where the table of a number begins and where the next thing does."""
    for heading in _HEADING.finditer(text):
        if heading[1] == name:
            later = re.compile(r"^[\[#]", re.MULTILINE).search(text, heading.end())
            return heading.start(), later.start() if later else len(text)
    raise KeyError(f"{FILE.name} has no table [{name}]")


def _block(name: str, parameter: Parameter, before: Mapping[str, object], script: str) -> str:
    lines = [f"[{name}]", f"value = {_number(parameter.value)}"]
    if parameter.origin in ("estimated", "assumed, updated"):
        assert parameter.standard_error is not None and parameter.prior_range is not None
        assert parameter.prior_value is not None
        low, high = parameter.prior_range
        lines += [
            f"standard_error = {_number(parameter.standard_error, 3)}",
            f'origin = "{parameter.origin}"',
            f"prior_value = {_number(parameter.prior_value, 12)}",
            f"prior_range = [{_number(low, 12)}, {_number(high, 12)}]",
        ]
    else:
        lines += [
            f"range = [{_number(parameter.low, 12)}, {_number(parameter.high, 12)}]",
            f'origin = "{parameter.origin}"',
        ]
    lines.append(f"why = {_text(parameter.why)}")
    if parameter.cites:
        lines.append(f"cites = {_texts(parameter.cites)}")
    lines.append(f"tuned_on = {_texts(parameter.tuned_on)}")
    if parameter.not_estimated:
        lines.append(f"not_estimated = {_text(parameter.not_estimated)}")
    if parameter.fit:
        facts = {key: value for key, value in parameter.fit if key not in ("date", "script")}
        if script:
            facts["script"] = script
        facts["date"] = _date(lines, facts, before)
        lines.append("fit = { " + ", ".join(f"{key} = {_text(value)}" for key, value in facts.items()) + " }")
    return "\n".join(lines) + "\n"


def _date(lines: list[str], facts: Mapping[str, str], before: Mapping[str, object]) -> str:
    """Give the day of the fit: the one that stands there, where it is the same fit."""
    fit = before.get("fit")
    now = tomllib.loads("\n".join(lines[1:]))
    same = isinstance(fit, dict) and all(fit.get(key) == value for key, value in facts.items() if key != "date")
    if same and isinstance(fit, dict) and all(before.get(key) == value for key, value in now.items()):
        return str(fit.get("date", ""))
    return datetime.now(UTC).date().isoformat()


def _number(value: float, digits: int = 4) -> str:
    text = f"{value:.{digits}g}"
    if "e" in text:
        text = f"{float(text):f}".rstrip("0")
    return text if "." in text else f"{text}.0"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _texts(values: Iterable[str]) -> str:
    return "[" + ", ".join(_text(each) for each in values) + "]"
