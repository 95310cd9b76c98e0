"""Compiled: which clocks are to be weighed again, and whether their masks too."""

from __future__ import annotations

from rapallo.engine import layout as at
from rapallo.engine.compiled import compiled


@compiled
def process_table(X, process):
    """Where a process's row of the table begins."""
    return X[at.I_PROCESS] + process * at.P_WIDTH


@compiled
def process_of(X, I, clock):
    """Whose clock it is: the last process whose clocks begin no later."""
    process = I[X[at.I_BLOCK] + clock // at.BLOCK]
    while process + 1 < X[at.PROCESSES] and I[process_table(X, process + 1) + at.P_CLOCK] <= clock:
        process += 1
    return process


@compiled
def clocks_of(I, table):
    """How many clocks a process has: one for each pair, one for each chooser, or one for all."""
    weighting = I[table + at.P_WEIGHTING]
    if weighting == at.INTENSITY:
        return I[table + at.P_ROWS] * I[table + at.P_COLUMNS]
    return min(1, I[table + at.P_ROWS]) if weighting == at.COORDINATION else I[table + at.P_ROWS]


@compiled
def mark(X, J, B, clock):
    """Note that a clock's mask may have changed, and with it its hazard."""
    flag = B[X[at.B_FLAG] + clock]
    if flag & at.MARKED == 0:
        J[X[at.J_DIRTY] + J[X[at.J_DIRTIES]]] = clock
        J[X[at.J_DIRTIES]] += 1
    B[X[at.B_FLAG] + clock] = flag | at.MARKED | at.MASKED


@compiled
def mark_weight(X, J, B, clock):
    """Note that a clock's weight may have changed; behind a shut mask it does not matter."""
    flag = B[X[at.B_FLAG] + clock]
    if flag & (at.MARKED | at.SHUT) == 0:
        J[X[at.J_DIRTY] + J[X[at.J_DIRTIES]]] = clock
        J[X[at.J_DIRTIES]] += 1
        B[X[at.B_FLAG] + clock] = flag | at.MARKED


@compiled
def mark_pair(X, J, B, I, process, sender, receiver):
    """Note that one pair's mask may have changed in a process."""
    table = process_table(X, process)
    row = I[I[table + at.P_ROW_PLACE] + sender]
    column = I[I[table + at.P_COLUMN_PLACE] + receiver]
    if row < 0 or column < 0:
        return
    weighting = I[table + at.P_WEIGHTING]
    clock = I[table + at.P_CLOCK]
    if weighting == at.INTENSITY:
        clock += row * I[table + at.P_COLUMNS] + column
    elif weighting != at.COORDINATION:
        clock += row
    mark(X, J, B, clock)


@compiled
def mark_actor(X, J, B, I, process, actor, side):
    """Note that the mask of every pair of an actor, on one side or both, may have changed in a process."""
    table = process_table(X, process)
    if side != at.AS_RECEIVER:
        for column in range(I[table + at.P_COLUMNS]):
            mark_pair(X, J, B, I, process, actor, I[I[table + at.P_COLUMN_LIST] + column])
    if side != at.AS_SENDER:
        for row in range(I[table + at.P_ROWS]):
            mark_pair(X, J, B, I, process, I[I[table + at.P_ROW_LIST] + row], actor)
