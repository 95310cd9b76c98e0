"""Compiled: statistics, masks, weights and hazards, re-weighed only where something can have changed."""

# Arrays go by one letter throughout; engine/layout.py says what lies where.
from __future__ import annotations

import math

from rapallo.engine import layout as at
from rapallo.engine.call import call_effect
from rapallo.engine.compiled import compiled


@compiled
def tie(X, F, layer, sender, receiver):
    """Value of a tie."""
    return F[X[at.F_TIES] + (layer * X[at.ACTORS] + sender) * X[at.ACTORS] + receiver]


@compiled
def term_table(X, term):
    """Where a term's row of the table begins."""
    return X[at.I_TERM] + term * at.T_WIDTH


@compiled
def process_table(X, process):
    """Where a process's row of the table begins."""
    return X[at.I_PROCESS] + process * at.P_WIDTH


@compiled
def evaluate(X, F, J, B, I, G, term, count):
    """Evaluate a term for the pairs lying in J_SCRATCH; what they come to lies in F_ANSWERS."""
    table = term_table(X, term)
    call_effect(
        I[table + at.T_ADDRESS],
        F,
        B,
        I,
        I[table + at.T_SLOTS],
        G,
        I[table + at.T_SETTINGS],
        count,
        J,
        X[at.J_SCRATCH],
        X[at.F_ANSWERS],
    )


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
    """Say whether the target has a tie in a layer that the observer does not know of."""
    n = X[at.ACTORS]
    seen = X[at.B_SEEN] + (view * n + observer) * n * n
    for other in range(n):
        if tie(X, F, layer, target, other) > 0.0 and B[seen + target * n + other] == 0:
            return True
        if tie(X, F, layer, other, target) > 0.0 and B[seen + other * n + target] == 0:
            return True
    return False


@compiled
def predictor(F, I, G, count, terms, weights, place):
    """Sum of parameter times statistic at a place of the grid, always in the same order."""
    total = 0.0
    for k in range(count):
        total += G[weights + k] * F[I[terms + 2 * k + 1] + place]
    return total


@compiled
def fresh_predictor(X, F, J, B, I, G, count, terms, weights, first, second):
    """Do the same for terms that are not cached (votes, flows, stocks): evaluated when asked."""
    total = 0.0
    for k in range(count):
        J[X[at.J_SCRATCH]] = first
        J[X[at.J_SCRATCH] + 1] = second
        evaluate(X, F, J, B, I, G, I[terms + 2 * k], 1)
        total += G[weights + k] * F[X[at.F_ANSWERS]]
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
    place = column * I[table + at.P_ROWS] + row
    return logistic(predictor(F, I, G, count, I[table + at.P_CONSENT_LIST], I[table + at.P_CONSENT_WEIGHTS], place))


@compiled
def rate(F, I, G, table, row):
    """Acts per year of the chooser of a row."""
    return math.exp(
        predictor(F, I, G, I[table + at.P_RATES], I[table + at.P_RATE_LIST], I[table + at.P_RATE_WEIGHTS], row)
    )


@compiled
def row_of(X, F, J, B, I, G, term, first):
    """Evaluate one row of a term that is kept only when asked for."""
    table = term_table(X, term)
    count = add_row(X, J, I, table, first, 0)
    evaluate(X, F, J, B, I, G, term, count)
    begins = I[table + at.T_STATS] + I[I[table + at.T_ROW_PLACE] + first] * I[table + at.T_COLUMNS]
    for k in range(count):
        F[begins + k] = F[X[at.F_ANSWERS] + k]


@compiled
def options(X, F, J, B, I, G, process, row, out):
    """Fill F from ``out`` with the log weight of each receiver (-inf: not allowed), without consent.

    Term by term over the whole row, which adds up in the same order as ``predictor`` does.
    Returns the largest: -inf where nothing is allowed, NaN where a weight is not finite.
    """
    table = process_table(X, process)
    columns = I[table + at.P_COLUMNS]
    receivers = I[table + at.P_COLUMN_LIST]
    sender = I[I[table + at.P_ROW_LIST] + row]
    for k in range(columns):
        F[out + k] = 0.0
    for m in range(I[table + at.P_MOTIVES]):
        term = I[I[table + at.P_MOTIVE_LIST] + 2 * m]
        begins = I[I[table + at.P_MOTIVE_LIST] + 2 * m + 1] + row * columns
        if I[term_table(X, term) + at.T_LAZY] == 1:
            row_of(X, F, J, B, I, G, term, sender)
        weight = G[I[table + at.P_MOTIVE_WEIGHTS] + m]
        for k in range(columns):
            F[out + k] += weight * F[begins + k]
    largest = -math.inf
    toggles = I[table + at.P_WEIGHTING] == at.TOGGLE
    for k in range(columns):
        receiver = I[receivers + k]
        if not allowed(X, F, B, I, process, sender, receiver):
            F[out + k] = -math.inf
            continue
        value = F[out + k]
        if toggles and tie(X, F, I[table + at.P_LAYER], sender, receiver) > 0.0:
            value = -value
            F[out + k] = value
        if not (value < math.inf):
            return math.nan
        if value > largest:
            largest = value
    return largest


