"""The page of the interventions that ship: what each says and changes, what it asks of the data, and what it moves."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rapallo.scenario.change import Drop
from rapallo.scenario.intervention import Intervention, interventions
from rapallo.scenario.positivity import positivity
from rapallo.scenario.scenario import Scenario

MEASURED = Path(__file__).parent / "interventions.csv"
"""What ``benchmarks/coupling.py --keep`` wrote."""

HORIZONS = (1, 5, 10, 15)


def interventions_page(scenario: Scenario) -> str:
    """Give a section for each intervention that ships."""
    shipped = interventions(scenario)
    measured, head = read_measured()
    lines = [
        "# The questions that ship",
        "",
        f"{len(shipped)} interventions are named in "
        "[`interventions.toml`](../src/rapallo/scenarios/interwar/interventions.toml). "
        "`rapallo compare interwar --if NAME` asks one; [and if not?](and-if-not.md) says how to write others. Works "
        "under *debate* are places to look: none was opened for this page.",
        "",
        *_measured_on(scenario, head),
        "",
    ]
    for name, each in shipped.items():
        lines += [f"## {name}", "", *_section(scenario, each, measured.get(name, []))]
    return "\n".join(lines)


def read_measured() -> tuple[dict[str, list[dict[str, str]]], str]:
    """Read what was measured, by intervention, and on what; nothing where nothing was."""
    if not MEASURED.exists():
        return {}, ""
    head, *rest = MEASURED.read_text(encoding="utf-8").splitlines()
    found: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(rest):
        found.setdefault(row["intervention"], []).append(row)
    return found, head.lstrip("# ")


def _measured_on(scenario: Scenario, head: str) -> Iterator[str]:
    if not head:
        yield "What each moves is not measured yet: `python benchmarks/coupling.py --keep docs/interventions.csv` does."
        return
    said = dict(part.strip().split(" ", 1) for part in head.split(";")[1:] if part.strip().count(" "))
    runs = next(part.strip() for part in head.split(";") if part.strip().endswith("runs"))
    yield (
        f"What each moves was measured by `benchmarks/coupling.py`: {runs} a world under either luck. The mean paired "
        "difference stands with its standard error, years after the change; then how many times smaller its variance "
        "is than that of independent runs, under `date` and under `clock` luck. Measures in which no pair of runs "
        "differs are not listed."
    )
    if said.get("scenario") != scenario.fingerprint:
        yield ""
        yield "**The scenario has been changed since**: the figures, though not the questions, may be others now."


def _section(scenario: Scenario, each: Intervention, rows: list[dict[str, str]]) -> Iterator[str]:
    yield each.says
    yield ""
    yield "What it changes:"
    yield ""
    for change, sentence in zip(each.changes, each.sentences(scenario), strict=True):
        yield f"- `{change.text}`: {sentence}"
    for change in each.changes:
        if isinstance(change, Drop):
            yield from (f"- {vacancy}" for vacancy in change.vacancies(scenario))
    yield ""
    yield f"Debate: {each.debate}"
    yield ""
    yield "Was anything like it ever in the data?"
    yield ""
    yield from dict.fromkeys(f"- {found}" for found in positivity(scenario, each))
    yield ""
    yield from _moved(rows)


def _moved(rows: list[dict[str, str]]) -> Iterator[str]:
    if not rows:
        yield "What it moves has not been measured."
        yield ""
        return
    by = {(row["luck"], row["measure"], row["years"]): row for row in rows}
    measures = list(dict.fromkeys(row["measure"] for row in rows))
    dated = [row for row in rows if row["luck"] == "date"]
    recur = {luck: next((row["recur"] for row in rows if row["luck"] == luck), "") for luck in ("date", "clock")}
    yield (
        f"What it moves. Of the acts after the change {_percent(recur['date'])} recur within a day under `date` luck, "
        f"{_percent(recur['clock'])} under `clock` luck."
    )
    yield ""
    if not dated:
        yield "No measure differs in any pair of runs."
        yield ""
        return
    yield (
        "| measure | "
        + " | ".join(f"after {h} year{'s' * (h > 1)}" for h in HORIZONS)
        + " | times smaller, `date` | `clock` |"
    )
    yield "|---|" + "---|" * (len(HORIZONS) + 2)
    for measure in measures:
        cells = [_effect(by.get(("date", measure, str(h)))) for h in HORIZONS]
        if not any(cells):
            whole = by.get(("date", measure, "0"))
            cells = [_effect(whole), "", "", ""]
            if not cells[0]:
                continue
        ratios = [_ratios(by, luck, measure) for luck in ("date", "clock")]
        yield f"| [{measure}](measures.md#{measure}) | {' | '.join([*cells, *ratios])} |"
    yield ""


def _effect(row: dict[str, str] | None) -> str:
    if row is None:
        return ""
    difference, error = float(row["difference"]), float(row["error"])
    text = f"{difference:+.2g} ± {error:.1g}".replace("-", "−")
    return f"**{text}**" if abs(difference) > 2 * error > 0 else text


def _ratios(by: dict[tuple[str, str, str], Any], luck: str, measure: str) -> str:
    found = []
    for horizon in HORIZONS:
        row = by.get((luck, measure, str(horizon)))
        if row is not None:
            value = float(row["coupling"])
            found.append("over 999" if value > 999 else f"{value:.2g}" if value < 100 else f"{value:.0f}")
    return ", ".join(found)


def _percent(share: str) -> str:
    return f"{100 * float(share):.0f} %" if share else "?"
