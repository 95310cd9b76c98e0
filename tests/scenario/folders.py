"""Scenarios in memory, to be damaged."""

from functools import cache

from rapallo.errors import Problem, ScenarioError
from rapallo.record.folder import Folder
from rapallo.scenario.load import BUILT_IN, load_folder


@cache
def _read(name: str) -> tuple[tuple[str, bytes], ...]:
    return tuple((each.name, each.read_bytes()) for each in sorted((BUILT_IN / name).iterdir()) if each.is_file())


def files_of(name: str = "template") -> dict[str, bytes]:
    """Give a built-in scenario's files."""
    return dict(_read(name))


def report(files: dict[str, bytes]) -> tuple[Problem, ...]:
    """Give the problems of a folder; none where it loads."""
    try:
        load_folder(Folder("damaged", contents=files))
    except ScenarioError as error:
        assert error.problems
        return error.problems
    return ()


def edited(files: dict[str, bytes], file: str, *edits: tuple[str, str]) -> dict[str, bytes]:
    """Replace texts in one file; each must be there exactly once."""
    text = files[file].decode()
    for old, new in edits:
        assert text.count(old) == 1, (file, old, text.count(old))
        text = text.replace(old, new)
    return {**files, file: text.encode()}


def line_of(files: dict[str, bytes], file: str, marker: str) -> int:
    """Give the line on which a text stands; with ``^`` before it, at its beginning."""
    lines = files[file].decode("utf-8", "replace").split("\n")
    found = [
        number
        for number, line in enumerate(lines, 1)
        if (line.startswith(marker[1:]) if marker[0] == "^" else marker in line)
    ]
    assert len(found) == 1, (file, marker, found)
    return found[0]
