"""The parts of ``estimates.md`` that are made from the scenario's parameters and from what the scripts printed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from rapallo.scenario.parameter import ORIGINS, Parameter
from rapallo.scenario.scenario import Scenario

PRINTED = Path(__file__).resolve().parents[1] / "estimates" / "output"


def counts(scenario: Scenario) -> str:
    """Say how many numbers are of which origin."""
    found = Counter(parameter.origin for parameter in scenario.parameters.values())
    said = ", ".join(f"{found[origin]} {origin.replace(', ', ' and ')}" for origin in ORIGINS if found[origin])
    return f"Of {len(scenario.parameters)} numbers: {said}.\n"


def table(scenario: Scenario) -> str:
    """Give every number that a fit has moved, process by process."""
    lines = []
    moved = [(n, p) for n, p in scenario.parameters.items() if p.fit]
    for process, group in groupby(moved, key=lambda each: each[0].split(".")[0]):
        rows = list(group)
        facts = dict(rows[0][1].fit)
        lines += [
            f"### {process}",
            "",
            f"{facts['model']}; {facts['data']}. Cases: {facts['cases']}."
            + (f" Draws: {facts['draws']}." if "draws" in facts else "")
            + f" `{facts['script']}`, {facts['date']}, hash `{facts['hash']}`.",
            "",
            "| number | assumed before | after (SE) | spread left | origin |",
            "|---|---|---|---|---|",
            *(_row(name, parameter) for name, parameter in rows),
            "",
        ]
        still = [name.split(".", 1)[1] for name in _untouched(scenario, process)]
        if still:
            lines += [f"Left as assumed, for the cases say next to nothing of them: {', '.join(still)}.", ""]
    return "\n".join(lines)


def _row(name: str, parameter: Parameter) -> str:
    assert parameter.standard_error is not None
    mean, spread = parameter.prior
    low, high = parameter.prior_range or (parameter.low, parameter.high)
    tuned = "*" if parameter.tuned_on else ""
    return (
        f"| `{name.split('.', 1)[1]}`{tuned} | {mean:g} ({low:g} to {high:g}) | {parameter.value:.3g} "
        f"({parameter.standard_error:.2g}) | {100 * parameter.standard_error / spread:.0f} % | {parameter.origin} |"
    )


def _untouched(scenario: Scenario, process: str) -> Iterable[str]:
    return (
        name
        for name, parameter in scenario.parameters.items()
        if name.startswith(f"{process}.") and "say next to nothing" in parameter.not_estimated
    )


def reasons(scenario: Scenario) -> str:
    """Say of what no fit has moved why not, by process."""
    lines = ["| numbers | why they stay assumed |", "|---|---|"]
    left = [
        (n, p) for n, p in scenario.parameters.items() if not p.fit and "say next to nothing" not in p.not_estimated
    ]
    for (process, why), group in groupby(left, key=lambda each: (each[0].split(".")[0], each[1].not_estimated)):
        names = [name.split(".", 1)[1] for name, _ in group]
        shown = f"`{process}`: {len(names)}" if len(names) > 4 else f"`{process}`: {', '.join(names)}"
        lines.append(f"| {shown} | {why or 'not said'} |")
    return "\n".join(lines) + "\n"


def printed(name: str) -> str:
    """Give what a script printed."""
    return f"```\n{(PRINTED / f'{name}.txt').read_text(encoding='utf-8').rstrip()}\n```\n"


def trade() -> str:
    """Give what gravity found, with the suspect rows and without, and with fixed effects."""
    found = json.loads((PRINTED / "trade.json").read_text(encoding="utf-8"))
    lines = []
    for flow, fits in found.items():
        lines += [f"| {flow} | " + " | ".join(fits) + " |", "|---|" + "---|" * len(fits)]
        for term in dict.fromkeys(term for fit in fits.values() for term in fit):
            cells = [f"{fit[term][0]:.2f} ({fit[term][1]:.2f})" if term in fit else "–" for fit in fits.values()]
            lines.append(f"| {term} | " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)
