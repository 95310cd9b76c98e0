"""From sources, terms, changes and acts to the flat arrays of the compiled pass, and through it to cases."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.effects import Effect
from rapallo.engine.layout import PATTERNS
from rapallo.errors import RapalloError
from rapallo.estimate import places as at
from rapallo.estimate.cases import Cases

CLASSIC = {
    "tie": at.TIE,
    "reciprocity": at.REVERSE,
    "pair_value": at.VALUE,
    "reverse_value": at.REVERSE_VALUE,
    "receiver_indegree": at.RECEIVER_IN,
    "receiver_outdegree": at.RECEIVER_OUT,
    "sender_indegree": at.SENDER_IN,
    "sender_outdegree": at.SENDER_OUT,
    "transitivity": at.TRANSITIVE,
    "cycle": at.CYCLIC,
    "common_sender": at.COMMON_SENDER,
    "common_receiver": at.COMMON_RECEIVER,
}
"""Effects of the library that are followed tie by tie instead of evaluated anew (tests hold the two equal)."""

_OF_ONE_ACTOR = ("receiver_indegree", "receiver_outdegree", "sender_indegree", "sender_outdegree")
_OF_THE_SENDER = (at.SENDER_IN, at.SENDER_OUT)


class MissingStatisticError(RapalloError):
    """A statistic of an option is missing; carries the pair and the statistic's place."""

    def __init__(self, statistic: int, first: int, second: int, step: int) -> None:
        self.statistic, self.first, self.second, self.step = statistic, first, second, step
        super().__init__("a statistic is missing")


class NotAllowedError(RapalloError):
    """An act was no option; carries the step at which it stands."""

    def __init__(self, step: int) -> None:
        self.step = step
        super().__init__("an act was no option")


@dataclass(slots=True, eq=False)
class Source:
    """An array that effects read: ``matrix``, ``vector`` or ``seen`` (by observer), as it stands at first."""

    name: str
    kind: int
    initial: NDArray[Any]
    mutual: bool = False


@dataclass(slots=True, eq=False)
class Column:
    """One statistic: an effect with the sources that its slots are bound to, and whom it is asked about."""

    effect: Effect
    sources: tuple[int, ...]
    settings: tuple[float, ...] = ()
    parties: int = at.AS_THEY_ARE


@dataclass(slots=True, eq=False)
class ChangeTable:
    """Changes in force from a step on: ``codes`` has the columns of ``places.C_*``, sorted by step.

    ``row`` says from which row of its table each comes.
    """

    step: NDArray[np.int64]
    codes: NDArray[np.int64]
    value: NDArray[np.float64]
    row: NDArray[np.int64] | None = None


@dataclass(slots=True, eq=False)
class Unfolding:
    """Everything that one pass over a history needs.

    Parameters
    ----------
    actors
        How many.
    domain
        One of ``places.BY_*``.
    sources, columns
        What is read, and the statistics that read it.
    changes
        Every change, each with the first step at which it holds.
    elapsed, sender, receiver
        For each step: the time that passes before it, and the act at its end (-1: none).
    act
        For each step the position of its act, or -1.
    mask, present
        Which pairs (for ``BY_ACTOR`` the diagonal) and which actors are open at first.
    mode, masked
        What standing ties of which source leave open.
    skip_missing
        Leave options with a missing statistic out instead of refusing.
    now
        The day that effects read as ``view.now`` at first.
    every
        Steps without an act are cases too: what could have happened while nothing did.
    together
        For each step the number of the occasion whose acts are one event, or -1.
    controls, seed
        Draw about so many options that were not chosen (0: take all), by this seed. Where steps without an act are
        cases too, these are moments, as many for each act.
    """

    actors: int
    domain: int
    sources: list[Source]
    columns: list[Column]
    changes: ChangeTable
    elapsed: NDArray[np.float64]
    sender: NDArray[np.int64]
    receiver: NDArray[np.int64]
    act: NDArray[np.int64]
    mask: NDArray[np.bool_]
    present: NDArray[np.bool_]
    mode: int = at.ANY
    masked: int = -1
    skip_missing: bool = False
    controls: int = 0
    seed: int = 0
    now: float = 0.0
    every: bool = False
    together: NDArray[np.int64] | None = None
    say: Callable[[str], None] = field(default=lambda word: None)

    def cases(self) -> Cases:
        """Let the history unfold once, and keep all of it; raises what :meth:`blocks` raises."""
        (cases,) = self.blocks(math.inf)
        return cases

    def blocks(self, room: float) -> Iterator[Cases]:
        """Let the history unfold once, and give it in blocks of about so many bytes.

        Raises
        ------
        NotAllowedError
            If an act is no option at its step.
        MissingStatisticError
            If a statistic of an option is not a number and that is not to be skipped.
        """
        return Pass(self).run(room)


