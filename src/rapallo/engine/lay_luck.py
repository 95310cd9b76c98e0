"""From a recorded world, or from the luck that was read off one, to the arrays that the compiled engine works on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.engine import layout as at
from rapallo.engine import luck_table as of
from rapallo.engine.plan import Plan
from rapallo.engine.recorded_world import Case, RecordedWorld
from rapallo.engine.simulate import LONGEST, PAUSES, complaint, history_of
from rapallo.errors import RapalloError
from rapallo.system.history import History, known_to_column


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A plan with the arrays of a record's luck.

    Parameters
    ----------
    plan
        The plan.
    L, E
        The arrays that ``luck_table`` describes.
    """

    plan: Plan
    L: NDArray[np.int64]
    E: NDArray[np.float64]

    def copy(self) -> Laid:
        """Give arrays of its own to a run."""
        return replace(self, L=self.L.copy(), E=self.E.copy())

    def integers(self, place: int, count: int) -> NDArray[np.int64]:
        """Give a table of integers."""
        return self.L[self.L[place] : self.L[place] + count].copy()

    def numbers(self, place: int, count: int) -> NDArray[np.float64]:
        """Give a table of numbers."""
        return self.E[self.L[place] : self.L[place] + count].copy()

    def picks(self, firings: int) -> tuple[NDArray[np.float64] | None, ...]:
        """Give the weights of the options that each firing had, by row or as a square of pairs."""
        found: list[NDArray[np.float64] | None] = []
        for firing in range(firings):
            place = int(self.L[self.L[of.L_PICK] + firing])
            if place < 0:
                found.append(None)
                continue
            shape = options_shape(self.plan, int(self.L[self.L[of.L_CLOCK] + firing]))
            size = int(np.prod(shape))
            found.append(self.E[place : place + size].reshape(shape).copy())
        return tuple(found)

    def run(self, seed: int, run: int, paths: tuple[Any, ...] | None = None) -> tuple[History, Any, NDArray[np.int64]]:
        """Live through the span; gives the history, the state's numbers at its end, and the firing behind each act.

        Raises
        ------
        RapalloError
            If a weight is not a finite number, or some rate runs away.
        """
        from rapallo.engine import relive

        plan, live = self.plan, relive.engine()
        if paths is None:
            paths = np.empty(1), np.empty(1), np.empty(1, dtype=np.int64)
        L, E = self.L.copy(), self.E.copy()
        X, F, J, B, U = plan.X.copy(), plan.F.copy(), plan.J.copy(), plan.B.copy(), plan.U.copy()
        G = plan.G.copy()  # parameters may be others from a date
        times, codes = np.empty(0), np.empty((0, at.A_WIDTH), dtype=np.int32)
        firing = np.empty(0, dtype=np.int64)
        numbers = np.full(max(1, plan.years * int(plan.X[at.X_SIZE])), np.nan)
        count, pauses = at.PAUSED, 0
        while count == at.PAUSED and pauses < PAUSES and len(times) < LONGEST:
            # between two calls an interruption is heard, and the log grows where it is nearly full
            pauses += 1
            if int(J[X[at.J_COUNT]]) + int(X[at.ROOM]) > len(times):
                X[at.CAPACITY] = max(4096, 2 * len(times), 2 * int(X[at.ROOM]))
                times = np.resize(times, X[at.CAPACITY])
                codes = np.resize(codes, (X[at.CAPACITY], at.A_WIDTH))
                firing = np.concatenate([firing, np.full(X[at.CAPACITY] - len(firing), -1, dtype=np.int64)])
            count = live(
                X,
                F,
                J,
                B,
                U,
                plan.I,
                G,
                plan.H,
                L,
                E,
                *paths,
                times,
                codes,
                firing,
                numbers,
                np.uint64(seed),
                run,
                plan.calendar.start,
                plan.calendar.end,
                plan.first_year,
            )
        if count in (at.FULL, at.PAUSED):
            raise RapalloError(
                f"draw {run} of seed {seed}: more than {LONGEST:,} acts, or {PAUSES * at.STEPS:,} events: "
                "some rate runs away"
            )
        if count < 0:
            raise RapalloError(complaint(plan, int(count), int(J[plan.X[at.J_ERROR]]), float(F[at.NOW]), seed, run))
        self.L[:], self.E[:] = L, E
        history = history_of(plan, seed, run, times[:count], codes[:count], numbers)
        return self._with_told(history, firing[:count]), F, firing[:count]

    def _with_told(self, history: History, firing: NDArray[np.int64]) -> History:
        """Say of a history who was let into the secrets that the record's luck made again in it."""
        counts = self.integers(of.L_TOLD, int(self.L[of.FIRINGS]))
        if not counts.any():
            return history
        begins = self.integers(of.L_TOLD_LIST, len(counts))
        told = [history.told(act) for act in range(len(history))]
        for act in np.flatnonzero(firing >= 0).tolist():
            mine = int(firing[act])
            recorded = {int(self.L[self.L[place] + mine]) for place in (of.L_SENDER, of.L_RECEIVER)}
            if counts[mine] and {int(history.sender[act]), int(history.receiver[act])} == recorded:
                told[act] = tuple(self.L[begins[mine] : begins[mine] + counts[mine]].tolist())
        return replace(history, known_to=known_to_column(told))


