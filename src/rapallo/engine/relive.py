"""Compiled: the record lived through once more, to read its luck off (abduction) or to run under it (replay)."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numba import njit

from rapallo.engine import layout as at
from rapallo.engine import luck
from rapallo.engine import luck_table as of
from rapallo.engine.call import pointer
from rapallo.engine.change import tell
from rapallo.engine.clock import clock_name, earliest, record, schedule
from rapallo.engine.compile import locked
from rapallo.engine.compiled import compiled
from rapallo.engine.enter import enter
from rapallo.engine.fire import carry_out
from rapallo.engine.kernel_cache import kernel_cache
from rapallo.engine.mark import clocks_of, process_of, process_table
from rapallo.engine.pick import pick_pair, pick_receiver
from rapallo.engine.posterior_pick import (
    keep_options,
    keep_pairs,
    may,
    pick_again,
    pick_pair_again,
    weigh_options,
    weigh_pairs,
)
from rapallo.engine.recorded_case import cast, hear, next_vote, open_recorded
from rapallo.engine.recorded_flow import yearly_again
from rapallo.engine.rule import close, decide
from rapallo.engine.settle import weigh_all
from rapallo.engine.weigh import hazard_of, holds, tie


@compiled
def factual_hazard(X, F, L, E, clock):
    """Hazard that a clock had in the record just before now."""
    low = L[L[of.L_PATH_FIRST] + clock]
    high = L[L[of.L_PATH_FIRST] + clock + 1]
    first = low
    while low < high:
        middle = (low + high) // 2
        if E[L[of.E_PATH_TIME] + middle] < F[at.NOW]:
            low = middle + 1
        else:
            high = middle
    return E[L[of.E_PATH_HAZARD] + low - 1] if low > first else 0.0


@compiled
def rearm_again(X, F, J, U, I, H, L, E, seed, run, clock, end):
    """Date luck: the clock's next point, a recorded one or one of those that lay above its hazard in the record."""
    hazard = F[record(X, clock) + at.K_HAZARD]
    L[L[of.L_ARMED] + clock] = -1
    if hazard <= 0.0:
        J[X[at.J_TOP] + clock] = -1
        schedule(X, F, clock, math.inf, end)
        return
    top = luck.strip_of(hazard)
    firing = L[L[of.L_NEXT] + clock]
    last = L[L[of.L_FIRST] + clock + 1]
    while firing < last and E[L[of.E_TIME] + firing] < F[at.NOW]:
        firing += 1
    L[L[of.L_NEXT] + clock] = firing
    time = math.inf
    if firing >= last or L[L[of.L_FLAG] + firing] != of.HELD:
        time, mark_below, point = luck.next_point(seed, run, clock_name(X, I, H, clock), top, F[at.NOW], end)
        F[record(X, clock) + at.K_TARGET] = mark_below
        U[X[at.U_POINT] + clock] = point
    if firing < last and E[L[of.E_TIME] + firing] <= time:
        time = E[L[of.E_TIME] + firing]
        L[L[of.L_ARMED] + clock] = firing
    J[X[at.J_TOP] + clock] = top
    schedule(X, F, clock, time, end)


@compiled
def wind_again(X, F, J, I, H, L, E, seed, run, clock, end):
    """Clock luck: when the integrated hazard reaches what it came to in the record.

    Where the clock's last stretch agrees in every bit with the record's, it fires at the recorded
    instant: rounding cannot move it. Behind its last act it had come to a remainder without firing,
    and what it takes beyond that is a fresh exponential.
    """
    hazard = F[record(X, clock) + at.K_HAZARD]
    if hazard <= 0.0:
        schedule(X, F, clock, math.inf, end)
        return
    since = F[record(X, clock) + at.K_SINCE]
    integral = F[record(X, clock) + at.K_INTEGRAL]
    occurrence = J[X[at.J_OCCURRENCE] + clock]
    firing = L[L[of.L_FIRST] + clock] + occurrence
    last = L[L[of.L_FIRST] + clock + 1]
    if firing < last:
        if L[L[of.L_FLAG] + firing] == of.HELD or (
            since == E[L[of.E_SINCE] + firing]
            and integral == E[L[of.E_INTEGRAL] + firing]
            and hazard == E[L[of.E_HAZARD] + firing]
        ):
            time = E[L[of.E_TIME] + firing]
        else:
            time = since + (E[L[of.E_TARGET] + firing] - integral) / hazard
    else:
        target = F[record(X, clock) + at.K_TARGET]
        if target < 0.0:
            target = luck.exponential(seed, run, clock_name(X, I, H, clock), occurrence)
            if firing == last:
                target += E[L[of.E_REMAINDER] + clock]
            F[record(X, clock) + at.K_TARGET] = target
        time = since + (target - integral) / hazard
        if (
            firing == last
            and since == E[L[of.E_LAST_SINCE] + clock]
            and integral == E[L[of.E_LAST_INTEGRAL] + clock]
            and hazard == E[L[of.E_LAST_HAZARD] + clock]
        ):
            time = math.inf
    schedule(X, F, clock, max(time, F[at.NOW]), end)


