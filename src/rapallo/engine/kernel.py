"""Compiled: clocks, and the loop that lets them, the calendar and the institutions act in order of time."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba import njit

from rapallo.engine import layout as at
from rapallo.engine import luck
from rapallo.engine.call import pointer
from rapallo.engine.change import (
    act,
    close,
    decide,
    exists,
    log,
    set_attribute,
    set_number,
    set_pair,
    tick,
    triggers,
    yearly,
)
from rapallo.engine.clock import earliest, rearm, record, restart, set_hazard
from rapallo.engine.compile import cache_folder
from rapallo.engine.compiled import compiled
from rapallo.engine.mark import clocks_of, mark, process_table
from rapallo.engine.statistic import whole
from rapallo.engine.weigh import consent, hazard_of, logistic, options, tie, weigh_pairs


@compiled
def weigh_all(X, F, J, B, I, G):
    """Weigh every term and note every clock."""
    for term in range(X[at.TERMS]):
        whole(X, F, J, B, I, G, term)
    for clock in range(X[at.CLOCKS]):
        mark(X, J, B, clock)


@compiled
def settle(X, F, J, B, U, I, G, H, seed, run, end):
    """Re-weigh every clock that was marked; gives NOT_FINITE where a weight is no number."""
    if X[at.STRATEGY] == at.EVERYTHING:
        weigh_all(X, F, J, B, I, G)
    done = 0
    while done < J[X[at.J_DIRTIES]]:
        clock = J[X[at.J_DIRTY] + done]
        process = I[X[at.I_CLOCK_PROCESS] + clock]
        table = process_table(X, process)
        count = 1
        if I[table + at.P_WEIGHTING] == at.INTENSITY:  # they come in stretches of one process
            first = I[table + at.P_CLOCK]
            last = first + clocks_of(I, table)
            most = min(at.STRETCH, J[X[at.J_DIRTIES]] - done)
            while count < most and first <= J[X[at.J_DIRTY] + done + count] < last:
                count += 1
            weigh_pairs(X, F, J, B, I, G, process, X[at.J_DIRTY] + done, count)
        else:
            F[X[at.F_WEIGHED]] = hazard_of(X, F, J, B, I, G, process, clock)
            B[X[at.B_FLAG] + clock] = 0
        for k in range(count):
            clock = J[X[at.J_DIRTY] + done + k]
            hazard = F[X[at.F_WEIGHED] + k]
            if not (hazard < math.inf):
                J[X[at.J_ERROR]] = clock
                return at.NOT_FINITE
            set_hazard(X, F, J, U, I, H, seed, run, clock, hazard, end)
        done += count
    J[X[at.J_DIRTIES]] = 0
    return 0


@compiled
def pick_receiver(X, F, J, B, I, G, H, seed, run, process, row, occurrence):
    """Gumbel-max over the receivers one may choose; -1: leave all as it is, -2: none, -3: a weight is no number."""
    table = process_table(X, process)
    largest = options(X, F, J, B, I, G, process, row, X[at.F_OPTION])
    if largest != largest:
        return -3
    best = -math.inf
    chosen = -2
    sender = I[I[table + at.P_ROW_LIST] + row]
    here = H[X[at.H_ACTOR] + sender]
    if I[table + at.P_WEIGHTING] == at.TOGGLE:
        name = luck.name_of(luck.PICK, H[X[at.H_PROCESS] + process], here, here)
        best = luck.gumbel(seed, run, name, occurrence)
        chosen = -1
    for column in range(I[table + at.P_COLUMNS]):
        weight = F[X[at.F_OPTION] + column]
        if weight == -math.inf:
            continue
        receiver = I[I[table + at.P_COLUMN_LIST] + column]
        if I[table + at.P_CONSENTS] > 0:
            weight += math.log(consent(X, F, I, G, table, row, column))
        name = luck.name_of(luck.PICK, H[X[at.H_PROCESS] + process], here, H[X[at.H_ACTOR] + receiver])
        value = weight + luck.gumbel(seed, run, name, occurrence)
        if value > best:
            best = value
            chosen = receiver
    return chosen


@compiled
def pick_pair(X, F, J, B, I, G, H, seed, run, process, occurrence):
    """Gumbel-max over the pairs that coordinate: both choose each other."""
    table = process_table(X, process)
    size = I[table + at.P_COLUMNS]
    who = I[table + at.P_ROW_LIST]
    for row in range(size):
        begins = X[at.F_SCRATCH] + row * size
        largest = options(X, F, J, B, I, G, process, row, begins)
        if largest != largest:
            return -3, -3
        total = 0.0
        for column in range(size):
            if F[begins + column] > -math.inf:
                total += math.exp(F[begins + column] - largest)
        F[X[at.F_OPTION] + row] = largest + math.log(total)
    best = -math.inf
    lead = 0.0
    first = -2
    second = -2
    for row in range(size):
        for column in range(row + 1, size):
            there = F[X[at.F_SCRATCH] + row * size + column]
            back = F[X[at.F_SCRATCH] + column * size + row]
            if there == -math.inf or back == -math.inf:
                continue
            weight = there - F[X[at.F_OPTION] + row] + back - F[X[at.F_OPTION] + column]
            here = H[X[at.H_ACTOR] + I[who + row]]
            yonder = H[X[at.H_ACTOR] + I[who + column]]
            # the order of ids' hashes, for the order of a table's rows must not matter
            name = luck.name_of(luck.PICK, H[X[at.H_PROCESS] + process], min(here, yonder), max(here, yonder))
            value = weight + luck.gumbel(seed, run, name, occurrence)
            if value > best:
                best = value
                first = row
                second = column
                lead = there - F[X[at.F_OPTION] + row] - (back - F[X[at.F_OPTION] + column])
    if first < 0:
        return first, second
    # who came forward is not known: it is drawn in proportion to what each side weighs the other
    if H[X[at.H_ACTOR] + I[who + first]] > H[X[at.H_ACTOR] + I[who + second]]:
        first, second, lead = second, first, -lead
    one = I[who + first]
    other = I[who + second]
    name = luck.name_of(luck.PROPOSE, H[X[at.H_PROCESS] + process], H[X[at.H_ACTOR] + one], H[X[at.H_ACTOR] + other])
    if luck.uniform(seed, run, name, occurrence) < logistic(lead):
        return one, other
    return other, one


@compiled
def carry_out(X, F, J, B, I, G, OT, OI, count, process, layer, change, sender, receiver, occasion, origin):
    """Write an act down, change the state by it, and open or close what it triggers."""
    count = log(X, F, OT, OI, count, process, layer, change, sender, receiver, occasion, origin)
    if count < 0:
        return count
    act(X, F, J, B, I, G, process, layer, change, sender, receiver)
    status = triggers(X, F, J, B, I, G, layer, change, sender, receiver)
    return status if status < 0 else count


@compiled
def fire(X, F, J, B, U, I, G, H, OT, OI, count, seed, run, clock, end):
    """Let a clock act."""
    process = I[X[at.I_CLOCK_PROCESS] + clock]
    table = process_table(X, process)
    place = clock - I[table + at.P_CLOCK]
    weighting = I[table + at.P_WEIGHTING]
    dated = X[at.LUCK] == at.DATE_LUCK
    occurrence = J[X[at.J_OCCURRENCE] + clock]
    if dated:
        if not (F[record(X, clock) + at.K_TARGET] < F[record(X, clock) + at.K_HAZARD]):
            rearm(X, F, J, U, I, H, seed, run, clock, end)
            return count
        occurrence = np.int64(U[X[at.U_POINT] + clock] & np.uint64(0x7FFFFFFF))
    if weighting == at.INTENSITY:
        columns = I[table + at.P_COLUMNS]
        sender = I[I[table + at.P_ROW_LIST] + place // columns]
        receiver = I[I[table + at.P_COLUMN_LIST] + place % columns]
    elif weighting == at.COORDINATION:
        sender, receiver = pick_pair(X, F, J, B, I, G, H, seed, run, process, occurrence)
    else:
        sender = I[I[table + at.P_ROW_LIST] + place]
        receiver = pick_receiver(X, F, J, B, I, G, H, seed, run, process, place, occurrence)
    if receiver == -3:
        J[X[at.J_ERROR]] = clock
        return at.NOT_FINITE
    if dated:
        rearm(X, F, J, U, I, H, seed, run, clock, end)
    else:
        restart(X, F, J, I, H, seed, run, clock, end)
    if receiver < 0:
        return count
    layer = I[table + at.P_LAYER]
    change = I[table + at.P_CHANGE]
    if weighting == at.TOGGLE:
        change = at.END if tie(X, F, layer, sender, receiver) > 0.0 else at.FORM
    return carry_out(X, F, J, B, I, G, OT, OI, count, process, layer, change, sender, receiver, at.NONE, at.SIMULATED)


@compiled
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
    return count


@compiled
def due(X, F, J):
    """Which open case is due first; -1 where none is open."""
    first = -1
    for case in range(J[X[at.J_CASES]]):
        if first < 0 or F[X[at.F_CASE_DUE] + case] < F[X[at.F_CASE_DUE] + first]:
            first = case
    return first


def _prepare(X, F, J, B, I, G):
    weigh_all(pointer(X), pointer(F), pointer(J), pointer(B), pointer(I), pointer(G))


def _run(X, F, J, B, U, I, G, H, OT, OI, S, seed, run, start, end, first_year):
    """Let clocks, calendar and institutions act until the end; gives the number of acts, or why it stopped before."""
    X, F, J, B, U = pointer(X), pointer(F), pointer(J), pointer(B), pointer(U)
    I, G, H = pointer(I), pointer(G), pointer(H)
    OT, OI, S = pointer(OT), pointer(OI), pointer(S)
    entry = J[X[at.J_ENTRY]]
    count = J[X[at.J_COUNT]]
    if entry < 0:
        F[at.NOW] = start
        status = settle(X, F, J, B, U, I, G, H, seed, run, end)
        if status < 0:
            return status
        entry = 0
    for _ in range(at.STEPS):
        dated = G[X[at.G_ENTRY_TIME] + entry] if entry < X[at.ENTRIES] else math.inf
        case = due(X, F, J)
        ruled = F[X[at.F_CASE_DUE] + case] if case >= 0 else math.inf
        clocked = F[X[at.F_TREE]]
        now = min(dated, ruled, clocked)
        if now >= end:
            return count
        if count + X[at.ROOM] > X[at.CAPACITY]:
            break
        F[at.NOW] = now
        if dated <= now:
            count = enter(X, F, J, B, I, G, H, OT, OI, S, count, seed, run, entry, first_year)
            entry += 1
        elif ruled <= now:
            count = decide(X, F, J, B, I, G, H, OT, OI, count, seed, run, case)
            close(X, F, J, case)
        else:
            count = fire(X, F, J, B, U, I, G, H, OT, OI, count, seed, run, earliest(X, F), end)
        if count < 0:
            return count
        # whatever happens at one instant is weighed once: no time passes in between
        following = G[X[at.G_ENTRY_TIME] + entry] if entry < X[at.ENTRIES] else math.inf
        if following > now:
            status = settle(X, F, J, B, U, I, G, H, seed, run, end)
            if status < 0:
                return status
    J[X[at.J_ENTRY]] = entry
    J[X[at.J_COUNT]] = count
    return at.PAUSED


def _fingerprint(more: Sequence[str]) -> str:
    """Hash of everything that compiled code is made from, so that no stale code is ever used."""
    here = Path(__file__).parent
    parts = [
        (here / f"{name}.py").read_bytes()
        for name in (
            *("call", "change", "clock", "compiled", "kernel", "layout", "luck", "mark", "statistic", "weigh"),
            *more,
        )
    ]
    parts.append(f"{numba.__version__} {np.__version__}".encode())
    return hashlib.blake2b(b"\0".join(parts), digest_size=8).hexdigest()


@contextmanager
def cached_here(more: Sequence[str] = ()) -> Iterator[None]:
    """Keep what is compiled inside under the hash of the kernel's files, and of more files of the engine."""
    before = numba.config.CACHE_DIR
    folder = cache_folder().parent / "kernel" / _fingerprint(more)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        numba.config.CACHE_DIR = str(folder)
    except OSError:
        pass
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


def _compile(cache: bool) -> tuple[Any, Any]:
    state = "int64[::1],float64[::1],int64[::1],int8[::1]"
    switches: dict[str, Any] = {"cache": cache, "error_model": "numpy", "_nrt": False}
    numbers = "float64[::1],int32[:,::1],float64[::1],uint64,int64,float64,float64,int64"
    return (
        njit(f"void({state},int64[::1],float64[::1])", **switches)(_prepare),
        njit(f"int64({state},uint64[::1],int64[::1],float64[::1],uint64[::1],{numbers})", nogil=True, **switches)(_run),
    )


with cached_here():
    try:
        prepare, run = _compile(cache=True)
    except (RuntimeError, OSError):  # nowhere to write: compiled for this session only
        prepare, run = _compile(cache=False)
