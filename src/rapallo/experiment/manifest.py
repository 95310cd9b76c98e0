"""What a folder of runs says of itself: all needed to make the same runs, and to tell when they would differ."""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import rapallo
from rapallo.errors import RapalloError
from rapallo.experiment.work import CHUNK, Recipe, written_whole

FILE = "manifest.json"

LIBRARIES = ("numpy", "numba", "pandas", "pyarrow")

_APART = ("cli", "report", "explorer", "seat", "scenarios")
"""Parts of the program that no run depends on."""


def make_manifest(recipe: Recipe, rules: Mapping[str, str], own: Mapping[str, str]) -> dict[str, Any]:
    """Describe an ensemble; nothing in it depends on when or in how many processes it is made.

    Parameters
    ----------
    recipe
        The ensemble.
    rules
        By which dates become days and rival readings one.
    own
        The user's own effects and measures: file name to text.
    """
    from rapallo.measures import get_measure
    from rapallo.system.history import to_iso

    scenario = recipe.scenario
    taken = [get_measure(name) for name in recipe.measures]
    return {
        **made_from(scenario),
        "seed": recipe.seed,
        "runs": recipe.runs,
        "runs in a chunk": CHUNK,
        "luck": recipe.luck,
        "span": {"from": to_iso(recipe.start), "to": to_iso(recipe.end - 1.0)},
        "rules": dict(rules),
        "uncertain": list(recipe.draws.names),
        "crossed": recipe.draws.crossed,
        "keeps": recipe.keep,
        "measures": [
            {"name": each.name, "says": each.says, "unit": each.unit, "shape": each.shape, "cites": each.cites}
            for each in taken
        ],
        "own": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in own.items()},
        "parameters": {name: asdict(each) for name, each in scenario.parameters.items()},
        "environment": environment(),
    }


def made_from(scenario: Any) -> dict[str, Any]:
    """Describe the program and the scenario that a result is made with."""
    return {
        "rapallo": {"version": rapallo.__version__, "code": code_fingerprint()},
        "scenario": {
            "name": scenario.name,
            "title": scenario.title,
            "fingerprint": scenario.fingerprint,
            "folder": folder_of(scenario),
            "changes": list(scenario.changes),
        },
    }


def environment() -> dict[str, Any]:
    """Describe what the bytes of a result may depend on beside the program."""
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
    }


def code_fingerprint() -> str:
    """Hash every file of the program that a run depends on."""
    root = Path(rapallo.__file__).parent
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root)
        if place.parts[0] not in _APART:
            whole.update(place.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()[:16]


def differences(before: Mapping[str, Any], now: Mapping[str, Any], path: str = "") -> list[str]:
    """Name every place where two manifests differ, in words; the number of processors may.

    Examples
    --------
    >>> differences({"seed": 1, "runs": 20}, {"seed": 2, "runs": 20})
    ['seed: 1 there, 2 now']
    """
    found = []
    for key in dict.fromkeys([*before, *now]):
        where = f"{path}{key}"
        one, other = before.get(key, _ABSENT), now.get(key, _ABSENT)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            found += differences(one, other, f"{where}: ")
        elif one != other and where not in ("environment: cpus", "scenario: folder", "times"):
            found.append(f"{where}: {_shown(one)} there, {_shown(other)} now")
    return found


def write_manifest(folder: Path, manifest: Mapping[str, Any], times: Mapping[str, Any]) -> None:
    """Write the manifest, with what was so of this making alone under ``times``."""
    text = json.dumps(_plain({**manifest, "times": times}), indent=2, ensure_ascii=False, allow_nan=False)
    with written_whole(folder / FILE) as draft:
        draft.write_text(text + "\n", "utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a folder of runs.

    Raises
    ------
    RapalloError
        If the folder holds none, or it cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        raise RapalloError(f"{str(folder)!r} holds no runs: there is no {FILE} in it")
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise RapalloError(f"{str(path)!r} cannot be read: {error}") from None
    if not isinstance(found, dict) or not {"seed", "runs", "scenario", "times"} <= found.keys():
        raise RapalloError(f"{str(path)!r} is not the manifest of a folder of runs")
    return found


def plain(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Give a manifest as it comes back from its file."""
    found: dict[str, Any] = json.loads(json.dumps(_plain(manifest)))
    return found


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


_ABSENT = _Absent()


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def folder_of(scenario: Any) -> str:
    """Give the name of a built-in scenario, or the folder of another."""
    from rapallo.scenario.load import BUILT_IN

    folder = Path(scenario.folder).resolve()
    return scenario.name if folder == (BUILT_IN / scenario.name).resolve() else str(folder)


def _plain(value: Any) -> Any:
    """Bring a value to what JSON holds; an infinite number becomes a text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