@compiled
def set_hazard_again(X, F, J, U, I, H, L, E, PT, PH, PC, seed, run, clock, hazard, end):
    """Give a clock its new hazard; in abduction its path is kept."""
    if hazard == F[record(X, clock) + at.K_HAZARD]:
        return
    now = F[at.NOW]
    if L[of.MODE] == of.ABDUCT:
        place = L[of.PATH_COUNT]
        if place < L[of.PATH_CAPACITY]:
            PT[place] = now
            PH[place] = hazard
            PC[place] = clock
        L[of.PATH_COUNT] = place + 1
    elif X[at.LUCK] == at.DATE_LUCK:
        F[record(X, clock) + at.K_HAZARD] = hazard
        if hazard > 0.0 and luck.strip_of(hazard) > J[X[at.J_TOP] + clock]:
            rearm_again(X, F, J, U, I, H, L, E, seed, run, clock, end)
        return
    F[record(X, clock) + at.K_INTEGRAL] += F[record(X, clock) + at.K_HAZARD] * (now - F[record(X, clock) + at.K_SINCE])
    F[record(X, clock) + at.K_SINCE] = now
    F[record(X, clock) + at.K_HAZARD] = hazard
    if L[of.MODE] == of.REPLAY:
        wind_again(X, F, J, I, H, L, E, seed, run, clock, end)


@compiled
def settle_again(X, F, J, B, U, I, G, H, L, E, PT, PH, PC, seed, run, end):
    """Re-weigh every clock that was marked; gives NOT_FINITE where a weight is no number."""
    if X[at.STRATEGY] == at.EVERYTHING:
        weigh_all(X, F, J, B, I, G)
    process = -1
    first = 0
    last = 0
    for k in range(J[X[at.J_DIRTIES]]):
        clock = J[X[at.J_DIRTY] + k]
        if clock < first or clock >= last:  # they come in stretches of one process
            process = process_of(X, I, clock)
            table = process_table(X, process)
            first = I[table + at.P_CLOCK]
            last = first + clocks_of(I, table)
        hazard = hazard_of(X, F, J, B, I, G, process, clock)
        if not (hazard < math.inf):
            J[X[at.J_ERROR]] = clock
            return at.NOT_FINITE
        B[X[at.B_FLAG] + clock] &= at.SHUT | at.STALE
        set_hazard_again(X, F, J, U, I, H, L, E, PT, PH, PC, seed, run, clock, hazard, end)
    J[X[at.J_DIRTIES]] = 0
    return 0


@compiled
def carry_on(X, F, J, B, I, G, L, E, OT, OI, count, process, layer, change, sender, receiver, occasion, origin):
    """Carry an act out, and know again the cases that it opens."""
    before = J[X[at.J_NEXT_OCCASION]]
    count = carry_out(X, F, J, B, I, G, OT, OI, count, process, layer, change, sender, receiver, occasion, origin)
    if count >= 0:
        open_recorded(X, F, J, I, L, E, before)
    return count


