"""Long work of a command: a bar while it goes on, what is kept when it is interrupted, where it is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from rapallo.cli.outcome import INTERRUPTED, say

if TYPE_CHECKING:
    from rapallo.cli.run_bar import RunBar


@contextmanager
def watched() -> Iterator[RunBar]:
    """Give a bar; an interruption ends the command and says what is kept and how to go on."""
    from rapallo.cli.run_bar import RunBar
    from rapallo.experiment.run_folder import Interrupted
    from rapallo.experiment.work import CHUNK

    bar = RunBar()
    try:
        yield bar
    except Interrupted as stop:
        bar.stop()
        say(
            f"interrupted: {stop.done} of {stop.total} histories are finished and kept in {stop.folder}",
            f"to go on, give the same command with --resume; histories are kept in whole lots of {CHUNK}",
        )
        raise typer.Exit(INTERRUPTED) from None
    finally:
        bar.stop()


def settled_folder(scenario: str, word: str, seed: int, out: Path | None, resume: bool) -> Path:
    """Settle the folder of some work: the one named, the one that was begun, or a new one below ``rapallo-runs``."""
    from rapallo.cli.run import HOME
    from rapallo.experiment.run_folder import latest_folder, new_folder

    wanted = HOME / f"{Path(scenario).name or 'scenario'}-{word}-seed{seed}"
    if out is not None:
        return out
    return latest_folder(wanted) if resume else new_folder(wanted)


def kept_files(folder: Path, own: list[Path] | None, resume: bool) -> list[Path]:
    """Give the user's own files: those named, or on resuming those kept with the work."""
    from rapallo.experiment.own_source import FOLDER, import_own

    files = own or (sorted((folder / FOLDER).glob("*.py")) if resume else [])
    for path in files:
        import_own(path)
    return files