class Arrays:
    """The two arrays while they grow."""

    def __init__(self) -> None:
        self.header = np.zeros(of.HEADER, dtype=np.int64)
        self.integers: list[NDArray[np.int64]] = [self.header]
        self.floats: list[NDArray[np.float64]] = [np.zeros(1)]
        self.sizes = [of.HEADER, 1]

    def put(self, place: int, values: Iterable[int] | NDArray[np.int64]) -> None:
        """Add integers, and note where they begin."""
        made = np.asarray(values if isinstance(values, np.ndarray) else list(values), dtype=np.int64)
        self.header[place] = self.sizes[0]
        self.integers.append(made)
        self.sizes[0] += len(made)

    def put_numbers(self, place: int, values: Any) -> int:
        """Add numbers, and note where they begin."""
        made = np.asarray(values, dtype=float).ravel()
        begins = self.sizes[1]
        if place >= 0:
            self.header[place] = begins
        self.floats.append(made)
        self.sizes[1] += len(made)
        return begins

    def laid(self, plan: Plan) -> Laid:
        """Give what has grown."""
        return Laid(plan, np.concatenate([*self.integers, [0]]), np.concatenate([*self.floats, [0.0]]))


def options_shape(plan: Plan, clock: int) -> tuple[int, ...]:
    """Give how the options of a clock lie: none for a pair's, a row for a chooser's, a square of pairs."""
    table = int(plan.X[at.I_PROCESS]) + int(plan.clocks[clock, 0]) * at.P_WIDTH
    columns = int(plan.I[table + at.P_COLUMNS])
    weighting = int(plan.I[table + at.P_WEIGHTING])
    if weighting == at.INTENSITY:
        return ()
    return (columns, columns) if weighting == at.COORDINATION else (columns,)


def lay(world: RecordedWorld, plan: Plan) -> Laid:
    """Lay a record out for abduction."""
    made = Arrays()
    acts = np.array([act for act, _ in world.firings], dtype=np.int64)
    clocks = np.array([clock for _, clock in world.firings], dtype=np.int64)
    count = len(acts)
    made.header[of.MODE], made.header[of.FIRINGS] = of.ABDUCT, count
    made.put(of.L_CLOCK, clocks)
    made.put(of.L_OTHER, world.others)
    made.put(of.L_TURNED, np.zeros(count, dtype=np.int64))
    made.put(of.L_SENDER, world.record.sender[acts].astype(np.int64) if count else acts)
    made.put(of.L_RECEIVER, world.record.receiver[acts].astype(np.int64) if count else acts)
    made.put(of.L_FLAG, np.zeros(count, dtype=np.int64))
    lay_told(made, [world.record.told(act) for act in acts.tolist()])
    made.put_numbers(of.E_TIME, world.record.time[acts] if count else [])
    for place in (of.E_SINCE, of.E_INTEGRAL, of.E_HAZARD, of.E_TARGET, of.E_TOTAL, of.E_WEIGHT):
        made.put_numbers(place, np.full(count, np.nan))
    made.put(of.L_PICK, [_room(made, plan, clock) for clock in clocks.tolist()])
    every = np.full(len(plan.calendar), -1, dtype=np.int64)
    for place, (_, entry) in enumerate(world.forced):
        every[entry] = place
    lay_forced(made, every, np.zeros(len(world.forced), dtype=np.int64), [[] for _ in world.forced])
    lay_cases(made, plan, world.cases, range(int(plan.X[at.RULES])))
    made.put_numbers(of.E_FLOW_VALUE, world.flows)
    made.put_numbers(of.E_FLOW_EXPECTED, np.full(len(world.flows), np.nan))
    return made.laid(plan)


