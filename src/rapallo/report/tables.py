"""The tables of a report: measures, what the record rests on, the text's claims, the numbers, how to make it again."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.report.inside import inside
from rapallo.report.lines import Line, in_words
from rapallo.report.provenance import made_of, provenance
from rapallo.report.references import of_keys
from rapallo.report.rests_on import KINDS, RestsOn, rests_on
from rapallo.scenario.parameter import ORIGINS

if TYPE_CHECKING:
    from rapallo.experiment.ensemble import Ensemble
    from rapallo.scenario.scenario import Scenario


def measures_table(ensemble: Ensemble) -> list[dict[str, Any]]:
    """Give each measure with its lines, and what numbers of the model were tuned on beneath it."""
    from rapallo.measures import get_measure

    everything = tuned_on(ensemble.scenario)
    found = []
    for name in ensemble.measures:
        measure, about = ensemble.measure(name), get_measure(name)
        looked_at = tuned_beneath(ensemble.scenario, name)
        found.append(
            {
                "name": name,
                "says": measure.says,
                "detail": about.detail,
                "after": _definition(about.cites),
                "unit": measure.unit,
                "inside": inside(measure),
                "lines": [_cells(line) for line in in_words(measure)],
                "tuned_on": looked_at,
                "tuned_notes": ", ".join(str(everything.index(text) + 1) for text in looked_at),
            }
        )
    return found


def tuned_on(scenario: Scenario) -> list[str]:
    """Give everything that was looked at when some number was chosen, in the order of the numbers."""
    return list(dict.fromkeys(text for each in scenario.parameters.values() for text in each.tuned_on))


def tuned_beneath(scenario: Scenario, measure: str) -> tuple[str, ...]:
    """Give what was looked at when the numbers were chosen that move what a measure measures."""
    from rapallo.measures import get_measure, taken_of

    return provenance(scenario, made_of(scenario, taken_of(get_measure(measure), scenario))).tuned_on


def rests_table(ensemble: Ensemble) -> list[dict[str, str]]:
    """Say of the whole record, and of the part behind each measure, what it rests on."""
    from rapallo.report.pictures import rows_of_measures

    tables, last = ensemble.scenario.tables, ensemble.manifest["span"]["to"]
    rows = [
        ("the whole record", rests_on([*tables.acts, *tables.attributes, *tables.dyads])),
        ("acts", rests_on(tables.acts)),
        ("numbers of actors", rests_on(tables.attributes)),
        ("numbers of pairs", rests_on(tables.dyads)),
    ]
    rows += [(_title(name), rests_on(rows_of_measures(ensemble.scenario, [name], last))) for name in ensemble.measures]
    return [_shares(name, found) for name, found in rows]


def claims_table(ensemble: Ensemble) -> list[dict[str, Any]]:
    """Give the claims of the text with the works behind each fact and the numbers behind each part of the model."""
    from rapallo.report.claims import claims

    scenario = ensemble.scenario
    found = []
    for claim in claims(scenario, ensemble):
        made = {name: getattr(claim, name) for name in claim.__slots__} | {"broken_off": claim.broken_off}
        made["facts"] = [
            {
                **{name: getattr(fact, name) for name in ("id", "date", "says", "basis", "certainty")},
                "works": of_keys(scenario, fact.sources, fact.look_up),
                "rivals": [
                    {**asdict(rival), "works": of_keys(scenario, rival.sources, rival.look_up)} for rival in fact.rivals
                ],
            }
            for fact in claim.facts
        ]
        made["rests"] = _in_short(rests_on(claim.facts))
        made["model"] = [
            {
                "name": part.name,
                "kind": part.kind,
                "says": part.says,
                "numbers": [_number_in_words(scenario, name) for name in part.numbers],
                "weighs": str(part).partition(": ")[2],
            }
            for part in claim.model
        ]
        made["found"] = [
            {**asdict(each), "tuned": " Tuned." if tuned_beneath(scenario, each.measure) else ""}
            for each in claim.found
        ]
        found.append(made)
    return found


def parameters_table(scenario: Scenario) -> list[dict[str, Any]]:
    """Give every number of the model, with its range, its origin and its reason."""
    return [
        {
            "name": name,
            "value": f"{each.value:g}",
            "range": f"{each.low:g} to {each.high:g}",
            "origin": each.origin,
            "tuned": bool(each.tuned_on),
            "why": each.why,
            "works": of_keys(scenario, each.cites, ()),
        }
        for name, each in scenario.parameters.items()
    ]


def numbers_in_words(scenario: Scenario) -> str:
    """Say how many numbers the model has, and of what origin they are."""
    every = list(scenario.parameters.values())
    if not every:
        return "The model has no numbers."
    counts: Counter[str] = Counter(each.origin for each in every)
    if len(counts) == 1:
        others = " or ".join(each for each in ORIGINS if each != every[0].origin)
        said = f"The model's {len(every)} numbers are all {every[0].origin}: none is {others}."
    else:
        said = (
            f"Of the model's {len(every)} numbers, "
            + ", ".join(f"{counts[each]} are {each.replace(', ', ' and ')}" for each in ORIGINS)
            + "."
        )
    tuned = sum(bool(each.tuned_on) for each in every)
    return said + (f" {tuned} of them were tuned: chosen with an eye on what happened." if tuned else "")


def record_in_words(scenario: Scenario) -> str:
    """Say what the recorded acts rest on."""
    return f"The recorded acts are {rests_on(scenario.tables.acts)}."


def command(manifest: Mapping[str, Any]) -> str:
    """Give the command that makes the same runs."""
    span = manifest["span"]
    return (
        f"rapallo run {manifest['scenario']['folder']} --runs {manifest['runs']} --seed {manifest['seed']} "
        f"--from {span['from']} --to {span['to']}"
    )


def python(manifest: Mapping[str, Any]) -> str:
    """Give the same in Python."""
    span, luck = manifest["span"], manifest["luck"]
    return (
        "import rapallo as rp\n"
        f"rp.ensemble({manifest['scenario']['folder']!r}, runs={manifest['runs']}, seed={manifest['seed']}, "
        f"start={span['from']!r}, end={span['to']!r}" + (f", luck={luck!r}" if luck != "clock" else "") + ")"
    )


def again(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give what the same bytes depend on; nothing here says when or how fast the runs were made."""
    environment = manifest["environment"]
    libraries = {name: each for name, each in environment.items() if name not in ("platform", "machine", "cpus")}
    return [
        ("Program", f"rapallo {manifest['rapallo']['version']}, code {manifest['rapallo']['code']}"),
        ("Scenario", f"{manifest['scenario']['name']}, fingerprint {manifest['scenario']['fingerprint']}"),
        ("Seed and luck", f"{manifest['seed']}, {manifest['luck']} luck"),
        ("Rules", ", ".join(f"{name}: {rule}" for name, rule in manifest["rules"].items())),
        ("Own effects", ", ".join(f"{name} {each[:16]}" for name, each in manifest["own"].items()) or "none"),
        ("Libraries", ", ".join(f"{name} {each}" for name, each in libraries.items())),
        ("Machine", f"{environment['platform']}, {environment['machine']}"),
    ]


