"""Compiled: an entry of the calendar is carried out."""

from __future__ import annotations

from rapallo.engine import layout as at
from rapallo.engine.change import changed, log, mark_masks, reverse, set_number, set_pair, set_tie, tell, tick, yearly
from rapallo.engine.compiled import compiled
from rapallo.engine.fire import carry_out
from rapallo.engine.mark import mark_actor
from rapallo.engine.part import part
from rapallo.engine.rule import lift
from rapallo.engine.statistic import reweigh, whole
from rapallo.engine.weigh import tie

FEW = 4
"""Where more than a fourth of all actors change, what reads them is weighed whole."""


@part("int64")
def exists(X, F, J, B, I, G, OT, OI, count, actor, present):
    """Let an actor enter, or leave: its ties end with it and are written down as lapses."""
    n = X[at.ACTORS]
    if present == 0 and B[X[at.B_EXISTS] + actor] == 1:
        for layer in range(X[at.LAYERS]):
            kind = X[at.I_LAYER] + layer * at.L_WIDTH
            if I[kind + at.L_LASTING] == 0:
                continue
            for other in range(n):
                for direction in range(2):
                    sender = actor if direction == 0 else other
                    receiver = other if direction == 0 else actor
                    if tie(X, F, layer, sender, receiver) > 0.0:
                        set_tie(X, F, B, I, layer, sender, receiver, 0.0, True)
                        changed(X, F, J, B, I, G, layer, sender, receiver, at.ENTRY)
                        if I[kind + at.L_MUTUAL] == 1:
                            reverse(X, F, J, B, I, G, layer, sender, receiver)
                        count = log(X, F, OT, OI, count, at.NONE, layer, at.END, sender, receiver, at.NONE, at.LAPSE)
                        if count < 0:
                            return count
                        lift(X, F, J, B, I, G, layer, at.END, sender, receiver)
    B[X[at.B_EXISTS] + actor] = present
    for process in range(X[at.PROCESSES]):
        mark_actor(X, J, B, I, process, actor, at.AS_EITHER)
    return count


@compiled
def same_instant(X, I, G, one, other):
    """Say whether another entry is of the same instant and kind."""
    return (
        other < X[at.ENTRIES]
        and I[X[at.I_ENTRY] + one * at.E_WIDTH + at.E_KIND] == I[X[at.I_ENTRY] + other * at.E_WIDTH + at.E_KIND]
        and G[X[at.G_ENTRY_TIME] + one] == G[X[at.G_ENTRY_TIME] + other]
    )


@compiled
def set_attributes(X, F, J, B, I, G, entry, last):
    """Carry out entries of the calendar that set numbers of actors at one instant, and re-weigh what reads them once.

    They are those from ``entry`` to before ``last``; what concerns one attribute lies together.
    """
    n = X[at.ACTORS]
    while entry < last:
        attribute = I[X[at.I_ENTRY] + entry * at.E_WIDTH + at.E_WHAT]
        moved = 0
        while entry < last and I[X[at.I_ENTRY] + entry * at.E_WIDTH + at.E_WHAT] == attribute and moved < n:
            actor = I[X[at.I_ENTRY] + entry * at.E_WIDTH + at.E_SENDER]
            place = X[at.F_ATTRIBUTES] + attribute * n + actor
            value = G[X[at.G_ENTRY_VALUE] + entry]
            if F[place] != value:
                F[place] = value
                J[X[at.J_MOVED] + moved] = actor
                moved += 1
            entry += 1
        if moved == 0:
            continue
        source = X[at.LAYERS] + attribute
        table = X[at.I_SOURCE_TERMS]
        for k in range(I[table + source], I[table + source + 1], 2):
            if FEW * moved > n:
                whole(X, F, J, B, I, G, I[k])
                continue
            for m in range(moved):
                actor = J[X[at.J_MOVED] + m]
                reweigh(X, F, J, B, I, G, I[k], I[k + 1], at.NONE, actor, actor, at.ACTOR)
        table = X[at.I_SOURCE_MASKS]
        for k in range(I[table + source], I[table + source + 1], 2):
            for m in range(moved):
                mark_masks(X, J, B, I, I[k], I[k + 1], J[X[at.J_MOVED] + m], J[X[at.J_MOVED] + m])


@part("int64")
def enter(X, F, J, B, I, G, H, OT, OI, S, count, seed, run, entry, first_year):
    """Carry out one entry of the calendar."""
    table = X[at.I_ENTRY] + entry * at.E_WIDTH
    kind = I[table + at.E_KIND]
    what = I[table + at.E_WHAT]
    sender = I[table + at.E_SENDER]
    receiver = I[table + at.E_RECEIVER]
    value = G[X[at.G_ENTRY_VALUE] + entry]
    if kind == 0:
        count = exists(X, F, J, B, I, G, OT, OI, count, sender, 1 if value > 0.0 else 0)
    elif kind == 1:
        # the last of those of one instant carries all of them out: a year's end weighs nothing twice
        if not same_instant(X, I, G, entry, entry + 1):
            first = entry
            while first > 0 and same_instant(X, I, G, entry, first - 1):
                first -= 1
            set_attributes(X, F, J, B, I, G, first, entry + 1)
    elif kind == 2:
        set_pair(X, F, J, B, I, G, what, sender, receiver, value)
    elif kind == 3:
        status = yearly(X, F, J, B, I, G, H, S, seed, run, what, first_year)
        if status < 0:
            return status
    elif kind == 4:
        tick(X, F, J, B, I, G, F[at.NOW], value)
    elif kind == 6:
        set_number(X, J, B, I, G, what, value)
    elif kind == 5 or tie(X, F, what, sender, receiver) <= 0.0:
        count = carry_out(
            X,
            F,
            J,
            B,
            I,
            G,
            OT,
            OI,
            count,
            I[table + at.E_PROCESS],
            what,
            I[table + at.E_CHANGE],
            sender,
            receiver,
            I[table + at.E_OCCASION],
            at.GIVEN,
        )
        tell(X, F, J, B, I, G, what, sender, receiver, I, I[table + at.E_TOLD], I[table + at.E_TOLD_LIST])
    return count
