"""Compiled: the statistics kept for each pair, evaluated again only where they can have changed and matter."""

# Arrays go by one letter throughout; engine/layout.py says what lies where.
from __future__ import annotations

from rapallo.engine import layout as at
from rapallo.engine.call import call_effect, prefetch
from rapallo.engine.compiled import compiled
from rapallo.engine.mark import mark_weight
from rapallo.engine.part import part


@compiled
def term_table(X, term):
    """Where a term's row of the table begins."""
    return X[at.I_TERM] + term * at.T_WIDTH


@compiled
def spot(I, table, cell):
    """Where the statistic of a cell of a term's grid lies; of one that all of a row share a cell is a row."""
    return I[table + at.T_STATS] + cell * I[table + at.T_STEP]


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
def evaluate_pair(X, F, J, B, I, G, term, first, second):
    """Evaluate a term for one pair."""
    J[X[at.J_SCRATCH]] = first
    J[X[at.J_SCRATCH] + 1] = second
    evaluate(X, F, J, B, I, G, term, at.ALONE)
    return F[X[at.F_ANSWERS]]


@compiled
def row_of(X, F, J, B, I, G, term, first):
    """Evaluate one row of a term that is kept only when asked for."""
    table = term_table(X, term)
    count = add_row(X, J, I, table, first, 0)
    evaluate(X, F, J, B, I, G, term, count)
    for k in range(count):
        F[I[table + at.T_STATS] + k] = F[X[at.F_ANSWERS] + k]


@compiled
def user_clock(I, table, way, clock, cell):
    """Which clock a statistic kept for each pair enters by its cell of the grid.

    A term's grid is its processes' own (or, for consent, the same turned over), so that a clock's
    number follows from the cell alone.
    """
    if way == at.BY_PLACE:
        return clock + cell
    if way == at.BY_PROCESS_CLOCK:
        return clock
    row = cell // I[table + at.T_COLUMNS]
    if way == at.BY_ROW:
        return clock + row
    column = cell - row * I[table + at.T_COLUMNS]
    if way == at.BY_COLUMN:
        return clock + column
    return clock + column * I[table + at.T_ROWS] + row


@compiled
def mark_users(X, J, B, I, table, cell):
    """Note the clocks whose hazard a changed statistic enters: the plan lists no others."""
    shape = I[table + at.T_SHAPE]
    users = I[table + at.T_USERS]
    if shape == at.OF_PAIR:
        for k in range(users, users + 2 * I[table + at.T_USER_COUNT], 2):
            mark_weight(X, J, B, user_clock(I, table, I[k], I[k + 1], cell))
        return
    row = 0
    column = 0
    rows = 1
    columns = 1
    if shape == at.OF_RECEIVER or shape == at.OF_NEITHER:
        rows = I[table + at.T_ROWS]
    else:
        row = cell
    if shape == at.OF_SENDER or shape == at.OF_NEITHER:
        columns = I[table + at.T_COLUMNS]
    elif shape == at.OF_RECEIVER:
        column = cell
    for k in range(users, users + 2 * I[table + at.T_USER_COUNT], 2):
        way = I[k]
        down = rows if way != at.BY_COLUMN and way != at.BY_PROCESS_CLOCK else 1
        along = columns if way != at.BY_ROW and way != at.BY_PROCESS_CLOCK else 1
        for r in range(row, row + down):
            for c in range(column, column + along):
                mark_weight(X, J, B, user_clock(I, table, way, I[k + 1], r * I[table + at.T_COLUMNS] + c))


@compiled
def matters(X, B, I, table, cell):
    """Say whether a statistic enters any clock whose mask is open; if none, they note that something is out of date."""
    users = I[table + at.T_USERS]
    last = users + 2 * I[table + at.T_USER_COUNT]
    for k in range(users, last, 2):
        if B[X[at.B_FLAG] + user_clock(I, table, I[k], I[k + 1], cell)] & at.SHUT == 0:
            return True
    for k in range(users, last, 2):
        B[X[at.B_FLAG] + user_clock(I, table, I[k], I[k + 1], cell)] |= at.STALE
    return False


@compiled
def leave_shut(X, J, B, I, table, count):
    """Strike from scratch the pairs that matter nowhere: they are evaluated when a mask opens."""
    kept = 0
    pairs = X[at.J_SCRATCH]
    cells = X[at.J_CELL]
    for k in range(count):
        cell = J[cells + k]
        if matters(X, B, I, table, cell):
            J[pairs + 2 * kept] = J[pairs + 2 * k]
            J[pairs + 2 * kept + 1] = J[pairs + 2 * k + 1]
            J[cells + kept] = cell
            kept += 1
    return kept


@compiled
def bring_up(X, F, J, B, I, G, count, terms, first, second, row, column):
    """Evaluate all that is kept of a pair of which something went out of date while its mask was shut."""
    for k in range(count):
        motive = terms + k * at.W_WIDTH
        term = I[motive + at.W_TERM]
        if I[term_table(X, term) + at.T_WAITS] == 1:
            place = I[motive + at.W_STATS] + row * I[motive + at.W_ROW_STEP] + column * I[motive + at.W_COLUMN_STEP]
            F[place] = evaluate_pair(X, F, J, B, I, G, term, first, second)


