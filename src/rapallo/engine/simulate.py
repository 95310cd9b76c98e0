"""One history from one plan: fresh luck, named by seed and run."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.engine import layout as at
from rapallo.engine.arena import arena
from rapallo.engine.plan import LUCKS, Plan
from rapallo.errors import RapalloError
from rapallo.system.calendar import Calendar
from rapallo.system.history import History, known_to_column, to_iso

LONGEST = 4096 * 4**5
"""Acts that a run may hold."""

_OWN = threading.local()

PAUSES = 1000
"""Pauses of the kernel, ``layout.STEPS`` events apart, after which a run is held to have run away."""


def simulate(
    scenario: Any,
    seed: int = 0,
    run: int = 0,
    *,
    start: str | float | None = None,
    end: str | float | None = None,
    luck: str = "clock",
) -> History:
    """Simulate one history of a scenario.

    Parameters
    ----------
    scenario
        A loaded scenario, or its name or folder.
    seed, run
        The name of all its luck.
    start, end
        First and last day (both included); the scenario's own where not given.
    luck
        ``clock`` or ``date``: equal in distribution, different in what they hold fixed when the
        world is changed.

    Returns
    -------
    History
        Its acts, yearly flows and stocks.

    Raises
    ------
    RapalloError
        If the span is empty, an effect cannot be compiled or a weight is not finite.
    """
    from rapallo.engine.ahead import compiled_beside
    from rapallo.engine.plan import make_plan
    from rapallo.engine.terms import effects_in_use
    from rapallo.scenario.load import load
    from rapallo.scenario.timeline import timeline

    model = load(scenario) if isinstance(scenario, (str, Path)) else scenario
    key = f"plan {start} {end}"
    kept = model._kept
    functions = effects_in_use(model)
    if key not in kept or kept[key][0] != functions:  # an effect may have been written anew since
        with compiled_beside(model, start, end):
            kept[key] = functions, prepared(make_plan(model, timeline(model, start, end)))
    return simulate_plan(kept[key][1].with_switches(luck), seed, run)


def simulate_plan(plan: Plan, seed: int, run: int = 0) -> History:
    """Run a plan once.

    Parameters
    ----------
    plan
        From ``make_plan``.
    seed
        Any integer from 0 to 2**64 - 1: with ``run`` it names all the luck.
    run
        Number of the run, 0 to 2**32 - 1.

    Returns
    -------
    History
        The same acts, byte for byte, for the same plan, seed and run.

    Raises
    ------
    RapalloError
        If a weight is not a finite number; the message names the process and the pair.
    """
    if not 0 <= seed < 2**64 or not 0 <= run < 2**32:
        raise RapalloError("a seed lies between 0 and 2**64 - 1, a run between 0 and 2**32 - 1")
    times, codes, numbers = _raw(plan, seed, run)
    return history_of(plan, seed, run, times, codes, numbers)


def prepared(plan: Plan) -> Plan:
    """Weigh a plan's opening state once, so that runs start from it by a copy."""
    from rapallo.engine import kernel

    kernel.prepare(plan.X, plan.F, plan.J, plan.B, plan.I, plan.G)
    return plan


def _raw(plan: Plan, seed: int, run: int) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.float64]]:
    from rapallo.engine import kernel

    if len(plan.clocks) and plan.J[plan.X[at.J_DIRTIES]] == 0:
        prepared(plan)  # nothing weighed would be nothing done
    X, F, J, B, U, *fixed = _own_arrays(plan)
    times, codes = np.empty(0), np.empty((0, at.A_WIDTH), dtype=np.int32)
    numbers = np.full(max(1, plan.years * int(plan.X[at.X_SIZE])), np.nan)
    pauses, count = 0, at.PAUSED
    while count == at.PAUSED and pauses < PAUSES and len(times) < LONGEST:
        # between two calls an interruption is heard, and the log grows where it is nearly full
        pauses += 1
        if int(J[X[at.J_COUNT]]) + int(X[at.ROOM]) > len(times):
            X[at.CAPACITY] = max(4096, 2 * len(times), 2 * int(X[at.ROOM]))
            times = np.resize(times, X[at.CAPACITY])
            codes = np.resize(codes, (X[at.CAPACITY], at.A_WIDTH))
        count = kernel.run(
            X,
            F,
            J,
            B,
            U,
            *fixed,
            times,
            codes,
            numbers,
            np.uint64(seed),
            run,
            plan.calendar.start,
            plan.calendar.end,
            plan.first_year,
        )
    if count >= 0:
        return times[:count], codes[:count], numbers
    if count in (at.PAUSED, at.FULL):
        raise RapalloError(
            f"run {run} of seed {seed}: more than {LONGEST:,} acts, or {PAUSES * at.STEPS:,} events, by "
            f"{to_iso(float(F[at.NOW]))}: some rate runs away; look at the processes whose memories feed themselves"
        )
    raise RapalloError(complaint(plan, int(count), int(J[plan.X[at.J_ERROR]]), float(F[0]), seed, run))


def _own_arrays(plan: Plan) -> tuple[NDArray[Any], ...]:
    """Give copies of what a run works on, in memory that the runs of a thread use one after the other."""
    fresh: tuple[NDArray[Any], ...] = (plan.X, plan.F, plan.J, plan.B, plan.U, plan.I, plan.G, plan.H)
    own: tuple[NDArray[Any], ...] = getattr(_OWN, "arrays", ())
    if [each.shape for each in own] != [each.shape for each in fresh]:
        _OWN.arrays = own = arena(fresh)
    for mine, each in zip(own, fresh, strict=True):
        np.copyto(mine, each)
    return own


