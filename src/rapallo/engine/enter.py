"""Compiled: an entry of the calendar is carried out."""

from __future__ import annotations

from rapallo.engine import layout as at
from rapallo.engine.change import exists, set_attribute, set_number, set_pair, tell, tick, yearly
from rapallo.engine.fire import carry_out
from rapallo.engine.part import part
from rapallo.engine.weigh import tie


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
        set_attribute(X, F, J, B, I, G, what, sender, value)
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
