"""Acts drawn anew from a fitted model, one after the other, at the recorded instants."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError
from rapallo.estimate import places as at
from rapallo.estimate.arrange import Arranged
from rapallo.estimate.design import Layout
from rapallo.estimate.endings import endings
from rapallo.estimate.event_data import EventData
from rapallo.estimate.formula import FORMED
from rapallo.estimate.unfolding import Pass

Integers = NDArray[np.int64]


@dataclass(slots=True, eq=False)
class Forward:
    """A history to be drawn anew: what its acts changed is changed by the acts that are drawn.

    Parameters
    ----------
    arranged
        The pass that was fitted.
    theta
        The parameters.
    rows
        For each act, the places of the changes that it makes.
    layout
        How statistics become the columns that the parameters weigh.
    """

    arranged: Arranged
    theta: NDArray[np.float64]
    rows: list[Integers]
    layout: Layout

    @staticmethod
    def of(
        data: EventData, arranged: Arranged, network: str, theta: NDArray[np.float64], layout: Layout | None = None
    ) -> Forward:
        """Find which changes of the network are made by which act.

        Raises
        ------
        RapalloError
            If two-paths of the network count in their order: what that would be is not known beforehand.
        """
        for base in arranged.layout.statistics:
            if FORMED + network in dict(base.statistic.reads).values():
                raise RapalloError(
                    f"{base.statistic.effect}: the order in which ties of {network!r} form cannot be drawn anew; "
                    "such a model cannot be simulated"
                )
        changes, sources = arranged.plan.changes, arranged.plan.sources
        assert changes.row is not None
        own = np.isin(changes.codes[:, at.C_SOURCE], [k for k, each in enumerate(sources) if each.name == network])
        own &= np.isin(changes.codes[:, at.C_KIND], (at.SET, at.ADD))
        places: dict[int, list[int]] = {}
        for place in np.flatnonzero(own):
            places.setdefault(int(changes.row[place]), []).append(int(place))
        table = data.networks[network].changes
        mutual = not data.networks[network].directed

        def key(time: float, first: int, second: int) -> tuple[float, int, int]:
            return (time, min(first, second), max(first, second)) if mutual else (time, first, second)

        rows_of: dict[tuple[float, int, int], list[int]] = {}
        made = endings(data.networks[network])[0] if arranged.plan.mode == at.TIED else table.value > 0
        for k in np.flatnonzero(made).tolist():
            where = key(float(table.time[k]), int(table.first[k]), int(table.second[k]))
            rows_of.setdefault(where, []).append(int(table.row[k]))
        acts = arranged.acts
        found = []
        for k in range(len(acts)):
            left = rows_of.get(key(float(acts.time[k]), int(acts.first[k]), int(acts.second[k])), [])
            found.append(np.array(places.get(left.pop(0), []) if left else [], dtype=np.int64))
        return Forward(arranged, theta, found, layout or arranged.layout)

    def draw(self, seed: int, run: int) -> tuple[Integers, Integers]:
        """Draw sender and receiver of every act; the same seed and run give the same."""
        luck = np.random.Generator(np.random.Philox(key=np.array([seed, run], dtype=np.uint64)))
        plan, acts = self.arranged.plan, self.arranged.acts
        nobody = np.full(len(plan.sender), -1, dtype=np.int64)
        walk = Pass(replace(plan, sender=nobody, receiver=nobody.copy(), every=False, controls=0))
        walk.lay(math.inf)
        codes = walk.CH.reshape(-1, at.C_WIDTH)
        first, second = acts.first.copy(), acts.second.copy()
        logs = np.empty((0, 1))
        for step in np.arange(len(plan.act)):
            walk.P[at.STEPS] = step + 1
            walk.advance()
            act = int(plan.act[step])
            if act < 0:
                continue
            options = self._options(walk, int(plan.sender[step]))
            logs = self._weighed(walk, logs)
            pair = self._pick(options, logs, walk.n, float(luck.random()), int(plan.sender[step]))
            if pair is not None and plan.domain == at.BY_ACTOR:
                # whom it turned to is given; nobody turns to itself
                second[act] = first[act] if second[act] == pair[0] else second[act]
                first[act] = pair[0]
            elif pair is not None:
                first[act], second[act] = pair
            places = walk.before + self.rows[act]
            places = places[places < len(codes)]
            codes[places, at.C_FIRST], codes[places, at.C_SECOND] = first[act], second[act]
            if plan.mode == at.TIED:  # whatever the tie that was drawn weighs, nothing of it stands
                ended = places[codes[places, at.C_SOURCE] == plan.masked]
                codes[ended, at.C_KIND], walk.CV[ended] = at.SET, 0.0
        return first, second

    def _options(self, walk: Pass, sender: int) -> Integers:
        """Give the vector of each option, or -1: of the sender's receivers, or of all pairs."""
        if self.arranged.plan.domain != at.BY_ROW:
            return walk.N
        from rapallo.estimate.unfold import options

        P, found = walk.P, np.empty(walk.n, dtype=np.int64)
        if 2 * (P[at.VECTORS] + walk.n) > len(walk.T) or P[at.VECTORS] + walk.n > len(walk.C):
            walk.widen()
        row = (P, walk.I, walk.G, walk.F, walk.B, walk.J, walk.M, walk.Z, walk.Z.view(np.int64), walk.V)
        if not options(*row, walk.V.view(np.int64), walk.T, walk.ST, walk.TL, walk.DM, sender, found):
            walk.refuse_missing()
        return found

    def _weighed(self, walk: Pass, logs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weigh the vectors that are new."""
        terms, count = int(walk.P[at.TERMS]), int(walk.P[at.VECTORS])
        if count == len(logs):
            return logs
        fresh = walk.V[len(logs) * terms : count * terms].reshape(-1, terms)[:, : len(self.arranged.plan.columns)]
        design, theta, layout = self.layout.design(fresh), self.theta, self.layout
        if self.arranged.plan.domain != at.BY_SENDER:
            made = (design @ theta)[:, None]
        else:
            rate, consent = layout.rate, len(theta) if layout.consent is None else layout.consent
            parts = (slice(0, rate), slice(rate, consent), slice(consent, None))
            made = np.stack([design[:, part] @ theta[part] for part in parts], axis=1)
            made[:, 2] = 0.0 if layout.consent is None else -np.logaddexp(0.0, -made[:, 2])
        return made if not len(logs) else np.concatenate([logs, made])

    def _pick(
        self, options: Integers, logs: NDArray[np.float64], n: int, luck: float, sender: int
    ) -> tuple[int, int] | None:
        """Pick one option in proportion to its weight; nothing where nothing is open."""
        open_now = np.flatnonzero(options >= 0)
        if not len(open_now):
            return None
        log = np.full(len(options), -np.inf)
        log[open_now] = logs[options[open_now], 0]
        if self.arranged.plan.domain == at.BY_SENDER:
            chosen = np.full((n, n), -np.inf)
            chosen.ravel()[open_now] = logs[options[open_now], 1]
            whole = np.log(
                np.maximum(np.exp(chosen - np.maximum(chosen.max(axis=1, keepdims=True), -1e300)).sum(axis=1), 1e-300)
            )
            whole += np.maximum(chosen.max(axis=1), -1e300)
            log[open_now] += chosen.ravel()[open_now] - whole[open_now // n] + logs[options[open_now], 2]
        weights = np.exp(log - log[open_now].max())
        if self.arranged.plan.domain == at.BY_COORDINATION:
            square = np.exp(log.reshape(n, n) - np.maximum(log.reshape(n, n).max(axis=1, keepdims=True), -1e300))
            share = square / np.maximum(square.sum(axis=1, keepdims=True), 1e-300)
            weights = np.triu(share * share.T, 1).ravel()
        sums = np.cumsum(weights)
        place = int(np.searchsorted(sums, luck * sums[-1], side="right"))
        if self.arranged.plan.domain == at.BY_ACTOR:
            return place, -1
        return (sender, place) if self.arranged.plan.domain == at.BY_ROW else divmod(place, n)
