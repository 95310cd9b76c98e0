"""Compiled: let a history unfold, and keep only what its acts could choose among.

Statistics are brought up to date where something changed. Options with equal statistics are one
option with a count, so that the likelihood later runs over few distinct vectors.
"""

# Arrays go by one or two letters; estimate/places.py and estimate/unfolding.py say what each holds.
from __future__ import annotations

import numpy as np
from numba import njit

from rapallo.engine import layout as pattern
from rapallo.engine.call import call_effect, pointer
from rapallo.engine.compiled import compiled
from rapallo.estimate import places as at
from rapallo.estimate.compiled_cache import cached_here

_MIX = np.int64(-7046029254386353131)


@compiled
def touch(P, ST, TL, place):
    """Note that a pair's statistics or its mask may have changed."""
    if P[at.DOMAIN] != at.BY_ROW and ST[place] != P[at.EPOCH]:
        ST[place] = P[at.EPOCH]
        TL[P[at.TOUCHED]] = place
        P[at.TOUCHED] += 1


@compiled
def put(P, Z, ST, TL, term, place, value):
    """Set one statistic; a negative zero becomes zero, so that equal numbers have equal bits."""
    value = value + 0.0
    where = place * P[at.TERMS] + term
    if Z[where] != value:
        Z[where] = value
        touch(P, ST, TL, place)


@compiled
def add(P, Z, ST, TL, term, first, second, value):
    """Add to one statistic of a pair."""
    if P[at.DOMAIN] == at.BY_ACTOR:
        if first != second:
            return
        place = first
    else:
        place = first * P[at.ACTORS] + second
    Z[place * P[at.TERMS] + term] += value
    touch(P, ST, TL, place)


@compiled
def follow(P, F, Z, ST, TL, code, term, base, a, b, old, new):
    """Bring a classic statistic up to date after the tie from ``a`` to ``b`` changed."""
    n = P[at.ACTORS]
    if code == at.TIE or code == at.REVERSE or code == at.VALUE or code == at.REVERSE_VALUE:
        value = new if code == at.VALUE or code == at.REVERSE_VALUE else (1.0 if new > 0.0 else 0.0)
        if code == at.REVERSE or code == at.REVERSE_VALUE:
            put(P, Z, ST, TL, term, b * n + a, value)
        else:
            put(P, Z, ST, TL, term, a * n + b, value)
        return
    step = (1.0 if new > 0.0 else 0.0) - (1.0 if old > 0.0 else 0.0)
    if step == 0.0:
        return
    if code == at.RECEIVER_IN or code == at.RECEIVER_OUT:
        whose = b if code == at.RECEIVER_IN else a
        if P[at.DOMAIN] == at.BY_ACTOR:
            add(P, Z, ST, TL, term, whose, whose, step)
        else:
            for other in range(n):
                add(P, Z, ST, TL, term, other, whose, step)
    elif code == at.SENDER_IN or code == at.SENDER_OUT:
        whose = b if code == at.SENDER_IN else a
        if P[at.DOMAIN] == at.BY_ACTOR:
            add(P, Z, ST, TL, term, whose, whose, step)
        else:
            for other in range(n):
                add(P, Z, ST, TL, term, whose, other, step)
    elif code == at.TRANSITIVE or code == at.CYCLIC:
        for other in range(n):
            if other == a or other == b:
                continue
            if F[base + b * n + other] > 0.0:
                if code == at.TRANSITIVE:
                    add(P, Z, ST, TL, term, a, other, step)
                else:
                    add(P, Z, ST, TL, term, other, a, step)
            if F[base + other * n + a] > 0.0:
                if code == at.TRANSITIVE:
                    add(P, Z, ST, TL, term, other, b, step)
                else:
                    add(P, Z, ST, TL, term, b, other, step)
    elif code == at.COMMON_SENDER:
        for other in range(n):
            if other != a and other != b and F[base + a * n + other] > 0.0:
                add(P, Z, ST, TL, term, b, other, step)
                add(P, Z, ST, TL, term, other, b, step)
    else:
        for other in range(n):
            if other != a and other != b and F[base + other * n + b] > 0.0:
                add(P, Z, ST, TL, term, a, other, step)
                add(P, Z, ST, TL, term, other, a, step)


