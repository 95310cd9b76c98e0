"""Compiled: what an act, the passing of time and a year's end do to the state."""

from __future__ import annotations

import math

from rapallo.engine import layout as at
from rapallo.engine import luck
from rapallo.engine.compiled import compiled
from rapallo.engine.mark import clocks_of, mark_actor, mark_pair, mark_weight, process_table
from rapallo.engine.part import part
from rapallo.engine.statistic import reweigh, reweigh_moved, whole
from rapallo.engine.weigh import fresh_predictor, holds, tie


@part("void")
def changed(X, F, J, B, I, G, source, sender, receiver, what):
    """Re-weigh every term that reads a source, and note the masks that read it."""
    table = X[at.I_SOURCE_TERMS]
    for k in range(I[table + source], I[table + source + 1], 2):
        reweigh(X, F, J, B, I, G, I[k], I[k + 1], I[X[at.I_SOURCE_PLACE] + source], sender, receiver, what)
    table = X[at.I_SOURCE_MASKS]
    for k in range(I[table + source], I[table + source + 1], 2):
        mark_masks(X, J, B, I, I[k], I[k + 1], sender, receiver)


@compiled
def mark_masks(X, J, B, I, process, side, sender, receiver):
    """Note the clocks whose mask a change may have opened or shut."""
    if side == 0:
        mark_pair(X, J, B, I, process, sender, receiver)
        mark_pair(X, J, B, I, process, receiver, sender)
    elif side == 1:
        mark_actor(X, J, B, I, process, sender, at.AS_SENDER)
    elif side == 2:
        mark_actor(X, J, B, I, process, sender, at.AS_RECEIVER)
    else:  # who has found out what: any pair that contains either party
        mark_actor(X, J, B, I, process, sender, at.AS_EITHER)
        mark_actor(X, J, B, I, process, receiver, at.AS_EITHER)


@compiled
def log(X, F, OT, OI, count, process, layer, change, sender, receiver, occasion, origin):
    """Write an act down; gives the new number of acts, or FULL."""
    if count < 0 or count >= X[at.CAPACITY]:
        return at.FULL
    OT[count] = F[at.NOW]
    row = count * at.A_WIDTH
    OI[row + at.A_PROCESS] = process
    OI[row + at.A_LAYER] = layer
    OI[row + at.A_CHANGE] = change
    OI[row + at.A_SENDER] = sender
    OI[row + at.A_RECEIVER] = receiver
    OI[row + at.A_OCCASION] = occasion
    OI[row + at.A_ORIGIN] = origin
    return count + 1


@compiled
def see(X, B, view, observer, first, second, value):
    """Let one observer know what stands between two; all that one party receives lies together."""
    n = X[at.ACTORS]
    B[X[at.B_SEEN] + ((view * n + observer) * n + second) * n + first] = value


@compiled
def set_tie(X, F, B, I, layer, sender, receiver, value, told):
    """Form or end a tie, in both directions where the layer is mutual, and let those who know know; ``told`` is all."""
    n = X[at.ACTORS]
    kind = X[at.I_LAYER] + layer * at.L_WIDTH
    view = I[kind + at.L_VIEW]
    for direction in range(1 + I[kind + at.L_MUTUAL]):
        first = sender if direction == 0 else receiver
        second = receiver if direction == 0 else sender
        F[X[at.F_TIES] + (layer * n + first) * n + second] = value
        if view < 0:
            continue
        bit = 1 if value > 0.0 else 0
        covert = I[kind + at.L_COVERT]
        known = X[at.B_KNOWN] + (view * n + first) * n + second
        if covert == 1 and not told and (bit == 1 or B[known] == 0):
            see(X, B, view, sender, first, second, bit)
            see(X, B, view, receiver, first, second, bit)
        else:
            for observer in range(n):
                see(X, B, view, observer, first, second, bit)
        B[known] = 0 if covert == 1 else bit


@compiled
def tell(X, F, J, B, I, G, layer, sender, receiver, T, told, place):
    """Let others know of the secret that an act has just made or ended: as many as are told, listed in ``T``."""
    if told == 0:
        return
    n = X[at.ACTORS]
    kind = X[at.I_LAYER] + layer * at.L_WIDTH
    view = I[kind + at.L_VIEW]
    bit = 1 if tie(X, F, layer, sender, receiver) > 0.0 else 0
    for direction in range(1 + I[kind + at.L_MUTUAL]):
        first = sender if direction == 0 else receiver
        second = receiver if direction == 0 else sender
        for k in range(told):
            see(X, B, view, T[place + k], first, second, bit)
        if told == n:
            B[X[at.B_KNOWN] + (view * n + first) * n + second] = bit
    changed(X, F, J, B, I, G, layer, sender, receiver, at.ENTRY)
    if I[kind + at.L_MUTUAL] == 1:
        reverse(X, F, J, B, I, G, layer, sender, receiver)


