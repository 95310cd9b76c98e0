"""The compiled loop that lets clocks, the calendar and the institutions act in order of time."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rapallo.engine import layout as at
from rapallo.engine.call import pointer
from rapallo.engine.clock import earliest
from rapallo.engine.compiled import compiled
from rapallo.engine.enter import enter
from rapallo.engine.fire import fire
from rapallo.engine.kernel_cache import kernel_cache
from rapallo.engine.part import compile_part
from rapallo.engine.rule import close, decide
from rapallo.engine.settle import settle, weigh_all


@compiled
def due(X, F, J):
    """Which open case is due first; -1 where none is open."""
    first = -1
    for case in range(J[X[at.J_CASES]]):
        if first < 0 or F[X[at.F_CASE_DUE] + case] < F[X[at.F_CASE_DUE] + first]:
            first = case
    return first


def _prepare(X, F, J, B, I, G):
    weigh_all(pointer(X), pointer(F), pointer(J), pointer(B), pointer(I), pointer(G))


def _run(X, F, J, B, U, I, G, H, OT, OI, S, seed, run, start, end, first_year):
    """Let clocks, calendar and institutions act until the end; gives the number of acts, or why it stopped before."""
    X, F, J, B, U = pointer(X), pointer(F), pointer(J), pointer(B), pointer(U)
    I, G, H = pointer(I), pointer(G), pointer(H)
    OT, OI, S = pointer(OT), pointer(OI), pointer(S)
    entry = J[X[at.J_ENTRY]]
    count = J[X[at.J_COUNT]]
    if entry < 0:
        F[at.NOW] = start
        status = settle(X, F, J, B, U, I, G, H, seed, run, end)
        if status < 0:
            return status
        entry = 0
    for _ in range(at.STEPS):
        dated = G[X[at.G_ENTRY_TIME] + entry] if entry < X[at.ENTRIES] else math.inf
        case = due(X, F, J)
        ruled = F[X[at.F_CASE_DUE] + case] if case >= 0 else math.inf
        clocked = F[X[at.F_TREE]]
        now = min(dated, ruled, clocked)
        if now >= end:
            return count
        if count + X[at.ROOM] > X[at.CAPACITY]:
            break
        F[at.NOW] = now
        if dated <= now:
            count = enter(X, F, J, B, I, G, H, OT, OI, S, count, seed, run, entry, first_year)
            entry += 1
        elif ruled <= now:
            count = decide(X, F, J, B, I, G, H, OT, OI, count, seed, run, case)
            close(X, F, J, case)
        else:
            count = fire(X, F, J, B, U, I, G, H, OT, OI, count, seed, run, earliest(X, F), end)
        if count < 0:
            return count
        # whatever happens at one instant is weighed once: no time passes in between
        following = G[X[at.G_ENTRY_TIME] + entry] if entry < X[at.ENTRIES] else math.inf
        if following > now:
            status = settle(X, F, J, B, U, I, G, H, seed, run, end)
            if status < 0:
                return status
    J[X[at.J_ENTRY]] = entry
    J[X[at.J_COUNT]] = count
    return at.PAUSED


def _compile(folder: Path | None) -> tuple[NDArray[np.int64], Any, Any]:
    parts = np.array([compile_part(name, folder) for name in at.PARTS], dtype=np.int64)
    state = "int64[::1],float64[::1],int64[::1],int8[::1]"
    switches: dict[str, Any] = {"cache": folder is not None, "error_model": "numpy", "_nrt": False}
    numbers = "float64[::1],int32[:,::1],float64[::1],uint64,int64,float64,float64,int64"
    return (
        parts,
        njit(f"void({state},int64[::1],float64[::1])", **switches)(_prepare),
        njit(f"int64({state},uint64[::1],int64[::1],float64[::1],uint64[::1],{numbers})", nogil=True, **switches)(_run),
    )


with kernel_cache() as where:
    try:
        addresses, prepare, run = _compile(where)
    except (RuntimeError, OSError):  # nowhere to write: compiled for this session only
        addresses, prepare, run = _compile(None)
