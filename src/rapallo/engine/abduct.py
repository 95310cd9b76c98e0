"""Abduction: the luck that a history has had, read off it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.engine import layout as at
from rapallo.engine import luck_table as of
from rapallo.engine import reference_luck
from rapallo.engine.lay_luck import Laid, lay
from rapallo.engine.plan import Plan
from rapallo.engine.recorded_world import Case, RecordedWorld, recorded_world
from rapallo.errors import RapalloError
from rapallo.system.calendar import Calendar
from rapallo.system.history import History

GRID = np.linspace(-8.0, 8.0, 1601)
"""Where the posterior of what moved all voters of a case is looked at: 100 points to a standard deviation."""


@dataclass(frozen=True, slots=True, eq=False)
class Abduction:
    """The luck of a history, and nothing of the history but what that luck is.

    Parameters
    ----------
    clocks
        Name of each clock: process, sender, receiver.
    firing_clock, firing_sender, firing_receiver
        For each firing in order of time: its clock, who came forward and to whom.
    turned
        For each firing whether the record writes the parties the other way round.
    time, since, integral, hazard, target, total
        For each firing: when it came; the beginning of its clock's last stretch of one hazard, the integral
        at that moment, the hazard; the integrated hazard that it took; the log of its options' sum.
    told
        For each firing who else was let into the secret that it made or ended.
    picks
        For each firing the log weights of its options, as its process lays them out; ``None`` for a pair's clock.
    last_since, last_integral, last_hazard, remainder
        For each clock its last stretch, and the integrated hazard that it came to without acting.
    path_clock, path_time, path_hazard
        The hazard of every clock, stretch by stretch, ordered by clock and time.
    sensible
        For each forced act whether it had something to do.
    shocks, shared
        For each case what moved all its voters, as a standard normal and on the scale of log-odds.
    vote_odds, silent_odds
        Log-odds of each recorded vote, and by case and actor of the silent ones; ``nan`` where one had no voice.
    flow_value, flow_expected
        What is recorded of flows, and what the model expected.
    log_density
        Log density of the acts given everything else: by it a draw of what is left open is weighed.
    seed, run
        The name of what is left open.
    """

    clocks: tuple[tuple[str, str, str], ...]
    firing_clock: NDArray[np.int64]
    firing_sender: NDArray[np.int64]
    firing_receiver: NDArray[np.int64]
    turned: NDArray[np.int64]
    time: NDArray[np.float64]
    since: NDArray[np.float64]
    integral: NDArray[np.float64]
    hazard: NDArray[np.float64]
    target: NDArray[np.float64]
    total: NDArray[np.float64]
    told: tuple[tuple[int, ...], ...]
    picks: tuple[NDArray[np.float64] | None, ...]
    last_since: NDArray[np.float64]
    last_integral: NDArray[np.float64]
    last_hazard: NDArray[np.float64]
    remainder: NDArray[np.float64]
    path_clock: NDArray[np.int64]
    path_time: NDArray[np.float64]
    path_hazard: NDArray[np.float64]
    sensible: NDArray[np.int64]
    shocks: NDArray[np.float64]
    shared: NDArray[np.float64]
    vote_odds: NDArray[np.float64]
    silent_odds: NDArray[np.float64]
    flow_value: NDArray[np.float64]
    flow_expected: NDArray[np.float64]
    log_density: float
    seed: int
    run: int

    def __repr__(self) -> str:
        return f"<Abduction: {len(self.time)} firings of {len(self.clocks)} clocks>"


class ImpossibleActs(RapalloError):
    """Some acts have weight zero; ``positions`` says which firings they are."""

    def __init__(self, positions: tuple[int, ...]) -> None:
        self.positions = positions
        super().__init__(f"{len(positions)} acts of the record have weight zero under the model")


def abduct(world: RecordedWorld, seed: int, run: int = 0, capacity: int = 1 << 20) -> tuple[Abduction, History]:
    """Read off the luck of a record.

    Parameters
    ----------
    world
        The record, laid out.
    seed, run
        Name of what the record leaves open: flows that are not recorded.
    capacity
        Stretches of hazard to make room for at first.

    Returns
    -------
    tuple
        The luck, and the record as it was lived through, with its flows and stocks.

    Raises
    ------
    ImpossibleActs
        If an act that a clock should make has weight zero.
    RapalloError
        If a weight is not finite.
    """
    plan = world.plan
    laid = lay(world, plan)
    while True:
        live = laid.copy()
        paths = np.empty(capacity), np.empty(capacity), np.empty(capacity, dtype=np.int64)
        live.L[of.PATH_CAPACITY] = capacity
        history, F, _ = live.run(seed, run, paths)
        count = int(live.L[of.PATH_COUNT])
        if count <= capacity:
            break
        capacity = 2 * count
    flags = live.integers(of.L_FLAG, len(world.firings))
    if (flags == of.IMPOSSIBLE).any():
        raise ImpossibleActs(tuple(np.flatnonzero(flags == of.IMPOSSIBLE).tolist()))
    return _kept(world, live, F, tuple(each[:count] for each in paths), seed, run), history


def possible_world(
    scenario: Any, record: History, calendar: Calendar, say: Callable[[str], None] = lambda word: None
) -> RecordedWorld:
    """Lay a record out, with every act that the model cannot make carried out by itself.

    Parameters
    ----------
    scenario, record, calendar
        As for :func:`~rapallo.engine.recorded_world.recorded_world`.
    say
        Called with a word where something takes time.

    Raises
    ------
    RapalloError
        If a process that decides is a ``toggle``, or a weight is not finite.
    """
    impossible: frozenset[int] = frozenset()
    while True:
        world = recorded_world(scenario, record, calendar, say, impossible)
        try:
            _, lived = abduct(world, 0)
        except ImpossibleActs as found:
            impossible = frozenset(world.impossible) | {world.firings[place][0] for place in found.positions}
        else:
            impossible = frozenset(world.impossible) | misheard(world, lived)
            if impossible == frozenset(world.impossible):
                return world


def misheard(world: RecordedWorld, lived: History) -> frozenset[int]:
    """Name recorded findings that do not come back: no case was open, or the votes on record decide otherwise.

    Of a council often only some votes are recorded, or on other days than its word. Such findings stand as they are.

    Parameters
    ----------
    world
        The record.
    lived
        The record as it was lived through again.
    """
    record, scenario = world.record, world.plan.scenario
    rules = [rule for home in scenario.institutions.values() for rule in home.rules if rule.active]
    stated = [
        {(float(record.time[act]), int(record.sender[act])): act for act in _acts_of(case)} for case in world.cases
    ]
    found: set[int] = set()
    for case, mine in zip(world.cases, stated, strict=True):
        rule = rules[case.rule]
        which = (lived.layer == lived.layers.index(rule.layer)) & (lived.receiver == case.accused)
        if rule.finding == "each member":
            told = set(zip(lived.time[which].tolist(), lived.sender[which].tolist(), strict=True))
            found |= {act for key, act in mine.items() if key not in told}
            continue
        if not mine:
            continue
        decided = case.opened + rule.trigger.after if math.isnan(case.due) else case.due
        told = {(decided, int(sender)) for sender in lived.sender[which & (lived.time == decided)]}
        others = {key for each in stated if each is not mine for key in each}
        if told - (others - mine.keys()) != mine.keys():
            found |= set(mine.values())
    return frozenset(found)


def _acts_of(case: Case) -> list[int]:
    return [act for act in (*(vote[0] for vote in case.votes), case.word) if act >= 0]


def _kept(
    world: RecordedWorld, live: Laid, F: NDArray[np.float64], paths: tuple[Any, ...], seed: int, run: int
) -> Abduction:
    plan, X = world.plan, world.plan.X
    clocks, firings = int(X[at.CLOCKS]), len(world.firings)
    numbers_of = F[X[at.F_CLOCK] : X[at.F_CLOCK] + clocks * at.K_WIDTH].reshape(clocks, at.K_WIDTH)
    since, integral, hazard = (numbers_of[:, k].copy() for k in (at.K_SINCE, at.K_INTEGRAL, at.K_HAZARD))
    remainder = integral + hazard * (plan.calendar.end - since)
    times, hazards, codes = paths
    order = np.argsort(codes, kind="stable")
    numbers: dict[str, Any] = {
        name: live.numbers(place, firings)
        for name, place in (
            ("time", of.E_TIME),
            ("since", of.E_SINCE),
            ("integral", of.E_INTEGRAL),
            ("hazard", of.E_HAZARD),
            ("target", of.E_TARGET),
            ("total", of.E_TOTAL),
        )
    }
    who: dict[str, Any] = {name: live.integers(place, firings) for name, place in _PARTIES.items()}
    picks = live.picks(firings)
    shocks, shared, vote_odds, silent = _votes(world, live, seed, run)
    weights = live.numbers(of.E_WEIGHT, firings)
    log_density = float(np.log(weights).sum() - numbers["target"].sum() - remainder.sum())
    flows = live.numbers(of.E_FLOW_VALUE, len(world.flows)), live.numbers(of.E_FLOW_EXPECTED, len(world.flows))
    return Abduction(
        clocks=world.clocks,
        **who,
        **numbers,
        told=tuple(world.record.told(act) for act, _ in world.firings),
        picks=picks,
        last_since=since,
        last_integral=integral,
        last_hazard=hazard,
        remainder=remainder,
        path_clock=codes[order],
        path_time=times[order],
        path_hazard=hazards[order],
        sensible=live.integers(of.L_FORCED_SENSIBLE, len(world.forced)),
        shocks=shocks,
        shared=shared,
        vote_odds=vote_odds,
        silent_odds=silent,
        flow_value=flows[0],
        flow_expected=flows[1],
        log_density=log_density,
        seed=seed,
        run=run,
    )


_PARTIES = {
    "turned": of.L_TURNED,
    "firing_clock": of.L_CLOCK,
    "firing_sender": of.L_SENDER,
    "firing_receiver": of.L_RECEIVER,
}


def _votes(world: RecordedWorld, live: Laid, seed: int, run: int) -> tuple[NDArray[np.float64], ...]:
    """Draw what moved all voters of each case from its posterior given who found and who stayed silent."""
    plan, n = world.plan, int(world.plan.X[at.ACTORS])
    cases = len(world.cases)
    votes = live.numbers(of.E_VOTE_ODDS, int(live.L[of.VOTES]))
    silent = live.numbers(of.E_SILENT_ODDS, cases * n).reshape(cases, n)
    shocks, shared = np.zeros(cases), np.zeros(cases)
    first = 0
    for index, case in enumerate(world.cases):
        spread = spread_of(plan, case.rule)
        said = np.zeros(n, dtype=bool)
        odds = silent[index].copy()
        for k, (_, voter, day) in enumerate(case.votes):
            said[voter] = True
            if not math.isnan(day):
                odds[voter] = votes[first + k]
        first += len(case.votes)
        shocks[index] = _shock(plan, case, index, odds, said, spread, seed, run)
        shared[index] = spread * shocks[index]
    return shocks, shared, votes, silent.ravel()


def spread_of(plan: Plan, rule: int) -> float:
    """Give the standard deviation of what moves all voters of a case alike."""
    table = int(plan.X[at.I_RULE]) + rule * at.R_WIDTH
    return float(plan.G[plan.I[table + at.R_NUMBERS] + 2])


def _shock(
    plan: Plan,
    case: Any,
    index: int,
    odds: NDArray[np.float64],
    said: NDArray[np.bool_],
    spread: float,
    seed: int,
    run: int,
) -> float:
    rule, hashes = int(plan.H[plan.X[at.H_RULE] + case.rule]), plan.H
    name = reference_luck.name_of(
        of.SHOCK_GIVEN,
        rule,
        int(hashes[plan.X[at.H_ACTOR] + case.accused]),
        int(hashes[plan.X[at.H_ACTOR] + case.victim]),
    )
    known = np.isfinite(odds)
    if spread <= 0.0 or not known.any():
        return reference_luck.normal(seed, run, name, index)
    return posterior_normal(odds[known], said[known], spread, reference_luck.uniform(seed, run, name, index))


def posterior_normal(odds: NDArray[np.float64], said: NDArray[np.bool_], spread: float, drawn: float) -> float:
    """Draw a standard normal given votes whose log-odds it moves, by inverting its distribution function on a grid.

    Parameters
    ----------
    odds
        Log-odds of each vote without it.
    said
        How each voted.
    spread
        By how much one standard deviation moves the log-odds.
    drawn
        A uniform.
    """
    sign = np.where(said, -1.0, 1.0)
    log = -0.5 * GRID**2 - np.logaddexp(0.0, sign * (odds + spread * GRID[:, None])).sum(axis=1)
    density = np.exp(log - log.max())
    mass = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2.0)])
    return float(np.interp(drawn * mass[-1], mass, GRID))
