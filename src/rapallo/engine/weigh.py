"""Compiled: masks, weights and hazards."""

# Arrays go by one letter throughout; engine/layout.py says what lies where.
from __future__ import annotations

import math

from rapallo.engine import layout as at
from rapallo.engine.call import prefetch
from rapallo.engine.compiled import compiled
from rapallo.engine.mark import process_table
from rapallo.engine.part import part
from rapallo.engine.statistic import bring_up, evaluate_pair, row_of, term_table


@compiled
def tie(X, F, layer, sender, receiver):
    """Value of a tie."""
    return F[X[at.F_TIES] + (layer * X[at.ACTORS] + sender) * X[at.ACTORS] + receiver]


@compiled
def holds(X, F, I, conditions, place, sender, receiver):
    """Say whether all conditions of a mask hold for a pair."""
    n = X[at.ACTORS]
    for k in range(conditions):
        kind = I[place + 3 * k]
        begins = I[place + 3 * k + 1]
        if kind == at.IF_MATRIX:
            value = F[begins + sender * n + receiver]
        elif kind == at.IF_REVERSED:
            value = F[begins + receiver * n + sender]
        elif kind == at.IF_SENDER:
            value = F[begins + sender]
        else:
            value = F[begins + receiver]
        if (value > 0.0) != (I[place + 3 * k + 2] > 0):
            return False
    return True


@compiled
def allowed(X, F, B, I, process, sender, receiver):
    """Say whether an act is allowed: the mask, apart from the weight."""
    n = X[at.ACTORS]
    if sender == receiver or B[X[at.B_EXISTS] + sender] == 0 or B[X[at.B_EXISTS] + receiver] == 0:
        return False
    table = process_table(X, process)
    layer = I[table + at.P_LAYER]
    kind = X[at.I_LAYER] + layer * at.L_WIDTH
    change = I[table + at.P_CHANGE]
    if I[kind + at.L_LASTING] == 1 and I[table + at.P_WEIGHTING] != at.TOGGLE:
        standing = tie(X, F, layer, sender, receiver) > 0.0
        if change == at.FORM and standing:
            return False
        if change == at.END and not standing:
            return False
        view = I[kind + at.L_VIEW]
        if change == at.EXPOSE and (
            not standing or view < 0 or B[X[at.B_KNOWN] + (view * n + sender) * n + receiver] != 0
        ):
            return False
        if change == at.DISCOVER and (view < 0 or not ignorant(X, F, B, layer, view, sender, receiver)):
            return False
    return holds(X, F, I, I[table + at.P_CONDITIONS], I[table + at.P_CONDITION_LIST], sender, receiver)


@compiled
def ignorant(X, F, B, layer, view, observer, target):
    """Say whether the observer is wrong about a tie of the target in a layer: does not know of it, or of its end."""
    n = X[at.ACTORS]
    seen = X[at.B_SEEN] + (view * n + observer) * n * n
    for other in range(n):
        if (tie(X, F, layer, target, other) > 0.0) != (B[seen + other * n + target] != 0):
            return True
        if (tie(X, F, layer, other, target) > 0.0) != (B[seen + target * n + other] != 0):
            return True
    return False


@compiled
def predictor(F, I, G, count, terms, weights, row, column):
    """Sum of parameter times statistic at a place of the grid, always in the same order."""
    total = 0.0
    for k in range(count):
        motive = terms + k * at.W_WIDTH
        place = I[motive + at.W_STATS] + row * I[motive + at.W_ROW_STEP] + column * I[motive + at.W_COLUMN_STEP]
        total += G[weights + k] * F[place]
    return total


@compiled
def add_up_four(F, I, G, count, terms, weights, row0, column0, row1, column1, row2, column2, row3, column3):
    """Do what ``predictor`` does for four places side by side, so that no sum waits for another's."""
    total0 = 0.0
    total1 = 0.0
    total2 = 0.0
    total3 = 0.0
    for k in range(count):
        motive = terms + k * at.W_WIDTH
        begins = I[motive + at.W_STATS]
        down = I[motive + at.W_ROW_STEP]
        along = I[motive + at.W_COLUMN_STEP]
        weight = G[weights + k]
        total0 += weight * F[begins + row0 * down + column0 * along]
        total1 += weight * F[begins + row1 * down + column1 * along]
        total2 += weight * F[begins + row2 * down + column2 * along]
        total3 += weight * F[begins + row3 * down + column3 * along]
    return total0, total1, total2, total3


@compiled
def fresh_predictor(X, F, J, B, I, G, count, terms, weights, first, second):
    """Do the same for terms that are not cached (votes, flows, stocks): evaluated when asked."""
    total = 0.0
    for k in range(count):
        total += G[weights + k] * evaluate_pair(X, F, J, B, I, G, I[terms + k * at.W_WIDTH], first, second)
    return total


@compiled
def logistic(x):
    """Probability of a log-odds."""
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    z = math.exp(x)
    return z / (1.0 + z)


