"""The scenario's tables described for other tools: a Frictionless Data Package."""

from __future__ import annotations

import json
from typing import Any

from rapallo.record.columns import TABLES, Column
from rapallo.scenario.correlations import FILE as CORRELATIONS
from rapallo.scenario.intervention import FILE as INTERVENTIONS
from rapallo.scenario.scenario import Scenario

FILE = "datapackage.json"


def describe(scenario: Scenario) -> dict[str, Any]:
    """Give the Data Package descriptor of a scenario's folder.

    It follows from the scenario alone: the same scenario always gives the same descriptor. Tables
    that the folder does not have are left out. Its sources are the works that a row or a number cites; a work that
    is only named as a place to look something up is none.
    """
    record = scenario.tables
    cited = _cited(scenario)
    resources = []
    for name, table in TABLES.items():
        rows = getattr(record, name)
        if not rows and name not in ("actors", "acts"):
            continue
        columns = _columns_present(scenario, name)
        resources.append(
            {
                "name": name,
                "path": record.files[name],
                "profile": "tabular-data-resource",
                "description": table.says,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [_field(column) for column in table.columns if column.name in columns],
                    "missingValues": [""],
                    **_keys(name),
                },
            }
        )
    for name, path, says in (
        ("sources", record.files["sources"], "Every work cited, and why, in BibTeX."),
        ("scenario", "scenario.toml", "Layers, processes, effects, institutions, measures."),
        ("parameters", record.files.get("parameters", "parameters.toml"), "Every number of the model and its origin."),
    ):
        resources.append({"name": name, "path": path, "description": says, "encoding": "utf-8"})
    if (scenario.folder / CORRELATIONS).is_file():
        says = "How the errors of estimates of one fit go together."
        resources.append({"name": "correlations", "path": CORRELATIONS, "description": says, "encoding": "utf-8"})
    if (scenario.folder / INTERVENTIONS).is_file():
        says = "Named changes to the scenario, each with its question."
        resources.append({"name": "interventions", "path": INTERVENTIONS, "description": says, "encoding": "utf-8"})
    return {
        "profile": "data-package",
        "name": scenario.name.lower().replace(" ", "-"),
        "title": scenario.title,
        "description": scenario.says,
        "temporal": {"start": scenario.start, "end": scenario.end},
        "resources": resources,
        "sources": [
            {"title": source.citation, **({"path": source.url} if source.url else {})}
            for key, source in sorted(record.sources.items())
            if key in cited
        ],
    }


def describe_text(scenario: Scenario) -> str:
    """Give the same as the text of ``datapackage.json``."""
    return json.dumps(describe(scenario), ensure_ascii=False, indent=1) + "\n"


def _cited(scenario: Scenario) -> set[str]:
    keys = {key for parameter in scenario.parameters.values() for key in parameter.cites}
    for name in TABLES:
        for row in getattr(scenario.tables, name):
            source = getattr(row, "source", ())
            # coverage says in words what it is the coverage of
            keys.update(source if isinstance(source, tuple) else ())
    return keys


def _columns_present(scenario: Scenario, table: str) -> set[str]:
    path = scenario.folder / scenario.tables.files[table]
    if not path.is_file():
        return {column.name for column in TABLES[table].columns}
    with path.open(encoding="utf-8") as lines:
        return set(lines.readline().strip().split(","))


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": "number" if column.kind == "number" else "string",
        "description": column.says,
    }
    constraints: dict[str, Any] = {}
    if column.needed == "cell":
        constraints["required"] = True
    if column.choices:
        constraints["enum"] = list(column.choices)
    if constraints:
        field["constraints"] = constraints
    if column.kind in ("texts", "ids", "keys", "names"):
        field["description"] += "; several are separated by ;"
    if column.kind in ("date", "public"):
        field["description"] += " (EDTF)"
    return field


def _keys(table: str) -> dict[str, Any]:
    """State what names what between tables, as far as one column names one row."""
    if table == "identity":
        return {"primaryKey": ["id"]}
    return {}
