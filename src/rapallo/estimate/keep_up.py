"""Compiled: bring statistics up to date where something changed, tie by tie or by asking the effect anew."""

# Arrays go by one or two letters; estimate/places.py and estimate/unfolding.py say what each holds.
# ruff: noqa: E741
from __future__ import annotations

from rapallo.engine import layout as pattern
from rapallo.engine.compiled import compiled
from rapallo.estimate import places as at


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
    parties = I[P[at.I_TERM] + term * at.T_WIDTH + at.T_PARTIES]
    turned = parties == at.EXCHANGED
    if changes == pattern.ALL or (turned and P[at.DOMAIN] == at.BY_ROW):
        soil_all(P, DC, DM, term)
    elif parties == at.FIRST_ALONE:
        soil_row(P, DC, DL, DM, term, first, False)
        if kind != at.VECTOR:
            soil_row(P, DC, DL, DM, term, second, False)
    elif kind == at.VECTOR:
        if changes != pattern.COLUMN:
            soil_row(P, DC, DL, DM, term, first, turned)
        if changes != pattern.ROW:
            soil_column(P, DC, DL, DM, term, first, turned)
    elif changes == pattern.PAIR:
        if P[at.DOMAIN] >= at.BY_PAIR:
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
        B[base + (first * n + third) * n + second] = 1 if value > 0.0 else 0  # by column, as effects read it
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
