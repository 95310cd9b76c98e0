"""A folder of its own for what was asked without one; it goes when nothing that reads it is left."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp


class Scratch:
    """A temporary folder that lives as long as this does: whatever reads it holds on to it.

    Parameters
    ----------
    word
        What its name says that it is of.
    """

    def __init__(self, word: str) -> None:
        self.path = Path(mkdtemp(prefix=f"rapallo-{word}-"))
        self.remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


@contextmanager
def folder_or_scratch(folder: str | Path | None, word: str) -> Iterator[tuple[Path, Scratch | None]]:
    """Give the folder to work in, and what holds it where it is temporary; such a one goes where the work fails."""
    from rapallo.experiment.run_folder import Interrupted

    if folder is not None:
        yield Path(folder), None
        return
    scratch = Scratch(word)
    try:
        yield scratch.path, scratch
    except BaseException as error:
        scratch.remove()
        if isinstance(error, Interrupted):  # nothing is kept without a folder
            raise KeyboardInterrupt from None
        raise