@part("void")
def store(X, F, J, B, I, G, term, count):
    """Evaluate the pairs in scratch and keep what changed, marking the clocks it enters."""
    table = term_table(X, term)
    if I[table + at.T_WAITS] == 1 and X[at.STRATEGY] != at.EVERYTHING:
        count = leave_shut(X, J, B, I, table, count)
    if count == 0:
        return
    for k in range(count):  # at hand when the new numbers are compared with them
        prefetch(F, spot(I, table, J[X[at.J_CELL] + k]))
    evaluate(X, F, J, B, I, G, term, count)
    for k in range(count):
        cell = J[X[at.J_CELL] + k]
        place = spot(I, table, cell)
        value = F[X[at.F_ANSWERS] + k]
        if value != F[place]:
            F[place] = value
            mark_users(X, J, B, I, table, cell)


@part("void")
def whole(X, F, J, B, I, G, term):
    """Re-weigh every pair of a term's domain."""
    table = term_table(X, term)
    if I[table + at.T_LAZY] == 1:
        return
    store(X, F, J, B, I, G, term, add_all(X, J, I, table))


@compiled
def add_all(X, J, I, table):
    """Put a term's whole domain in scratch."""
    shape = I[table + at.T_SHAPE]
    count = 0
    if shape == at.OF_RECEIVER:
        for column in range(I[table + at.T_COLUMNS]):
            count = add_own(X, J, I, table, I[I[table + at.T_COLUMN_LIST] + column], count)
        return count
    for row in range(I[table + at.T_ROWS]):
        first = I[I[table + at.T_ROW_LIST] + row]
        if shape == at.OF_PAIR:
            count = add_row(X, J, I, table, first, count)
        elif shape != at.OF_NEITHER or count == 0:
            count = add_own(X, J, I, table, first, count)
    return count


@compiled
def put(X, J, first, second, cell, count):
    """Write a pair and its cell into scratch."""
    J[X[at.J_SCRATCH] + 2 * count] = first
    J[X[at.J_SCRATCH] + 2 * count + 1] = second
    J[X[at.J_CELL] + count] = cell
    return count + 1


@compiled
def add_own(X, J, I, table, actor, count):
    """Add an actor's own pair to scratch, for a term that is asked for of one actor."""
    row = I[I[table + at.T_ROW_PLACE] + actor]
    column = I[I[table + at.T_COLUMN_PLACE] + actor]
    if row < 0 or column < 0:
        return count
    return put(X, J, actor, actor, column if I[table + at.T_SHAPE] == at.OF_RECEIVER else row, count)


@compiled
def add_row(X, J, I, table, first, count):
    """Add a row of a term's domain to scratch."""
    if I[table + at.T_SHAPE] == at.OF_OWN:
        return add_own(X, J, I, table, first, count)
    row = I[I[table + at.T_ROW_PLACE] + first]
    if row < 0:
        return count
    columns = I[table + at.T_COLUMNS]
    seconds = I[table + at.T_COLUMN_LIST]
    for column in range(columns):
        count = put(X, J, first, I[seconds + column], row * columns + column, count)
    return count


@compiled
def add_column(X, J, I, table, second, count):
    """Add a column of a term's domain to scratch."""
    if I[table + at.T_SHAPE] == at.OF_OWN:
        return add_own(X, J, I, table, second, count)
    column = I[I[table + at.T_COLUMN_PLACE] + second]
    if column < 0:
        return count
    columns = I[table + at.T_COLUMNS]
    firsts = I[table + at.T_ROW_LIST]
    for row in range(I[table + at.T_ROWS]):
        count = put(X, J, I[firsts + row], second, row * columns + column, count)
    return count


@compiled
def add_pair(X, J, I, table, first, second, count):
    """Add one pair of a term's domain to scratch."""
    if I[table + at.T_SHAPE] == at.OF_OWN:
        return add_own(X, J, I, table, first, count)
    row = I[I[table + at.T_ROW_PLACE] + first]
    column = I[I[table + at.T_COLUMN_PLACE] + second]
    if row < 0 or column < 0:
        return count
    return put(X, J, first, second, row * I[table + at.T_COLUMNS] + column, count)


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


@part("void")
def reweigh(X, F, J, B, I, G, term, pattern, begins, sender, receiver, what):
    """Re-weigh the pairs of a term that a change at (sender, receiver) can reach.

    ``what`` is ENTRY, or ACTOR where one actor's number changed: then ``sender`` is that actor. ``begins`` is
    where the changed matrix begins, NONE where more than this one entry of it may have changed.
    """
    table = term_table(X, term)
    if I[table + at.T_LAZY] == 1:
        return
    shape = I[table + at.T_SHAPE]
    alone = shape == at.OF_SENDER or shape == at.OF_RECEIVER
    far = pattern == at.ALL or shape == at.OF_NEITHER
    if alone:
        far = far or pattern == at.TWO_PATHS or pattern == (at.COLUMN if shape == at.OF_SENDER else at.ROW)
    if far or X[at.STRATEGY] != at.INCREMENTAL:
        whole(X, F, J, B, I, G, term)
        return
    count = 0
    if alone:
        # what is the same for all receivers can change for one of them only where it changes for all
        count = add_own(X, J, I, table, sender, count)
        if what == at.ENTRY:
            count = add_own(X, J, I, table, receiver, count)
    elif what == at.ACTOR:
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


@compiled
def reweigh_moved(X, F, J, B, I, G, term, moved):
    """Re-weigh the pairs that lie in J_MOVED, either way round."""
    table = term_table(X, term)
    if I[table + at.T_LAZY] == 1:
        return
    n = X[at.ACTORS]
    count = 0
    for m in range(moved):
        first = J[X[at.J_MOVED] + m] // n
        second = J[X[at.J_MOVED] + m] % n
        count = add_pair(X, J, I, table, first, second, count)
        count = add_pair(X, J, I, table, second, first, count)
    store(X, F, J, B, I, G, term, count)