@compiled
def decay(half_life_rate, days):
    """Mean of the decaying curve over a stretch of days."""
    x = half_life_rate * days
    if half_life_rate == 0.0 or x < 1e-12:
        return 1.0
    return (1.0 - math.exp(-x)) / x


@compiled
def add_trace(X, F, J, I, table, place, raw, shown):
    """Add to one entry of a memory, and list it among those that fade."""
    if F[I[table + at.M_RAW] + place] == 0.0:
        live = X[at.J_LIVE] + I[table + at.M_LIVE]
        known = 0  # weights of both signs may have cancelled: such an entry is still listed
        while known < J[live] and J[live + 1 + known] != place:
            known += 1
        J[live + 1 + known] = place
        if known == J[live]:
            J[live] += 1
    F[I[table + at.M_RAW] + place] += raw
    F[I[table + at.M_SHOWN] + place] += shown


@part("void")
def remember(X, F, J, B, I, G, memory, mutual, sender, receiver):
    """Add one act to a memory."""
    table = X[at.I_MEMORY] + memory * at.M_WIDTH
    fade = G[X[at.G_MEMORY] + 2 * memory]
    backdated = math.exp(fade * (F[at.NOW] - F[at.TICK_START]))
    step = decay(fade, F[at.TICK_END] - F[at.NOW])
    by = I[table + at.M_BY]
    n = X[at.ACTORS]
    if I[table + at.M_WEIGHT] >= 0:
        amount = F[X[at.F_ATTRIBUTES] + I[table + at.M_WEIGHT] * n + sender]
        if amount == 0.0:
            return
        backdated *= amount
        step *= amount
    source = X[at.LAYERS] + X[at.ATTRIBUTES] + X[at.PAIRS] + memory
    if by == at.BY_PAIR:
        if receiver < 0:
            return
        for direction in range(1 + mutual):
            first = sender if direction == 0 else receiver
            second = receiver if direction == 0 else sender
            add_trace(X, F, J, I, table, first * n + second, backdated, step)
        for direction in range(1 + mutual):
            first = sender if direction == 0 else receiver
            second = receiver if direction == 0 else sender
            changed(X, F, J, B, I, G, source, first, second, at.ENTRY)
    elif by == at.BY_SYSTEM:
        for actor in range(n):
            add_trace(X, F, J, I, table, actor, backdated, step)
        for k in range(I[X[at.I_SOURCE_TERMS] + source], I[X[at.I_SOURCE_TERMS] + source + 1], 2):
            whole(X, F, J, B, I, G, I[k])
    else:
        actor = sender if by == at.BY_SENDER else receiver
        if actor < 0:
            return
        add_trace(X, F, J, I, table, actor, backdated, step)
        changed(X, F, J, B, I, G, source, actor, actor, at.ACTOR)


@part("void")
def act(X, F, J, B, I, G, process, layer, change, sender, receiver):
    """Carry out one act on the state, its views and its memories."""
    kind = X[at.I_LAYER] + layer * at.L_WIDTH
    n = X[at.ACTORS]
    view = I[kind + at.L_VIEW]
    mutual = I[kind + at.L_MUTUAL]
    if receiver >= 0 and I[kind + at.L_LASTING] == 1 and (change == at.FORM or change == at.END):
        set_tie(X, F, B, I, layer, sender, receiver, 1.0 if change == at.FORM else 0.0, False)
        changed(X, F, J, B, I, G, layer, sender, receiver, at.ENTRY)
        if mutual == 1:
            reverse(X, F, J, B, I, G, layer, sender, receiver)
    elif receiver >= 0 and view >= 0 and (change == at.RUMOUR or change == at.EXPOSE):
        for direction in range(1 + mutual):
            first = sender if direction == 0 else receiver
            second = receiver if direction == 0 else sender
            bit = 1 if change == at.RUMOUR or tie(X, F, layer, first, second) > 0.0 else 0
            for observer in range(n):
                see(X, B, view, observer, first, second, bit)
            if change == at.EXPOSE:
                B[X[at.B_KNOWN] + (view * n + first) * n + second] = 1
        changed(X, F, J, B, I, G, layer, sender, receiver, at.ENTRY)
        if mutual == 1:
            reverse(X, F, J, B, I, G, layer, sender, receiver)
    elif receiver >= 0 and view >= 0 and change == at.DISCOVER:
        for other in range(n):
            for direction in range(2):
                first = receiver if direction == 0 else other
                second = other if direction == 0 else receiver
                bit = 1 if tie(X, F, layer, first, second) > 0.0 else 0
                if B[X[at.B_SEEN] + ((view * n + sender) * n + second) * n + first] != bit:
                    see(X, B, view, sender, first, second, bit)
                    changed(X, F, J, B, I, G, layer, first, second, at.ENTRY)
        changed(X, F, J, B, I, G, layer, sender, receiver, at.ENTRY)
    for memory in range(X[at.MEMORIES]):
        table = X[at.I_MEMORY] + memory * at.M_WIDTH
        if (
            I[table + at.M_LAYER] == layer
            and I[table + at.M_CHANGE] == change
            and (I[table + at.M_PROCESS] < 0 or I[table + at.M_PROCESS] == process)
        ):
            remember(X, F, J, B, I, G, memory, mutual, sender, receiver)


