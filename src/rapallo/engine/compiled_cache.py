"""Where compiled code is kept: in the cache, under the hash of what it was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numba
import numpy as np

from rapallo.engine.compile import cache_folder


@contextmanager
def cached_here(part: str, file: str, *others: str) -> Iterator[None]:
    """Let Numba cache what is compiled inside, so that no stale code is ever used.

    Parameters
    ----------
    part
        The folder of the cache that it is kept in.
    file
        The module that compiles.
    others
        Files, relative to its folder, that its code takes constants or functions from.
    """
    here = Path(file).parent
    parts = [Path(file).read_bytes(), *((here / other).read_bytes() for other in others)]
    parts.append(f"{numba.__version__} {np.__version__}".encode())
    name = hashlib.blake2b(b"\0".join(parts), digest_size=8).hexdigest()
    before = numba.config.CACHE_DIR
    folder = cache_folder().parent / part / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        numba.config.CACHE_DIR = str(folder)
    except OSError:
        pass
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before
