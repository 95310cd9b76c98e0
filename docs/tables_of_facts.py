"""The page of the fact tables: what is in them, what it rests on, what it covers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rapallo.record.columns import TABLES
from rapallo.record.time import to_date
from rapallo.scenario.scenario import Scenario

BASES = ("read", "read_partial", "read_conflict", "dataset", "background")
SOURCED = ("actors", "organs", "persons", "acts", "attributes", "dyads")


def shares(scenario: Scenario) -> str:
    """Say how much of the record rests on what, and how many numbers are assumed."""
    record = scenario.tables
    acts = Counter(row.basis for row in record.acts)
    tied = Counter(row.basis for row in record.acts if row.layer != "context")
    origins = Counter(parameter.origin for parameter in scenario.parameters.values())
    of = "; ".join(f"{count} {origin}" for origin, count in origins.most_common())
    return (
        f"- Of the {len(scenario.parameters)} numbers of the interwar order: {of}.\n"
        f"- Of the {acts.total()} rows of acts, {_percent(acts['background'], acts.total())} are background: a work is "
        f"named where they can be looked up, and was not opened. Of the {tied.total()} that change a tie, "
        f"{_percent(tied['background'], tied.total())}.\n"
    )


def data_page(scenario: Scenario) -> str:
    """Give the page: each table by what its rows rest on, acts by layer, numbers by name, and coverage."""
    record = scenario.tables
    lines = [
        "# The record of the interwar order",
        "",
        "The tables lie in [`src/rapallo/scenarios/interwar`](../src/rapallo/scenarios/interwar); "
        "[scenario-format.md](scenario-format.md) says what a column holds. `rapallo facts interwar --about NAME` "
        "prints facts with their sources and rival readings.",
        "",
        "`read`: the date or figure was seen in the page named. `read_partial`: the page confirms the event, the year "
        "or the person, not the exact date or figure. `read_conflict`: the page gives another date. `dataset`: taken "
        "from, or in agreement with, a published dataset. `background`: not confirmed; the work named was not opened, "
        "is shown as a place to look it up, never as a citation, and the row's certainty is capped at low.",
        "",
        "## Tables",
        "",
    ]
    rows = {name: getattr(record, name) for name in SOURCED}
    lines += _by_basis("table", [(f"{name}.csv", each) for name, each in rows.items()], says=_says)
    lines += ["", f"`identity.csv` links facts in {len(record.identity)} rows, of which "]
    lines[-1] += f"{sum(row.relation == 'same_event' for row in record.identity)} make two rows one event. "
    lines[-1] += f"`text_claims.csv` takes a text apart into {len(record.text_claims)} claims. "
    lines[-1] += _works(scenario)
    lines += ["", "## Acts by layer", ""]
    lines += _by_basis("layer", _grouped(record.acts, lambda row: row.layer), facts=True)
    lines += ["", "## Numbers of actors", ""]
    lines += _by_basis("attribute", _grouped(record.attributes, lambda row: row.attribute), facts=True)
    lines += ["", "## Numbers of pairs", ""]
    lines += _by_basis("number", _grouped(record.dyads, lambda row: row.attribute), facts=True)
    lines += ["", "## Coverage", "", "Outside a span nothing is known; within it, what is not recorded may still have"]
    lines[-1] += " happened."
    lines += ["", "| table | about | actors | from | to | what is covered |", "|---|---|---|---|---|---|"]
    for row in record.coverage:
        begins, ends = (each.text if each is not None else "" for each in (row.begins, row.ends))
        cells = (row.table, ";".join(_listed(row.about)), ", ".join(_listed(row.actors)) or "all", begins, ends)
        lines.append("| " + " | ".join(_cell(cell) for cell in (*cells, row.note)) + " |")
    return "\n".join(lines) + "\n"


def _by_basis(
    head: str,
    groups: Sequence[tuple[str, Sequence[Any]]],
    facts: bool = False,
    says: Callable[[str], str] | None = None,
) -> list[str]:
    named = [head, *(["what"] if says else []), "rows", *(["facts", "from", "to"] if facts else []), *BASES]
    lines = [f"| {' | '.join(named)} |", "|" + "---|" * len(named)]
    for name, rows in groups:
        count = Counter(row.basis for row in rows)
        cells = [f"`{name}`", *([says(name)] if says else []), str(len(rows))]
        if facts:
            cells += [str(len({row.id for row in rows})), *_span(rows)]
        lines.append(f"| {' | '.join([*cells, *(str(count[basis]) for basis in BASES)])} |")
    return lines


def _span(rows: Iterable[Any]) -> tuple[str, str]:
    dates = [row.date for row in rows if row.date is not None]
    first = [each.earliest for each in dates if each.earliest is not None and math.isfinite(each.earliest)]
    last = [each.latest for each in dates if each.latest is not None and math.isfinite(each.latest)]
    return (
        str(to_date(min(first)).year) if first else "",
        str(to_date(max(last)).year) if last else "",
    )


def _grouped(rows: Sequence[Any], key: Callable[[Any], str]) -> list[tuple[str, list[Any]]]:
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def _works(scenario: Scenario) -> str:
    status = Counter(dict(source.fields).get("status", "") for source in scenario.tables.sources.values())
    named = {"opened": "pages opened", "not_opened": "works named and not opened", "dataset": "datasets"}
    of = ", ".join(f"{count} {named.get(key, key or 'others')}" for key, count in status.most_common())
    return f"`sources.bib` holds {sum(status.values())} works: {of}."


def _says(file: str) -> str:
    return _cell(TABLES[file.removesuffix(".csv")].says)


def _listed(cell: Any) -> list[str]:
    return [cell] if isinstance(cell, str) else list(cell)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _percent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} per cent"
