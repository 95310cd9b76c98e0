"""Where compiled code is kept: in the cache, under the hash of what it was made from."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numba
import numpy as np

from rapallo.engine.compile import cache_folder


def folder_of(part: str, file: str, *others: str) -> Path:
    """Give the folder of the cache for what a module compiles, named by a hash of all that it is made from.

    Parameters
    ----------
    part
        The folder of the cache that it lies in.
    file
        The module that compiles.
    others
        Files, relative to its folder, that its code takes constants or functions from.
    """
    here = Path(file).parent
    parts = [Path(file).read_bytes(), *((here / other).read_bytes() for other in others)]
    parts.append(f"{numba.__version__} {np.__version__}".encode())
    return cache_folder().parent / part / hashlib.blake2b(b"\0".join(parts), digest_size=8).hexdigest()


@contextmanager
def cached_here(part: str, file: str, *others: str) -> Iterator[Path | None]:
    """Let Numba cache what is compiled inside, so that no stale code is ever used.

    Takes what :func:`folder_of` takes; gives the folder, or ``None`` where it cannot be made.
    """
    before, collects = numba.config.CACHE_DIR, gc.isenabled()
    folder: Path | None = folder_of(part, file, *others)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        numba.config.CACHE_DIR = str(folder)
    except OSError:
        folder = None
    gc.disable()  # a compiler makes much and throws little away: to look for it takes a tenth of its time
    try:
        yield folder
    finally:
        numba.config.CACHE_DIR = before
        if collects:
            gc.enable()