def _cells(line: Line) -> dict[str, Any]:
    none = math.isnan(line.median)
    return {
        "at": line.at,
        "median": "none" if none else line.text(line.median),
        "band": "" if none else f"{line.text(line.low)} to {line.text(line.high)}",
        "record": "silent" if math.isnan(line.record) else line.text(line.record),
        "outside": line.inside is False,
        "answered": f"{100 * line.answered:.0f}%" if 0 < line.answered < 1 else "",
    }


def _shares(name: str, found: RestsOn) -> dict[str, str]:
    cells = {kind: "" if not found.rows else f"{100 * found.share(kind):.0f}%" for kind in KINDS}
    return {"name": name, "rows": f"{found.rows:,}" if found.rows else "none", **cells}


def _in_short(found: RestsOn) -> str:
    words = {"read": "read", "dataset": "from datasets", "background": "only to be looked up", "invented": "made up"}
    return ", ".join(f"{getattr(found, kind)} {words[kind]}" for kind in KINDS if getattr(found, kind))


def _number_in_words(scenario: Scenario, name: str) -> str:
    each = scenario.parameters[name]
    tuned = f"; tuned on {'; '.join(each.tuned_on)}" if each.tuned_on else ""
    return f"{name} = {each.value:g} ({each.low:g} to {each.high:g}), {each.origin}{tuned}. {each.why}"


def _definition(key: str) -> str:
    """Give the work after which a measure is defined."""
    if not key:
        return ""
    import rapallo.measures
    from rapallo.record.folder import Folder
    from rapallo.record.sources import read_sources

    works = read_sources(Folder.at(Path(rapallo.measures.__file__).parent), []) or {}
    return works[key].citation if key in works else ""


def _title(name: str) -> str:
    return name.replace("_", " ")


def impossible_table(ensemble: Ensemble) -> list[dict[str, Any]]:
    """List the recorded acts within the span that the model calls impossible."""
    from rapallo.engine.impossible import impossible_acts

    span = ensemble.manifest["span"]
    found = impossible_acts(ensemble.scenario.record)
    within = found[(found["date"] >= span["from"]) & (found["date"] <= span["to"])]
    return [{str(key): value for key, value in row.items()} for row in within.to_dict("records")]
