"""From an effect's plain text to machine code, cached on disk under the hash of what it was made from."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import math
import os
import sys
import types as python_types
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numba
import numpy as np

from rapallo.effects.effect import Effect
from rapallo.errors import RapalloError, nearest

TEMPLATE = 7
"""Raised whenever the wrapper below changes, so that nothing stale is ever used."""

_COMPILED: dict[tuple[Any, tuple[str, ...]], Any] = {}
"""By the function itself, which is kept alive by it: a number of an object may be another's tomorrow."""

TRIED = 100
"""Pairs for which an effect of the user's own is tried in plain Python."""

Say = Callable[[str], None]


def cache_folder() -> Path:
    """Give the folder of compiled effects: ``RAPALLO_CACHE``, or the user's cache."""
    root = os.environ.get("RAPALLO_CACHE")
    if root:
        return Path(root) / "effects"
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "rapallo" / "effects"


def compile_effect(effect: Effect, kinds: Sequence[str], say: Say = lambda word: None) -> int:
    """Compile one effect over a list of pairs.

    Parameters
    ----------
    effect
        The effect.
    kinds
        For each slot of ``effect.reads``: ``matrix``, ``seen`` (a layer with views, resolved to
        the first party's knowledge) or ``vector``.
    say
        Called with a word when something takes time or cannot be cached.

    Returns
    -------
    int
        Address of a C function with the signature of ``engine.call.EFFECT_SIGNATURE``.

    Raises
    ------
    RapalloError
        If Numba cannot compile the function; the message gives its reason.
    """
    key = (effect.function, tuple(kinds))
    if key not in _COMPILED:
        if effect.source is None:
            say(f"effect {effect.name} has no source text to be found: compiled for this session only")
            _COMPILED[key] = _compile_uncached(effect, kinds)
        else:
            _COMPILED[key] = _compile_cached(effect, kinds, say)
    return int(_COMPILED[key].address)


def ships(effect: Effect) -> bool:
    """Say whether an effect comes with the package, where each is held to its contract by tests."""
    return str(effect.function.__module__).startswith("rapallo.effects.library.")


def try_effect(effect: Effect, view_of: Callable[[int], Any], actors: Sequence[str]) -> None:
    """Evaluate an effect in plain Python for a sample of pairs, so that a mistake in it is told as Python tells it.

    Parameters
    ----------
    effect
        An effect that does not ship with the package.
    view_of
        Gives the view of an observer.
    actors
        Actor ids.

    Raises
    ------
    RapalloError
        If it fails, or gives no finite number; the message names the pair.
    """
    n = len(actors)
    for step in range(min(TRIED, n * n)):
        place = step * n * n // min(TRIED, n * n)
        first, second = place // n, place % n
        where = f"effect {effect.name!r} for {actors[first]} → {actors[second]}, as the span opens"
        try:
            with np.errstate(all="ignore"):
                value = float(effect(view_of(first), first, second))
        except Exception as error:
            view = view_of(first)
            if isinstance(error, AttributeError) and type(error.obj) is type(view) and error.name:
                near = nearest(error.name, vars(view))
                raise RapalloError(f"{where}: it reads no {error.name!r}{near}") from error
            raise RapalloError(f"{where}: {type(error).__name__}: {error}") from error
        if first != second and not math.isfinite(value):
            raise RapalloError(f"{where}: it gives {value}, which is not a finite number")


