"""Compiled: picks whose Gumbels follow from what was picked in the record (Oberst & Sontag 2019)."""

from __future__ import annotations

import math

from rapallo.engine import layout as at
from rapallo.engine import luck
from rapallo.engine import luck_table as of
from rapallo.engine.compiled import compiled
from rapallo.engine.mark import process_table
from rapallo.engine.weigh import allowed, consent, logistic, options


@compiled
def weigh_options(X, F, J, B, I, G, process, row):
    """Leave the log weight of each option, with consent, in F_OPTION; NaN where one is no number."""
    table = process_table(X, process)
    largest = options(X, F, J, B, I, G, process, row, X[at.F_OPTION])
    if I[table + at.P_CONSENTS] > 0:
        for column in range(I[table + at.P_COLUMNS]):
            if F[X[at.F_OPTION] + column] > -math.inf:
                F[X[at.F_OPTION] + column] += math.log(consent(X, F, I, G, table, row, column))
    return largest


@compiled
def weigh_pairs(X, F, J, B, I, G, process):
    """Leave the log weight of each pair, first row before second, in F_SCRATCH; NaN where one is no number."""
    table = process_table(X, process)
    size = I[table + at.P_COLUMNS]
    for row in range(size):
        begins = X[at.F_SCRATCH] + row * size
        largest = options(X, F, J, B, I, G, process, row, begins)
        if largest != largest:
            return math.nan
        total = 0.0
        for column in range(size):
            total += math.exp(F[begins + column] - largest)
        F[X[at.F_OPTION] + row] = largest + math.log(total)
    for row in range(size):
        for column in range(row + 1, size):
            there = F[X[at.F_SCRATCH] + row * size + column]
            back = F[X[at.F_SCRATCH] + column * size + row]
            weight = -math.inf
            lead = 0.0
            if there > -math.inf and back > -math.inf:
                weight = there - F[X[at.F_OPTION] + row] + back - F[X[at.F_OPTION] + column]
                lead = there - F[X[at.F_OPTION] + row] - (back - F[X[at.F_OPTION] + column])
            F[X[at.F_SCRATCH] + row * size + column] = weight
            F[X[at.F_SCRATCH] + column * size + row] = lead  # below the diagonal: what the first side leads by
    return 0.0


@compiled
def log_sum(F, begins, count):
    """Log of the sum of exponentials."""
    largest = -math.inf
    for k in range(count):
        largest = max(largest, F[begins + k])
    if largest == -math.inf:
        return largest
    total = 0.0
    for k in range(count):
        total += math.exp(F[begins + k] - largest)
    return largest + math.log(total)


@compiled
def keep_options(X, F, I, L, E, firing, process, row, receiver):
    """Keep the weights of a chooser's options as they were when it picked; false where the pick was not open to it."""
    table = process_table(X, process)
    columns = I[table + at.P_COLUMNS]
    column = I[I[table + at.P_COLUMN_PLACE] + receiver]
    if column < 0 or F[X[at.F_OPTION] + column] == -math.inf:
        return False
    begins = L[L[of.L_PICK] + firing]
    for k in range(columns):
        E[begins + k] = F[X[at.F_OPTION] + k]
    E[L[of.E_TOTAL] + firing] = log_sum(F, X[at.F_OPTION], columns)
    return True


@compiled
def keep_pairs(X, F, I, L, E, firing, process, sender, receiver):
    """Keep the weights of all pairs as they were when one came together, and what one side led the other by."""
    table = process_table(X, process)
    size = I[table + at.P_COLUMNS]
    first = I[I[table + at.P_ROW_PLACE] + sender]
    second = I[I[table + at.P_ROW_PLACE] + receiver]
    if first < 0 or second < 0:
        return False
    low, high = min(first, second), max(first, second)
    if F[X[at.F_SCRATCH] + low * size + high] == -math.inf:
        return False
    begins = L[L[of.L_PICK] + firing]
    largest = -math.inf
    for row in range(size):
        for column in range(size):
            weight = F[X[at.F_SCRATCH] + row * size + column]
            E[begins + row * size + column] = weight
            if column > row:
                largest = max(largest, weight)
    total = 0.0
    for row in range(size):
        for column in range(row + 1, size):
            total += math.exp(E[begins + row * size + column] - largest)
    E[L[of.E_TOTAL] + firing] = largest + math.log(total)
    return True


@compiled
def below(value, most):
    """Cut a Gumbel off at the largest: exact, for the maximum and the pick are independent."""
    return -math.log(math.exp(-most) + math.exp(-value))


