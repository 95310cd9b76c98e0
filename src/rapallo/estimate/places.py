"""What lies where in the integers that the compiled part of estimation works on."""

from __future__ import annotations

# sizes and switches, in P
(
    ACTORS,
    TERMS,
    DOMAIN,
    MODE,
    MASKED,
    SOURCES,
    STEPS,
    I_SOURCE,
    I_TERM,
    I_READERS,
    F_SCRATCH,
    J_PAIRS,
    J_PLACES,
    SKIP_MISSING,
    CONTROLS,
    MOST_DRAWN,
    SEED,
    MOST_VECTORS,
    MOST_DELTAS,
    # how far it has come
    STEP,
    APPLIED,
    VECTORS,
    DELTAS,
    GROUPS,
    CASES,
    EPOCH,
    TOUCHED,
    MOVED,
    WHERE,
    WHAT,
    # whether steps without an act are cases too
    EVERY,
    P_WIDTH,
) = range(32)

BY_ACTOR, BY_ROW, BY_PAIR, BY_COORDINATION, BY_SENDER = range(5)
"""Domains: each actor, the receivers of the act's sender, all pairs, all pairs of both directions at once, all pairs
sender by sender."""

EVERYWHERE, WHERE_ACTED = 1, 2
"""Where in the clock's array the intensity of drawn moments stands: of each pair, and of all pairs that have acted."""

LEFT_OUT, NO_ACT = -1, -2
"""What stands for a chosen vector: an act with a missing statistic, a step without an act."""

ANY, UNTIED, TIED = range(3)
"""Which pairs the standing ties of the dependent network leave allowed."""

# fields of the table of sources
S_PLACE, S_KIND, S_MUTUAL, S_WIDTH = range(4)
MATRIX, VECTOR, SEEN = range(3)

# fields of the table of terms
T_CODE, T_ADDRESS, T_SLOTS, T_SETTINGS, T_PARTIES, T_WIDTH = range(6)
AS_THEY_ARE, EXCHANGED, FIRST_ALONE = range(3)
"""Whom an effect is asked about: sender and receiver, receiver and sender, or the sender in both places."""
(
    GENERIC,
    TIE,
    REVERSE,
    VALUE,
    REVERSE_VALUE,
    RECEIVER_IN,
    RECEIVER_OUT,
    SENDER_IN,
    SENDER_OUT,
    TRANSITIVE,
    CYCLIC,
    COMMON_SENDER,
    COMMON_RECEIVER,
) = range(13)

# kinds of change, and fields of their table
SET, ADD, PRESENT, ALLOW, NOW = range(5)
C_KIND, C_SOURCE, C_FIRST, C_SECOND, C_THIRD, C_WIDTH = range(6)

# how a pass ends
DONE, MORE_VECTORS, MORE_DELTAS, NOT_ALLOWED, NOT_A_NUMBER, BLOCK_FULL = range(6)