@compiled
def look_at(X, F, J, B, I, G, L, E, firing, clock, sender, receiver):
    """Weight of a recorded act by a clock, whose options are kept; zero where it is not open, NaN where no number."""
    process = process_of(X, I, clock)
    table = process_table(X, process)
    weighting = I[table + at.P_WEIGHTING]
    hazard = F[record(X, clock) + at.K_HAZARD]
    if hazard <= 0.0 or not may(X, F, B, I, process, sender, receiver):
        return 0.0
    if weighting == at.INTENSITY:
        return hazard
    if weighting == at.COORDINATION:
        if not may(X, F, B, I, process, receiver, sender):
            return 0.0
        if weigh_pairs(X, F, J, B, I, G, process) != 0.0:
            return math.nan
        if not keep_pairs(X, F, I, L, E, firing, process, sender, receiver):
            return 0.0
        first = I[I[table + at.P_ROW_PLACE] + sender]
        second = I[I[table + at.P_ROW_PLACE] + receiver]
        place = min(first, second) * I[table + at.P_COLUMNS] + max(first, second)
        return hazard * math.exp(E[L[L[of.L_PICK] + firing] + place] - E[L[of.E_TOTAL] + firing])
    row = clock - I[table + at.P_CLOCK]
    largest = weigh_options(X, F, J, B, I, G, process, row)
    if largest != largest:
        return math.nan
    if not keep_options(X, F, I, L, E, firing, process, row, receiver):
        return 0.0
    picked = E[L[L[of.L_PICK] + firing] + I[I[table + at.P_COLUMN_PLACE] + receiver]]
    return hazard * math.exp(picked - E[L[of.E_TOTAL] + firing])


@compiled
def read_off(X, F, J, B, I, G, H, L, E, OT, OI, OF, count, seed, run):
    """Abduction: let the clock of the next recorded act act, and keep what it had come to."""
    firing = L[of.NEXT_FIRING]
    L[of.NEXT_FIRING] = firing + 1
    clock = L[L[of.L_CLOCK] + firing]
    other = L[L[of.L_OTHER] + firing]
    sender = L[L[of.L_SENDER] + firing]
    receiver = L[L[of.L_RECEIVER] + firing]
    process = process_of(X, I, clock)
    table = process_table(X, process)
    both = 0.0
    if other >= 0:
        # who came forward is not known: it is drawn in proportion to what either would have done
        back = look_at(X, F, J, B, I, G, L, E, firing, other, receiver, sender)
        there = look_at(X, F, J, B, I, G, L, E, firing, clock, sender, receiver)
        name = luck.name_of(
            of.CAME_FORWARD, H[X[at.H_PROCESS] + process], H[X[at.H_ACTOR] + sender], H[X[at.H_ACTOR] + receiver]
        )
        both = there + back
        if luck.uniform(seed, run, name, firing) * both < back:
            clock = other
            L[L[of.L_CLOCK] + firing] = clock
            L[L[of.L_SENDER] + firing] = receiver
            L[L[of.L_RECEIVER] + firing] = sender
            L[L[of.L_TURNED] + firing] = 1
    weight = look_at(X, F, J, B, I, G, L, E, firing, clock, L[L[of.L_SENDER] + firing], L[L[of.L_RECEIVER] + firing])
    if weight != weight:
        J[X[at.J_ERROR]] = clock
        return at.NOT_FINITE
    E[L[of.E_WEIGHT] + firing] = both if other >= 0 else weight
    if weight > 0.0:
        since = F[record(X, clock) + at.K_SINCE]
        hazard = F[record(X, clock) + at.K_HAZARD]
        integral = F[record(X, clock) + at.K_INTEGRAL]
        E[L[of.E_SINCE] + firing] = since
        E[L[of.E_INTEGRAL] + firing] = integral
        E[L[of.E_HAZARD] + firing] = hazard
        E[L[of.E_TARGET] + firing] = integral + hazard * (F[at.NOW] - since)
        J[X[at.J_OCCURRENCE] + clock] += 1
        F[record(X, clock) + at.K_INTEGRAL] = 0.0
        F[record(X, clock) + at.K_SINCE] = F[at.NOW]
    else:
        L[L[of.L_FLAG] + firing] = of.IMPOSSIBLE
    OF[count] = firing
    layer = I[table + at.P_LAYER]
    change = I[table + at.P_CHANGE]
    count = carry_on(X, F, J, B, I, G, L, E, OT, OI, count, process, layer, change, sender, receiver, -1, at.RECORD)
    tell(X, F, J, B, I, G, layer, sender, receiver, L, L[L[of.L_TOLD] + firing], L[L[of.L_TOLD_LIST] + firing])
    return count