class Pass:
    """One pass over a history, step by step."""

    def __init__(self, plan: Unfolding) -> None:
        self.plan = plan
        n = plan.actors
        self.n = n
        self.by_actor = plan.domain == at.BY_ACTOR
        self.pairs = n if self.by_actor else n * n
        self.P = np.zeros(at.P_WIDTH, dtype=np.int64)
        self.integers: list[int] = []
        self.settings: list[float] = []
        self.codes = [self._code(column) for column in plan.columns]
        self._lay_state()
        self._lay_terms()

    def _code(self, column: Column) -> int:
        effect = column.effect
        code = CLASSIC.get(effect.name, at.GENERIC)
        shipped = effect.function.__module__ == f"rapallo.effects.library.{effect.name}"
        fits = all(self.plan.sources[source].kind == at.MATRIX for source in column.sources)
        told = column.parties == at.AS_THEY_ARE or (column.parties == at.FIRST_ALONE and code in _OF_THE_SENDER)
        if not told or not shipped or not fits or (self.by_actor and effect.name not in _OF_ONE_ACTOR):
            return at.GENERIC
        return code

    def _lay_state(self) -> None:
        n, plan = self.n, self.plan
        numbers, seen = 3, 1
        rows: list[int] = []
        for source in plan.sources:
            if source.kind == at.SEEN:
                rows += [seen, source.kind, int(source.mutual)]
                seen += n**3
            else:
                rows += [numbers, source.kind, int(source.mutual)]
                numbers += source.initial.size
        self.place = rows[:: at.S_WIDTH]
        self.P[at.I_SOURCE] = self._put(rows)
        self.P[at.F_SCRATCH] = numbers
        self.F = np.zeros(numbers + max(self.pairs, n) + 1)
        self.F[:2] = plan.now
        self.B = np.zeros(seen, dtype=np.int8)
        first: list[tuple[int, NDArray[Any]]] = []
        read_by_classic = {
            source for column, code in zip(plan.columns, self.codes, strict=True) if code for source in column.sources
        }
        for index, source in enumerate(plan.sources):
            place = self.place[index]
            if source.kind == at.SEEN:
                self.B[place : place + n**3] = source.initial.ravel() > 0
            elif index in read_by_classic:
                # classic statistics start from nothing and are built up tie by tie
                first.append((index, source.initial))
            else:
                self.F[place : place + source.initial.size] = source.initial.ravel()
        self._changes(first)

    def _changes(self, first: Sequence[tuple[int, NDArray[Any]]]) -> None:
        changes = self.plan.changes
        codes, values, steps = [changes.codes], [changes.value], [changes.step]
        for index, initial in first:
            matrix = np.triu(initial) if self.plan.sources[index].mutual else initial
            where = np.argwhere(matrix != 0)
            block = np.zeros((len(where), at.C_WIDTH), dtype=np.int64)
            block[:, at.C_KIND], block[:, at.C_SOURCE] = at.SET, index
            block[:, at.C_FIRST : at.C_SECOND + 1] = where
            codes.insert(0, block)
            values.insert(0, matrix[matrix != 0])
            steps.insert(0, np.zeros(len(where), dtype=np.int64))
        step = np.concatenate(steps)
        inside = step < len(self.plan.sender)
        self.CH = np.ascontiguousarray(np.concatenate(codes)[inside]).ravel()
        self.CV = np.concatenate(values)[inside].astype(float)
        self.before = len(step) - len(changes.step)
        self.CP = np.searchsorted(step[inside], np.arange(len(self.plan.sender) + 1)).astype(np.int64)

    def _lay_terms(self) -> None:
        from rapallo.engine.compile import compile_effect

        plan = self.plan
        kinds = ("matrix", "vector", "seen")
        rows: list[int] = []
        readers: list[list[int]] = [[] for _ in plan.sources]
        for term, (column, code) in enumerate(zip(plan.columns, self.codes, strict=True)):
            bound = [plan.sources[source] for source in column.sources]
            address = 0
            if code == at.GENERIC:
                address = compile_effect(column.effect, [kinds[each.kind] for each in bound], plan.say)
            for source, changes in _patterns(column).items():
                readers[source] += [term, PATTERNS.index(changes)]
            slots = [self.n, *(self.place[source] for source in column.sources)]
            settings = len(self.settings)
            self.settings += column.settings
            rows += [code, address, self._put(slots), settings, column.parties]
        self.P[at.I_TERM] = self._put(rows)
        ends = [len(self.integers) + len(readers) + 1]
        for each in readers:
            ends.append(ends[-1] + len(each))
        self.P[at.I_READERS] = self._put(ends)
        self._put([value for each in readers for value in each])

    def _put(self, values: Sequence[int]) -> int:
        place = len(self.integers)
        self.integers.extend(int(value) for value in values)
        return place

    def run(self, bytes_: float) -> Iterator[Cases]:
        """Go through the whole history, and give its cases in blocks of about so many bytes."""
        P = self.P
        self.lay(bytes_)
        while True:
            status = self.advance()
            arrays = self.V, self.C, self.E, self.SI, self.XD, self.ND, self.OC, self.OP, self.OS
            yield self._cases(*arrays, float(self.EL[0]))
            if status == at.DONE:
                return
            # a new block knows no vectors: every option is looked up anew at its first step
            P[at.VECTORS], P[at.DELTAS], P[at.CASES], self.EL[0] = 0, 0, 0, 0.0
            self.T[:], self.N[:], self.NS[:], self.C[:], self.E[:], self.SI[:] = -1, -1, 0, 0, 0.0, 0.0
            P[at.EPOCH] += 1
            if self.plan.domain != at.BY_ROW:
                self.ST[:], self.TL[:], P[at.TOUCHED] = P[at.EPOCH], np.arange(self.pairs), self.pairs

    def lay(self, bytes_: float) -> None:
        """Lay out the arrays of the pass, before its first step."""
        plan, n, P, pairs = self.plan, self.n, self.P, self.pairs
        terms = max(1, len(plan.columns))
        P[at.ACTORS], P[at.TERMS], P[at.DOMAIN] = n, terms, plan.domain
        P[at.MODE], P[at.MASKED] = plan.mode, plan.masked
        P[at.SOURCES], P[at.STEPS] = len(plan.sources), len(plan.sender)
        P[at.SKIP_MISSING], P[at.CONTROLS], P[at.SEED] = plan.skip_missing, plan.controls, plan.seed
        P[at.EPOCH], P[at.EVERY] = 1, plan.every
        self.EL, self.AP = np.zeros(3), np.zeros(1, dtype=np.int64)
        P[at.MOST_DRAWN] = 8 * max(plan.controls, 0) + 256  # so far above what is expected that it is never met
        if plan.every and plan.controls:
            drawn = plan.controls * int((plan.sender >= 0).sum())
            time = float(plan.elapsed.sum())
            self.EL[1:] = 0.5 * drawn / time / max(int(plan.mask.sum()), 1), 0.5 * drawn / time
            self.AP = np.zeros(2 * pairs + 1, dtype=np.int64)
            longest = (self.EL[at.EVERYWHERE] * pairs + self.EL[at.WHERE_ACTED]) * float(plan.elapsed.max(initial=0.0))
            P[at.MOST_DRAWN] += int(2 * longest)
        # a vector is held in statistics, design and gradient, beside its place in the table and its sums
        P[at.MOST_VECTORS] = int(min(bytes_ / (24 * terms + 96), 2**62))
        P[at.MOST_DELTAS] = int(min(bytes_ / 32, 2**62))
        by_row = plan.domain == at.BY_ROW
        generic = any(code == at.GENERIC for code in self.codes[: len(plan.columns)])
        acts = len(plan.sender) if plan.every else int((plan.sender >= 0).sum())
        self.Z = np.zeros(pairs * terms)
        self.M = np.concatenate([plan.mask.ravel(), plan.present]).astype(np.int8)
        self.ST = np.zeros(1 if by_row else pairs, dtype=np.int64)
        self.TL = np.zeros(1 if by_row else pairs, dtype=np.int64)
        self.DC = np.full(terms, -1 if plan.columns else 0, dtype=np.int64)
        self.DL = np.zeros(terms * pairs if generic and not by_row else 1, dtype=np.int64)
        self.DM = np.ones(terms * n, np.int8) if by_row else np.zeros(terms * pairs if generic else 1, np.int8)
        self.N = np.full(1 if by_row else pairs, -1, dtype=np.int64)
        if not by_row:
            self.ST[:], self.TL[:], P[at.TOUCHED] = 1, np.arange(pairs), pairs
        if not plan.columns:  # nothing is weighed: every option is alike
            P[at.I_TERM] = self._put([at.TIE, 0, 0, 0, 0])
        self.room = max(2 * pairs if not by_row else 4 * n, 1024)
        size = 1 << int(np.ceil(np.log2(2 * self.room + 2)))
        self.V, self.T = np.zeros(self.room * terms), np.full(size, -1, dtype=np.int64)
        self.NS, self.NL = np.zeros(2 * self.room, np.int64), np.zeros(self.room, np.int64)
        self.C, self.E, self.SI = np.zeros(self.room, np.int64), np.zeros(self.room), np.zeros(self.room)
        length = max(4 * pairs if not by_row else 8 * n, 4096)
        self.XD, self.ND = np.zeros(length, np.int64), np.zeros(length, np.int64)
        self.OC, self.OS = np.zeros(acts + 1, np.int64), np.zeros(acts + 1, np.int64)
        self.OP = np.zeros(acts + 2, np.int64)
        self.I = np.array([*self.integers, 0], dtype=np.int64)
        self.G = np.array([*self.settings, 0.0])
        P[at.J_PLACES] = 2 * max(pairs, n) + 2
        self.J = np.zeros(3 * max(pairs, n) + 3, dtype=np.int64)

    def advance(self) -> int:
        """Go on to the last step that is set, or until a block is full; gives which of the two."""
        from rapallo.estimate.unfold import unfold

        plan, P = self.plan, self.P
        while True:
            status = unfold(
                *(P, self.I, self.G, self.F, self.B, self.J, self.M, self.CH, self.CV, self.CP),
                *(plan.elapsed, plan.sender, plan.receiver),
                *(self.Z, self.Z.view(np.int64), self.V, self.V.view(np.int64), self.T),
                *(self.ST, self.TL, self.DC, self.DL, self.DM, self.N, self.NS, self.NL, self.C, self.E, self.SI),
                *(self.XD, self.ND, self.OC, self.OP, self.OS, self.EL, self.AP),
            )
            if status in (at.DONE, at.BLOCK_FULL):
                return int(status)
            if status == at.NOT_ALLOWED:
                raise NotAllowedError(int(P[at.STEP]))
            if status == at.NOT_A_NUMBER:
                self.refuse_missing()
            elif status == at.MORE_DELTAS:
                more = 2 * len(self.XD) + 2 * max(self.pairs, int(P[at.MOST_DRAWN]))
                self.XD, self.ND = _longer(self.XD, more), _longer(self.ND, more)
            else:
                self.widen()

    def refuse_missing(self) -> None:
        """Say which statistic is missing."""
        P, place = self.P, int(self.P[at.WHERE])
        first, second = (place, place) if self.by_actor else divmod(place, self.n)
        raise MissingStatisticError(int(P[at.WHAT]), first, second, int(P[at.STEP]))

    def widen(self) -> None:
        """Make room for more distinct vectors."""
        P, terms = self.P, int(self.P[at.TERMS])
        self.room = 2 * self.room + max(self.pairs, int(P[at.MOST_DRAWN]))
        self.V = _longer(self.V, self.room * terms)
        self.NS, self.NL = _longer(self.NS, 2 * self.room), _longer(self.NL, self.room)
        self.C, self.E, self.SI = (_longer(each, self.room) for each in (self.C, self.E, self.SI))
        self.T = _rehashed(self.V, int(P[at.VECTORS]), terms, 1 << int(np.ceil(np.log2(2 * self.room + 2))))

    def _cases(self, V: Any, C: Any, E: Any, SI: Any, XD: Any, ND: Any, OC: Any, OP: Any, OS: Any, end: float) -> Cases:
        P, plan = self.P, self.plan
        count, vectors, deltas = int(P[at.CASES]), int(P[at.VECTORS]), int(P[at.DELTAS])
        exposure = E[:vectors] + C[:vectors] * (end - SI[:vectors])
        shapes = {at.BY_ROW: "listed", at.BY_COORDINATION: "coordination", at.BY_SENDER: "senders"}
        shape = shapes.get(plan.domain, "running")
        shape = "listed" if plan.controls else shape
        drawn = None
        if plan.every and plan.controls:
            shape, acted = "moments", ND[:deltas].astype(float)
            shared = self.EL[at.WHERE_ACTED] / np.where(acted > 0, acted, np.inf)
            drawn = self.EL[at.EVERYWHERE] + shared
        return Cases(
            statistics=V[: vectors * int(P[at.TERMS])]
            .reshape(vectors, int(P[at.TERMS]))[:, : len(plan.columns)]
            .copy(),
            shape=shape,  # type: ignore[arg-type]
            vectors=XD[:deltas].copy(),
            counts=ND[:deltas].copy(),
            ends=OP[: count + 1].copy(),
            chosen=OC[:count].copy(),
            exposure=exposure,
            act=plan.act[OS[:count]],
            spent=plan.elapsed[OS[:count]],
            together=None if plan.together is None else plan.together[OS[:count]],
            actors=self.n,
            elapsed=end,
            drawn=drawn,
        )


def _patterns(column: Column) -> dict[int, str]:
    """Give how far a change of each source reaches: everywhere where two slots that read it differ."""
    found: dict[int, str] = {}
    for slot, source in zip(column.effect.reads, column.sources, strict=True):
        changes = column.effect.pattern(slot)
        found[source] = changes if found.get(source, changes) == changes else "everything"
    return found


def _longer(array: NDArray[Any], length: int) -> NDArray[Any]:
    grown = np.zeros(length, dtype=array.dtype)
    grown[: len(array)] = array
    return grown


def _rehashed(V: NDArray[np.float64], count: int, width: int, size: int) -> NDArray[np.int64]:
    from rapallo.estimate.unfold import rehash

    table = np.full(size, -1, dtype=np.int64)
    rehash(V.view(np.int64), count, width, table)
    return table
