"""Compiled: let a history unfold, and keep only what its acts could choose among.

Statistics are brought up to date where something changed. Options with equal statistics are one
option with a count, so that the likelihood later runs over few distinct vectors.
"""

# Arrays go by one or two letters; estimate/places.py and estimate/unfolding.py say what each holds.
# ruff: noqa: E741
from __future__ import annotations

import math

import numpy as np
from numba import njit

from rapallo.engine.call import call_effect, pointer
from rapallo.engine.compiled import compiled
from rapallo.engine.compiled_cache import cached_here
from rapallo.estimate import places as at
from rapallo.estimate.keep_up import alter, put, soil_all, touch

_MIX = np.int64(-7046029254386353131)


@compiled
def allowed(P, I, F, M, first, second):
    """Say whether an option is open: both present, the mask, and what the dependent network leaves."""
    n = P[at.ACTORS]
    if M[n * n + first] == 0 or M[n * n + second] == 0 or M[first * n + second] == 0:
        return False
    if P[at.MODE] != at.ANY and first != second:
        standing = F[I[P[at.I_SOURCE] + P[at.MASKED] * at.S_WIDTH] + first * n + second] > 0.0
        return standing == (P[at.MODE] == at.TIED)
    return True


@compiled
def evaluate(P, I, G, F, B, J, Z, ST, TL, term, count):
    """Evaluate a term by its effect for the pairs in scratch."""
    table = P[at.I_TERM] + term * at.T_WIDTH
    call_effect(
        I[table + at.T_ADDRESS],
        pointer(F),
        pointer(B),
        pointer(I),
        I[table + at.T_SLOTS],
        pointer(G),
        I[table + at.T_SETTINGS],
        count,
        pointer(J),
        P[at.J_PAIRS],
        P[at.F_SCRATCH],
    )
    for k in range(count):
        put(P, Z, ST, TL, term, J[P[at.J_PLACES] + k], F[P[at.F_SCRATCH] + k])


@compiled
def ask(P, I, J, term, k, place):
    """Put down whom a term's effect is asked about for one place."""
    n = P[at.ACTORS]
    first = place if P[at.DOMAIN] == at.BY_ACTOR else place // n
    second = place if P[at.DOMAIN] == at.BY_ACTOR else place % n
    parties = I[P[at.I_TERM] + term * at.T_WIDTH + at.T_PARTIES]
    J[P[at.J_PAIRS] + 2 * k] = second if parties == at.EXCHANGED else first
    J[P[at.J_PAIRS] + 2 * k + 1] = second if parties == at.AS_THEY_ARE else first
    J[P[at.J_PLACES] + k] = place


@compiled
def refresh(P, I, G, F, B, J, Z, ST, TL, DC, DL, DM):
    """Evaluate what was noted, for domains that keep every pair up to date."""
    n = P[at.ACTORS]
    pairs = n if P[at.DOMAIN] == at.BY_ACTOR else n * n
    for term in range(P[at.TERMS]):
        if I[P[at.I_TERM] + term * at.T_WIDTH + at.T_CODE] != at.GENERIC or DC[term] == 0:
            continue
        count = pairs if DC[term] < 0 else DC[term]
        for k in range(count):
            place = k if DC[term] < 0 else DL[term * pairs + k]
            ask(P, I, J, term, k, place)
            DM[term * pairs + place] = 0
        DC[term] = 0
        evaluate(P, I, G, F, B, J, Z, ST, TL, term, count)


@compiled
def refresh_row(P, I, G, F, B, J, Z, ST, TL, DM, sender):
    """Evaluate what was noted for the options of one sender."""
    n = P[at.ACTORS]
    for term in range(P[at.TERMS]):
        if I[P[at.I_TERM] + term * at.T_WIDTH + at.T_CODE] != at.GENERIC or DM[term * n + sender] == 0:
            continue
        DM[term * n + sender] = 0
        for other in range(n):
            ask(P, I, J, term, other, sender * n + other)
        evaluate(P, I, G, F, B, J, Z, ST, TL, term, n)


