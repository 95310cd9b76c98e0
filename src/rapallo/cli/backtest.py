"""``rapallo backtest SCENARIO``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rapallo.cli.options import OwnFiles, ScenarioName
from rapallo.cli.outcome import INTERRUPTED, say, told

if TYPE_CHECKING:
    from rapallo.experiment.backtest_result import Backtest

HOME = Path("rapallo-runs")


@told
def backtest(
    scenario: ScenarioName,
    start: Annotated[
        str | None, typer.Option("--from", help="First origin: a year, or YYYY-MM-DD; then one a year.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last origin.")] = None,
    runs: Annotated[int, typer.Option(help="Runs of the model for each origin and calendar.")] = 200,
    seed: Annotated[int, typer.Option(help="Names all the luck.")] = 0,
    process: Annotated[
        str | None, typer.Option(help="Whose pairs are asked about; the forming process with most acts if not given.")
    ] = None,
    receiver: Annotated[
        str | None, typer.Option(help="With whom; whoever receives most of its acts if not given.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Processes that work.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the result; a new one below rapallo-runs if not given.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the origins that were begun by the same command.")
    ] = False,
    own: OwnFiles = None,
) -> None:
    """Score forecasts from rolling origins against what came.

    At each origin everything later is taken out of the tables, the numbers are learnt from the rest, and one, two and
    five years are forecast, with the calendar frozen and with it given, beside three baselines. Leaves a folder with
    manifest.json, pairs.parquet, counts.parquet, numbers.parquet, figures and report.html. Ctrl-C leaves the origins
    that are done; the same command with --resume goes on.
    """
    from rapallo.cli.run_bar import RunBar
    from rapallo.experiment.backtest import backtest as score
    from rapallo.experiment.own_source import import_own
    from rapallo.experiment.run_folder import Interrupted, latest_folder, new_folder

    wanted = HOME / f"{Path(scenario).name or 'scenario'}-backtest-seed{seed}"
    folder = out or (latest_folder(wanted) if resume else new_folder(wanted))
    for path in own or []:
        import_own(path)
    bar = RunBar()
    try:
        made = score(
            scenario,
            start=start,
            end=end,
            runs=runs,
            seed=seed,
            process=process,
            receiver=receiver,
            jobs=jobs,
            folder=folder,
            resume=resume,
            own=own or [],
            progress=bar,
        )
    except Interrupted as stop:
        bar.stop()
        say(
            f"interrupted: the origins that are done are kept in {stop.folder}",
            "to go on, give the same command with --resume",
        )
        raise typer.Exit(INTERRUPTED) from None
    finally:
        bar.stop()
    _show(made)
    say("writing the report")
    print(f"backtest: {made.folder}")
    print(f"report: {made.report()}")


def _show(made: Backtest) -> None:
    """Print the scores, and in sentences who is better."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from rapallo.report.backtest_page import about, scores_table

    print(f"{made.manifest['scenario']['title']}: {about(made)}; {made.manifest['runs']} runs each.")
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("calendar")
    table.add_column("years", justify="right")
    table.add_column("forecaster", no_wrap=True)
    for name in ("log", "Brier", "date, years", "number", "expected %", "came %"):
        table.add_column(name, justify="right", no_wrap=True)
    before: tuple[str, int] = ("", 0)
    for row in scores_table(made):
        here = (row["calendar"], row["horizon"])
        if before[1] and here != before:
            table.add_row()
        cells = [f"[bold]{text}[/bold]" if best else text for text, best in row["cells"]]
        lead = (row["calendar"], str(row["horizon"])) if here != before else ("", "")
        table.add_row(*lead, row["forecaster"], *cells, row["expected"], row["happened"])
        before = here
    console = Console()
    if not console.is_terminal:
        console = Console(width=110)
    console.print(table)
    print(
        "The smaller the better. Below, differences of the log score with nine tenths of a block bootstrap of origins."
    )
    print(made.summary().split("\n", 1)[1])
