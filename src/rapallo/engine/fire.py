"""Compiled: a clock fires, and its act is carried out."""

from __future__ import annotations

import numpy as np

from rapallo.engine import layout as at
from rapallo.engine.change import act, log
from rapallo.engine.clock import rearm, record, restart
from rapallo.engine.compiled import compiled
from rapallo.engine.mark import process_of, process_table
from rapallo.engine.part import part
from rapallo.engine.pick import pick_pair, pick_receiver
from rapallo.engine.rule import triggers
from rapallo.engine.weigh import tie


@compiled
def carry_out(X, F, J, B, I, G, OT, OI, count, process, layer, change, sender, receiver, occasion, origin):
    """Write an act down, change the state by it, and open or close what it triggers."""
    count = log(X, F, OT, OI, count, process, layer, change, sender, receiver, occasion, origin)
    if count < 0:
        return count
    act(X, F, J, B, I, G, process, layer, change, sender, receiver)
    status = triggers(X, F, J, B, I, G, layer, change, sender, receiver)
    return status if status < 0 else count


@part("int64")
def fire(X, F, J, B, U, I, G, H, OT, OI, count, seed, run, clock, end):
    """Let a clock act."""
    process = process_of(X, I, clock)
    table = process_table(X, process)
    place = clock - I[table + at.P_CLOCK]
    weighting = I[table + at.P_WEIGHTING]
    dated = X[at.LUCK] == at.DATE_LUCK
    occurrence = J[X[at.J_OCCURRENCE] + clock]
    if dated:
        if not (F[record(X, clock) + at.K_TARGET] < F[record(X, clock) + at.K_HAZARD]):
            rearm(X, F, J, U, I, H, seed, run, clock, at.FIRST, end)
            return count
        occurrence = np.int64(U[X[at.U_POINT] + clock] & np.uint64(0x7FFFFFFF))
    if weighting == at.INTENSITY:
        columns = I[table + at.P_COLUMNS]
        sender = I[I[table + at.P_ROW_LIST] + place // columns]
        receiver = I[I[table + at.P_COLUMN_LIST] + place % columns]
    elif weighting == at.COORDINATION:
        sender, receiver = pick_pair(X, F, J, B, I, G, H, seed, run, process, occurrence)
    else:
        sender = I[I[table + at.P_ROW_LIST] + place]
        receiver = pick_receiver(X, F, J, B, I, G, H, seed, run, process, place, occurrence)
    if receiver == -3:
        J[X[at.J_ERROR]] = clock
        return at.NOT_FINITE
    if dated:
        rearm(X, F, J, U, I, H, seed, run, clock, at.FIRST, end)
    else:
        restart(X, F, J, I, H, seed, run, clock, end)
    if receiver < 0:
        return count
    layer = I[table + at.P_LAYER]
    change = I[table + at.P_CHANGE]
    if weighting == at.TOGGLE:
        change = at.END if tie(X, F, layer, sender, receiver) > 0.0 else at.FORM
    return carry_out(X, F, J, B, I, G, OT, OI, count, process, layer, change, sender, receiver, at.NONE, at.SIMULATED)
