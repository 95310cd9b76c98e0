"""Compiled: clocks, what stands on each one's record, and which of them fires first."""

from __future__ import annotations

import math

import numpy as np

from rapallo.engine import layout as at
from rapallo.engine import luck
from rapallo.engine.compiled import compiled
from rapallo.engine.mark import process_of, process_table
from rapallo.engine.part import part

_ZERO = np.uint64(0)


@compiled
def record(X, clock):
    """Where a clock's numbers lie together in F: ``layout.K_HAZARD`` and the rest count from here."""
    return X[at.F_CLOCK] + clock * at.K_WIDTH


@compiled
def schedule(X, F, clock, time, end):
    """Set when a clock next fires, and carry a new earliest up the tree; what comes after the end never comes.

    The tree has eight branches at each fork, so that most clocks need no look beyond their own eight.
    """
    if time >= end:
        time = math.inf
    place = X[at.F_NEXT] + clock
    before = F[place]
    if before == time:
        return
    F[place] = time
    node = (X[at.FIRST_LEAF] + clock - 1) >> 3
    known = F[X[at.F_TREE] + node]
    if time > known:
        if before > known:
            return
        for other in range(clock & ~7, min((clock & ~7) + 8, X[at.CLOCKS])):
            time = min(time, F[X[at.F_NEXT] + other])
    while time != known:
        before = known
        F[X[at.F_TREE] + node] = time
        if node == 0:
            return
        node = (node - 1) >> 3
        known = F[X[at.F_TREE] + node]
        if time > known:
            if before > known:
                return
            for other in range(8 * node + 1, min(8 * node + 9, X[at.NODES])):
                time = min(time, F[X[at.F_TREE] + other])


@compiled
def earliest(X, F):
    """Which clock fires first; of several at one instant the first in order."""
    time = F[X[at.F_TREE]]
    node = 0
    while 8 * node + 1 < X[at.FIRST_LEAF]:
        node = 8 * node + 1
        while F[X[at.F_TREE] + node] != time:
            node += 1
    clock = 8 * node + 1 - X[at.FIRST_LEAF]
    while F[X[at.F_NEXT] + clock] != time:
        clock += 1
    return clock


@compiled
def clock_name(X, I, H, clock):
    """Name a clock's own draws, from stable ids."""
    process = process_of(X, I, clock)
    table = process_table(X, process)
    place = clock - I[table + at.P_CLOCK]
    weighting = I[table + at.P_WEIGHTING]
    sender = _ZERO
    receiver = _ZERO
    if weighting == at.INTENSITY:
        columns = I[table + at.P_COLUMNS]
        sender = H[X[at.H_ACTOR] + I[I[table + at.P_ROW_LIST] + place // columns]]
        receiver = H[X[at.H_ACTOR] + I[I[table + at.P_COLUMN_LIST] + place % columns]]
    elif weighting != at.COORDINATION:
        sender = H[X[at.H_ACTOR] + I[I[table + at.P_ROW_LIST] + place]]
    return luck.name_of(luck.CLOCK, H[X[at.H_PROCESS] + process], sender, receiver)


@part("void")
def rearm(X, F, J, U, I, H, seed, run, clock, bottom, end):
    """Date luck: look for the clock's next point after now, up to the strip its hazard reaches.

    From ``bottom`` on: of the strips below it, where there are any, the next point is known.
    """
    here = record(X, clock)
    hazard = F[here + at.K_HAZARD]
    if hazard <= 0.0:
        J[X[at.J_TOP] + clock] = -1
        schedule(X, F, clock, math.inf, end)
        return
    top = luck.strip_of(hazard)
    J[X[at.J_TOP] + clock] = top
    until = end if bottom == 0 else min(end, F[X[at.F_NEXT] + clock])
    time, mark_below, point = luck.next_point(seed, run, clock_name(X, I, H, clock), top, F[at.NOW], until, bottom)
    if bottom > 0 and time == math.inf:
        return
    F[here + at.K_TARGET] = mark_below
    U[X[at.U_POINT] + clock] = point
    schedule(X, F, clock, time, end)


@compiled
def set_hazard(X, F, J, U, I, H, seed, run, clock, hazard, end):
    """Give a clock its new hazard; its accumulators are touched only where the hazard's bits changed."""
    here = record(X, clock)
    before = F[here + at.K_HAZARD]
    if hazard == before:
        return
    F[here + at.K_HAZARD] = hazard
    if X[at.LUCK] == at.DATE_LUCK:
        if hazard > 0.0 and luck.strip_of(hazard) > J[X[at.J_TOP] + clock]:
            rearm(X, F, J, U, I, H, seed, run, clock, J[X[at.J_TOP] + clock] + 1, end)
        return
    now = F[at.NOW]
    F[here + at.K_INTEGRAL] += before * (now - F[here + at.K_SINCE])
    F[here + at.K_SINCE] = now
    wind(X, F, J, I, H, seed, run, clock, end)


@compiled
def wind(X, F, J, I, H, seed, run, clock, end):
    """Clock luck: when the integrated hazard reaches the clock's exponential."""
    here = record(X, clock)
    hazard = F[here + at.K_HAZARD]
    if hazard <= 0.0:
        schedule(X, F, clock, math.inf, end)
        return
    target = F[here + at.K_TARGET]
    if target < 0.0:  # drawn when first needed
        target = luck.exponential(seed, run, clock_name(X, I, H, clock), J[X[at.J_OCCURRENCE] + clock])
        F[here + at.K_TARGET] = target
    time = F[here + at.K_SINCE] + (target - F[here + at.K_INTEGRAL]) / hazard
    schedule(X, F, clock, max(time, F[at.NOW]), end)  # what rounding has left over is not time run backwards


@compiled
def restart(X, F, J, I, H, seed, run, clock, end):
    """Clock luck: begin a clock anew after it has fired, with its next exponential."""
    here = record(X, clock)
    J[X[at.J_OCCURRENCE] + clock] += 1
    F[here + at.K_INTEGRAL] = 0.0
    F[here + at.K_SINCE] = F[at.NOW]
    F[here + at.K_TARGET] = -1.0
    wind(X, F, J, I, H, seed, run, clock, end)
