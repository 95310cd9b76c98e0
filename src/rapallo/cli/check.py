"""``rapallo check FOLDER``."""

from __future__ import annotations

from typing import Annotated

import typer

from rapallo.cli.options import OwnFiles
from rapallo.cli.outcome import WRONG, say, told


@told
def check(
    folder: Annotated[str, typer.Argument(help="Folder of a scenario, or the name of a built-in one.")],
    own: OwnFiles = None,
) -> None:
    """Report all that is wrong with a scenario.

    Each problem with its file, line and column, the reason and what would be right. Exits with 0 where nothing
    is wrong and with 2 where something is; warnings alone are no error.
    """
    from rapallo.cli.loading import loaded
    from rapallo.errors import ScenarioError
    from rapallo.scenario.contested import contested_files, read_contested

    try:
        scenario = loaded(folder, own or ())
        contested = [read_contested(scenario, path) for path in contested_files(scenario)]
    except ScenarioError as error:
        for problem in error.problems:
            print(problem)
        count = len(error.problems)
        files = len({problem.file for problem in error.problems})
        say(f"{count} problem{'s' * (count != 1)} in {files} file{'s' * (files != 1)} of {error.folder}")
        raise typer.Exit(WRONG) from None
    for warning in scenario.warnings:
        print(f"warning: {warning}")
    for note in scenario.tables.notes:
        print(f"note: {note}")
    for each in contested:
        facts = ", ".join(reading.fact for reading in each.readings)
        print(
            f"contested: {each.path.name}, signed {each.signed}, reads {facts} otherwise; it counts where asked for: "
            f"rapallo contest {folder}"
        )
    print(scenario)
    print(f"nothing is wrong in {scenario.folder}")