def lay_told(made: Arrays, told: Sequence[tuple[int, ...]]) -> None:
    """Lay out who else is told of each firing."""
    counts = np.array([len(each) for each in told], dtype=np.int64)
    made.put(of.L_TOLD, counts)
    made.put(of.L_TOLD_LIST, made.sizes[0] + len(counts) + np.cumsum(counts) - counts)
    made.integers.append(np.array([actor for each in told for actor in each], dtype=np.int64))
    made.sizes[0] += int(counts.sum())


def lay_forced(
    made: Arrays,
    every: NDArray[np.int64],
    sensible: NDArray[np.int64],
    conditions: Sequence[Sequence[tuple[int, int, int]]],
) -> None:
    """Lay the forced acts out: which entry each is, whether it had something to do, what must hold besides."""
    made.header[of.FORCED] = len(sensible)
    made.put(of.L_ENTRY_FORCED, every)
    made.put(of.L_FORCED_SENSIBLE, sensible)
    made.put(of.L_FORCED_DONE, np.zeros(len(sensible), dtype=np.int64))
    made.put(of.L_FORCED_CONDITIONS, [len(each) for each in conditions])
    places = []
    for each in conditions:
        places.append(made.sizes[0])
        flat = np.array([value for condition in each for value in condition], dtype=np.int64)
        made.integers.append(flat)
        made.sizes[0] += len(flat)
    made.put(of.L_FORCED_PLACE, places)


def lay_cases(
    made: Arrays,
    plan: Plan,
    cases: Sequence[Case],
    rules: Sequence[int],
    shocks: NDArray[np.float64] | None = None,
    shared: NDArray[np.float64] | None = None,
    vote_odds: NDArray[np.float64] | None = None,
    silent_odds: NDArray[np.float64] | None = None,
) -> None:
    """Lay the recorded cases out, with what abduction has made of them; ``rules`` numbers the rules here."""
    n, count = int(plan.X[at.ACTORS]), len(cases)
    votes = [(index, voter, day) for index, case in enumerate(cases) for _, voter, day in case.votes]
    first, rows = 0, []
    for case in cases:
        rows += [rules[case.rule], case.accused, case.victim, 0, -1, first, len(case.votes)]
        first += len(case.votes)
    made.header[of.CASES], made.header[of.VOTES] = count, len(votes)
    made.put(of.L_CASE, rows)
    made.put(of.L_VOTE_CASE, [each[0] for each in votes])
    made.put(of.L_VOTE_VOTER, [each[1] for each in votes])
    made.put(of.L_VOTE_DONE, [0] * len(votes))
    made.put_numbers(of.E_CASE_OPENED, [case.opened for case in cases])
    made.put_numbers(of.E_CASE_DUE, [case.due for case in cases])
    made.put_numbers(of.E_CASE_SHOCK, np.zeros(count) if shocks is None else shocks)
    made.put_numbers(of.E_CASE_SHARED, np.zeros(count) if shared is None else shared)
    made.put_numbers(of.E_VOTE_TIME, [each[2] for each in votes])
    made.put_numbers(of.E_VOTE_DUE, np.full(len(votes), np.inf))
    made.put_numbers(of.E_VOTE_ODDS, np.full(len(votes), np.nan) if vote_odds is None else vote_odds)
    made.put_numbers(of.E_SILENT_ODDS, np.full(count * n, np.nan) if silent_odds is None else silent_odds)


def _room(made: Arrays, plan: Plan, clock: int) -> int:
    shape = options_shape(plan, clock)
    return made.put_numbers(-1, np.full(shape, -np.inf)) if shape else -1
