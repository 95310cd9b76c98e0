"""``rapallo run SCENARIO``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rapallo.cli.options import OwnFiles, ScenarioName, Uncertain
from rapallo.cli.outcome import say, told

if TYPE_CHECKING:
    from rapallo.cli.run_bar import RunBar
    from rapallo.experiment.ensemble import Ensemble

HOME = Path("rapallo-runs")
"""Where folders of runs go that nobody named."""


@told
def run(
    scenario: ScenarioName,
    runs: Annotated[int, typer.Option(help="How many histories.")] = 200,
    seed: Annotated[int, typer.Option(help="Names all the luck: the same seed gives the same histories.")] = 0,
    start: Annotated[
        str | None, typer.Option("--from", help="First day, YYYY-MM-DD; the scenario's own if not given.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; a new one below rapallo-runs if not given.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(help="Processes that simulate; as many as there are processors if not given.")
    ] = None,
    luck: Annotated[
        str, typer.Option(help="'clock' or 'date': what luck holds fixed when the world is changed.")
    ] = "clock",
    uncertain: Uncertain = "chance",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the runs that were begun by the same command.")
    ] = False,
    own: OwnFiles = None,
    no_report: Annotated[bool, typer.Option("--no-report", help="Leave report.html out.")] = False,
) -> None:
    """Simulate many histories beside the record.

    Shows the measures of the runs beside the record's, and leaves a folder with manifest.json, acts.parquet,
    series.parquet, measures.parquet and report.html. Ctrl-C leaves what is finished; the same command with
    --resume goes on.
    """
    from rapallo.cli.watched import watched

    with watched() as bar:
        folder, files = _folder(scenario, seed, out, resume, own or [])
        made = _run(bar, scenario, runs, seed, start, end, folder, jobs, luck, uncertain, resume, files)
        bar.stop()
        _show(made)
        print(f"{made.warrant()}\n")
        print(f"runs: {made.folder}")
        if not no_report:
            say("writing the report")
            print(f"report: {made.report()}")


def _run(
    bar: RunBar,
    scenario: str,
    runs: int,
    seed: int,
    start: str | None,
    end: str | None,
    folder: Path,
    jobs: int | None,
    luck: str,
    uncertain: str,
    resume: bool,
    own: list[Path],
) -> Ensemble:
    from rapallo.experiment.progress import Progress

    bar(Progress("loading", 0, runs, "reading the scenario"))
    from rapallo.experiment.ensemble import ensemble
    from rapallo.experiment.own_source import import_own

    for path in own:
        import_own(path)
    return ensemble(
        scenario,
        runs,
        seed,
        start=start,
        end=end,
        luck=luck,
        jobs=jobs,
        folder=folder,
        resume=resume,
        own=own,
        uncertain=uncertain,
        progress=bar,
    )


def _folder(scenario: str, seed: int, out: Path | None, resume: bool, own: list[Path]) -> tuple[Path, list[Path]]:
    """Settle the folder of the runs, and the user's own files: on resuming those that are kept there."""
    from rapallo.experiment.own_source import FOLDER
    from rapallo.experiment.run_folder import latest_folder, new_folder

    wanted = HOME / f"{Path(scenario).name or 'scenario'}-seed{seed}"
    if out is not None:
        folder = out
    elif resume:
        folder = latest_folder(wanted)
    else:
        folder = new_folder(wanted)
    if resume and not own:
        own = sorted((folder / FOLDER).glob("*.py"))
    return folder, own


def _show(made: Ensemble) -> None:
    """Print the measures of the runs beside the record's."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from rapallo.cli.figures import figure

    manifest = made.manifest
    print(
        f"{manifest['scenario']['title']}: {len(made)} histories, {manifest['span']['from']} to "
        f"{manifest['span']['to']}, seed {manifest['seed']}"
    )
    if not made.measures:
        print("The scenario names no measures; list them with: rapallo measures")
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("measure", no_wrap=True)
    table.add_column("in")
    for name in ("simulated", "90 of 100 lie", "record"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("")
    before = ""
    for row in made.table().itertuples():
        low, median, high, record = (figure(each, row.unit) for each in (row.low, row.median, row.high, row.record))
        lies = "above" if row.record > row.high else "below" if row.record < row.low else ""
        name = "" if row.measure == before else row.measure
        table.add_row(name, _where(row.at, row.unit), median, f"{low} to {high}", record, lies)
        before = row.measure
    console = Console()
    if not console.is_terminal:
        console = Console(width=100)
    console.print(table)
    failed = made.failures()
    if len(failed):
        stage = failed["stage"].iloc[0]
        print(f"{len(failed)} runs failed and are left out (failures.parquet); the first, while {stage}:")
        print(f"    {failed['message'].iloc[0]}")


def _where(at: str, unit: str) -> str:
    """Say in what unit a row is, and of which year where it is a year's."""
    year = at.removesuffix("-12-31")
    return ", ".join(filter(None, (unit if unit != "actors" else "", year)))