@compiled
def consent(X, F, I, G, table, row, column):
    """Probability that the receiver (of a column) agrees to the sender (of a row), on its own view."""
    count = I[table + at.P_CONSENTS]
    if count == 0:
        return 1.0
    return logistic(
        predictor(F, I, G, count, I[table + at.P_CONSENT_LIST], I[table + at.P_CONSENT_WEIGHTS], column, row)
    )


@compiled
def rate(F, I, G, table, row):
    """Acts per year of the chooser of a row."""
    return math.exp(
        predictor(F, I, G, I[table + at.P_RATES], I[table + at.P_RATE_LIST], I[table + at.P_RATE_WEIGHTS], row, row)
    )


@compiled
def shut_out(X, F, B, I, process, sender, out):
    """Write -inf over the log weight of each receiver whom the mask shuts out: what ``allowed`` says, for a row."""
    n = X[at.ACTORS]
    table = process_table(X, process)
    columns = I[table + at.P_COLUMNS]
    receivers = I[table + at.P_COLUMN_LIST]
    exists = X[at.B_EXISTS]
    layer = I[table + at.P_LAYER]
    change = I[table + at.P_CHANGE]
    lasting = I[X[at.I_LAYER] + layer * at.L_WIDTH + at.L_LASTING] == 1 and I[table + at.P_WEIGHTING] != at.TOGGLE
    ties = X[at.F_TIES] + (layer * n + sender) * n
    opened = B[exists + sender] == 1
    for k in range(columns):
        receiver = I[receivers + k]
        shut = not opened or receiver == sender or B[exists + receiver] == 0
        if lasting and not shut:
            standing = F[ties + receiver] > 0.0
            if change == at.FORM:
                shut = standing
            elif change == at.END:
                shut = not standing
            else:
                shut = not allowed(X, F, B, I, process, sender, receiver)
        if shut:
            F[out + k] = -math.inf
    place = I[table + at.P_CONDITION_LIST]
    for m in range(I[table + at.P_CONDITIONS]):
        kind = I[place + 3 * m]
        begins = I[place + 3 * m + 1]
        wanted = I[place + 3 * m + 2] > 0
        by_row = 0
        along = 0
        if kind == at.IF_MATRIX:
            by_row = n
            along = 1
        elif kind == at.IF_REVERSED:
            by_row = 1
            along = n
        elif kind == at.IF_SENDER:
            by_row = 1
        else:
            along = 1
        for k in range(columns):
            if (F[begins + sender * by_row + I[receivers + k] * along] > 0.0) != wanted:
                F[out + k] = -math.inf


@part("float64")
def options(X, F, J, B, I, G, process, row, out):
    """Fill F from ``out`` with the log weight of each receiver (-inf: not allowed), without consent.

    Term by term over the whole row, which adds up in the same order as ``predictor`` does.
    Returns the largest: -inf where nothing is allowed, NaN where a weight is not finite.
    """
    table = process_table(X, process)
    columns = I[table + at.P_COLUMNS]
    receivers = I[table + at.P_COLUMN_LIST]
    sender = I[I[table + at.P_ROW_LIST] + row]
    for m in range(I[table + at.P_MOTIVES]):
        motive = I[table + at.P_MOTIVE_LIST] + m * at.W_WIDTH
        begins = I[motive + at.W_STATS] + row * I[motive + at.W_ROW_STEP]
        for k in range(0, columns * I[motive + at.W_COLUMN_STEP], at.LINE):
            prefetch(F, begins + k)
    for k in range(columns):
        F[out + k] = 0.0
    for m in range(I[table + at.P_MOTIVES]):
        motive = I[table + at.P_MOTIVE_LIST] + m * at.W_WIDTH
        term = I[motive + at.W_TERM]
        begins = I[motive + at.W_STATS] + row * I[motive + at.W_ROW_STEP]
        step = I[motive + at.W_COLUMN_STEP]
        if I[term_table(X, term) + at.T_LAZY] == 1:
            row_of(X, F, J, B, I, G, term, sender)
        weight = G[I[table + at.P_MOTIVE_WEIGHTS] + m]
        if step == 1:
            for k in range(columns):
                F[out + k] += weight * F[begins + k]
        else:
            for k in range(columns):
                F[out + k] += weight * F[begins + k * step]
    if I[table + at.P_WEIGHTING] == at.TOGGLE:
        for k in range(columns):
            if tie(X, F, I[table + at.P_LAYER], sender, I[receivers + k]) > 0.0:
                F[out + k] = -F[out + k]
    shut_out(X, F, B, I, process, sender, out)
    largest = -math.inf
    for k in range(columns):
        value = F[out + k]
        if not (value < math.inf):
            return math.nan
        if value > largest:
            largest = value
    return largest