def wrapper_text(effect: Effect, kinds: Sequence[str], definition: str, constants: str) -> str:
    """Write the module around an effect: its text untouched, and a loop over pairs."""
    settings = [name for name, _ in effect.settings]
    fields = ["actors", "now", *effect.reads, *settings]
    arrays = [f"array_{place}" for place in range(1, len(kinds) + 1)]  # a slot may bear any name
    fixed, moving = [], []
    for place, (array, kind) in enumerate(zip(arrays, kinds, strict=True), start=1):
        if kind == "matrix":
            fixed.append(f"    {array} = carray(shift_f64(state, slots[{place}]), (actors, actors))")
        elif kind == "vector":
            fixed.append(f"    {array} = carray(shift_f64(state, slots[{place}]), (actors,))")
        else:
            moving.append(
                f"        {array} = farray(shift_i8(seen, slots[{place}] + first * actors * actors), (actors, actors))"
            )
    values = ["actors", "state[1]", *arrays, *(f"settings[{k}]" for k in range(len(settings)))]
    view = f"View({', '.join(values)})"
    # the effects that ship are tested; one that is not may reach past the end of an array, which must not end Python
    checked = not ships(effect)
    answer = (
        [
            "        try:",
            "            out[place] = statistic(view, first, second)",
            "        except Exception:",
            "            out[place] = math.nan",
        ]
        if checked
        else ["        out[place] = statistic(view, first, second)"]
    )
    lines = [
        '"""Made from an effect\'s text; never edited."""',
        constants,
        "",
        definition,
        "import math",
        "from collections import namedtuple",
        "import numpy as np",
        "from numba import carray, cfunc, farray, njit",
        "from rapallo.engine.call import EFFECT_SIGNATURE, shift_f64, shift_i8",
        f"inner = njit(error_model='numpy', boundscheck={checked}, no_cpython_wrapper=True, no_cfunc_wrapper=True)",
        f"statistic = inner({effect.name})",
        f"View = namedtuple('View', {fields!r})",
        "",
        "def over_pairs(state, seen, slots, settings, count, pairs, out):",
        "    actors = slots[0]",
        *fixed,
        *([] if moving else [f"    view = {view}"]),
        "    for place in range(count):",
        "        first = pairs[2 * place]",
        "        second = pairs[2 * place + 1]",
        *moving,
        *([f"        view = {view}"] if moving else []),
        *answer,
    ]
    return "\n".join(lines) + "\n"


def _compile_cached(effect: Effect, kinds: Sequence[str], say: Say) -> Any:
    constants = _constants(effect)
    assert effect.source is not None
    text = wrapper_text(effect, kinds, effect.source, constants)
    stamp = "|".join([text, str(TEMPLATE), numba.__version__, np.__version__, sys.version])
    name = f"{effect.name}_{hashlib.blake2b(stamp.encode(), digest_size=10).hexdigest()}"
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.py"
        with locked(folder / f"{name}.lock"):
            if not path.exists():
                draft = folder / f"{name}.{os.getpid()}.draft"
                draft.write_text(text + "\ncompiled = cfunc(EFFECT_SIGNATURE, cache=True)(over_pairs)\n", "utf-8")
                draft.replace(path)
            return _guard(effect, lambda: _import(path, name).compiled)
    except OSError as error:
        say(f"the cache of compiled effects cannot be written ({error}): compiled for this session only")
        return _compile_uncached(effect, kinds)


def _compile_uncached(effect: Effect, kinds: Sequence[str]) -> Any:
    """Compile from the function itself, where its text is not to be had or no cache can be written."""
    from rapallo.engine.call import EFFECT_SIGNATURE

    space: dict[str, Any] = {effect.name: effect.function}
    exec(compile(wrapper_text(effect, kinds, "", ""), f"<effect {effect.name}>", "exec"), space)
    return _guard(effect, lambda: numba.cfunc(EFFECT_SIGNATURE)(space["over_pairs"]))


def _guard(effect: Effect, make: Callable[[], Any]) -> Any:
    try:
        return make()
    except numba.core.errors.NumbaError as error:
        reason = next((line for line in str(error).splitlines() if line.strip()), "")
        detail = str(error).strip().splitlines()
        raise RapalloError(
            f"effect {effect.name!r} cannot be compiled: {reason}\n  " + "\n  ".join(detail[1:12])
        ) from None


def _constants(effect: Effect) -> str:
    """Write down the numbers and modules that an effect takes from around it."""
    assert effect.source is not None
    tree = ast.parse(effect.source)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    inside = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    inside |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    used = {node.id for node in names} - inside
    function = effect.function
    around = dict(getattr(function, "__globals__", {}))
    closure = getattr(function, "__closure__", None) or ()
    around |= dict(zip(function.__code__.co_freevars, (cell.cell_contents for cell in closure), strict=True))
    lines = []
    for name in sorted(used):
        value = around.get(name)
        if name in ("math", "np", "numpy") and isinstance(value, python_types.ModuleType):
            lines.append(f"import {value.__name__} as {name}")
        elif isinstance(value, (bool, int, str)) or (isinstance(value, float) and math.isfinite(value)):
            lines.append(f"{name} = {value!r}")
        elif value is not None:
            raise RapalloError(
                f"effect {effect.name!r} uses {name!r} from outside itself; only numbers, math and numpy may be used"
            )
    return "\n".join(lines)


def _import(path: Path, name: str) -> Any:
    module_name = f"rapallo_effect_{name}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # cached machine code finds its module by name
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[module_name]
        raise
    return module


@contextmanager
def locked(path: Path) -> Any:
    """Let one process at a time compile one effect."""
    with path.open("w") as handle:
        try:
            import fcntl
        except ImportError:  # Windows: a second compilation is wasted work, not a wrong one
            yield
            return
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
