"""A user's own effects and measures: kept as files beside the runs, and read there by workers and resumed runs."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import inspect
import math
import sys
import textwrap
import traceback
import types
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rapallo.errors import RapalloError

FOLDER = "own"
"""The folder, below that of the runs, that holds them."""


class _Untold(Exception):
    """A function leans on something that cannot be written down."""


def import_own(path: str | Path) -> None:
    """Run a Python file of a user's own effects and measures, so that they are registered.

    Raises
    ------
    RapalloError
        If there is no such file, or it fails; the message names the line.
    """
    path = Path(path)
    if not path.is_file():
        raise RapalloError(f"there is no file {str(path)!r} with effects or measures of your own")
    if path.suffix != ".py":
        raise RapalloError(f"{str(path)!r} is no Python file; its name must end in .py")
    name = f"rapallo_own_{path.stem}_{hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()}"
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except RapalloError as error:
        raise RapalloError(f"{path}: {error}") from None
    except SyntaxError as error:
        raise RapalloError(f"{path}:{error.lineno}: {error.msg}") from None
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if Path(frame.filename) == path.resolve()]
        where = f"{path}:{lines[-1]}" if lines else str(path)
        raise RapalloError(f"{where}: {type(error).__name__}: {error}") from None


def own_sources(
    scenario: Any, measures: Sequence[str], files: Iterable[str | Path] = ()
) -> tuple[dict[str, str], list[str]]:
    """Give the text of everything of a user's own that an ensemble uses.

    Parameters
    ----------
    scenario
        Its motives name the effects.
    measures
        Names of the measures in use.
    files
        Python files that were imported; kept whole.

    Returns
    -------
    tuple
        File name to text, each of which imports by itself; and what cannot be written down
        (typed at a plain prompt, or leaning on something that no other process has), in words.
    """
    from rapallo.measures import get_measure

    texts: dict[str, str] = {}
    untold: list[str] = []
    held: set[Path] = set()
    for each in files:
        path = Path(each).resolve()
        if path not in held:
            held.add(path)
            name = path.name
            while name in texts:
                name = f"more_{name}"
            texts[name] = path.read_text("utf-8")
    own: list[tuple[str, Any]] = [("effect", each) for each in own_effects(scenario)]
    own += [("measure", each) for each in map(get_measure, measures) if not _ships(each.function)]
    for kind, item in own:
        if Path(item.function.__code__.co_filename).resolve() in held:
            continue
        try:
            texts[f"{kind}_{item.name}.py"] = _module_text(kind, item)
        except _Untold as reason:
            untold.append(f"{kind} {item.name!r} ({reason})")
    return dict(sorted(texts.items())), untold


def own_effects(scenario: Any) -> Iterator[Any]:
    """Iterate over the effects that a scenario uses and that do not ship with Rapallo, by name."""
    from rapallo.effects import get_effect

    motives = [
        motive
        for process in scenario.processes.values()
        for motive in (*process.motives, *process.rate, *process.consent)
    ]
    motives += [motive for update in scenario.yearly.values() for motive in update.motives]
    motives += [motive for votes in scenario.votes.values() for motive in votes]
    for name in sorted({motive.effect for motive in motives}):
        effect = get_effect(name)
        if not _ships(effect.function):
            yield effect


def _module_text(kind: str, item: Any) -> str:
    """Write an effect or a measure out as a module that registers it again, its own text untouched."""
    text = item.source if kind == "effect" else _source(item.function)
    if text is None:
        raise _Untold("its text is not to be had")
    marks = (
        ("reads", "changes", "unit", "cites", "aliases") if kind == "effect" else ("unit", "cites", "shape", "needs")
    )
    decorator = ", ".join(f"{mark}={getattr(item, mark)!r}" for mark in marks)
    if kind == "effect":
        decorator += f", settings={dict(item.settings)!r}"
    around: dict[str, str] = {}
    _note_around(item.function, text, around)
    parts = [
        f'"""The {kind} {item.name}, as it was when the runs beside it were made."""',
        f"from rapallo.{kind}s import {kind} as _register",
        *around.values(),
        f"\n\n@_register({decorator})\n{text}",
    ]
    return "\n".join(parts)


def _note_around(function: Any, text: str, noted: dict[str, str]) -> None:
    """Write down what a function takes from around it: modules, numbers, texts, other functions."""
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    space = dict(function.__globals__)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        space[name] = cell.cell_contents
    for name in sorted(names & space.keys() - noted.keys() - {function.__name__}):
        value = space[name]
        home = getattr(value, "__module__", None)
        if isinstance(value, types.ModuleType):
            noted[name] = f"import {value.__name__} as {name}"
        elif isinstance(value, (bool, int, str)) or (isinstance(value, float) and math.isfinite(value)):
            noted[name] = f"{name} = {value!r}"
        elif home not in (None, "__main__", function.__module__) and hasattr(sys.modules.get(home), name):
            noted[name] = f"from {home} import {name}"
        elif isinstance(value, types.FunctionType):
            inner = _source(value)
            if inner is None:
                raise _Untold(f"the text of {name!r}, which it calls, is not to be had")
            noted[name] = ""  # before the descent, so that two that call each other end
            _note_around(value, inner, noted)
            del noted[name]
            noted[name] = f"\n\n{inner}"
        else:
            raise _Untold(f"it uses {name!r} from outside itself")


def _source(function: Any) -> str | None:
    """Give a function's text from its ``def`` on, or ``None``."""
    try:
        lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    except (OSError, TypeError):
        return None
    start = next((k for k, line in enumerate(lines) if line.startswith("def ")), None)
    return None if start is None else "\n".join(lines[start:]) + "\n"


def _ships(function: Any) -> bool:
    return str(function.__module__).startswith("rapallo.")