@compiled
def reverse(X, F, J, B, I, G, layer, sender, receiver):
    """Re-weigh for the other direction of a mutual change, where the pattern has one."""
    table = X[at.I_SOURCE_TERMS]
    for k in range(I[table + layer], I[table + layer + 1], 2):
        pattern = I[k + 1]
        if pattern == at.ROW or pattern == at.COLUMN or pattern == at.TWO_PATHS:
            reweigh(X, F, J, B, I, G, I[k], pattern, I[X[at.I_SOURCE_PLACE] + layer], receiver, sender, at.ENTRY)


@part("void")
def tick(X, F, J, B, I, G, start, end):
    """Begin a stretch of constant weights: memories fade, and what reads them is re-weighed."""
    past = start - F[at.TICK_START]
    n = X[at.ACTORS]
    for memory in range(X[at.MEMORIES]):
        table = X[at.I_MEMORY] + memory * at.M_WIDTH
        fade = G[X[at.G_MEMORY] + 2 * memory]
        negligible = G[X[at.G_MEMORY] + 2 * memory + 1]
        kept = math.exp(-fade * past)
        step = decay(fade, end - start)
        raw_place = I[table + at.M_RAW]
        shown_place = I[table + at.M_SHOWN]
        moved = 0
        live = X[at.J_LIVE] + I[table + at.M_LIVE]
        left = 0
        for k in range(J[live]):
            place = J[live + 1 + k]
            raw = F[raw_place + place] * kept
            if abs(raw) < negligible:
                raw = 0.0
            else:
                J[live + 1 + left] = place
                left += 1
            F[raw_place + place] = raw
            shown = raw * step
            if shown != F[shown_place + place]:
                F[shown_place + place] = shown
                J[X[at.J_MOVED] + moved] = place
                moved += 1
        J[live] = left
        if moved > 0:
            faded(X, F, J, B, I, G, memory, moved, n)
            table = X[at.I_SOURCE_MASKS]
            source = X[at.LAYERS] + X[at.ATTRIBUTES] + X[at.PAIRS] + memory
            for k in range(I[table + source], I[table + source + 1], 2):
                for m in range(moved):
                    place = J[X[at.J_MOVED] + m]
                    mark_masks(X, J, B, I, I[k], I[k + 1], place // n, place % n)
    F[at.TICK_START] = start
    F[at.TICK_END] = end
    clock_terms = X[at.LAYERS] + X[at.ATTRIBUTES] + X[at.PAIRS] + X[at.MEMORIES]
    for k in range(I[X[at.I_SOURCE_TERMS] + clock_terms], I[X[at.I_SOURCE_TERMS] + clock_terms + 1], 2):
        whole(X, F, J, B, I, G, I[k])


@compiled
def faded(X, F, J, B, I, G, memory, moved, n):
    """Re-weigh what reads a memory whose entries (in J_MOVED) have faded: once where a term reaches far."""
    by = I[X[at.I_MEMORY] + memory * at.M_WIDTH + at.M_BY]
    source = X[at.LAYERS] + X[at.ATTRIBUTES] + X[at.PAIRS] + memory
    for k in range(I[X[at.I_SOURCE_TERMS] + source], I[X[at.I_SOURCE_TERMS] + source + 1], 2):
        table = X[at.I_TERM] + I[k] * at.T_WIDTH
        pattern = I[k + 1]
        by_itself = by == at.BY_PAIR and pattern == at.PAIR
        reach = 2 if by_itself else n
        if by == at.BY_SYSTEM or pattern == at.ALL or moved * reach > I[table + at.T_ROWS] * I[table + at.T_COLUMNS]:
            whole(X, F, J, B, I, G, I[k])
            continue
        if by_itself and I[table + at.T_SHAPE] == at.OF_PAIR and X[at.STRATEGY] == at.INCREMENTAL:
            reweigh_moved(X, F, J, B, I, G, I[k], moved)
            continue
        for m in range(moved):
            place = J[X[at.J_MOVED] + m]
            if by == at.BY_PAIR:
                reweigh(X, F, J, B, I, G, I[k], pattern, at.NONE, place // n, place % n, at.ENTRY)
            else:
                reweigh(X, F, J, B, I, G, I[k], pattern, at.NONE, place, place, at.ACTOR)


@part("void")
def set_pair(X, F, J, B, I, G, quantity, sender, receiver, value):
    """Set a pair's number and re-weigh what reads it."""
    place = X[at.F_PAIRS] + (quantity * X[at.ACTORS] + sender) * X[at.ACTORS] + receiver
    if F[place] != value:
        F[place] = value
        changed(X, F, J, B, I, G, X[at.LAYERS] + X[at.ATTRIBUTES] + quantity, sender, receiver, at.ENTRY)


@part("void")
def set_attribute(X, F, J, B, I, G, attribute, actor, value):
    """Set an actor's number and re-weigh what reads it."""
    place = X[at.F_ATTRIBUTES] + attribute * X[at.ACTORS] + actor
    if F[place] != value:
        F[place] = value
        changed(X, F, J, B, I, G, X[at.LAYERS] + attribute, actor, actor, at.ACTOR)


@part("int64")
def yearly(X, F, J, B, I, G, H, S, seed, run, year, first_year):
    """Bring every flow and stock up to date for the year that ended."""
    n = X[at.ACTORS]
    for update in range(X[at.YEARLIES]):
        table = X[at.I_YEARLY] + update * at.Y_WIDTH
        columns = I[table + at.Y_COLUMNS]
        rows = I[table + at.Y_ROWS]
        numbers = I[table + at.Y_NUMBERS]
        series = I[table + at.Y_SERIES]
        flow = I[table + at.Y_KIND] == at.FLOW
        width = rows * columns if flow else rows
        for row in range(rows):
            sender = I[I[table + at.Y_ROW_LIST] + row]
            gain = 0.0
            for column in range(columns):
                receiver = I[I[table + at.Y_COLUMN_LIST] + column]
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
                    if flow:
                        if G[numbers] > 0.0:
                            name = luck.name_of(
                                luck.NOISE,
                                H[X[at.H_YEARLY] + update],
                                H[X[at.H_ACTOR] + sender],
                                H[X[at.H_ACTOR] + receiver],
                            )
                            value += G[numbers] * luck.normal(seed, run, name, year)
                        value = math.exp(value)
                if flow:
                    S[(year - first_year) * X[at.X_SIZE] + series + row * columns + column] = value
                    if not (value < math.inf):
                        J[X[at.J_ERROR]] = update
                        return at.YEARLY_NOT_FINITE
                else:
                    gain += value
            if not flow:
                attribute = X[at.F_ATTRIBUTES] + I[table + at.Y_WRITES] * n + sender
                held = G[numbers + 1] * F[attribute] + max(gain, 0.0)
                S[(year - first_year) * X[at.X_SIZE] + series + row] = held
                if not (held < math.inf):
                    J[X[at.J_ERROR]] = update
                    return at.YEARLY_NOT_FINITE
        # written only when all of it is known: a flow does not see half of itself
        base = (year - first_year) * X[at.X_SIZE] + series
        for place in range(width):
            sender = I[I[table + at.Y_ROW_LIST] + (place // columns if flow else place)]
            if flow:
                receiver = I[I[table + at.Y_COLUMN_LIST] + place % columns]
                if sender != receiver:
                    set_pair(X, F, J, B, I, G, I[table + at.Y_WRITES], sender, receiver, S[base + place])
            else:
                set_attribute(X, F, J, B, I, G, I[table + at.Y_WRITES], sender, S[base + place])
    return 0


@compiled
def set_number(X, J, B, I, G, number, value):
    """Let a parameter be another from now on, and note every clock of the processes that it moves."""
    table = X[at.I_NUMBER]
    for k in range(I[table + number], I[table + number + 1], 2):
        G[I[k]] = value
        if I[k + 1] >= 0:
            process = process_table(X, I[k + 1])
            for place in range(clocks_of(I, process)):
                mark_weight(X, J, B, I[process + at.P_CLOCK] + place)
