"""The report of a counterfactual: one file that opens offline."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.report.html import FILE, filled
from rapallo.report.lines import number
from rapallo.report.picture import Picture, drawn
from rapallo.report.references import References
from rapallo.report.warrant import counterfactual_warrant

if TYPE_CHECKING:
    from rapallo.experiment.counterfactual import Counterfactual

SENTENCES = 24
"""Sentences at the head of the report at most."""

MOST_ACTS = 80
"""Acts in a table at most: those that stay least."""


def write_counterfactual_report(found: Counterfactual) -> Path:
    """Write ``report.html`` into the folder of a counterfactual; gives its path."""
    from rapallo.experiment.work import written_whole

    path = found.folder / FILE
    text = render_counterfactual(found)
    with written_whole(path) as draft:
        draft.write_text(text, "utf-8", newline="\n")
    return path


def render_counterfactual(found: Counterfactual) -> str:
    """Give the report of a counterfactual as HTML."""
    made, manifest = found.intervention, found.manifest
    warrant = counterfactual_warrant(found)
    lines = found.says()
    acts = found.acts()
    lucks = tuple(found.tables.lucks)
    moving = acts[acts["verdict"] != "kept"]
    shown = moving.assign(stays=moving[[f"{luck}_kept" for luck in lucks]].mean(axis=1))
    shown = shown.sort_values("stays", kind="stable").head(MOST_ACTS).sort_values("act")
    misfitted = int((found.luck["verdict"] == "misfitted").sum())
    return filled(
        "counterfactual.html",
        name=made.name,
        heading=f"And if not? {made.name}" if len(made.name) < 60 else "And if not?",
        title=found.scenario.title,
        says=made.says,
        debate=made.debate.removesuffix("."),
        draws=len(found),
        span=manifest["span"],
        changes=list(zip((change.text for change in made.changes), found.sentences, strict=True)),
        warrant=warrant,
        beyond="Part of the change leaves the range of the data: the warrant says where." if warrant.beyond else "",
        misfit=_misfit(misfitted, len(found.luck)),
        found=lines[:SENTENCES],
        more=max(0, len(lines) - SENTENCES),
        pictures=_pictures(found),
        lucks=lucks,
        tolerance=found.by_tolerance().to_dict("records"),
        within=found.tables.within,
        total=len(acts),
        kept=len(acts) - len(moving),
        acts=[_act(row, lucks) for row in shown.to_dict("records")],
        acts_left=max(0, len(moving) - len(shown)),
        gained=[_gain(row, lucks) for row in found.gained().head(MOST_ACTS).to_dict("records")],
        table=[_measure(row) for row in found.table().to_dict("records")],
        luck=[_luck(row) for row in found.luck.to_dict("records")],
        impossible=found.impossible.to_dict("records"),
        command=_command(found),
    )


def _act(row: dict[Any, Any], lucks: tuple[str, ...]) -> dict[str, Any]:
    shares = [(_percent(row[f"{luck}_kept"]), _percent(row[f"{luck}_lost"])) for luck in lucks]
    return {name: row[name] for name in ("date", "says", "id", "verdict")} | {"shares": shares}


def _gain(row: dict[Any, Any], lucks: tuple[str, ...]) -> dict[str, Any]:
    return {
        "says": row["says"],
        "verdict": row["verdict"],
        "shares": [_percent(row[f"{luck}_share"]) for luck in lucks],
    }


def _measure(row: dict[Any, Any]) -> dict[str, str]:
    at = row["at"]
    cells = {name: number(row[name], row["unit"] if name in ("record", "changed") else "") for name in _NUMBERS}
    return {
        "measure": row["measure"].replace("_", " "),
        "at": str(at.year) if hasattr(at, "year") else str(at),
        "luck": row["luck"],
        **{name: cells[name] for name in ("record", "changed", "difference")},
        "band": f"{cells['low']} to {cells['high']}",
    }


_NUMBERS = ("record", "changed", "difference", "low", "high")


def _luck(row: dict[Any, Any]) -> dict[str, str]:
    return {
        "process": row["process"].replace("_", " "),
        "acts": f"{row['acts']:g}",
        "expected": number(float(row["expected"])),
        "p": "" if math.isnan(row["p"]) else f"{row['p']:.2g}",
        "verdict": row["verdict"],
    }


def _pictures(found: Counterfactual) -> list[Picture]:
    made = []
    timeline = found.timeline()
    if len(timeline):
        drawing = drawn(lambda data, width: found.plot(width=width), timeline)
        made.append(
            _picture(
                "timeline",
                "The record and the other world",
                "When each act that does not stay came in the record, and when it comes in the other world.",
                "A black mark is the record's date; a line leads to the day on which the act comes instead, a bar over "
                "nine of ten draws. A cross stands where it does not come; a ring is an act that the record has not. "
                "The paler a mark, the fewer draws it stands for. One panel a luck: where they differ, the record does "
                "not settle it.",
                drawing,
            )
        )
    drawing = drawn(lambda data, width: found.plot_luck(width=width), None)
    made.append(
        _picture(
            "exponentials",
            "The luck that was read off the record",
            "Acts seen against acts expected, process by process; a model that fits stays on the diagonal.",
            "The grey band is where nine of ten lines would end if the model were right.",
            drawing,
        )
    )
    return made


def _picture(name: str, title: str, shows: str, how: str, drawing: tuple[str, str]) -> Picture:
    return Picture(name, title, shows, how, (), References(), (), (), *drawing)


def _misfit(misfitted: int, processes: int) -> str:
    if not misfitted:
        return ""
    return (
        f"The record's luck does not look like luck in {misfitted} of {processes} processes: their weights do not fit "
        "the record, and what is said of their acts rests on them."
    )


def _command(found: Counterfactual) -> str:
    manifest = found.manifest
    changes = "; ".join(change.text for change in found.intervention.changes)
    luck = "both" if len(found.tables.lucks) == 2 else found.tables.lucks[0]
    return (
        f'rapallo counterfactual {manifest["scenario"]["folder"]} --if "{changes}" --draws {manifest["runs"]} '
        f"--seed {manifest['seed']} --from {manifest['span']['from']} --to {manifest['span']['to']} --luck {luck}"
        + (f" --within {found.tables.within:g}" if found.tables.within else "")
    )


def _percent(share: float) -> str:
    return "" if share != share else f"{100 * share:.0f}%"
