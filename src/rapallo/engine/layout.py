"""Where everything lies in the flat arrays that the compiled engine works on.

The kernel takes eight arrays: ``X`` (sizes, offsets and the addresses of its parts), ``F`` (changing
numbers), ``J`` (changing integers), ``B`` (changing bytes), ``U`` (changing 64-bit names), ``I`` (fixed
integers), ``G`` (fixed numbers) and ``H`` (hashes of stable ids). Few flat arrays compile in seconds where
a record of many arrays takes minutes. The names below index ``X`` or give the place of a field in a table of ``I``.
"""

from __future__ import annotations

# sizes and switches, in X
(
    ACTORS,
    LAYERS,
    ATTRIBUTES,
    PAIRS,
    MEMORIES,
    TERMS,
    PROCESSES,
    CLOCKS,
    ENTRIES,
    RULES,
    YEARLIES,
    FIRST_LEAF,
    NODES,
    STRATEGY,
    LUCK,
    MAX_CASES,
    MAX_DOMAIN,
    CAPACITY,
    ROOM,
    # offsets into F
    F_TIES,
    F_ATTRIBUTES,
    F_PAIRS,
    F_CLOCK,
    F_NEXT,
    F_TREE,
    F_SCRATCH,
    F_ANSWERS,
    F_OPTION,
    F_TOTAL,
    F_WEIGHED,
    F_CASE_DUE,
    # offsets into J
    J_OCCURRENCE,
    J_DIRTY,
    J_TOP,
    J_SCRATCH,
    J_CELL,
    J_OPEN,
    J_ONE,
    J_MOVED,
    J_LIVE,
    J_CASE,
    J_CASES,
    J_NEXT_OCCASION,
    J_DIRTIES,
    J_RULE_COUNT,
    J_ERROR,
    J_ENTRY,
    J_COUNT,
    # offsets into B
    B_EXISTS,
    B_SEEN,
    B_KNOWN,
    B_FLAG,
    # offsets into U
    U_POINT,
    # offsets into I
    I_LAYER,
    I_MEMORY,
    I_TERM,
    I_PROCESS,
    I_BLOCK,
    I_SOURCE_TERMS,
    I_SOURCE_MASKS,
    I_SOURCE_PLACE,
    I_ENTRY,
    I_RULE,
    I_YEARLY,
    I_NUMBER,
    # offsets into G
    G_MEMORY,
    G_ENTRY_TIME,
    G_ENTRY_VALUE,
    # offsets into H
    H_ACTOR,
    H_PROCESS,
    H_YEARLY,
    H_RULE,
    X_SIZE,
    X_PARTS,
) = range(74)

PARTS = (
    "store",
    "whole",
    "reweigh",
    "options",
    "weigh_pairs",
    "hazard_of",
    "rearm",
    "changed",
    "remember",
    "act",
    "tick",
    "exists",
    "set_pair",
    "set_attribute",
    "yearly",
    "lift",
    "triggers",
    "decide",
    "settle",
    "pick_receiver",
    "fire",
    "enter",
)
"""Functions that are compiled by themselves; their addresses stand in X from ``X_PARTS`` on."""

INCREMENTAL, BY_PROCESS, EVERYTHING = range(3)
"""Re-weighing strategies: only what can have changed, all pairs of the terms that read it, or all of everything."""

CLOCK_LUCK, DATE_LUCK = range(2)

NONE, FIRST, ALONE = range(-1, 2)
"""No process, act or place; the first of a row; one and no more. Named, for a bare number is compiled apart."""

ENTRY, ACTOR = range(2)
"""What changed: one entry of a matrix, or one actor's number."""

AS_SENDER, AS_RECEIVER, AS_EITHER = range(3)
"""On which side of its pairs an actor is meant."""

NOW, TICK_START, TICK_END = range(3)
"""The first numbers of F."""

# a clock's numbers in F, side by side
K_HAZARD, K_INTEGRAL, K_SINCE, K_TARGET, K_WIDTH = range(5)

# what a clock's byte says: its mask is shut; it is to be weighed again; its mask is to be looked at too; something that
# it reads went out of date while the mask was shut
SHUT, MARKED, MASKED, STALE = 1, 2, 4, 8

# fields of the table of layers
L_MUTUAL, L_COVERT, L_LASTING, L_VIEW, L_WIDTH = range(5)

# fields of the table of memories
M_LAYER, M_CHANGE, M_PROCESS, M_BY, M_SHOWN, M_RAW, M_LENGTH, M_WEIGHT, M_LIVE, M_WIDTH = range(10)
BY_PAIR, BY_SENDER, BY_RECEIVER, BY_SYSTEM = range(4)

