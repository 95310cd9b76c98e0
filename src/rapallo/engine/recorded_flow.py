"""Compiled: yearly flows whose noise follows from what is recorded of them."""

from __future__ import annotations

import math

from rapallo.engine import layout as at
from rapallo.engine import luck
from rapallo.engine import luck_table as of
from rapallo.engine.change import set_attribute, set_pair
from rapallo.engine.compiled import compiled
from rapallo.engine.weigh import fresh_predictor, holds


@compiled
def flow(X, F, J, B, I, G, H, L, E, seed, run, update, table, sender, receiver, year, place, expected):
    """Value of one flow: what is recorded, or the expectation with a recorded or a fresh disturbance."""
    noise = G[I[table + at.Y_NUMBERS]]
    if noise <= 0.0:
        return math.exp(expected)
    recorded = E[L[of.E_FLOW_VALUE] + place]
    before = E[L[of.E_FLOW_EXPECTED] + place]
    if recorded != recorded or (L[of.MODE] == of.REPLAY and before != before):
        name = luck.name_of(
            luck.NOISE, H[X[at.H_YEARLY] + update], H[X[at.H_ACTOR] + sender], H[X[at.H_ACTOR] + receiver]
        )
        return math.exp(expected + noise * luck.normal(seed, run, name, year))
    if L[of.MODE] == of.ABDUCT:
        E[L[of.E_FLOW_EXPECTED] + place] = expected
        return recorded
    if expected == before or recorded <= 0.0:
        return recorded
    return math.exp(expected + (math.log(recorded) - before))


@compiled
def yearly_again(X, F, J, B, I, G, H, L, E, S, seed, run, year, first_year):
    """Bring every flow and stock up to date for the year that ended."""
    n = X[at.ACTORS]
    for update in range(X[at.YEARLIES]):
        table = X[at.I_YEARLY] + update * at.Y_WIDTH
        columns = I[table + at.Y_COLUMNS]
        rows = I[table + at.Y_ROWS]
        flows = I[table + at.Y_KIND] == at.FLOW
        base = (year - first_year) * X[at.X_SIZE] + I[table + at.Y_SERIES]
        width = rows * columns if flows else rows
        for row in range(rows):
            sender = I[I[table + at.Y_ROW_LIST] + row]
            gain = 0.0
            for column in range(columns):
                receiver = I[I[table + at.Y_COLUMN_LIST] + column]
                place = base + row * columns + column
                value = 0.0
                if (
                    sender != receiver
                    and B[X[at.B_EXISTS] + sender] == 1
                    and B[X[at.B_EXISTS] + receiver] == 1
                    and holds(X, F, I, I[table + at.Y_CONDITIONS], I[table + at.Y_CONDITION_LIST], sender, receiver)
                ):
                    value = fresh_predictor(
                        X,
                        F,
                        J,
                        B,
                        I,
                        G,
                        I[table + at.Y_MOTIVES],
                        I[table + at.Y_MOTIVE_LIST],
                        I[table + at.Y_MOTIVE_WEIGHTS],
                        sender,
                        receiver,
                    )
                    if flows:
                        value = flow(
                            X, F, J, B, I, G, H, L, E, seed, run, update, table, sender, receiver, year, place, value
                        )
                if flows:
                    S[place] = value
                    if not (value < math.inf):
                        J[X[at.J_ERROR]] = update
                        return at.YEARLY_NOT_FINITE
                else:
                    gain += value
            if not flows:
                attribute = X[at.F_ATTRIBUTES] + I[table + at.Y_WRITES] * n + sender
                held = G[I[table + at.Y_NUMBERS] + 1] * F[attribute] + max(gain, 0.0)
                S[base + row] = held
                if not (held < math.inf):
                    J[X[at.J_ERROR]] = update
                    return at.YEARLY_NOT_FINITE
        for place in range(width):  # written only when all of it is known: a flow does not see half of itself
            sender = I[I[table + at.Y_ROW_LIST] + (place // columns if flows else place)]
            if flows:
                receiver = I[I[table + at.Y_COLUMN_LIST] + place % columns]
                if sender != receiver:
                    set_pair(X, F, J, B, I, G, I[table + at.Y_WRITES], sender, receiver, S[base + place])
            else:
                set_attribute(X, F, J, B, I, G, I[table + at.Y_WRITES], sender, S[base + place])
    return 0
