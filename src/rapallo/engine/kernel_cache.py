"""Where the compiled engine is kept, under the hash of all that it is made from."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from rapallo.engine.compiled_cache import cached_here, folder_of

_TEXTS = """
call change clock compiled enter fire kernel layout luck mark part pick settle statistic weigh
""".split()


def kernel_cache(*more: str) -> AbstractContextManager[Path | None]:
    """Keep what is compiled inside with the kernel, or apart where it is made from more files of the engine too.

    Gives the folder, or ``None`` where it cannot be made.
    """
    return cached_here("kernel", __file__, *(f"{name}.py" for name in (*_TEXTS, *more)))


def is_compiled() -> bool:
    """Say whether the cache holds the whole kernel as it stands now."""
    folder = folder_of("kernel", __file__, *(f"{name}.py" for name in _TEXTS))
    return any(folder.rglob("kernel._run-*.nbi"))  # it is compiled last
