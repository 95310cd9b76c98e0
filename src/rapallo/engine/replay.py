"""Replay: a world run under the luck that was read off the record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapallo.engine import layout as at
from rapallo.engine import luck_table as of
from rapallo.engine.abduct import Abduction
from rapallo.engine.changed_world import ChangedWorld
from rapallo.engine.lay_luck import Arrays, Laid, lay_cases, lay_forced, lay_told
from rapallo.engine.plan import LUCKS
from rapallo.engine.recorded_world import Case
from rapallo.system.history import History


@dataclass(frozen=True, slots=True, eq=False)
class Replayed:
    """A history under the record's luck.

    Parameters
    ----------
    history
        What happened.
    firing
        For each of its acts the firing of the record's luck that it is, -1 where none.
    forced
        For each forced act the act of the history that it is, -1 where it was not carried out.
    votes
        For each recorded vote the same.
    """

    history: History
    firing: NDArray[np.int64]
    forced: NDArray[np.int64]
    votes: NDArray[np.int64]


def replay_luck(
    world: ChangedWorld, luck: Abduction, cases: tuple[Case, ...], kind: str, seed: int, run: int = 0
) -> Replayed:
    """Run a world under the record's luck.

    Parameters
    ----------
    world
        The world; :func:`~rapallo.engine.changed_world.same_world` gives the record's own.
    luck
        From :func:`~rapallo.engine.abduct.abduct`.
    cases
        The record's cases before institutions.
    kind
        ``clock`` or ``date``.
    seed, run
        The name of all that the record leaves open.

    Raises
    ------
    RapalloError
        If a weight is not finite or some rate runs away.
    """
    laid = lay_replay(world, luck, cases, kind)
    history, _, firing = laid.run(seed, run)
    order = laid.firings
    return Replayed(
        history=history,
        firing=np.where(firing >= 0, order[firing] if len(order) else -1, -1),
        forced=laid.integers(of.L_FORCED_DONE, len(world.forced)) - 1,
        votes=laid.integers(of.L_VOTE_DONE, int(laid.L[of.VOTES])) - 1,
    )


@dataclass(frozen=True, slots=True, eq=False)
class LaidReplay(Laid):
    """A plan with the record's luck; ``firings`` gives the number of each in order of time."""

    firings: NDArray[np.int64]


def lay_replay(world: ChangedWorld, luck: Abduction, cases: tuple[Case, ...], kind: str) -> LaidReplay:
    """Lay the luck out by the clocks of a world: by names, for another world may have other clocks."""
    plan = world.plan.with_switches(kind)
    clocks = int(plan.X[at.CLOCKS])
    here = world.here
    made = Arrays()
    made.header[of.MODE] = of.REPLAY
    clock = here[luck.firing_clock] if len(luck.firing_clock) else luck.firing_clock
    held = world.flags == of.HELD
    time = np.where(held, world.held, luck.time)
    keep = np.flatnonzero(clock >= 0)
    # under date luck a held firing stands on its new day; readiness keeps the order of the record
    order = keep[np.lexsort((time[keep] if kind == "date" else keep, clock[keep]))]
    made.header[of.FIRINGS] = len(order)
    first = np.searchsorted(clock[order], np.arange(clocks + 1))
    made.put(of.L_CLOCK, clock[order])
    made.put(of.L_TURNED, luck.turned[order])
    made.put(of.L_SENDER, luck.firing_sender[order])
    made.put(of.L_RECEIVER, luck.firing_receiver[order])
    made.put(of.L_FLAG, world.flags[order])
    lay_told(made, [world.told.get(k, luck.told[k]) for k in order.tolist()])
    made.put(of.L_FIRST, first)
    made.put(of.L_NEXT, first[:-1])
    made.put(of.L_ARMED, np.full(clocks, -1, dtype=np.int64))
    made.put_numbers(of.E_TIME, time[order])
    for place, values in (
        (of.E_SINCE, luck.since),
        (of.E_INTEGRAL, luck.integral),
        (of.E_HAZARD, luck.hazard),
        (of.E_TARGET, luck.target),
        (of.E_TOTAL, luck.total),
    ):
        made.put_numbers(place, values[order])
    picks = (_options_here(world, luck.picks[k], int(clock[k])) for k in order.tolist())
    made.put(of.L_PICK, [-1 if pick is None else made.put_numbers(-1, pick) for pick in picks])
    for place, values, absent in (
        (of.E_LAST_SINCE, luck.last_since, np.nan),
        (of.E_LAST_INTEGRAL, luck.last_integral, np.nan),
        (of.E_LAST_HAZARD, luck.last_hazard, np.nan),
        (of.E_REMAINDER, luck.remainder, 0.0),
    ):
        put = np.full(clocks, absent)
        put[here[here >= 0]] = values[here >= 0]
        made.put_numbers(place, put)
    _lay_paths(made, luck, here, clocks, kind)
    known = np.array(world.known, dtype=np.int64)
    sensible = np.ones(len(known), dtype=np.int64)
    sensible[known >= 0] = luck.sensible[known[known >= 0]]
    lay_forced(made, world.every, sensible, world.conditions)
    lay_cases(made, plan, cases, world.rules, luck.shocks, luck.shared, luck.vote_odds, luck.silent_odds)
    made.header[of.CASES] = len(cases)
    for place, values in ((of.E_FLOW_VALUE, luck.flow_value), (of.E_FLOW_EXPECTED, luck.flow_expected)):
        here_too = values if world.flows is None else np.where(world.flows >= 0, values[world.flows], np.nan)
        made.put_numbers(place, here_too)
    laid = made.laid(plan)
    dropped = np.flatnonzero(world.votes_dropped)
    laid.E[laid.L[of.E_VOTE_TIME] + dropped] = np.inf
    return LaidReplay(plan, laid.L, laid.E, order)


def _options_here(world: ChangedWorld, pick: NDArray[np.float64] | None, clock: int) -> NDArray[np.float64] | None:
    """Give the weights of a firing's options in the order in which they stand here; who was none had no weight."""
    places = None if pick is None else world.options.get(int(world.plan.clocks[clock, 0]))
    if pick is None or places is None:
        return pick
    known = places >= 0
    if pick.ndim == 1:
        return np.where(known, pick[places], -np.inf)
    lead = np.where(np.tri(len(places), k=-1, dtype=bool), 0.0, -np.inf)  # below the diagonal: who leads by how much
    return np.where(known[:, None] & known, pick[np.ix_(places, places)], lead)


def _lay_paths(made: Arrays, luck: Abduction, here: NDArray[np.int64], clocks: int, kind: str) -> None:
    """Lay the record's hazards out by clock; readiness does not ask for them."""
    if kind != LUCKS[1]:
        made.put(of.L_PATH_FIRST, np.zeros(clocks + 1, dtype=np.int64))
        made.put_numbers(of.E_PATH_TIME, [])
        made.put_numbers(of.E_PATH_HAZARD, [])
        return
    there = here[luck.path_clock]
    order = np.flatnonzero(there >= 0)
    if not (np.diff(there[order]) >= 0).all():
        order = order[np.argsort(there[order], kind="stable")]
    made.put(of.L_PATH_FIRST, np.searchsorted(there[order], np.arange(clocks + 1)))
    made.put_numbers(of.E_PATH_TIME, luck.path_time[order])
    made.put_numbers(of.E_PATH_HAZARD, luck.path_hazard[order])