@compiled
def pick_again(X, F, J, B, I, G, H, L, E, seed, run, process, row, firing, occurrence):
    """Pick among a chooser's options under the Gumbels of the record; -2: none, -3: a weight is no number."""
    table = process_table(X, process)
    columns = I[table + at.P_COLUMNS]
    largest = weigh_options(X, F, J, B, I, G, process, row)
    if largest != largest:
        return -3
    here = H[X[at.H_ACTOR] + I[I[table + at.P_ROW_LIST] + row]]
    recorded = L[L[of.L_RECEIVER] + firing]
    name = luck.name_of(luck.PICK, H[X[at.H_PROCESS] + process], here, H[X[at.H_ACTOR] + recorded])
    most = E[L[of.E_TOTAL] + firing] + luck.gumbel(seed, run, name, occurrence)
    begins = L[L[of.L_PICK] + firing]
    same = I[I[table + at.P_COLUMN_PLACE] + recorded] >= 0
    for column in range(columns):
        if F[X[at.F_OPTION] + column] != E[begins + column]:
            same = False
    if same:  # the same options with the same weights: the same pick, whatever rounding says
        return recorded
    best = -math.inf
    chosen = -2
    for column in range(columns):
        weight = F[X[at.F_OPTION] + column]
        if weight == -math.inf:
            continue
        receiver = I[I[table + at.P_COLUMN_LIST] + column]
        name = luck.name_of(luck.PICK, H[X[at.H_PROCESS] + process], here, H[X[at.H_ACTOR] + receiver])
        gumbel = luck.gumbel(seed, run, name, occurrence)
        before = E[begins + column]
        if receiver == recorded:
            gumbel = most - before
        elif before > -math.inf:
            gumbel = below(before + gumbel, most) - before
        if weight + gumbel > best:
            best = weight + gumbel
            chosen = receiver
    return chosen


@compiled
def pick_pair_again(X, F, J, B, I, G, H, L, E, seed, run, process, firing, occurrence):
    """Do the same for the pairs that coordinate, and for which side came forward."""
    table = process_table(X, process)
    size = I[table + at.P_COLUMNS]
    who = I[table + at.P_ROW_LIST]
    if weigh_pairs(X, F, J, B, I, G, process) != 0.0:
        return -3, -3
    mine = H[X[at.H_PROCESS] + process]
    one = L[L[of.L_SENDER] + firing]
    other = L[L[of.L_RECEIVER] + firing]
    here = H[X[at.H_ACTOR] + one]
    yonder = H[X[at.H_ACTOR] + other]
    name = luck.name_of(luck.PICK, mine, min(here, yonder), max(here, yonder))
    most = E[L[of.E_TOTAL] + firing] + luck.gumbel(seed, run, name, occurrence)
    begins = L[L[of.L_PICK] + firing]
    same = I[I[table + at.P_ROW_PLACE] + one] >= 0 and I[I[table + at.P_ROW_PLACE] + other] >= 0
    for k in range(size * size):
        if F[X[at.F_SCRATCH] + k] != E[begins + k]:
            same = False
    if same:
        return one, other
    best = -math.inf
    first = -2
    second = -2
    for row in range(size):
        for column in range(row + 1, size):
            place = row * size + column
            weight = F[X[at.F_SCRATCH] + place]
            if weight == -math.inf:
                continue
            here = H[X[at.H_ACTOR] + I[who + row]]
            yonder = H[X[at.H_ACTOR] + I[who + column]]
            name = luck.name_of(luck.PICK, mine, min(here, yonder), max(here, yonder))
            gumbel = luck.gumbel(seed, run, name, occurrence)
            before = E[begins + place]
            if min(one, other) == min(I[who + row], I[who + column]) and max(one, other) == max(
                I[who + row], I[who + column]
            ):
                gumbel = most - before
            elif before > -math.inf:
                gumbel = below(before + gumbel, most) - before
            if weight + gumbel > best:
                best = weight + gumbel
                first = row
                second = column
    if first < 0:
        return first, second
    place = second * size + first
    lead = F[X[at.F_SCRATCH] + place]
    before = E[begins + place]
    known = E[begins + first * size + second] > -math.inf
    if H[X[at.H_ACTOR] + I[who + first]] > H[X[at.H_ACTOR] + I[who + second]]:
        first, second = second, first
        lead = -lead
        before = -before
    first = I[who + first]
    second = I[who + second]
    name = luck.name_of(luck.PROPOSE, mine, H[X[at.H_ACTOR] + first], H[X[at.H_ACTOR] + second])
    drawn = luck.uniform(seed, run, name, occurrence)
    if known and first == one and second == other:
        drawn = logistic(before) * drawn
    elif known and first == other and second == one:
        forward = logistic(before)
        drawn = forward + (1.0 - forward) * drawn
    if drawn < logistic(lead):
        return first, second
    return second, first


@compiled
def may(X, F, B, I, process, sender, receiver):
    """Say whether a pair is open to a process at all."""
    table = process_table(X, process)
    if I[I[table + at.P_ROW_PLACE] + sender] < 0 or I[I[table + at.P_COLUMN_PLACE] + receiver] < 0:
        return False
    return allowed(X, F, B, I, process, sender, receiver)