@compiled
def vector_of(P, Z, ZI, V, VI, T, place):
    """Find the number of a pair's vector of statistics, or give it the next one; -1 where one is missing."""
    width = P[at.TERMS]
    base = place * width
    code = np.int64(1469598103)
    for k in range(width):
        if Z[base + k] != Z[base + k]:
            P[at.WHAT] = k
            return -1
        code = (code ^ ZI[base + k]) * _MIX
        code ^= code >> 31
    mask = T.shape[0] - 1
    slot = code & mask
    while T[slot] >= 0:
        found = T[slot]
        same = True
        for k in range(width):
            if VI[found * width + k] != ZI[base + k]:
                same = False
                break
        if same:
            return found
        slot = (slot + 1) & mask
    number = P[at.VECTORS]
    for k in range(width):
        V[number * width + k] = Z[base + k]
    T[slot] = number
    P[at.VECTORS] += 1
    return number


@compiled
def settle(P, I, F, M, Z, ZI, V, VI, T, TL, N, NS, NL, C, E, SI, XD, ND, elapsed):
    """Move the touched options to their new vectors and write down how the counts changed."""
    n = P[at.ACTORS]
    moved = 0
    for k in range(P[at.TOUCHED]):
        place = TL[k]
        first = place if P[at.DOMAIN] == at.BY_ACTOR else place // n
        second = place if P[at.DOMAIN] == at.BY_ACTOR else place % n
        new = np.int64(-1)
        if allowed(P, I, F, M, first, second):
            new = vector_of(P, Z, ZI, V, VI, T, place)
            if new < 0 and P[at.SKIP_MISSING] == 0:
                P[at.WHERE] = place
                return False
        old = N[place]
        if new == old:
            continue
        N[place] = new
        if P[at.DOMAIN] >= at.BY_COORDINATION:
            XD[P[at.DELTAS]] = place
            ND[P[at.DELTAS]] = new
            P[at.DELTAS] += 1
            continue
        for side in range(2):
            vector = old if side == 0 else new
            if vector < 0:
                continue
            if NS[2 * vector] != P[at.EPOCH]:
                NS[2 * vector] = P[at.EPOCH]
                NS[2 * vector + 1] = 0
                NL[moved] = vector
                moved += 1
            NS[2 * vector + 1] += 2 * side - 1
    for k in range(moved):
        vector = NL[k]
        change = NS[2 * vector + 1]
        if change != 0:
            E[vector] += C[vector] * (elapsed - SI[vector])
            SI[vector] = elapsed
            C[vector] += change
            XD[P[at.DELTAS]] = vector
            ND[P[at.DELTAS]] = change
            P[at.DELTAS] += 1
    P[at.TOUCHED] = 0
    P[at.EPOCH] += 1
    return True


@compiled
def gather(P, I, F, M, Z, ZI, V, VI, T, NS, NL, XD, ND, sender, receiver):
    """Write down the options of one sender: distinct vectors with counts. Gives the vector chosen."""
    n = P[at.ACTORS]
    kinds = 0
    picked = np.int64(-1)
    for other in range(n):
        if other == sender or not allowed(P, I, F, M, sender, other):
            continue
        if P[at.CONTROLS] != 0 and other != receiver and not chance(P, sender, other, n):
            continue
        vector = vector_of(P, Z, ZI, V, VI, T, sender * n + other)
        if vector < 0:
            if P[at.SKIP_MISSING] == 0:
                P[at.WHERE] = sender * n + other
                return -2
            continue
        if other == receiver:
            picked = vector
        if NS[2 * vector] != P[at.EPOCH]:
            NS[2 * vector] = P[at.EPOCH]
            NS[2 * vector + 1] = 0
            NL[kinds] = vector
            kinds += 1
        NS[2 * vector + 1] += 1
    if picked >= 0:
        for k in range(kinds):
            XD[P[at.DELTAS]] = NL[k]
            ND[P[at.DELTAS]] = NS[2 * NL[k] + 1]
            P[at.DELTAS] += 1
    P[at.EPOCH] += 1
    return picked


@compiled
def uniform(seed, first, second):
    """Give a number in [0, 1) that hangs on three integers alone."""
    code = (seed * _MIX) ^ first
    code = (code ^ (code >> 29)) * _MIX
    code = (code ^ second) * _MIX
    code ^= code >> 31
    code = code * _MIX
    code ^= code >> 30
    return (code & 9007199254740991) / 9007199254740992.0