@compiled
def stands_open(X, F, B, I, layer, change, sender, receiver):
    """Say whether an act has something to do: a tie to form, one to end, one to make known."""
    if receiver < 0 or I[X[at.I_LAYER] + layer * at.L_WIDTH + at.L_LASTING] == 0:
        return True
    standing = tie(X, F, layer, sender, receiver) > 0.0
    if change == at.FORM:
        return not standing
    if change == at.END or change == at.EXPOSE:
        return standing
    return True


@compiled
def enter_again(X, F, J, B, I, G, H, L, E, OT, OI, S, count, seed, run, entry, first_year):
    """Carry out one entry of the calendar; acts of the record that no clock decides come from it too."""
    table = X[at.I_ENTRY] + entry * at.E_WIDTH
    kind = I[table + at.E_KIND]
    layer = I[table + at.E_WHAT]
    sender = I[table + at.E_SENDER]
    receiver = I[table + at.E_RECEIVER]
    change = I[table + at.E_CHANGE]
    forced = L[L[of.L_ENTRY_FORCED] + entry]
    if kind == 3:
        status = yearly_again(X, F, J, B, I, G, H, L, E, S, seed, run, layer, first_year)
        return count if status == 0 else status
    if kind != 5:
        before = J[X[at.J_NEXT_OCCASION]]
        count = enter(X, F, J, B, I, G, H, OT, OI, S, count, seed, run, entry, first_year)
        if count >= 0:
            open_recorded(X, F, J, I, L, E, before)
        return count
    origin = at.GIVEN
    if forced >= 0:
        origin = at.RECORD
        sensible = stands_open(X, F, B, I, layer, change, sender, receiver)
        if L[of.MODE] == of.ABDUCT:
            L[L[of.L_FORCED_SENSIBLE] + forced] = 1 if sensible else 0
        elif (L[L[of.L_FORCED_SENSIBLE] + forced] == 1 and not sensible) or not holds(
            X, F, L, L[L[of.L_FORCED_CONDITIONS] + forced], L[L[of.L_FORCED_PLACE] + forced], sender, receiver
        ):
            return count
        L[L[of.L_FORCED_DONE] + forced] = count + 1
    count = carry_on(
        X,
        F,
        J,
        B,
        I,
        G,
        L,
        E,
        OT,
        OI,
        count,
        I[table + at.E_PROCESS],
        layer,
        change,
        sender,
        receiver,
        I[table + at.E_OCCASION],
        origin,
    )
    tell(X, F, J, B, I, G, layer, sender, receiver, I, I[table + at.E_TOLD], I[table + at.E_TOLD_LIST])
    return count


@compiled
def accepts(X, F, U, I, H, L, E, seed, run, clock, firing):
    """Date luck: say whether the point that has come lies below the hazard and is none that the record rules out."""
    hazard = F[record(X, clock) + at.K_HAZARD]
    if firing < 0:
        mark_below = F[record(X, clock) + at.K_TARGET]
        return mark_below < hazard and mark_below >= factual_hazard(X, F, L, E, clock)
    before = E[L[of.E_HAZARD] + firing]
    if hazard == before:
        return True
    if L[L[of.L_FLAG] + firing] == of.HELD:
        return hazard > 0.0
    name = luck.mix(clock_name(X, I, H, clock) ^ np.uint64(of.MARK))
    share = luck.uniform(seed, run, name, firing - L[L[of.L_FIRST] + clock])
    return share * before < hazard


@compiled
def same_parties(L, firing, sender, receiver):
    """Say whether an act is between those between whom its firing had it in the record."""
    first = L[L[of.L_SENDER] + firing]
    second = L[L[of.L_RECEIVER] + firing]
    return (sender == first and receiver == second) or (sender == second and receiver == first)


