"""Memory for the arrays of a run: in one piece, on large pages where the system has them."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.engine import layout as at

LARGE = 1 << 21
"""Bytes of a large page. A run looks here and there in megabytes, and small pages' addresses must each be looked up."""

LINE = 8 * at.LINE
"""Bytes that a processor's memory hands over at once; arrays begin where such a line does."""


def arena(like: Sequence[NDArray[Any]]) -> tuple[NDArray[Any], ...]:
    """Give arrays of these shapes and types, side by side in one piece of memory; what they hold is not said.

    Parameters
    ----------
    like
        Arrays, whose shapes and types they get.
    """
    sizes = [-(-each.nbytes // LINE) * LINE for each in like]
    total = max(1, sum(sizes))
    if total < LARGE:
        whole = np.empty(total + LINE, dtype=np.uint8)
    else:
        own = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_ANONYMOUS") else {}
        memory = mmap.mmap(-1, -(-total // LARGE) * LARGE + LARGE, **own)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            with suppress(OSError):  # a system without them
                memory.madvise(mmap.MADV_HUGEPAGE)
        whole = np.frombuffer(memory, dtype=np.uint8)
    place = -whole.ctypes.data % (LINE if total < LARGE else LARGE)
    found = []
    for each, size in zip(like, sizes, strict=True):
        found.append(whole[place : place + each.nbytes].view(each.dtype).reshape(each.shape))
        place += size
    return tuple(found)
