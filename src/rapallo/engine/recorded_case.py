"""Compiled: cases before an institution whose votes the record holds."""

from __future__ import annotations

import math

import numpy as np

from rapallo.engine import layout as at
from rapallo.engine import luck
from rapallo.engine import luck_table as of
from rapallo.engine.change import act, log, set_pair
from rapallo.engine.compiled import compiled
from rapallo.engine.rule import sits
from rapallo.engine.weigh import fresh_predictor, logistic, tie


@compiled
def open_recorded(X, F, J, I, L, E, before):
    """Know again the cases that an act has opened, and set the days on which they were voted on."""
    cases = J[X[at.J_CASES]]
    for k in range(cases - (J[X[at.J_NEXT_OCCASION]] - before), cases):
        place = X[at.J_CASE] + k * at.C_WIDTH
        J[place + at.C_RECORDED] = -1
        for case in range(L[of.CASES]):
            table = L[of.L_CASE] + case * of.R_WIDTH
            if (
                L[table + of.R_OPENED] == 1
                or L[table + of.R_RULE] != J[place + at.C_RULE]
                or L[table + of.R_ACCUSED] != J[place + at.C_ACCUSED]
                or L[table + of.R_VICTIM] != J[place + at.C_VICTIM]
            ):
                continue
            L[table + of.R_OPENED] = 1
            L[table + of.R_OCCASION] = J[place + at.C_OCCASION]
            J[place + at.C_RECORDED] = case
            opened = E[L[of.E_CASE_OPENED] + case]
            due = E[L[of.E_CASE_DUE] + case]
            if due == due:
                F[X[at.F_CASE_DUE] + k] = due if opened == F[at.NOW] else F[at.NOW] + (due - opened)
            if I[X[at.I_RULE] + J[place + at.C_RULE] * at.R_WIDTH + at.R_FINDING] == at.EACH_MEMBER:
                for vote in range(L[table + of.R_FIRST], L[table + of.R_FIRST] + L[table + of.R_VOTES]):
                    due = E[L[of.E_VOTE_TIME] + vote]
                    if due == due:
                        E[L[of.E_VOTE_DUE] + vote] = due if opened == F[at.NOW] else F[at.NOW] + (due - opened)
            break


@compiled
def next_vote(L, E):
    """Which recorded vote is due first; -1 where none is."""
    first = -1
    soonest = math.inf
    for vote in range(L[of.VOTES]):
        if E[L[of.E_VOTE_DUE] + vote] < soonest:
            soonest = E[L[of.E_VOTE_DUE] + vote]
            first = vote
    return first


@compiled
def odds_of(X, F, J, B, I, G, table, voter, accused):
    """Log-odds of a vote, without what moves all voters of the case alike."""
    return fresh_predictor(
        X,
        F,
        J,
        B,
        I,
        G,
        I[table + at.R_VOTES],
        I[table + at.R_VOTE_LIST],
        I[table + at.R_VOTE_WEIGHTS],
        voter,
        accused,
    )


@compiled
def shared_now(X, I, G, L, E, table, case):
    """Give what moves all voters of a recorded case alike, in this world."""
    return G[I[table + at.R_NUMBERS] + 2] * E[L[of.E_CASE_SHOCK] + case]


@compiled
def votes_yes(X, H, L, E, seed, run, rule, case, voter, accused, odds, shared, before, said):
    """Say how a voter votes, given how it voted in the record; ``before`` is NaN where it did not."""
    then = E[L[of.E_CASE_SHARED] + case]
    if odds == before and shared == then:
        return said
    name = luck.name_of(of.VOTE_GIVEN, H[X[at.H_RULE] + rule], H[X[at.H_ACTOR] + voter], H[X[at.H_ACTOR] + accused])
    drawn = luck.uniform(seed, run, name, np.int64(case))
    if before == before:
        chance = logistic(before + then)
        drawn = chance * drawn if said else chance + (1.0 - chance) * drawn
    return drawn < logistic(odds + shared)


@compiled
def find(X, F, J, B, I, G, OT, OI, count, table, finder, accused, occasion):
    """Write a finding down."""
    layer = I[table + at.R_FINDING_LAYER]
    count = log(X, F, OT, OI, count, -1, layer, at.FORM, finder, accused, occasion, at.SIMULATED)
    if count < 0:
        return count
    act(X, F, J, B, I, G, -1, layer, at.FORM, finder, accused)
    return count


