"""Compiled: whom a chooser chooses, and which two choose each other."""

from __future__ import annotations

import math

from rapallo.engine import layout as at
from rapallo.engine import luck
from rapallo.engine.compiled import compiled
from rapallo.engine.mark import process_table
from rapallo.engine.part import part
from rapallo.engine.weigh import consent, logistic, options


@part("int64")
def pick_receiver(X, F, J, B, I, G, H, seed, run, process, row, occurrence):
    """Gumbel-max over the receivers one may choose; -1: leave all as it is, -2: none, -3: a weight is no number."""
    table = process_table(X, process)
    largest = options(X, F, J, B, I, G, process, row, X[at.F_OPTION])
    if largest != largest:
        return -3
    best = -math.inf
    chosen = -2
    sender = I[I[table + at.P_ROW_LIST] + row]
    here = H[X[at.H_ACTOR] + sender]
    if I[table + at.P_WEIGHTING] == at.TOGGLE:
        name = luck.name_of(luck.PICK, H[X[at.H_PROCESS] + process], here, here)
        best = luck.gumbel(seed, run, name, occurrence)
        chosen = -1
    for column in range(I[table + at.P_COLUMNS]):
        weight = F[X[at.F_OPTION] + column]
        if weight == -math.inf:
            continue
        receiver = I[I[table + at.P_COLUMN_LIST] + column]
        if I[table + at.P_CONSENTS] > 0:
            weight += math.log(consent(X, F, I, G, table, row, column))
        name = luck.name_of(luck.PICK, H[X[at.H_PROCESS] + process], here, H[X[at.H_ACTOR] + receiver])
        value = weight + luck.gumbel_over(seed, run, name, occurrence, best - weight)
        if value > best:
            best = value
            chosen = receiver
    return chosen


@compiled
def pick_pair(X, F, J, B, I, G, H, seed, run, process, occurrence):
    """Gumbel-max over the pairs that coordinate: both choose each other."""
    table = process_table(X, process)
    size = I[table + at.P_COLUMNS]
    who = I[table + at.P_ROW_LIST]
    for row in range(size):
        begins = X[at.F_SCRATCH] + row * size
        largest = options(X, F, J, B, I, G, process, row, begins)
        if largest != largest:
            return -3, -3
        total = 0.0
        for column in range(size):
            if F[begins + column] > -math.inf:
                total += math.exp(F[begins + column] - largest)
        F[X[at.F_OPTION] + row] = largest + math.log(total)
    best = -math.inf
    lead = 0.0
    first = -2
    second = -2
    for row in range(size):
        for column in range(row + 1, size):
            there = F[X[at.F_SCRATCH] + row * size + column]
            back = F[X[at.F_SCRATCH] + column * size + row]
            if there == -math.inf or back == -math.inf:
                continue
            weight = there - F[X[at.F_OPTION] + row] + back - F[X[at.F_OPTION] + column]
            here = H[X[at.H_ACTOR] + I[who + row]]
            yonder = H[X[at.H_ACTOR] + I[who + column]]
            # the order of ids' hashes, for the order of a table's rows must not matter
            name = luck.name_of(luck.PICK, H[X[at.H_PROCESS] + process], min(here, yonder), max(here, yonder))
            value = weight + luck.gumbel_over(seed, run, name, occurrence, best - weight)
            if value > best:
                best = value
                first = row
                second = column
                lead = there - F[X[at.F_OPTION] + row] - (back - F[X[at.F_OPTION] + column])
    if first < 0:
        return first, second
    # who came forward is not known: it is drawn in proportion to what each side weighs the other
    if H[X[at.H_ACTOR] + I[who + first]] > H[X[at.H_ACTOR] + I[who + second]]:
        first, second, lead = second, first, -lead
    one = I[who + first]
    other = I[who + second]
    name = luck.name_of(luck.PROPOSE, H[X[at.H_PROCESS] + process], H[X[at.H_ACTOR] + one], H[X[at.H_ACTOR] + other])
    if luck.uniform(seed, run, name, occurrence) < logistic(lead):
        return one, other
    return other, one