def complaint(plan: Plan, status: int, clock: int, now: float, seed: int, run: int) -> str:
    """Say in words why the kernel stopped before the end."""
    where = f"run {run} of seed {seed}, {to_iso(now)}"
    if status == at.TOO_MANY_CASES:
        return f"{where}: more than {int(plan.X[at.MAX_CASES])} cases are open before an institution at once"
    names: list[str]
    if status in (at.VOTE_NOT_FINITE, at.YEARLY_NOT_FINITE):
        kind, names = ("yearly update", list(plan.scenario.yearly))
        if status == at.VOTE_NOT_FINITE:
            rules = [(home, rule) for home in plan.scenario.institutions.values() for rule in home.rules if rule.active]
            kind, names = ("vote", [f"{home.name}.{rule.name}" for home, rule in rules])
        return f"{where}: the {kind} {names[clock]!r} does not come to a finite number; {_BLAME}"
    process, sender, receiver = (int(each) for each in plan.clocks[clock]) if len(plan.clocks) else (-1, -1, -1)
    names = list(plan.scenario.processes)
    who = " → ".join(plan.calendar.opening.actors[each] for each in (sender, receiver) if each >= 0)
    return f"{where}: the weight of process {names[process]!r} ({who or 'all pairs'}) is not a finite number; {_BLAME}"


_BLAME = "an effect returned NaN or infinity, or a parameter is far too large"


def history_of(
    plan: Plan,
    seed: int,
    run: int,
    times: NDArray[np.float64],
    codes: NDArray[np.int32],
    numbers: NDArray[np.float64],
) -> History:
    """Make a history of what the kernel wrote down."""
    scenario, opening = plan.scenario, plan.calendar.opening
    stride = int(plan.X[at.X_SIZE])
    table = numbers[: plan.years * stride].reshape(plan.years, stride) if stride else np.empty((plan.years, 0))
    initial, pairs_of, columns = _frame(plan.calendar, plan.series)
    series: dict[str, dict[str, Any]] = {}
    years = np.arange(plan.first_year, plan.first_year + plan.years)
    for (name, _, _, _, _), (first, second), places in zip(plan.series, pairs_of, columns, strict=True):
        made = {
            "year": np.repeat(years, len(first)),
            "sender": np.tile(first, len(years)),
            "receiver": np.tile(second, len(years)),
            "value": table[:, places].ravel(),
        }
        held = series.get(name)
        series[name] = made if held is None else {key: np.concatenate([held[key], made[key]]) for key in made}
    return History(
        scenario=scenario,
        actors=opening.actors,
        layers=tuple(scenario.layers),
        processes=tuple(scenario.processes),
        time=times.copy(),
        process=codes[:, at.A_PROCESS].astype(np.int16),
        layer=codes[:, at.A_LAYER].astype(np.int16),
        change=codes[:, at.A_CHANGE].astype(np.int8),
        sender=codes[:, at.A_SENDER].astype(np.int16),
        receiver=codes[:, at.A_RECEIVER].astype(np.int16),
        occasion=codes[:, at.A_OCCASION].copy(),
        origin=codes[:, at.A_ORIGIN].astype(np.int8),
        start=plan.calendar.start,
        end=plan.calendar.end,
        initial=initial,
        series=series,
        label=f"run {run}",
        facts={"seed": seed, "run": run, "luck": LUCKS[int(plan.X[at.LUCK])]},
        calendar=plan.calendar,
        known_to=_told_by(plan.calendar, times, codes),
    )


def _told_by(calendar: Calendar, times: NDArray[np.float64], codes: NDArray[np.int32]) -> NDArray[Any] | None:
    """Give who else knew of each act that the calendar brought."""
    if not calendar.known_to:
        return None
    columns = (calendar.time, calendar.what, calendar.change, calendar.sender, calendar.receiver)
    of = dict(zip(zip(*(each.tolist() for each in columns), strict=True), calendar.known_to, strict=True))
    which = (at.A_LAYER, at.A_CHANGE, at.A_SENDER, at.A_RECEIVER)
    acts = zip(times.tolist(), *(codes[:, place].tolist() for place in which), strict=True)
    return known_to_column([of.get(act, ()) for act in acts])


@lru_cache(maxsize=4)
def _frame(
    calendar: Calendar, series: tuple[Any, ...]
) -> tuple[Mapping[str, NDArray[np.bool_]], list[tuple[NDArray[np.int16], NDArray[np.int16]]], list[NDArray[np.intp]]]:
    """Give what the histories of one calendar share: opening ties, each series' pairs, and where their numbers lie."""
    initial = {name: values > 0 for name, values in calendar.opening.ties.items()}
    for each in initial.values():
        each.flags.writeable = False
    pairs_of, places = [], []
    for _, kind, offset, senders, receivers in series:
        pairs = [(s, r) for s in senders for r in (receivers if kind == "flow" else (-1,))]
        keep = np.flatnonzero([s != r for s, r in pairs])
        pairs_of.append(
            (
                np.array([s for s, _ in pairs], dtype=np.int16)[keep],
                np.array([r for _, r in pairs], dtype=np.int16)[keep],
            )
        )
        places.append(offset + keep)
    return initial, pairs_of, places
