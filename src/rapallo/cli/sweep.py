"""``rapallo sweep SCENARIO --set PARAMETER=NUMBER,NUMBER``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rapallo.cli.options import (
    Dask,
    Jobs,
    LastDay,
    OwnFiles,
    Resume,
    ScenarioName,
    Scheduler,
    Seed,
    StartDay,
    Uncertain,
)
from rapallo.cli.outcome import told


@told
def sweep(
    scenario: ScenarioName,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PARAMETER=NUMBER,…", help="A parameter and its values; may be repeated."),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--if", help="A changed world beside the one as it is: an intervention; may be repeated."),
    ] = None,
    runs: Annotated[int, typer.Option(help="How many histories of each setting.")] = 100,
    seed: Seed = 0,
    measure: Annotated[
        list[str] | None, typer.Option(help="A measure to take; may be repeated. The scenario's if not given.")
    ] = None,
    acts: Annotated[bool, typer.Option("--acts", help="Keep every act, not measures alone.")] = False,
    start: StartDay = None,
    end: LastDay = None,
    luck: Annotated[
        str, typer.Option(help="'date' keeps the settings in step longest; 'clock' lets readiness build up.")
    ] = "date",
    uncertain: Uncertain = "chance",
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    dask: Dask = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the results.")] = None,
    resume: Resume = False,
    own: OwnFiles = None,
) -> None:
    """Run a grid of settings, here or on a cluster.

    Every combination of the values, in the world as it is and in each changed one, under the same luck run by run.
    Leaves measures.parquet (and acts.parquet with --acts), manifest.json and a table by setting in a folder. Ctrl-C
    leaves what is finished; the same command with --resume goes on, here or on a cluster.
    """
    from rapallo.cli.loading import loaded
    from rapallo.cli.stated import state
    from rapallo.cli.watched import kept_files, settled_folder, watched
    from rapallo.experiment.sweep import sweep as run_all

    folder = settled_folder(scenario, "sweep", seed, out, resume)
    files = kept_files(folder, own, resume)
    model = loaded(scenario)
    if change:
        state(model, change)
    with watched() as bar:
        made = run_all(
            model,
            values or [],
            change or [],
            runs,
            seed,
            measures=measure,
            acts=acts,
            start=start,
            end=end,
            luck=luck,
            uncertain=uncertain,
            jobs=jobs,
            scheduler=scheduler,
            dask=dask,
            folder=folder,
            resume=resume,
            own=files,
            progress=bar,
        )
    import pandas as pd

    print(f"{made!r}, {luck} luck")
    tables = [made.table(name).assign(measure=name) for name in made.measures]
    for table in tables:
        print(f"\n{table['measure'].iloc[0]}, {table['at'].iloc[0]}".removesuffix(", value"))
        shown = table.drop(columns=["measure", "at", "share"])
        print(shown.head(40).to_string(float_format=lambda x: f"{x:.4g}"))
        if len(shown) > 40:
            print(f"… and {len(shown) - 40} more settings, in {folder / 'sweep.csv'}")
    if tables:
        pd.concat(tables).to_csv(folder / "sweep.csv")
    failed = made.failures()
    if len(failed):
        first = failed.iloc[0]
        print(f"\n{len(failed)} runs failed (failures.parquet); the first, of setting {first['setting']}, while")
        print(f"{first['stage']}:")
        print(f"    {first['message']}")
    print(f"\n{made.warrant()}")
    print(f"\nresults: {folder}")
