"""Where the record's own luck lies in the two arrays that abduction fills and replay reads.

``L`` holds integers and ``E`` numbers. The names below index ``L``, whose first places give counts,
and where each table begins in ``L`` (``L_``) or in ``E`` (``E_``). A **firing** is one recorded act of
a clock; abduction fills the table in order of time, replay reads it in order of clock and then of time.
"""

from __future__ import annotations

(
    MODE,
    FIRINGS,
    NEXT_FIRING,
    CASES,
    VOTES,
    FORCED,
    PATH_COUNT,
    PATH_CAPACITY,
    # firings, in L: clock, the clock of the other party where it may have come forward instead, parties, whether the
    # record writes them the other way round, what is to be done with it, where its options' weights lie in E, how many
    # others are told of it, and where they are listed in L
    L_CLOCK,
    L_OTHER,
    L_TURNED,
    L_SENDER,
    L_RECEIVER,
    L_FLAG,
    L_PICK,
    L_TOLD,
    L_TOLD_LIST,
    # clocks: where each one's firings begin, the next one due, whether the point that is armed is a recorded one
    L_FIRST,
    L_NEXT,
    L_ARMED,
    # clocks: where each one's factual hazards begin
    L_PATH_FIRST,
    # entries of the calendar: the forced act that each is (-1: none)
    L_ENTRY_FORCED,
    # forced acts: whether it had something to do in the record, what must hold besides, and what became of it
    L_FORCED_SENSIBLE,
    L_FORCED_CONDITIONS,
    L_FORCED_PLACE,
    L_FORCED_DONE,
    # recorded cases before an institution, and the votes in them
    L_CASE,
    L_VOTE_VOTER,
    L_VOTE_CASE,
    L_VOTE_DONE,
    # firings, in E: when, the clock's last stretch before it, its integral then, the log of its options' sum, and the
    # act's weight, by whoever may have come forward
    E_TIME,
    E_SINCE,
    E_INTEGRAL,
    E_HAZARD,
    E_TARGET,
    E_TOTAL,
    E_WEIGHT,
    # clocks, in E: the last stretch of each, and what its integral came to at the end
    E_LAST_SINCE,
    E_LAST_INTEGRAL,
    E_LAST_HAZARD,
    E_REMAINDER,
    # factual hazards, by clock
    E_PATH_TIME,
    E_PATH_HAZARD,
    # cases and votes: when opened and decided, the shock and what it came to, the log-odds of each vote
    E_CASE_OPENED,
    E_CASE_DUE,
    E_CASE_SHOCK,
    E_CASE_SHARED,
    E_VOTE_TIME,
    E_VOTE_DUE,
    E_VOTE_ODDS,
    E_SILENT_ODDS,
    # flows: what is recorded (NaN: nothing), and what the model expected of it on the log scale
    E_FLOW_VALUE,
    E_FLOW_EXPECTED,
    HEADER,
) = range(54)

ABDUCT, REPLAY = range(2)

FIRES, VOID, HELD, IMPOSSIBLE = range(4)
"""What becomes of a firing: it acts; it passes without an act; it comes on a day that is set; it had weight zero."""

R_RULE, R_ACCUSED, R_VICTIM, R_OPENED, R_OCCASION, R_FIRST, R_VOTES, R_WIDTH = range(8)
"""Fields of a recorded case; ``R_OPENED`` and ``R_OCCASION`` are set as a run goes."""

MARK, SHOCK_GIVEN, VOTE_GIVEN, CAME_FORWARD = 7, 8, 9, 10
"""Purposes of draws of the record's luck: marks of recorded points, shocks and votes given what was
found, and which side came forward where the record does not say."""