@compiled
def pair_hazard(X, F, B, I, G, process, table, place, clock):
    """Weight of one pair, per day; a shut mask is noted, for behind it no weight matters."""
    columns = I[table + at.P_COLUMNS]
    row = place // columns
    column = place - row * columns
    sender = I[I[table + at.P_ROW_LIST] + row]
    receiver = I[I[table + at.P_COLUMN_LIST] + column]
    if not allowed(X, F, B, I, process, sender, receiver):
        B[X[at.B_SHUT] + clock] = 1
        return 0.0
    B[X[at.B_SHUT] + clock] = 0
    count = I[table + at.P_MOTIVES]
    weight = math.exp(predictor(F, I, G, count, I[table + at.P_MOTIVE_LIST], I[table + at.P_MOTIVE_WEIGHTS], place))
    return weight * consent(X, F, I, G, table, row, column) / 365.25


@compiled
def hazard_of(X, F, J, B, I, G, clock):
    """Weight sum of a clock over its allowed acts, per day."""
    process = I[X[at.I_CLOCK_PROCESS] + clock]
    table = process_table(X, process)
    weighting = I[table + at.P_WEIGHTING]
    row = clock - I[table + at.P_CLOCK]
    if weighting == at.INTENSITY:
        return pair_hazard(X, F, B, I, G, process, table, row, clock)
    columns = I[table + at.P_COLUMNS]
    senders = I[table + at.P_ROW_LIST]
    receivers = I[table + at.P_COLUMN_LIST]
    if weighting == at.COORDINATION:
        for first in range(I[table + at.P_ROWS]):
            for second in range(first + 1, columns):
                one, other = I[senders + first], I[receivers + second]
                if allowed(X, F, B, I, process, one, other) and allowed(X, F, B, I, process, other, one):
                    return rate(F, I, G, table, 0) / 365.25
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


@compiled
def mark(X, J, clock):
    """Note that a clock's hazard may have changed."""
    if J[X[at.J_STAMP] + clock] != J[X[at.J_EPOCH]]:
        J[X[at.J_STAMP] + clock] = J[X[at.J_EPOCH]]
        J[X[at.J_DIRTY] + J[X[at.J_DIRTIES]]] = clock
        J[X[at.J_DIRTIES]] += 1


@compiled
def mark_pair(X, J, I, process, sender, receiver):
    """Note that one pair's mask or weight may have changed in a process."""
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
    mark(X, J, clock)


@compiled
def mark_actor(X, J, I, process, actor, as_sender, as_receiver):
    """Note that every pair of an actor, on one side or both, may have changed in a process."""
    table = process_table(X, process)
    if as_sender:
        for column in range(I[table + at.P_COLUMNS]):
            mark_pair(X, J, I, process, actor, I[I[table + at.P_COLUMN_LIST] + column])
    if as_receiver:
        for row in range(I[table + at.P_ROWS]):
            mark_pair(X, J, I, process, I[I[table + at.P_ROW_LIST] + row], actor)


@compiled
def mark_users(X, J, B, I, table, row, column):
    """Note the clocks whose hazard a changed statistic enters: the plan lists no others.

    A term's grid is its processes' own (or, for consent, the same turned over), so that a clock's
    number follows from the place alone. Behind a shut mask a weight does not matter.
    """
    users = I[table + at.T_USERS]
    for k in range(I[table + at.T_USER_COUNT]):
        way = I[users + 2 * k]
        clock = I[users + 2 * k + 1]
        if way == at.BY_PLACE:
            clock += row * I[table + at.T_COLUMNS] + column
        elif way == at.BY_TURNED_PLACE:
            clock += column * I[table + at.T_ROWS] + row
        elif way == at.BY_ROW:
            clock += row
        elif way == at.BY_COLUMN:
            clock += column
        if B[X[at.B_SHUT] + clock] == 0:
            mark(X, J, clock)


@compiled
def store(X, F, J, B, I, G, term, count):
    """Evaluate the pairs in scratch and keep what changed, marking the clocks it enters."""
    if count == 0:
        return
    evaluate(X, F, J, B, I, G, term, count)
    table = term_table(X, term)
    columns = I[table + at.T_COLUMNS]
    begins = I[table + at.T_STATS]
    rows_at = I[table + at.T_ROW_PLACE]
    columns_at = I[table + at.T_COLUMN_PLACE]
    for k in range(count):
        row = I[rows_at + J[X[at.J_SCRATCH] + 2 * k]]
        column = I[columns_at + J[X[at.J_SCRATCH] + 2 * k + 1]]
        place = begins + row * columns + column
        value = F[X[at.F_ANSWERS] + k]
        if value != F[place]:
            F[place] = value
            mark_users(X, J, B, I, table, row, column)


