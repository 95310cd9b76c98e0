"""Compiled: every clock that was marked gets its new hazard."""

from __future__ import annotations

import math

from rapallo.engine import layout as at
from rapallo.engine.clock import set_hazard
from rapallo.engine.compiled import compiled
from rapallo.engine.mark import clocks_of, mark, process_of, process_table
from rapallo.engine.part import part
from rapallo.engine.statistic import whole
from rapallo.engine.weigh import hazard_of, weigh_pairs


@compiled
def weigh_all(X, F, J, B, I, G):
    """Weigh every term and note every clock."""
    for term in range(X[at.TERMS]):
        whole(X, F, J, B, I, G, term)
    for clock in range(X[at.CLOCKS]):
        mark(X, J, B, clock)


@part("int64")
def settle(X, F, J, B, U, I, G, H, seed, run, end):
    """Re-weigh every clock that was marked; gives NOT_FINITE where a weight is no number."""
    if X[at.STRATEGY] == at.EVERYTHING:
        weigh_all(X, F, J, B, I, G)
    done = 0
    while done < J[X[at.J_DIRTIES]]:
        clock = J[X[at.J_DIRTY] + done]
        process = process_of(X, I, clock)
        table = process_table(X, process)
        count = 1
        if I[table + at.P_WEIGHTING] == at.INTENSITY:  # they come in stretches of one process
            first = I[table + at.P_CLOCK]
            last = first + clocks_of(I, table)
            most = min(at.STRETCH, J[X[at.J_DIRTIES]] - done)
            while count < most and first <= J[X[at.J_DIRTY] + done + count] < last:
                count += 1
            weigh_pairs(X, F, J, B, I, G, process, X[at.J_DIRTY] + done, count)
        else:
            F[X[at.F_WEIGHED]] = hazard_of(X, F, J, B, I, G, process, clock)
            B[X[at.B_FLAG] + clock] = 0
        for k in range(count):
            clock = J[X[at.J_DIRTY] + done + k]
            hazard = F[X[at.F_WEIGHED] + k]
            if not (hazard < math.inf):
                J[X[at.J_ERROR]] = clock
                return at.NOT_FINITE
            set_hazard(X, F, J, U, I, H, seed, run, clock, hazard, end)
        done += count
    J[X[at.J_DIRTIES]] = 0
    return 0
