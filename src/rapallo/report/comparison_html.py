"""The report of two worlds under one luck: one file that opens offline."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.report.html import FILE, filled
from rapallo.report.lines import number
from rapallo.report.picture import Picture, drawn
from rapallo.report.references import References

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.compare import Comparison

CLEAR = 2.0
"""Standard errors from zero beyond which a difference is told from chance."""

MOST_FOUND = 6
"""Measures named at the head of the report at most."""

WHOLE_PICTURES = 2
"""Measures drawn large; the other yearly ones that move get a small panel each."""


def write_comparison_report(comparison: Comparison) -> Path:
    """Write ``report.html`` into the folder of a comparison; gives its path.

    The file holds its pictures and its style; it loads nothing.
    """
    from rapallo.experiment.work import written_whole

    path = comparison.folder / FILE
    text = render_comparison(comparison)
    with written_whole(path) as draft:
        draft.write_text(text, "utf-8", newline="\n")
    return path


def render_comparison(comparison: Comparison) -> str:
    """Give the report of a comparison as HTML."""
    from rapallo.report.tables import again

    made, manifest = comparison.intervention, comparison.base.manifest
    scenario = comparison.base.scenario
    warrant = comparison.warrant()
    table = comparison.table()
    clear = table[_sure(table)]
    still = [name for name in dict.fromkeys(table["measure"]) if (_of(table, name)["no_change"] == 1.0).all()]
    doubtful = [name for name in dict.fromkeys(table["measure"]) if name not in {*clear["measure"], *still}]
    return filled(
        "comparison.html",
        name=made.name,
        heading=_heading(made.name),
        title=scenario.title,
        says=made.says,
        debate=made.debate.removesuffix("."),
        pairs=len(comparison.base),
        span=manifest["span"],
        changes=list(zip((change.text for change in made.changes), comparison.sentences, strict=True)),
        vacancies=warrant.vacancies,
        claim=warrant.claim,
        beyond=_beyond(warrant.beyond, len(made.changes)),
        found=_found(clear),
        unmoved=[_words(name) for name in still],
        unclear=[_words(name) for name in doubtful],
        pictures=_pictures(comparison, table),
        table=_lines(table),
        acts=_acts(comparison) if manifest["keeps"] == "acts" else [],
        split=comparison.spread is not None,
        warrant=warrant,
        command=command(comparison),
        python=python(comparison),
        again=again(manifest),
    )


def command(comparison: Comparison) -> str:
    """Give the command that makes the same comparison."""
    manifest = comparison.base.manifest
    changes = "; ".join(change.text for change in comparison.intervention.changes)
    return (
        f'rapallo compare {manifest["scenario"]["folder"]} --if "{changes}" --runs {manifest["runs"]} '
        f"--seed {manifest['seed']} --from {manifest['span']['from']} --to {manifest['span']['to']} "
        f"--luck {manifest['luck']}"
    )


def python(comparison: Comparison) -> str:
    """Give the same in Python."""
    manifest = comparison.base.manifest
    changes = "; ".join(change.text for change in comparison.intervention.changes)
    return (
        "import rapallo as rp\n"
        f"rp.compare({manifest['scenario']['folder']!r}, {changes!r}, runs={manifest['runs']}, "
        f"seed={manifest['seed']}, start={manifest['span']['from']!r}, end={manifest['span']['to']!r}, "
        f"luck={manifest['luck']!r})"
    )


def _sure(table: pd.DataFrame) -> pd.Series[bool]:
    return (table["error"] > 0) & (table["difference"].abs() > CLEAR * table["error"])


def _of(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table[table["measure"] == name]


def _found(clear: pd.DataFrame) -> list[str]:
    """Say what is moved most clearly, one sentence a measure."""
    ranked = clear.assign(clearness=clear["difference"].abs() / clear["error"]).sort_values(
        "clearness", ascending=False
    )
    said = []
    for name in list(dict.fromkeys(ranked["measure"]))[:MOST_FOUND]:
        row = _of(ranked, name).iloc[0]
        when = f" at the end of {row['at'].year}" if row["at"] != "" else ""
        way = "more" if row["difference"] > 0 else "less"
        unit = "" if row["unit"] in ("", "year", name) else f"{row['unit']}; "
        first, second = (number(row[world], row["unit"]) for world in ("base", "changed"))
        said.append(
            f"{_words(name).capitalize()}{when}: {_fine(row['difference'])} {way} on average ({unit}give or take "
            f"{_fine(1.96 * row['error'])}; median {first} as it was, {second} changed); {way} in "
            f"{100 * row['same_sign']:.0f}% of the pairs, the same in {100 * row['no_change']:.0f}%."
        )
    return said


def _lines(table: pd.DataFrame) -> list[dict[str, Any]]:
    found = []
    sure = _sure(table)
    for name in dict.fromkeys(table["measure"]):
        rows = _of(table, name)
        lines = []
        unit = rows.iloc[0]["unit"]
        for place, row in rows.iterrows():
            lines.append(
                {
                    "at": row["at"].year if row["at"] != "" else "",
                    "base": number(row["base"], unit),
                    "base_band": f"{number(row['base_low'], unit)} to {number(row['base_high'], unit)}",
                    "changed": number(row["changed"], unit),
                    "changed_band": f"{number(row['changed_low'], unit)} to {number(row['changed_high'], unit)}",
                    "difference": _signed(row["difference"]),
                    "error": _fine(row["error"]),
                    "band": f"{_signed(row['low'])} to {_signed(row['high'])}",
                    "same_sign": f"{100 * row['same_sign']:.0f}%" if row["difference"] else "",
                    "no_change": f"{100 * row['no_change']:.0f}%",
                    "sure": bool(sure[place]),
                }
            )
        found.append({"name": name, "unit": unit, "lines": lines})
    return found


def _acts(comparison: Comparison) -> list[dict[str, str]]:
    rows = []
    for name, row in comparison.acts().iterrows():
        days = row["moved_days"]
        by = "" if math.isnan(days) else f"{abs(days):.0f} days {'later' if days > 0 else 'sooner'}"
        cells = {fate: f"{row[fate]:.2f}" if row[fate] else "" for fate in ("kept", "moved", "lost", "gained")}
        rows.append({"process": _words(str(name)), "by": by, **cells})
    return rows


def _pictures(comparison: Comparison, table: pd.DataFrame) -> list[Picture]:
    from rapallo.report.plots.state_shifts import draw_state_shifts, state_shifts_data
    from rapallo.report.plots.two_worlds import draw_small_differences, draw_two_worlds, two_worlds_data
    from rapallo.report.plots.uncertainty import plot_uncertainty

    clear = set(table[_sure(table)]["measure"])
    ordered = [*(name for name in comparison.base.measures if name in clear), *_by_clearness(table)]
    moving = [
        name
        for name in dict.fromkeys(ordered)
        if comparison.base.measure(name).shape == "yearly" and (_of(table, name)["no_change"] < 1.0).any()
    ]
    found = []
    for name in moving[:WHOLE_PICTURES]:
        found.append(
            _picture(
                name,
                f"{_words(name).capitalize()}, in both worlds",
                comparison.base.measure(name).says,
                "Above, nine of ten runs of either world lie in its paler band and half in the darker; the line is the "
                "median. Below, the difference pair by pair, with its mean; zero is no difference.",
                drawn(draw_two_worlds, two_worlds_data(comparison, name)),
            )
        )
    for name in comparison.base.measures:
        if comparison.base.measure(name).shape != "actor" or comparison.base.measure(name).unit != "year":
            continue
        shifts = state_shifts_data(comparison, name)
        if shifts.rows:
            found.append(
                _picture(
                    name,
                    f"{_words(name).capitalize()}: sooner, later, never",
                    f"State by state: in what share of the {shifts.pairs} pairs its date comes sooner or later, or in "
                    "one world only.",
                    "On the right, by how many years where it moves and comes in both worlds: the middle half and the "
                    f"median. {shifts.still} states move in fewer than one pair of a hundred and are left out.",
                    drawn(draw_state_shifts, shifts),
                )
            )
    if comparison.spread is not None and moving:
        spread, name = comparison.spread, moving[0]
        table = spread.table(name)
        unit = comparison.base.measure(name).unit
        title = f"{_words(name)}, changed less base"
        found.append(
            _picture(
                "spread",
                "What the spread of the difference is made of",
                f"The variance of the paired difference in {_words(name)}: how much of it is luck, how much the "
                "numbers' own uncertainty, how much that of dates and readings, and what they do only together.",
                f"From {len(spread.base.ensemble)} further pairs, in blocks that cross two draws of each. Parameters "
                "are drawn from their ranges, dates within their bounds, readings by their certainty.",
                drawn(lambda data, width: plot_uncertainty(data, title, unit, width), table),
            )
        )
    if len(moving) > WHOLE_PICTURES:
        panels = [two_worlds_data(comparison, name) for name in moving[WHOLE_PICTURES:]]
        found.append(
            _picture(
                "other-differences",
                "The difference in the other measures",
                "Changed less base, pair by pair, for every other yearly measure that moves.",
                "Bands as above: nine of ten pairs, half of them, the median; the dark line is the mean.",
                drawn(draw_small_differences, panels),
            )
        )
    return found


def _by_clearness(table: pd.DataFrame) -> list[str]:
    """Order measures by how clearly they move at the year where they do most."""
    ratio = (table["difference"].abs() / table["error"].where(table["error"] > 0)).fillna(0.0)
    best = ratio.groupby(table["measure"]).max().sort_values(ascending=False, kind="stable")
    return [str(name) for name in best.index]


def _picture(name: str, title: str, shows: str, how: str, drawing: tuple[str, str]) -> Picture:
    return Picture(name.replace("_", "-"), title, shows, how, (), References(), (), (), *drawing)


def _heading(name: str) -> str:
    return f"And if not? {name}" if len(name) < 60 else "And if not?"


def _beyond(beyond: int, changes: int) -> str:
    if not beyond:
        return "The changes lie within what the record has seen, as the warrant says below."
    which = "The change leaves" if changes == 1 else f"{beyond} of the things that are asked here leave"
    return f"{which} the range of the data, and there the model extrapolates: the warrant says where."


def _signed(value: float) -> str:
    if math.isnan(value):
        return ""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{_fine(value)}"


def _fine(value: float) -> str:
    """Write the size of a difference: small ones with the places that they need."""
    size = abs(value)
    return f"{size:.2g}" if 1e-6 < size < 0.1 else "0" if size <= 1e-6 else number(size)


def _words(name: str) -> str:
    return name.replace("_", " ")