@compiled
def cast(X, F, J, B, I, G, H, L, E, OT, OI, count, seed, run, vote):
    """Let a member find on the day on which it did in the record, or not."""
    E[L[of.E_VOTE_DUE] + vote] = math.inf
    case = L[L[of.L_VOTE_CASE] + vote]
    entry = L[of.L_CASE] + case * of.R_WIDTH
    rule = L[entry + of.R_RULE]
    accused = L[entry + of.R_ACCUSED]
    victim = L[entry + of.R_VICTIM]
    voter = L[L[of.L_VOTE_VOTER] + vote]
    table = X[at.I_RULE] + rule * at.R_WIDTH
    sitting = sits(X, F, B, I, table, voter, accused, victim, False)
    odds = math.nan
    if sitting:
        odds = odds_of(X, F, J, B, I, G, table, voter, accused)
        if odds != odds:
            J[X[at.J_ERROR]] = rule
            return at.VOTE_NOT_FINITE
    if L[of.MODE] == of.ABDUCT:
        E[L[of.E_VOTE_ODDS] + vote] = odds
    else:
        layer = I[table + at.R_LAYER]
        over = I[X[at.I_LAYER] + layer * at.L_WIDTH + at.L_LASTING] == 1 and tie(X, F, layer, accused, victim) <= 0.0
        if B[X[at.B_EXISTS] + accused] == 0 or (over and I[table + at.R_CHANGE] == at.FORM):
            return count
        before = E[L[of.E_VOTE_ODDS] + vote]
        if before == before:  # one that had no voice by the rules is carried out as it stands
            if not sitting:
                return count
            shared = shared_now(X, I, G, L, E, table, case)
            if not votes_yes(X, H, L, E, seed, run, rule, case, voter, accused, odds, shared, before, True):
                return count
    L[L[of.L_VOTE_DONE] + vote] = count + 1
    count = find(X, F, J, B, I, G, OT, OI, count, table, voter, accused, L[entry + of.R_OCCASION])
    if count >= 0:
        set_pair(X, F, J, B, I, G, I[table + at.R_OBLIGATION], voter, accused, G[I[table + at.R_NUMBERS] + 1])
    return count


@compiled
def vote_of(L, case, voter):
    """Which recorded vote of a case is a voter's; -1 where it has none."""
    entry = L[of.L_CASE] + case * of.R_WIDTH
    for vote in range(L[entry + of.R_FIRST], L[entry + of.R_FIRST] + L[entry + of.R_VOTES]):
        if L[L[of.L_VOTE_VOTER] + vote] == voter:
            return vote
    return -1


@compiled
def hear(X, F, J, B, I, G, H, L, E, OT, OI, count, seed, run, place, case):
    """Let the voters of a recorded case find: those who found nothing in the record, or a whole council."""
    n = X[at.ACTORS]
    rule = J[place + at.C_RULE]
    accused = J[place + at.C_ACCUSED]
    victim = J[place + at.C_VICTIM]
    occasion = J[place + at.C_OCCASION]
    table = X[at.I_RULE] + rule * at.R_WIDTH
    finding = I[table + at.R_FINDING]
    council = finding != at.EACH_MEMBER
    obliges = G[I[table + at.R_NUMBERS] + 1]
    if B[X[at.B_EXISTS] + accused] == 0:
        return count
    shared = shared_now(X, I, G, L, E, table, case)
    voters = 0
    found = 0
    for voter in range(n):
        if not sits(X, F, B, I, table, voter, accused, victim, council):
            continue
        vote = vote_of(L, case, voter)
        if vote >= 0 and not council and E[L[of.E_VOTE_TIME] + vote] == E[L[of.E_VOTE_TIME] + vote]:
            continue  # on a day of its own
        voters += 1
        odds = odds_of(X, F, J, B, I, G, table, voter, accused)
        if odds != odds:
            J[X[at.J_ERROR]] = rule
            return at.VOTE_NOT_FINITE
        said = vote >= 0
        before = L[of.E_SILENT_ODDS] + case * n + voter
        if L[of.MODE] == of.ABDUCT:
            E[before] = odds
            yes = said
        else:
            yes = votes_yes(X, H, L, E, seed, run, rule, case, voter, accused, odds, shared, E[before], said)
        if not yes:
            continue
        found += 1
        if said:
            L[L[of.L_VOTE_DONE] + vote] = count + 1
        count = find(X, F, J, B, I, G, OT, OI, count, table, voter, accused, occasion)
        if count < 0:
            return count
        if not council:
            set_pair(X, F, J, B, I, G, I[table + at.R_OBLIGATION], voter, accused, obliges)
    carried = voters > 0 and (found == voters if finding == at.UNANIMITY else 2 * found > voters)
    if council and carried:
        count = find(X, F, J, B, I, G, OT, OI, count, table, I[table + at.R_ACTOR], accused, occasion)
        if count < 0:
            return count
        for member in range(n):
            if sits(X, F, B, I, table, member, accused, victim, False):
                set_pair(X, F, J, B, I, G, I[table + at.R_OBLIGATION], member, accused, obliges)
    return count