@part("void")
def weigh_pairs(X, F, J, B, I, G, process, clocks, count):
    """Weigh pairs, per day: their clocks lie in J from ``clocks`` on, ``layout.STRETCH`` at most, what they weigh in F.

    A mask is looked at where it may have changed; behind a shut one no weight matters.
    """
    table = process_table(X, process)
    columns = I[table + at.P_COLUMNS]
    motives = I[table + at.P_MOTIVES]
    which = X[at.J_OPEN]
    rows_at = which + at.STRETCH
    columns_at = rows_at + at.STRETCH
    total = X[at.F_TOTAL]
    grid = I[table + at.P_GRID]
    width = I[table + at.P_GRID_WIDTH]
    inverse = I[table + at.P_INVERSE]
    opened = 0
    for k in range(count):
        clock = J[clocks + k]
        prefetch(F, X[at.F_CLOCK] + clock * at.K_WIDTH)
        prefetch(F, X[at.F_NEXT] + clock)
        place = clock - I[table + at.P_CLOCK]
        for line in range(grid + place * width, grid + (place + 1) * width, at.LINE):
            prefetch(F, line)
        row = (place * inverse) >> at.INVERSE
        column = place - row * columns
        flag = B[X[at.B_FLAG] + clock]
        if flag & at.MASKED != 0:
            sender = I[I[table + at.P_ROW_LIST] + row]
            receiver = I[I[table + at.P_COLUMN_LIST] + column]
            if not allowed(X, F, B, I, process, sender, receiver):
                B[X[at.B_FLAG] + clock] = at.SHUT | (flag & at.STALE)
                F[X[at.F_WEIGHED] + k] = 0.0
                continue
            if flag & at.STALE != 0:
                bring_up(X, F, J, B, I, G, motives, I[table + at.P_MOTIVE_LIST], sender, receiver, row, column)
                consents = I[table + at.P_CONSENTS]
                bring_up(X, F, J, B, I, G, consents, I[table + at.P_CONSENT_LIST], receiver, sender, column, row)
        B[X[at.B_FLAG] + clock] = 0
        J[which + opened] = k
        J[rows_at + opened] = row
        J[columns_at + opened] = column
        opened += 1
    terms = I[table + at.P_MOTIVE_LIST]
    weights = I[table + at.P_MOTIVE_WEIGHTS]
    last = opened - 1
    for k in range(0, opened, 4):
        second = min(k + 1, last)
        third = min(k + 2, last)
        fourth = min(k + 3, last)
        F[total + k], F[total + second], F[total + third], F[total + fourth] = add_up_four(
            F,
            I,
            G,
            motives,
            terms,
            weights,
            J[rows_at + k],
            J[columns_at + k],
            J[rows_at + second],
            J[columns_at + second],
            J[rows_at + third],
            J[columns_at + third],
            J[rows_at + fourth],
            J[columns_at + fourth],
        )
    for k in range(opened):
        agreed = consent(X, F, I, G, table, J[rows_at + k], J[columns_at + k])
        F[X[at.F_WEIGHED] + J[which + k]] = math.exp(F[total + k]) * agreed / 365.25


@part("float64")
def hazard_of(X, F, J, B, I, G, process, clock):
    """Weight sum of a clock over its allowed acts, per day."""
    table = process_table(X, process)
    weighting = I[table + at.P_WEIGHTING]
    if weighting == at.INTENSITY:
        J[X[at.J_ONE]] = clock
        weigh_pairs(X, F, J, B, I, G, process, X[at.J_ONE], at.ALONE)
        return F[X[at.F_WEIGHED]]
    row = clock - I[table + at.P_CLOCK]
    columns = I[table + at.P_COLUMNS]
    senders = I[table + at.P_ROW_LIST]
    receivers = I[table + at.P_COLUMN_LIST]
    if weighting == at.COORDINATION:
        for first in range(I[table + at.P_ROWS]):
            for second in range(first + 1, columns):
                one, other = I[senders + first], I[receivers + second]
                if allowed(X, F, B, I, process, one, other) and allowed(X, F, B, I, process, other, one):
                    return rate(F, I, G, table, at.FIRST) / 365.25
        return 0.0
    if I[table + at.P_CONSENTS] == 0:
        for column in range(columns):
            if allowed(X, F, B, I, process, I[senders + row], I[receivers + column]):
                return rate(F, I, G, table, row) / 365.25
        return 0.0
    largest = options(X, F, J, B, I, G, process, row, X[at.F_OPTION])
    if largest != largest:
        return math.nan
    if largest == -math.inf:
        return 0.0
    if weighting == at.TOGGLE and largest < 0.0:
        largest = 0.0
    total = math.exp(-largest) if weighting == at.TOGGLE else 0.0
    agreed = total
    for column in range(columns):
        value = F[X[at.F_OPTION] + column]
        if value > -math.inf:
            weight = math.exp(value - largest)
            total += weight
            agreed += weight * consent(X, F, I, G, table, row, column)
    return rate(F, I, G, table, row) * (agreed / total) / 365.25