@compiled
def chance(P, sender, other, options):
    """Say whether an option that was not chosen is drawn as a control, with equal chances for all (below 0: none)."""
    return uniform(P[at.SEED], P[at.STEP] * 1000003 + sender, other) * (options - 2) < P[at.CONTROLS]


@compiled
def draw(P, I, F, M, Z, ZI, V, VI, T, NS, NL, XD, ND, case):
    """Write down the pair that acted and pairs drawn at random, each with the same chance. Gives the vector chosen."""
    n = P[at.ACTORS]
    if not allowed(P, I, F, M, case // n, case % n):
        return -1
    rare = math.log1p(-min(0.999999, P[at.CONTROLS] / (n * (n - 1.0))))
    picked = vector_of(P, Z, ZI, V, VI, T, case)
    kinds = 0
    place = np.int64(-1)
    taken = np.int64(0)
    vector = picked
    while vector >= 0:
        if NS[2 * vector] != P[at.EPOCH]:
            NS[2 * vector] = P[at.EPOCH]
            NS[2 * vector + 1] = 0
            NL[kinds] = vector
            kinds += 1
        NS[2 * vector + 1] += 1
        vector = np.int64(-1)
        while vector < 0 and kinds < P[at.MOST_DRAWN] - 1:
            taken += 1
            place += 1 + np.int64(math.log(1.0 - uniform(P[at.SEED], P[at.STEP], taken)) / rare)
            if place >= n * n:
                break
            if place != case and allowed(P, I, F, M, place // n, place % n):
                vector = vector_of(P, Z, ZI, V, VI, T, place)
                if vector < 0 and P[at.SKIP_MISSING] == 0:
                    P[at.WHERE] = place
                    return -2
    if picked < 0:
        P[at.WHERE] = case
        return -1 if P[at.SKIP_MISSING] == 1 else -2
    for k in range(kinds):
        XD[P[at.DELTAS]] = NL[k]
        ND[P[at.DELTAS]] = NS[2 * NL[k] + 1]
        P[at.DELTAS] += 1
    P[at.EPOCH] += 1
    return picked


@compiled
def draw_moments(P, I, F, M, Z, ZI, V, VI, T, XD, ND, AP, EL, span, case):
    """Write down the pair that acted, and moments drawn from the time before: their pairs' vectors.

    Moments come at a constant intensity for each pair, and at a further one that all pairs share that have acted
    before; beside each stands how many those were, or 0 where its pair is none of them. Gives the vector that acted.
    """
    n = P[at.ACTORS]
    picked = np.int64(-1)
    first = P[at.DELTAS]
    if case >= 0:
        if not allowed(P, I, F, M, case // n, case % n):
            return -1
        picked = vector_of(P, Z, ZI, V, VI, T, case)
        if picked < 0:
            P[at.WHERE] = case
            return -1 if P[at.SKIP_MISSING] == 1 else -2
        XD[P[at.DELTAS]] = picked
        ND[P[at.DELTAS]] = AP[0] if AP[1 + n * n + case] == 1 else 0
        P[at.DELTAS] += 1
    taken = np.int64(0)
    for part in range(2):
        length = EL[at.EVERYWHERE] * span * n * n
        if part == 1:
            length = EL[at.WHERE_ACTED] * span if AP[0] > 0 else 0.0
        reached = 0.0
        while P[at.DELTAS] - first < P[at.MOST_DRAWN]:
            taken += 1
            reached -= math.log(1.0 - uniform(P[at.SEED], P[at.STEP], taken))
            if reached >= length:
                break
            place = np.int64(reached / length * (n * n if part == 0 else AP[0]))
            if part == 1:
                place = AP[1 + place]
            if allowed(P, I, F, M, place // n, place % n):
                vector = vector_of(P, Z, ZI, V, VI, T, place)
                if vector < 0 and P[at.SKIP_MISSING] == 0:
                    P[at.WHERE] = place
                    return -2
                if vector >= 0:
                    XD[P[at.DELTAS]] = vector
                    ND[P[at.DELTAS]] = AP[0] if AP[1 + n * n + place] == 1 else 0
                    P[at.DELTAS] += 1
    if case >= 0 and AP[1 + n * n + case] == 0:
        AP[1 + n * n + case] = 1
        AP[1 + AP[0]] = case
        AP[0] += 1
    return picked


def _unfold(
    P,
    I,
    G,
    F,
    B,
    J,
    M,
    CH,
    CV,
    CP,
    SD,
    SS,
    SR,
    Z,
    ZI,
    V,
    VI,
    T,
    ST,
    TL,
    DC,
    DL,
    DM,
    N,
    NS,
    NL,
    C,
    E,
    SI,
    XD,
    ND,
    OC,
    OP,
    OS,
    EL,
    AP,
):
    n = P[at.ACTORS]
    while P[at.STEP] < P[at.STEPS]:
        step = P[at.STEP]
        if P[at.APPLIED] == 0:
            if P[at.VECTORS] > P[at.MOST_VECTORS] or P[at.DELTAS] > P[at.MOST_DELTAS]:
                return at.BLOCK_FULL
            for k in range(CP[step], CP[step + 1]):
                kind = CH[k * at.C_WIDTH + at.C_KIND]
                source = CH[k * at.C_WIDTH + at.C_SOURCE]
                first = CH[k * at.C_WIDTH + at.C_FIRST]
                second = CH[k * at.C_WIDTH + at.C_SECOND]
                third = CH[k * at.C_WIDTH + at.C_THIRD]
                if kind == at.SET or kind == at.ADD:
                    adds = kind == at.ADD
                    alter(P, I, F, B, Z, ST, TL, DC, DL, DM, source, first, second, third, CV[k], adds)
                    if I[P[at.I_SOURCE] + source * at.S_WIDTH + at.S_MUTUAL] == 1:
                        alter(P, I, F, B, Z, ST, TL, DC, DL, DM, source, second, first, third, CV[k], adds)
                elif kind == at.PRESENT:
                    M[n * n + first] = 1 if CV[k] > 0.0 else 0
                    if P[at.DOMAIN] == at.BY_ACTOR:
                        touch(P, ST, TL, first)
                    else:
                        for other in range(n):
                            touch(P, ST, TL, first * n + other)
                            touch(P, ST, TL, other * n + first)
                elif kind == at.ALLOW:
                    M[first * n + second] = 1 if CV[k] > 0.0 else 0
                    if P[at.DOMAIN] != at.BY_ACTOR:
                        touch(P, ST, TL, first * n + second)
                    elif first == second:
                        touch(P, ST, TL, first)
                else:
                    F[1] = CV[k]
                    soil_all(P, DC, DM, source)
            P[at.APPLIED] = 1
            if P[at.DOMAIN] != at.BY_ROW:
                refresh(P, I, G, F, B, J, Z, ST, TL, DC, DL, DM)
        sender = SS[step]
        receiver = SR[step]
        sampled = P[at.DOMAIN] == at.BY_PAIR and P[at.CONTROLS] > 0
        room = n if P[at.DOMAIN] == at.BY_ROW else P[at.MOST_DRAWN] if sampled else P[at.TOUCHED]
        if 2 * (P[at.VECTORS] + room) > T.shape[0] or P[at.VECTORS] + room > C.shape[0]:
            return at.MORE_VECTORS
        if P[at.DELTAS] + 2 * room > XD.shape[0]:
            return at.MORE_DELTAS
        picked = np.int64(-1)
        if sampled:
            P[at.TOUCHED] = 0
            if P[at.EVERY] == 1:
                case = sender * n + receiver if sender >= 0 else -1
                picked = draw_moments(P, I, F, M, Z, ZI, V, VI, T, XD, ND, AP, EL, SD[step], case)
                EL[0] += SD[step]
                P[at.EPOCH] += 1
                if picked == -2:
                    return at.NOT_A_NUMBER
            elif sender >= 0:
                picked = draw(P, I, F, M, Z, ZI, V, VI, T, NS, NL, XD, ND, sender * n + receiver)
                P[at.EPOCH] += 1
                if picked == -2:
                    return at.NOT_A_NUMBER
        elif P[at.DOMAIN] != at.BY_ROW:
            if P[at.TOUCHED] > 0 and not settle(P, I, F, M, Z, ZI, V, VI, T, TL, N, NS, NL, C, E, SI, XD, ND, EL[0]):
                return at.NOT_A_NUMBER
            EL[0] += SD[step]
            if sender >= 0:
                place = sender if P[at.DOMAIN] == at.BY_ACTOR else sender * n + receiver
                picked = N[place]
                if P[at.DOMAIN] == at.BY_COORDINATION and N[receiver * n + sender] < 0:
                    picked = -1  # both sides choose: what is unknown of one leaves out the tie
                if P[at.DOMAIN] >= at.BY_COORDINATION and picked >= 0:
                    picked = place
        elif sender >= 0:
            refresh_row(P, I, G, F, B, J, Z, ST, TL, DM, sender)
            picked = gather(P, I, F, M, Z, ZI, V, VI, T, NS, NL, XD, ND, sender, receiver)
            if picked == -2:
                return at.NOT_A_NUMBER
        if sender >= 0:
            if picked < 0 and P[at.SKIP_MISSING] == 0:
                return at.NOT_ALLOWED
            if picked < 0:
                missing = allowed(P, I, F, M, sender, sender if P[at.DOMAIN] == at.BY_ACTOR else receiver)
                if P[at.DOMAIN] == at.BY_COORDINATION:
                    missing = missing and allowed(P, I, F, M, receiver, sender)
                if not missing:
                    return at.NOT_ALLOWED
        if sender >= 0 or P[at.EVERY] == 1:
            case = P[at.CASES]
            OC[case] = picked if sender >= 0 else at.NO_ACT
            OS[case] = step
            OP[case + 1] = P[at.DELTAS]
            P[at.CASES] += 1
        P[at.APPLIED] = 0
        P[at.STEP] += 1
    return at.DONE


def _options(P, I, G, F, B, J, M, Z, ZI, V, VI, T, ST, TL, DM, sender, vectors):
    """Give for each receiver the vector of the sender's choice, or -1; False where a statistic is missing."""
    refresh_row(P, I, G, F, B, J, Z, ST, TL, DM, sender)
    for other in range(P[at.ACTORS]):
        vectors[other] = -1
        if other != sender and allowed(P, I, F, M, sender, other):
            vectors[other] = vector_of(P, Z, ZI, V, VI, T, sender * P[at.ACTORS] + other)
            if vectors[other] < 0 and P[at.SKIP_MISSING] == 0:
                P[at.WHERE] = sender * P[at.ACTORS] + other
                return False
    return True


def _rehash(VI, count, width, T):
    mask = T.shape[0] - 1
    for vector in range(count):
        code = np.int64(1469598103)
        for k in range(width):
            code = (code ^ VI[vector * width + k]) * _MIX
            code ^= code >> 31
        slot = code & mask
        while T[slot] >= 0:
            slot = (slot + 1) & mask
        T[slot] = vector


_I8, _I64, _F64 = "int8[::1]", "int64[::1]", "float64[::1]"
_KINDS = [
    *(_I64, _I64, _F64, _F64, _I8, _I64, _I8),  # P I G F B J M
    *(_I64, _F64, _I64),  # CH CV CP
    *(_F64, _I64, _I64),  # SD SS SR
    *(_F64, _I64, _F64, _I64, _I64),  # Z ZI V VI T
    *(_I64, _I64, _I64, _I64, _I8),  # ST TL DC DL DM
    *(_I64, _I64, _I64, _I64, _F64, _F64),  # N NS NL C E SI
    *(_I64, _I64, _I64, _I64, _I64, _F64, _I64),  # XD ND OC OP OS EL AP
]
with cached_here(
    "estimate", __file__, "places.py", "keep_up.py", "../engine/call.py", "../engine/compiled.py", "../engine/layout.py"
):
    unfold = njit(f"int64({','.join(_KINDS)})", cache=True, nogil=True, error_model="numpy", _nrt=False)(_unfold)
    _ROW = f"{_I64},{_I64},{_F64},{_F64},{_I8},{_I64},{_I8},{_F64},{_I64},{_F64},{_I64},{_I64},{_I64},{_I64},{_I8}"
    options = njit(f"boolean({_ROW},int64,{_I64})", cache=True, error_model="numpy", _nrt=False)(_options)
    rehash = njit(f"void({_I64},int64,int64,{_I64})", cache=True, error_model="numpy", _nrt=False)(_rehash)
