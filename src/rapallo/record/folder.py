"""The files of a scenario, and nothing outside its folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from rapallo.errors import Problem

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes; a larger file is refused unread."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A scenario's files, on disk or in memory.

    Parameters
    ----------
    name
        The folder's name, which is the scenario's.
    path
        Where it lies; ``None`` for one in memory.
    contents
        For one in memory: file name to bytes.

    Examples
    --------
    >>> folder = Folder("pair", contents={"acts.csv": b"id,date"})
    >>> problems = []
    >>> folder.read("acts.csv", problems)
    b'id,date'
    >>> folder.read("../acts.csv", problems) is None
    True
    >>> print(problems[0])
    ../acts.csv: the path leaves the scenario's folder (name a file inside the folder, such as acts.csv)
    """

    name: str
    path: Path | None = None
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @classmethod
    def at(cls, path: Path) -> Folder:
        """Take a folder on disk."""
        return cls(path.resolve().name, path)

    def names(self) -> list[str]:
        """List the files directly in the folder, sorted; hidden ones and editors' locks are passed over."""
        if self.path is None:
            found = [name for name in self.contents if "/" not in name]
        else:
            found = [each.name for each in self.path.iterdir() if not each.is_dir()]
        return sorted(name for name in found if not name.startswith((".", "~$")) and not name.endswith("~"))

    def has(self, file: str) -> bool:
        """Tell whether there is anything of that name, readable or not."""
        if self.path is None:
            return file in self.contents
        return (self.path / file).exists() or (self.path / file).is_symlink()

    def read(self, file: str, problems: list[Problem], largest: int = LARGEST_FILE) -> bytes | None:
        """Give a file's bytes, or add to ``problems`` why it cannot be had and give ``None``.

        ``largest`` is the most bytes it may have.
        """
        if not inside(file):
            suggestion = (
                f"name a file inside the folder, such as {PurePosixPath(file.replace(chr(92), '/')).name or 'acts.csv'}"
            )
            problems.append(Problem(file, None, None, "the path leaves the scenario's folder", suggestion))
            return None
        if self.path is None:
            data = self.contents.get(file)
            if data is None:
                problems.append(Problem(file, None, None, "there is no such file"))
            elif len(data) > largest:
                problems.append(_too_large(file, len(data), largest))
                return None
            return data
        try:
            place = (self.path / file).resolve(strict=True)
            if not place.is_relative_to(self.path.resolve(strict=True)):
                what = "the file is a link that leaves the scenario's folder"
                problems.append(Problem(file, None, None, what, "put a copy of the file into the folder"))
                return None
            if not place.is_file():
                problems.append(Problem(file, None, None, "this is no regular file", "put a plain file in its place"))
                return None
            size = place.stat().st_size
            if size > largest:
                problems.append(_too_large(file, size, largest))
                return None
            return place.read_bytes()
        except FileNotFoundError:
            problems.append(Problem(file, None, None, "there is no such file"))
        except (OSError, RuntimeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            problems.append(Problem(file, None, None, f"the file cannot be read: {reason}"))
        return None


def fingerprint(folder: Folder | Path) -> str:
    """Hash the names and bytes of every file directly in a folder.

    Returns
    -------
    str
        64 hexadecimal digits; equal for equal files, whatever their dates and whatever the folder's name.
    """
    folder = folder if isinstance(folder, Folder) else Folder.at(folder)
    whole = hashlib.sha256()
    for name in folder.names():
        data = folder.read(name, [])
        if data is not None:
            for piece in (name.encode(), data):
                whole.update(len(piece).to_bytes(8, "little"))
                whole.update(piece)
    return whole.hexdigest()


def inside(file: str) -> bool:
    """Tell whether a name stays in the folder, on every system; no file need bear it."""
    path = PurePosixPath(file)
    return bool(file) and not (
        path.is_absolute() or ".." in path.parts or "\\" in file or ":" in file or "\0" in file or file.startswith("~")
    )


def _too_large(file: str, size: int, largest: int) -> Problem:
    what = f"the file has {size / 1024**2:,.0f} MiB"
    return Problem(file, None, None, what, f"{largest / 1024**2:,.0f} MiB at most; split it or thin it out")
