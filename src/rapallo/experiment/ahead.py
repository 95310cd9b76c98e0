"""Compiling on two processors where nothing is compiled yet: the effects beside the kernel."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rapallo.experiment.work import Recipe

_CHILD = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from rapallo.experiment.ahead import compile_effects; compile_effects()"
)


@contextmanager
def effects_beside(recipe: Recipe) -> Iterator[None]:
    """Let a second process compile a recipe's effects into the cache, while this one is busy with the kernel.

    Nothing depends on it: what it has not compiled, and what it fails at, is compiled here.
    """
    child = _start(recipe) if never_compiled() else None
    try:
        yield
    finally:
        if child is not None:
            child.kill()
            child.wait()


def never_compiled() -> bool:
    """Guess whether the kernel must be compiled: there is none in the cache, or it is older than its text."""
    import rapallo.engine
    from rapallo.engine.compile import cache_folder

    texts = Path(rapallo.engine.__file__).parent.glob("*.py")
    newest = max((path.stat().st_mtime for path in texts), default=0.0)
    try:
        compiled = [path.stat().st_mtime for path in (cache_folder().parent / "kernel").rglob("*.nbi")]
    except OSError:
        return False
    return max(compiled, default=0.0) < newest


def compile_effects() -> None:
    """Compile the effects of the recipe that comes by standard input; the second process does this."""
    from rapallo.engine.plan import make_plan
    from rapallo.experiment.plans import RULES
    from rapallo.scenario.timeline import timeline

    scenario, start, end = pickle.load(sys.stdin.buffer)
    make_plan(scenario, timeline(scenario, start, end - 1.0, dates=RULES["dates"], readings=RULES["readings"]))


def _start(recipe: Recipe) -> subprocess.Popen[bytes] | None:
    quiet = subprocess.DEVNULL
    try:
        child = subprocess.Popen([sys.executable, "-c", _CHILD], stdin=subprocess.PIPE, stdout=quiet, stderr=quiet)
    except OSError:
        return None
    assert child.stdin is not None
    with suppress(OSError), child.stdin as pipe:
        pickle.dump(sys.path, pipe)
        pickle.dump((recipe.scenario, recipe.start, recipe.end), pipe)
    return child
