"""``rapallo compare SCENARIO --if INTERVENTION``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rapallo.cli.options import Jobs, LastDay, OwnFiles, Resume, ScenarioName, Seed, StartDay, Uncertain
from rapallo.cli.outcome import say, told

if TYPE_CHECKING:
    from rapallo.experiment.compare import Comparison
    from rapallo.scenario.scenario import Scenario

MOST_PROCESSES = 12
"""Processes whose acts are counted on screen at most; the report and the folder have them all."""


@told
def compare(
    scenario: ScenarioName,
    change: Annotated[
        list[str] | None,
        typer.Option("--if", help="An intervention's name, a change in words, or a file; may be given more than once."),
    ] = None,
    runs: Annotated[int, typer.Option(help="How many pairs of histories.")] = 200,
    seed: Seed = 0,
    start: StartDay = None,
    end: LastDay = None,
    luck: Annotated[
        str,
        typer.Option(
            help="'date' keeps the two worlds in step longest; 'clock' lets readiness build up; 'both' runs both."
        ),
    ] = "date",
    uncertain: Uncertain = "chance",
    split: Annotated[
        int, typer.Option(help="Pairs of histories to split the difference's spread with, 400 or more.")
    ] = 0,
    readings: Annotated[
        str,
        typer.Option(help="How many readings of the record that might turn it to try, nearest first; 'all'; 0."),
    ] = "8",
    pairs: Annotated[int, typer.Option(min=2, help="Pairs of histories to try each reading with.")] = 40,
    jobs: Jobs = None,
    out: Annotated[Path | None, typer.Option(help="Folder to keep both worlds in; a new one if not given.")] = None,
    resume: Resume = False,
    own: OwnFiles = None,
    no_report: Annotated[bool, typer.Option("--no-report", help="Leave report.html out.")] = False,
) -> None:
    """Ask "and if not?": two worlds, the same luck.

    Leaves both worlds, manifest.json, measures.parquet, acts.parquet and report.html in a folder. Ctrl-C leaves what
    is finished; the same command with --resume goes on. Without --if, lists the interventions that the scenario names.
    """
    from rapallo.cli.how_many import how_many
    from rapallo.cli.stated import state
    from rapallo.cli.vacancies import answered
    from rapallo.cli.watched import kept_files, settled_folder, watched
    from rapallo.experiment.compare import compare as both
    from rapallo.experiment.progress import Progress
    from rapallo.measures import measures
    from rapallo.scenario.load import load

    nearest = how_many(readings)
    # the folder's name is the question's own, so that --resume finds the same question again
    folder = settled_folder(scenario, _word(change or []), seed, out, resume)
    files = kept_files(folder / "as-it-was", own, resume)
    model = load(scenario, [each.name for each in measures()])
    if not change:
        _list(model)
        return
    asked = answered(model, change)
    state(model, [asked])
    with watched() as bar:
        found = both(
            model,
            asked,
            runs,
            seed,
            start=start,
            end=end,
            luck=luck,
            jobs=jobs,
            folder=folder,
            resume=resume,
            own=files,
            uncertain=uncertain,
            split=split,
            progress=bar,
        )
        if nearest != 0:
            bar(Progress("loading", 0, 0, "trying readings of the record that might turn it"))
            found = found.try_readings(nearest, pairs, jobs=jobs, resume=resume, progress=bar)
        bar.stop()
        _show(found)
        print(f"\nboth worlds: {found.folder}")
        if not no_report:
            say("writing the report")
            print(f"report: {found.report()}")


def _word(changes: list[str]) -> str:
    """Name a question for a folder."""
    import hashlib

    text = "; ".join(changes)
    plain = "".join(letter if letter.isalnum() or letter == "-" else "-" for letter in text)
    return "if-" + (text if text == plain and len(text) < 60 else hashlib.sha256(text.encode()).hexdigest()[:10])


def _list(model: Scenario) -> None:
    from rapallo.scenario.intervention import interventions

    shipped = interventions(model)
    if not shipped:
        print("This scenario names no interventions; say one in words: --if 'off PROCESS'")
    for each in shipped.values():
        print(f"{each.name}\n    {each.says}" + (f"\n    {each.debate}" if each.debate else ""))


def _show(found: Comparison) -> None:
    from rapallo.cli.figures import figure, short

    manifest = found.base.manifest
    print(
        f"{len(found.base)} pairs of histories, {manifest['span']['from']} to {manifest['span']['to']}, "
        f"{manifest['luck']} luck, seed {manifest['seed']}; changed less base, both with the middle nine tenths:\n"
    )
    table = found.table()
    table["at"] = [at if at == "" else at.date().isoformat() for at in table["at"]]
    for world in ("base", "changed"):
        table[world] = [
            f"{figure(middle, unit)} ({figure(low, unit)} to {figure(high, unit)})"
            for middle, low, high, unit in zip(
                table[world], table[f"{world}_low"], table[f"{world}_high"], table["unit"], strict=True
            )
        ]
    shown = table[["measure", "at", "base", "changed", "difference", "error", "low", "high", "same_sign", "coupling"]]
    print(shown.to_string(index=False, float_format=short))
    acts = found.acts()
    differing = acts[acts[["moved", "lost", "gained"]].sum(axis=1) > 0].sort_values("lost", ascending=False)
    if len(differing):
        print("\nActs a run, by process, of those that differ:\n")
        print(differing.head(MOST_PROCESSES).to_string(float_format=lambda x: f"{x:.2f}", na_rep=""))
    else:
        print("\nNo act differs.")
    if found.failed:
        print(f"\n{len(found.failed)} pairs are left out, for a run of theirs failed: {sorted(found.failed)[:10]}")
    print(f"\n{found.warrant()}")