# fields of the table of terms
(
    T_ADDRESS,
    T_ROWS,
    T_COLUMNS,
    T_ROW_LIST,
    T_COLUMN_LIST,
    T_ROW_PLACE,
    T_COLUMN_PLACE,
    T_STATS,
    T_STEP,
    T_SLOTS,
    T_SETTINGS,
    T_USERS,
    T_USER_COUNT,
    T_SHAPE,
    T_LAZY,
    T_WAITS,
    T_WIDTH,
) = range(17)
OF_PAIR, OF_SENDER, OF_RECEIVER, OF_NEITHER, OF_OWN = range(5)
"""What a statistic depends on, so how many of it are kept; the last is asked for of a chooser alone."""
BY_PLACE, BY_TURNED_PLACE, BY_ROW, BY_COLUMN, BY_PROCESS_CLOCK = range(5)
"""How a changed statistic's place gives the clock that it moves."""
PAIR, ROW, COLUMN, ROW_AND_COLUMN, TWO_PATHS, ALL = range(6)
PATTERNS = ("pair", "row", "column", "row and column", "two-paths", "everything")

# fields of the table of processes
(
    P_WEIGHTING,
    P_LAYER,
    P_CHANGE,
    P_ROWS,
    P_COLUMNS,
    P_ROW_LIST,
    P_COLUMN_LIST,
    P_ROW_PLACE,
    P_COLUMN_PLACE,
    P_CLOCK,
    P_MOTIVES,
    P_MOTIVE_LIST,
    P_MOTIVE_WEIGHTS,
    P_RATES,
    P_RATE_LIST,
    P_RATE_WEIGHTS,
    P_CONSENTS,
    P_CONSENT_LIST,
    P_CONSENT_WEIGHTS,
    P_CONDITIONS,
    P_CONDITION_LIST,
    P_GRID,
    P_GRID_WIDTH,
    P_INVERSE,
    P_WIDTH,
) = range(25)
# a motive of a process: its term, and where in F the term's statistics lie
W_TERM, W_STATS, W_ROW_STEP, W_COLUMN_STEP, W_WIDTH = range(5)
INTENSITY, CHOICE, COORDINATION, TOGGLE = range(4)
WEIGHTINGS = ("intensity", "choice", "coordination", "toggle")
MAIN, RATE, CONSENT = range(3)

# a condition of the mask: kind, where the matrix or vector begins in F, sign
IF_MATRIX, IF_REVERSED, IF_SENDER, IF_RECEIVER = range(4)

# fields of the table of rules
(
    R_LAYER,
    R_CHANGE,
    R_ENDS,
    R_CONDITIONS,
    R_CONDITION_LIST,
    R_FINDING,
    R_FINDING_LAYER,
    R_OBLIGATION,
    R_COUNCIL,
    R_MEMBERSHIP,
    R_ACTOR,
    R_VOTES,
    R_VOTE_LIST,
    R_VOTE_WEIGHTS,
    R_NUMBERS,
    R_WIDTH,
) = range(16)
EACH_MEMBER, UNANIMITY, MAJORITY = range(3)
FINDINGS = ("each member", "unanimity", "majority")
C_RULE, C_ACCUSED, C_VICTIM, C_OCCASION, C_RECORDED, C_WIDTH = range(6)

# fields of the table of yearly updates
(
    Y_KIND,
    Y_WRITES,
    Y_ROWS,
    Y_COLUMNS,
    Y_ROW_LIST,
    Y_COLUMN_LIST,
    Y_MOTIVES,
    Y_MOTIVE_LIST,
    Y_MOTIVE_WEIGHTS,
    Y_CONDITIONS,
    Y_CONDITION_LIST,
    Y_NUMBERS,
    Y_SERIES,
    Y_MUTUAL,
    Y_WIDTH,
) = range(15)
FLOW, STOCK = range(2)

# columns of an act in the log
A_PROCESS, A_LAYER, A_CHANGE, A_SENDER, A_RECEIVER, A_OCCASION, A_ORIGIN, A_WIDTH = range(8)
FORM, END, EXPOSE, DISCOVER, REFUSE, RUMOUR = range(6)
SIMULATED, GIVEN, RECORD, LAPSE = range(4)

# fields of the calendar's integer table
E_KIND, E_WHAT, E_SENDER, E_RECEIVER, E_CHANGE, E_PROCESS, E_OCCASION, E_TOLD, E_TOLD_LIST, E_WIDTH = range(10)

FULL, NOT_FINITE, TOO_MANY_CASES, PAUSED, VOTE_NOT_FINITE, YEARLY_NOT_FINITE = range(-1, -7, -1)
"""What the kernel returns instead of a number of acts."""

INVERSE = 40
"""Bits after which the inverse of a number of columns is cut off: a product and a shift are quicker than a division."""

LINE = 8
"""Doubles that a processor's memory hands over at once."""

BLOCK = 64
"""Clocks of which a table says whose process the first one is."""

STRETCH = 64
"""Pairs that are weighed side by side."""

STEPS = 20_000
"""Events after which the kernel pauses, so that a run can be interrupted."""