@compiled
def whole(X, F, J, B, I, G, term):
    """Re-weigh every pair of a term's domain."""
    table = term_table(X, term)
    if I[table + at.T_LAZY] == 1:
        return
    count = 0
    for row in range(I[table + at.T_ROWS]):
        if I[table + at.T_DIAGONAL] == 1:
            count = add_own(X, J, I, table, I[I[table + at.T_ROW_LIST] + row], count)
            continue
        for column in range(I[table + at.T_COLUMNS]):
            J[X[at.J_SCRATCH] + 2 * count] = I[I[table + at.T_ROW_LIST] + row]
            J[X[at.J_SCRATCH] + 2 * count + 1] = I[I[table + at.T_COLUMN_LIST] + column]
            count += 1
    store(X, F, J, B, I, G, term, count)


@compiled
def add_own(X, J, I, table, actor, count):
    """Add an actor's own pair to scratch, for a term that is read of the sender alone."""
    if I[I[table + at.T_ROW_PLACE] + actor] < 0:
        return count
    J[X[at.J_SCRATCH] + 2 * count] = actor
    J[X[at.J_SCRATCH] + 2 * count + 1] = actor
    return count + 1


@compiled
def add_row(X, J, I, table, first, count):
    """Add a row of a term's domain to scratch."""
    if I[table + at.T_DIAGONAL] == 1:
        return add_own(X, J, I, table, first, count)
    if I[I[table + at.T_ROW_PLACE] + first] < 0:
        return count
    for column in range(I[table + at.T_COLUMNS]):
        J[X[at.J_SCRATCH] + 2 * count] = first
        J[X[at.J_SCRATCH] + 2 * count + 1] = I[I[table + at.T_COLUMN_LIST] + column]
        count += 1
    return count


@compiled
def add_column(X, J, I, table, second, count):
    """Add a column of a term's domain to scratch."""
    if I[table + at.T_DIAGONAL] == 1:
        return add_own(X, J, I, table, second, count)
    if I[I[table + at.T_COLUMN_PLACE] + second] < 0:
        return count
    for row in range(I[table + at.T_ROWS]):
        J[X[at.J_SCRATCH] + 2 * count] = I[I[table + at.T_ROW_LIST] + row]
        J[X[at.J_SCRATCH] + 2 * count + 1] = second
        count += 1
    return count


@compiled
def add_pair(X, J, I, table, first, second, count):
    """Add one pair of a term's domain to scratch."""
    if I[table + at.T_DIAGONAL] == 1:
        return add_own(X, J, I, table, first, count)
    if I[I[table + at.T_ROW_PLACE] + first] >= 0 and I[I[table + at.T_COLUMN_PLACE] + second] >= 0:
        J[X[at.J_SCRATCH] + 2 * count] = first
        J[X[at.J_SCRATCH] + 2 * count + 1] = second
        count += 1
    return count


@compiled
def add_paths(X, F, J, I, table, begins, sender, receiver):
    """Put in scratch the pairs that a path of two through the changed entry joins: as many as its ends have ties."""
    n = X[at.ACTORS]
    count = 0
    if I[I[table + at.T_ROW_PLACE] + sender] >= 0:
        for column in range(I[table + at.T_COLUMNS]):
            second = I[I[table + at.T_COLUMN_LIST] + column]
            if F[begins + receiver * n + second] != 0.0:
                count = add_pair(X, J, I, table, sender, second, count)
    if I[I[table + at.T_COLUMN_PLACE] + receiver] >= 0:
        for row in range(I[table + at.T_ROWS]):
            first = I[I[table + at.T_ROW_LIST] + row]
            if F[begins + first * n + sender] != 0.0:
                count = add_pair(X, J, I, table, first, receiver, count)
    return count


@compiled
def reweigh(X, F, J, B, I, G, term, pattern, begins, sender, receiver, single):
    """Re-weigh the pairs of a term that a change at (sender, receiver) can reach.

    ``single`` is set where one actor's number changed: then ``sender`` is that actor. ``begins`` is
    where the changed matrix begins, -1 where more than this one entry of it may have changed.
    """
    table = term_table(X, term)
    if I[table + at.T_LAZY] == 1:
        return
    if pattern == at.ALL or X[at.STRATEGY] != at.INCREMENTAL:
        whole(X, F, J, B, I, G, term)
        return
    count = 0
    if single:
        if pattern != at.COLUMN:
            count = add_row(X, J, I, table, sender, count)
        if pattern != at.ROW:
            count = add_column(X, J, I, table, sender, count)
    elif pattern == at.PAIR:
        count = add_pair(X, J, I, table, sender, receiver, count)
        count = add_pair(X, J, I, table, receiver, sender, count)
    elif pattern == at.TWO_PATHS and begins >= 0:
        count = add_paths(X, F, J, I, table, begins, sender, receiver)
    else:
        if pattern != at.COLUMN:
            count = add_row(X, J, I, table, sender, count)
        if pattern != at.ROW:
            count = add_column(X, J, I, table, receiver, count)
        if pattern == at.ROW_AND_COLUMN:
            count = add_row(X, J, I, table, receiver, count)
            count = add_column(X, J, I, table, sender, count)
    store(X, F, J, B, I, G, term, count)