@compiled
def soil(P, DC, DL, DM, term, place, turned):
    """Note that one statistic must be evaluated anew; ``turned`` where it is read with the parties exchanged."""
    n = P[at.ACTORS]
    pairs = n if P[at.DOMAIN] == at.BY_ACTOR else n * n
    if turned and P[at.DOMAIN] != at.BY_ACTOR:
        place = (place % n) * n + place // n
    if DC[term] >= 0 and DM[term * pairs + place] == 0:
        DM[term * pairs + place] = 1
        DL[term * pairs + DC[term]] = place
        DC[term] += 1


@compiled
def soil_row(P, DC, DL, DM, term, actor, turned):
    """Note that all statistics of pairs with this actor first must be evaluated anew."""
    n = P[at.ACTORS]
    if P[at.DOMAIN] == at.BY_ACTOR:
        soil(P, DC, DL, DM, term, actor, turned)
    elif P[at.DOMAIN] == at.BY_ROW:
        DM[term * n + actor] = 1
    else:
        for other in range(n):
            soil(P, DC, DL, DM, term, actor * n + other, turned)


@compiled
def soil_column(P, DC, DL, DM, term, actor, turned):
    """Note that all statistics of pairs with this actor second must be evaluated anew."""
    n = P[at.ACTORS]
    if P[at.DOMAIN] == at.BY_ACTOR:
        soil(P, DC, DL, DM, term, actor, turned)
    elif P[at.DOMAIN] == at.BY_ROW:
        for other in range(n):
            DM[term * n + other] = 1
    else:
        for other in range(n):
            soil(P, DC, DL, DM, term, other * n + actor, turned)


@compiled
def soil_all(P, DC, DM, term):
    """Note that a whole statistic must be evaluated anew."""
    if P[at.DOMAIN] == at.BY_ROW:
        for actor in range(P[at.ACTORS]):
            DM[term * P[at.ACTORS] + actor] = 1
    else:
        DC[term] = -1


@compiled
def reach(P, I, DC, DL, DM, term, changes, kind, first, second):
    """Note which statistics of a term a change at (first, second) can reach; ``first`` alone for a vector."""
    n = P[at.ACTORS]
    turned = I[P[at.I_TERM] + term * at.T_WIDTH + at.T_REVERSED] == 1
    if changes == pattern.ALL or (turned and P[at.DOMAIN] == at.BY_ROW):
        soil_all(P, DC, DM, term)
    elif kind == at.VECTOR:
        if changes != pattern.COLUMN:
            soil_row(P, DC, DL, DM, term, first, turned)
        if changes != pattern.ROW:
            soil_column(P, DC, DL, DM, term, first, turned)
    elif changes == pattern.PAIR:
        if P[at.DOMAIN] == at.BY_PAIR or P[at.DOMAIN] == at.BY_COORDINATION:
            soil(P, DC, DL, DM, term, first * n + second, turned)
            soil(P, DC, DL, DM, term, second * n + first, turned)
        elif P[at.DOMAIN] == at.BY_ROW:
            DM[term * n + first] = 1
            DM[term * n + second] = 1
        else:
            soil(P, DC, DL, DM, term, first, turned)
            soil(P, DC, DL, DM, term, second, turned)
    else:
        if changes != pattern.COLUMN:
            soil_row(P, DC, DL, DM, term, first, turned)
        if changes != pattern.ROW:
            soil_column(P, DC, DL, DM, term, second, turned)
        if changes == pattern.ROW_AND_COLUMN:
            soil_row(P, DC, DL, DM, term, second, turned)
            soil_column(P, DC, DL, DM, term, first, turned)


@compiled
def alter(P, I, F, B, Z, ST, TL, DC, DL, DM, source, first, second, third, value, adds):
    """Change one cell of what effects read, and follow it through the terms that read it."""
    n = P[at.ACTORS]
    table = P[at.I_SOURCE] + source * at.S_WIDTH
    kind = I[table + at.S_KIND]
    base = I[table + at.S_PLACE]
    if kind == at.SEEN:
        B[base + (first * n + second) * n + third] = 1 if value > 0.0 else 0
        a = second
        b = third
        old = 0.0
        new = value
    else:
        a = first
        b = second
        place = base + (a if kind == at.VECTOR else a * n + b)
        old = F[place]
        new = old + value if adds else value
        if new == old:
            return
        F[place] = new
    readers = P[at.I_READERS]
    for k in range(I[readers + source], I[readers + source + 1], 2):
        term = I[k]
        code = I[P[at.I_TERM] + term * at.T_WIDTH + at.T_CODE]
        if code == at.GENERIC:
            reach(P, I, DC, DL, DM, term, I[k + 1], kind, a, b)
        else:
            follow(P, F, Z, ST, TL, code, term, base, a, b, old, new)
    if source == P[at.MASKED] and P[at.DOMAIN] != at.BY_ACTOR:
        touch(P, ST, TL, a * n + b)


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
    turned = I[table + at.T_REVERSED]
    for k in range(count):
        first = J[P[at.J_PAIRS] + 2 * k + turned]
        place = first if P[at.DOMAIN] == at.BY_ACTOR else first * P[at.ACTORS] + J[P[at.J_PAIRS] + 2 * k + 1 - turned]
        put(P, Z, ST, TL, term, place, F[P[at.F_SCRATCH] + k])


