"""``rapallo contest SCENARIO FILE``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rapallo.cli.options import Jobs, LastDay, OwnFiles, Resume, ScenarioName, Seed, StartDay
from rapallo.cli.outcome import say, told


@told
def contest(
    scenario: ScenarioName,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Files that contest codings; those in its own folder if none."),
    ] = None,
    runs: Annotated[int, typer.Option(help="How many pairs of histories.")] = 100,
    seed: Seed = 0,
    start: StartDay = None,
    end: LastDay = None,
    luck: Annotated[str, typer.Option(help="'date' or 'clock'.")] = "date",
    jobs: Jobs = None,
    out: Annotated[Path | None, typer.Option(help="Folder to keep both worlds in.")] = None,
    resume: Resume = False,
    own: OwnFiles = None,
) -> None:
    """Read facts otherwise, and see which answers change.

    A file is signed and names facts: signed = "…", and for each a table ["FACT"] with date, value, sender, receiver or
    happened = false. Shows which measures of the record change, and which simulated ones, by how much, under the same
    luck. In other commands: --if "contest FILE".
    """
    from rapallo.cli.loading import loaded
    from rapallo.cli.watched import kept_files, settled_folder, watched
    from rapallo.experiment.contest import contest as believed
    from rapallo.scenario.contested import contested_files

    model = loaded(scenario)
    asked = files or contested_files(model)
    if not asked:
        print(f"Nothing is contested: name a file, or drop one into {model.folder}")
        return
    word = "contest-" + "-".join(path.stem for path in asked)
    folder = settled_folder(scenario, word, seed, out, resume)
    kept = kept_files(folder / "as-it-was", own, resume)
    with watched() as bar:
        found = believed(
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
            own=kept,
            progress=bar,
        )
        bar.stop()
        print(found)
        if found.comparison is not None:
            print(f"\n{found.comparison.warrant()}\n\nboth worlds: {folder}")
            say("writing the report")
            print(f"report: {found.comparison.report()}")
