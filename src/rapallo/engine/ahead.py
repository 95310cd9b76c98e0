"""Compiling on two processors where nothing is compiled yet: a second process begins at the other end."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from rapallo.engine.kernel_cache import is_compiled, kernel_cache

_CHILD = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from rapallo.engine.ahead import compile_ahead; compile_ahead()"
)


@contextmanager
def compiled_beside(scenario: Any, start: str | float | None, end: str | float | None) -> Iterator[None]:
    """Let a second process compile into the cache while this one compiles, where the kernel is not compiled yet.

    This one compiles the kernel's parts and then the effects of the scenario; the other the effects and then the
    parts, each from the last to the first, so that the two meet. Nothing depends on the second: what it has not
    compiled, and what it fails at, is compiled here.

    Parameters
    ----------
    scenario
        The model.
    start, end
        First and last day of its calendar; its own where not given.
    """
    child = None if is_compiled() else _start(scenario, start, end)
    try:
        yield
    finally:
        if child is not None:
            child.kill()
            child.wait()


def compile_ahead() -> None:
    """Compile the effects of what comes by standard input, and the parts; the second process does this."""
    from rapallo.engine import enter, settle  # noqa: F401  (importing them lists their parts)
    from rapallo.engine import layout as at
    from rapallo.engine.compile import compile_effect
    from rapallo.engine.part import compile_part
    from rapallo.engine.plan import kinds_in_use
    from rapallo.scenario.timeline import timeline

    with suppress(Exception):  # what is wrong with the scenario or an effect is said where it is run
        scenario, start, end = pickle.load(sys.stdin.buffer)
        for effect, kinds in reversed(kinds_in_use(scenario, timeline(scenario, start, end))):
            compile_effect(effect, kinds)
    with kernel_cache() as folder:
        if folder is not None:
            for name in reversed(at.PARTS):
                compile_part(name, folder)


def _start(scenario: Any, start: str | float | None, end: str | float | None) -> subprocess.Popen[bytes] | None:
    quiet = subprocess.DEVNULL
    try:
        child = subprocess.Popen([sys.executable, "-c", _CHILD], stdin=subprocess.PIPE, stdout=quiet, stderr=quiet)
    except OSError:
        return None
    assert child.stdin is not None
    with suppress(OSError), child.stdin as pipe:
        pickle.dump(sys.path, pipe)
        pickle.dump((replace(scenario, _kept={}), start, end), pipe)
    return child