@compiled
def fire_again(X, F, J, B, U, I, G, H, L, E, OT, OI, OF, count, seed, run, clock, end):
    """Let a clock act, under the record's luck as far as it reaches."""
    process = process_of(X, I, clock)
    table = process_table(X, process)
    place = clock - I[table + at.P_CLOCK]
    weighting = I[table + at.P_WEIGHTING]
    dated = X[at.LUCK] == at.DATE_LUCK
    first = L[L[of.L_FIRST] + clock]
    if dated:
        firing = L[L[of.L_ARMED] + clock]
        if firing >= 0:
            L[L[of.L_NEXT] + clock] = firing + 1
        if not accepts(X, F, U, I, H, L, E, seed, run, clock, firing):
            rearm_again(X, F, J, U, I, H, L, E, seed, run, clock, end)
            return count
        occurrence = firing - first if firing >= 0 else np.int64(U[X[at.U_POINT] + clock] & np.uint64(0x7FFFFFFF))
    else:
        occurrence = J[X[at.J_OCCURRENCE] + clock]
        firing = first + occurrence if first + occurrence < L[L[of.L_FIRST] + clock + 1] else -1
    picked = firing >= 0 and L[L[of.L_PICK] + firing] >= 0
    if firing >= 0 and L[L[of.L_FLAG] + firing] == of.VOID:
        sender = -1
        receiver = -1
    elif weighting == at.INTENSITY:
        columns = I[table + at.P_COLUMNS]
        sender = I[I[table + at.P_ROW_LIST] + place // columns]
        receiver = I[I[table + at.P_COLUMN_LIST] + place % columns]
    elif weighting == at.COORDINATION:
        if picked:
            sender, receiver = pick_pair_again(X, F, J, B, I, G, H, L, E, seed, run, process, firing, occurrence)
        else:
            sender, receiver = pick_pair(X, F, J, B, I, G, H, seed, run, process, occurrence)
    else:
        sender = I[I[table + at.P_ROW_LIST] + place]
        if picked:
            receiver = pick_again(X, F, J, B, I, G, H, L, E, seed, run, process, place, firing, occurrence)
        else:
            receiver = pick_receiver(X, F, J, B, I, G, H, seed, run, process, place, occurrence)
    if receiver == -3:
        J[X[at.J_ERROR]] = clock
        return at.NOT_FINITE
    if dated:
        rearm_again(X, F, J, U, I, H, L, E, seed, run, clock, end)
    else:
        J[X[at.J_OCCURRENCE] + clock] += 1
        F[record(X, clock) + at.K_INTEGRAL] = 0.0
        F[record(X, clock) + at.K_SINCE] = F[at.NOW]
        F[record(X, clock) + at.K_TARGET] = -1.0
        wind_again(X, F, J, I, H, L, E, seed, run, clock, end)
    if receiver < 0:
        return count
    OF[count] = firing
    again = firing >= 0 and same_parties(L, firing, sender, receiver)
    if again and L[L[of.L_TURNED] + firing] == 1:
        sender, receiver = receiver, sender  # as the record writes it
    layer = I[table + at.P_LAYER]
    change = I[table + at.P_CHANGE]
    if weighting == at.TOGGLE:
        change = at.END if tie(X, F, layer, sender, receiver) > 0.0 else at.FORM
    count = carry_on(X, F, J, B, I, G, L, E, OT, OI, count, process, layer, change, sender, receiver, -1, at.SIMULATED)
    if again:  # who was told of it is told again; of another tie in its place nobody is
        tell(X, F, J, B, I, G, layer, sender, receiver, L, L[L[of.L_TOLD] + firing], L[L[of.L_TOLD_LIST] + firing])
    return count


@compiled
def soonest_case(X, F, J):
    """Which open case is due first; -1 where none is open."""
    first = -1
    for case in range(J[X[at.J_CASES]]):
        if first < 0 or F[X[at.F_CASE_DUE] + case] < F[X[at.F_CASE_DUE] + first]:
            first = case
    return first


@compiled
def rule_on(X, F, J, B, I, G, H, L, E, OT, OI, count, seed, run, case):
    """Decide a case that is due, under what the record says of its votes where it says anything."""
    place = X[at.J_CASE] + case * at.C_WIDTH
    recorded = J[place + at.C_RECORDED]
    if recorded >= 0:
        return hear(X, F, J, B, I, G, H, L, E, OT, OI, count, seed, run, place, recorded)
    if L[of.MODE] == of.ABDUCT:
        return count  # no case of the record: one that a lapse or an entry opened without a trace
    return decide(X, F, J, B, I, G, H, OT, OI, count, seed, run, case)


@compiled
def relive(X, F, J, B, U, I, G, H, L, E, PT, PH, PC, OT, OI, OF, S, seed, run, start, end, first_year):
    """Live through the span again until its end; gives the number of acts, or why it stopped before."""
    entry = J[X[at.J_ENTRY]]
    count = J[X[at.J_COUNT]]
    if entry < 0:
        F[at.NOW] = start
        status = settle_again(X, F, J, B, U, I, G, H, L, E, PT, PH, PC, seed, run, end)
        if status < 0:
            return status
        entry = 0
    for _ in range(at.STEPS):
        dated = G[X[at.G_ENTRY_TIME] + entry] if entry < X[at.ENTRIES] else math.inf
        case = soonest_case(X, F, J)
        ruled = F[X[at.F_CASE_DUE] + case] if case >= 0 else math.inf
        vote = next_vote(L, E)
        voted = E[L[of.E_VOTE_DUE] + vote] if vote >= 0 else math.inf
        if L[of.MODE] == of.ABDUCT:
            firing = L[of.NEXT_FIRING]
            clocked = E[L[of.E_TIME] + firing] if firing < L[of.FIRINGS] else math.inf
        else:
            clocked = F[X[at.F_TREE]]
        now = min(min(dated, ruled), min(voted, clocked))
        if now >= end:
            F[at.NOW] = end
            return count
        if count + X[at.ROOM] > X[at.CAPACITY]:
            break
        F[at.NOW] = now
        if dated <= now:
            count = enter_again(X, F, J, B, I, G, H, L, E, OT, OI, S, count, seed, run, entry, first_year)
            entry += 1
        elif voted <= now:
            count = cast(X, F, J, B, I, G, H, L, E, OT, OI, count, seed, run, vote)
        elif ruled <= now:
            count = rule_on(X, F, J, B, I, G, H, L, E, OT, OI, count, seed, run, case)
            close(X, F, J, case)
        elif L[of.MODE] == of.ABDUCT:
            count = read_off(X, F, J, B, I, G, H, L, E, OT, OI, OF, count, seed, run)
        else:
            count = fire_again(X, F, J, B, U, I, G, H, L, E, OT, OI, OF, count, seed, run, earliest(X, F), end)
        if count < 0:
            return count
        following = G[X[at.G_ENTRY_TIME] + entry] if entry < X[at.ENTRIES] else math.inf
        if following > now:  # whatever happens at one instant is weighed once
            status = settle_again(X, F, J, B, U, I, G, H, L, E, PT, PH, PC, seed, run, end)
            if status < 0:
                return status
    J[X[at.J_ENTRY]] = entry
    J[X[at.J_COUNT]] = count
    return at.PAUSED


def _relive(X, F, J, B, U, I, G, H, L, E, PT, PH, PC, OT, OI, OF, S, seed, run, start, end, first_year):
    return relive(
        pointer(X),
        pointer(F),
        pointer(J),
        pointer(B),
        pointer(U),
        pointer(I),
        pointer(G),
        pointer(H),
        pointer(L),
        pointer(E),
        pointer(PT),
        pointer(PH),
        pointer(PC),
        pointer(OT),
        pointer(OI),
        pointer(OF),
        pointer(S),
        seed,
        run,
        start,
        end,
        first_year,
    )


MODULES = ("luck_table", "posterior_pick", "recorded_case", "recorded_flow", "relive")
"""What is compiled here, beside what the kernel is made of."""


def _compile(cache: bool) -> Any:
    state = "int64[::1],float64[::1],int64[::1],int8[::1],uint64[::1],int64[::1],float64[::1],uint64[::1]"
    table = "int64[::1],float64[::1],float64[::1],float64[::1],int64[::1]"
    answers = "float64[::1],int32[:,::1],int64[::1],float64[::1]"
    switches: dict[str, Any] = {"cache": cache, "error_model": "numpy", "_nrt": False}
    signature = f"int64({state},{table},{answers},uint64,int64,float64,float64,int64)"
    return njit(signature, nogil=True, **switches)(_relive)


@cache
def engine() -> Any:
    """Give the compiled function; it is compiled when first asked for, by one process while others wait."""
    with kernel_cache(*MODULES) as folder:
        try:
            if folder is not None:
                with locked(folder / "relive.lock"):
                    return _compile(cache=True)
        except (RuntimeError, OSError):  # nowhere to write: compiled for this session only
            pass
        return _compile(cache=False)
