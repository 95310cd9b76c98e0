"""Compiled: what an institution's rule does: a case opens, is decided or ends, and binds whom it binds."""

from __future__ import annotations

from rapallo.engine import layout as at
from rapallo.engine import luck
from rapallo.engine.change import act, log, set_pair
from rapallo.engine.compiled import compiled
from rapallo.engine.part import part
from rapallo.engine.weigh import fresh_predictor, holds, logistic, tie


@compiled
def close(X, F, J, case):
    """Strike a case off the list."""
    last = J[X[at.J_CASES]] - 1
    for k in range(case, last):
        F[X[at.F_CASE_DUE] + k] = F[X[at.F_CASE_DUE] + k + 1]
        for field in range(at.C_WIDTH):
            J[X[at.J_CASE] + k * at.C_WIDTH + field] = J[X[at.J_CASE] + (k + 1) * at.C_WIDTH + field]
    J[X[at.J_CASES]] = last


@part("void")
def lift(X, F, J, B, I, G, layer, change, sender, receiver):
    """Close the cases that an ending ends, and lift what was obliged against whom nothing stands any more."""
    n = X[at.ACTORS]
    for rule in range(X[at.RULES]):
        table = X[at.I_RULE] + rule * at.R_WIDTH
        if I[table + at.R_LAYER] != layer or I[table + at.R_ENDS] != change:
            continue
        for direction in range(1 + I[X[at.I_LAYER] + layer * at.L_WIDTH + at.L_MUTUAL]):
            accused = sender if direction == 0 else receiver
            victim = receiver if direction == 0 else sender
            for case in range(J[X[at.J_CASES]] - 1, -1, -1):
                place = X[at.J_CASE] + case * at.C_WIDTH
                if (
                    J[place + at.C_RULE] == rule
                    and J[place + at.C_ACCUSED] == accused
                    and J[place + at.C_VICTIM] == victim
                ):
                    close(X, F, J, case)
            standing = False
            for other in range(n):
                if tie(X, F, layer, accused, other) > 0.0:
                    standing = True
            if not standing:
                for member in range(n):
                    set_pair(X, F, J, B, I, G, I[table + at.R_OBLIGATION], member, accused, 0.0)


@part("int64")
def triggers(X, F, J, B, I, G, layer, change, sender, receiver):
    """Open a case under every rule that an act triggers, and close those it ends."""
    if receiver < 0:
        return 0
    lift(X, F, J, B, I, G, layer, change, sender, receiver)
    for rule in range(X[at.RULES]):
        table = X[at.I_RULE] + rule * at.R_WIDTH
        if I[table + at.R_LAYER] != layer:
            continue
        if change == I[table + at.R_CHANGE] and holds(
            X, F, I, I[table + at.R_CONDITIONS], I[table + at.R_CONDITION_LIST], sender, receiver
        ):
            case = J[X[at.J_CASES]]
            if case >= X[at.MAX_CASES]:
                return at.TOO_MANY_CASES
            place = X[at.J_CASE] + case * at.C_WIDTH
            J[place + at.C_RULE] = rule
            J[place + at.C_ACCUSED] = sender
            J[place + at.C_VICTIM] = receiver
            J[place + at.C_OCCASION] = J[X[at.J_NEXT_OCCASION]]
            J[X[at.J_NEXT_OCCASION]] += 1
            F[X[at.F_CASE_DUE] + case] = F[at.NOW] + G[I[table + at.R_NUMBERS]]
            J[X[at.J_CASES]] += 1
    return 0


@compiled
def sits(X, F, B, I, table, actor, accused, victim, council):
    """Say whether an actor has a voice in a case: a member that is no party, on the council where that is asked."""
    if actor == accused or actor == victim or B[X[at.B_EXISTS] + actor] == 0:
        return False
    if tie(X, F, I[table + at.R_MEMBERSHIP], actor, I[table + at.R_ACTOR]) <= 0.0:
        return False
    if council:
        return F[X[at.F_ATTRIBUTES] + I[table + at.R_COUNCIL] * X[at.ACTORS] + actor] > 0.0
    return True


@part("int64")
def decide(X, F, J, B, I, G, H, OT, OI, count, seed, run, case):
    """Let the voters of a due case find, write the findings down, and set what they oblige."""
    n = X[at.ACTORS]
    place = X[at.J_CASE] + case * at.C_WIDTH
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
    # counted for each accused, so that a case against another does not reshuffle the votes
    number = J[X[at.J_RULE_COUNT] + rule * n + accused]
    J[X[at.J_RULE_COUNT] + rule * n + accused] += 1
    shared = 0.0
    if G[I[table + at.R_NUMBERS] + 2] > 0.0:
        name = luck.name_of(luck.SHOCK, H[X[at.H_RULE] + rule], H[X[at.H_ACTOR] + accused], H[X[at.H_ACTOR] + victim])
        shared = G[I[table + at.R_NUMBERS] + 2] * luck.normal(seed, run, name, number)
    voters = 0
    found = 0
    for voter in range(n):
        if not sits(X, F, B, I, table, voter, accused, victim, council):
            continue
        voters += 1
        odds = shared + fresh_predictor(
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
        if odds != odds:
            J[X[at.J_ERROR]] = rule
            return at.VOTE_NOT_FINITE
        name = luck.name_of(luck.VOTE, H[X[at.H_RULE] + rule], H[X[at.H_ACTOR] + voter], H[X[at.H_ACTOR] + accused])
        if luck.uniform(seed, run, name, number) < logistic(odds):
            found += 1
            count = log(
                X,
                F,
                OT,
                OI,
                count,
                at.NONE,
                I[table + at.R_FINDING_LAYER],
                at.FORM,
                voter,
                accused,
                occasion,
                at.SIMULATED,
            )
            if count < 0:
                return count
            act(X, F, J, B, I, G, at.NONE, I[table + at.R_FINDING_LAYER], at.FORM, voter, accused)
            if not council:
                set_pair(X, F, J, B, I, G, I[table + at.R_OBLIGATION], voter, accused, obliges)
    carried = voters > 0 and (found == voters if finding == at.UNANIMITY else 2 * found > voters)
    if council and carried:
        count = log(
            X,
            F,
            OT,
            OI,
            count,
            at.NONE,
            I[table + at.R_FINDING_LAYER],
            at.FORM,
            I[table + at.R_ACTOR],
            accused,
            occasion,
            at.SIMULATED,
        )
        if count < 0:
            return count
        act(X, F, J, B, I, G, at.NONE, I[table + at.R_FINDING_LAYER], at.FORM, I[table + at.R_ACTOR], accused)
        for member in range(n):
            if sits(X, F, B, I, table, member, accused, victim, False):
                set_pair(X, F, J, B, I, G, I[table + at.R_OBLIGATION], member, accused, obliges)
    return count