@compiled
def refresh(P, I, G, F, B, J, Z, ST, TL, DC, DL, DM):
    """Evaluate what was noted, for domains that keep every pair up to date."""
    n = P[at.ACTORS]
    pairs = n if P[at.DOMAIN] == at.BY_ACTOR else n * n
    for term in range(P[at.TERMS]):
        if I[P[at.I_TERM] + term * at.T_WIDTH + at.T_CODE] != at.GENERIC or DC[term] == 0:
            continue
        count = pairs if DC[term] < 0 else DC[term]
        turned = I[P[at.I_TERM] + term * at.T_WIDTH + at.T_REVERSED]
        for k in range(count):
            place = k if DC[term] < 0 else DL[term * pairs + k]
            J[P[at.J_PAIRS] + 2 * k + turned] = place if P[at.DOMAIN] == at.BY_ACTOR else place // n
            J[P[at.J_PAIRS] + 2 * k + 1 - turned] = place if P[at.DOMAIN] == at.BY_ACTOR else place % n
        for k in range(pairs if DC[term] < 0 else DC[term]):
            DM[term * pairs + (k if DC[term] < 0 else DL[term * pairs + k])] = 0
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
        turned = I[P[at.I_TERM] + term * at.T_WIDTH + at.T_REVERSED]
        for other in range(n):
            J[P[at.J_PAIRS] + 2 * other + turned] = sender
            J[P[at.J_PAIRS] + 2 * other + 1 - turned] = other
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
        if P[at.DOMAIN] == at.BY_COORDINATION:
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


def _unfold(P, I, G, F, B, J, M, CH, CV, CP, SD, SS, SR, Z, ZI, V, VI, T, ST, TL, DC, DL, DM, N, NS, NL, C, E, SI, XD, ND, OC, OP, OS, EL):
    n = P[at.ACTORS]
    while P[at.STEP] < P[at.STEPS]:
        step = P[at.STEP]
        if P[at.APPLIED] == 0:
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
        room = n if P[at.DOMAIN] == at.BY_ROW else P[at.TOUCHED]
        if 2 * (P[at.VECTORS] + room) > T.shape[0] or P[at.VECTORS] + room > C.shape[0]:
            return at.MORE_VECTORS
        if P[at.DELTAS] + 2 * room > XD.shape[0]:
            return at.MORE_DELTAS
        picked = np.int64(-1)
        if P[at.DOMAIN] != at.BY_ROW:
            if P[at.TOUCHED] > 0 and not settle(
                P, I, F, M, Z, ZI, V, VI, T, TL, N, NS, NL, C, E, SI, XD, ND, EL[0]
            ):
                return at.NOT_A_NUMBER
            EL[0] += SD[step]
            if sender >= 0:
                place = sender if P[at.DOMAIN] == at.BY_ACTOR else sender * n + receiver
                if P[at.DOMAIN] == at.BY_COORDINATION and N[place] < 0:
                    place = receiver * n + sender
                picked = N[place]
                if P[at.DOMAIN] == at.BY_COORDINATION and picked >= 0:
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
                if not missing:
                    return at.NOT_ALLOWED
            case = P[at.CASES]
            OC[case] = picked
            OS[case] = step
            OP[case + 1] = P[at.DELTAS]
            P[at.CASES] += 1
        P[at.APPLIED] = 0
        P[at.STEP] += 1
    return at.DONE


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
    *(_I64, _I64, _I64, _I64, _I64, _F64),  # XD ND OC OP OS EL
]
with cached_here(__file__, "places.py", "../engine/call.py", "../engine/layout.py"):
    unfold = njit(f"int64({','.join(_KINDS)})", cache=True, nogil=True, error_model="numpy", _nrt=False)(_unfold)
    rehash = njit(f"void({_I64},int64,int64,{_I64})", cache=True, error_model="numpy", _nrt=False)(_rehash)
