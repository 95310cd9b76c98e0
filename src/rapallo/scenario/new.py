"""A scenario to begin from."""

from __future__ import annotations

from pathlib import Path

from rapallo.errors import RapalloError
from rapallo.scenario.load import BUILT_IN

TEMPLATE = BUILT_IN / "template"


def new(folder: str | Path) -> Path:
    """Write a small scenario that runs, with comments that teach, into a new folder.

    Parameters
    ----------
    folder
        Where to write it; it must not exist, or be empty.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    RapalloError
        If the folder holds anything, is a file, or cannot be written.
    """
    folder = Path(folder).expanduser()
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            what = "is not empty" if folder.is_dir() else "is a file"
            raise RapalloError(f"{str(folder)!r} {what}; nothing is overwritten: name a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(TEMPLATE.iterdir()):
            if file.is_file():
                with (folder / file.name).open("xb") as copy:
                    copy.write(file.read_bytes())
    except OSError as error:
        raise RapalloError(f"{str(folder)!r} cannot be written: {error.strerror}; name another folder") from None
    return folder
