"""From a formula and event data to one pass over the history."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.effects import get_effect
from rapallo.errors import RapalloError, UnknownNameError
from rapallo.estimate import places as at
from rapallo.estimate.design import GROUPS, Layout
from rapallo.estimate.endings import found_and_left
from rapallo.estimate.event_data import NO_CHANGES, Attribute, Changes, EventData, Network
from rapallo.estimate.fading import fading, fading_by_act
from rapallo.estimate.formula import FORMED, Formula, Statistic
from rapallo.estimate.model import DOMAINS
from rapallo.estimate.unfolding import ChangeTable, Column, Source, Unfolding
from rapallo.system.history import as_day, to_iso

MISSING = ("refuse", "mean", "leave out")
"""Rules for values that are missing: refuse the data; put the mean of the other actors in (a tie counts as
absent); or leave out the options, and the acts, whose statistic is unknown."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What else a fit is told: every field is explained at :func:`rapallo.fit`.

    ``apart``: acts that fade leave traces that can be told apart, so that acts can be drawn anew.
    """

    model: str
    change: str | None = None
    missing: str = "refuse"
    start: float | None = None
    end: float | None = None
    controls: int = 0
    seed: int = 0
    allowed: NDArray[np.bool_] | None = None
    together: Sequence[str] | None = None
    opportunities: Sequence[NDArray[np.int64]] | None = None
    apart: bool = False


@dataclass(slots=True, eq=False)
class Arranged:
    """A pass, ready to go, and how its statistics become columns of the model."""

    plan: Unfolding
    layout: Layout
    acts: Changes
    timed: bool
    censored: int
    answers: NDArray[np.bool_] | None = None
    warnings: list[str] = field(default_factory=list)


def arrange(
    data: EventData,
    acts: Changes,
    network: str,
    formula: Formula,
    asked: Formula | None,
    choices: Choices,
    pool: Mapping[str, str | Sequence[str]] | None = None,
    rate: Formula | None = None,
) -> Arranged:
    """Arrange one pass over the history.

    Parameters
    ----------
    data
        Actors, networks, attributes.
    acts
        The dependent acts.
    network
        The network they belong to.
    formula, asked
        What moves the act, and what moves the receiver to agree.
    choices
        The model and its switches.
    pool
        Terms whose parameter differs by sender, receiver or year.
    rate
        For the model ``joint``: what moves how often the sender acts.
    """
    return _Arranger(data, acts, network, formula, asked, choices, pool, rate).arranged()


def moments_drawn(controls: int) -> str:
    """Say what a likelihood is where moments are drawn."""
    return (
        f"{controls} moments are drawn for each act: the log-likelihood is that of telling acts from drawn moments, "
        "and not to be compared with that of all options"
    )


def options_drawn(controls: int) -> str:
    """Say what a likelihood is where options are drawn."""
    return (
        f"about {controls} options are drawn for each act beside its own: the log-likelihood is that of the drawn "
        "options, and not to be compared with that of all"
    )


class _Arranger:
    def __init__(
        self,
        data: EventData,
        acts: Changes,
        network: str,
        formula: Formula,
        asked: Formula | None,
        choices: Choices,
        pool: Mapping[str, str | Sequence[str]] | None,
        rate: Formula | None,
    ) -> None:
        self.pool, self.rate = pool, rate
        self.data, self.network, self.formula, self.asked, self.choices = data, network, formula, asked, choices
        self.n = len(data.actors)
        self.warnings: list[str] = []
        self.domain = DOMAINS[choices.model]
        self.given = acts
        order = np.argsort(acts.time, kind="stable")
        self.acts = Changes(*(getattr(acts, name)[order] for name in Changes.__slots__))
        self.directed = data.networks[network].directed
        self.sources: list[Source] = []
        self.lists: list[Changes] = []
        self.place: dict[tuple[str, Any], int] = {}
        self.windowed: set[int] = set()
        self.start = -math.inf

    def arranged(self) -> Arranged:
        model = self.choices.model
        if self.choices.controls < 0 or (self.choices.controls and model not in ("choice", "intensity")):
            raise RapalloError("controls, a number above zero, are drawn for the models choice and intensity")
        if model == "coordination" and self.directed:
            raise RapalloError(
                f"coordination is of ties that bind both, and {self.network!r} is directed; give it directed=False"
            )
        clocked = self.formula if self.rate is None else self.rate
        self.timed = timed = clocked.intercept and model in ("rate", "intensity", "joint")
        if self.formula.intercept and model in ("choice", "coordination", "joint"):
            self.warnings.append(
                f"the intercept is left out: every option of a {model} has it, so it cannot be told from nothing"
            )
        intercept = self.formula.intercept and model not in ("choice", "coordination", "joint")
        # even where no term reads it: a change whose value is missing would be no act, and nobody would know
        self._check_network(self.data.networks[self.network])
        if timed and self.choices.opportunities is not None:
            raise RapalloError("opportunities=… hold at the acts alone: leave the intercept out")
        if self.choices.controls:
            drawn = moments_drawn if timed else options_drawn
            self.warnings.append(drawn(self.choices.controls))
        layout = Layout.of(self.formula.terms, intercept, self.asked, self.network, self.rate)
        if self.pool:
            sides = ("sender",) if model == "rate" else ("sender", "receiver")
            layout = layout.pooled(self.pool, (*sides, "year") if self.data.dated else sides)
        columns = [self._column(each.statistic, each.parties) for each in layout.statistics]
        mode = {None: at.ANY, "form": at.UNTIED, "end": at.TIED}[self.choices.change]
        masked = self._network(self.network, None) if mode != at.ANY else -1
        step_time, step_act, starts, censored = self._steps(timed)
        elapsed = np.diff(step_time, prepend=starts) if len(step_time) else np.empty(0)
        sender, receiver = self._parties(step_act)
        unit = 365.25 if self.data.dated else 1.0  # days become years, the unit of every rate
        plan = Unfolding(
            actors=self.n,
            domain=self.domain,
            sources=self.sources,
            columns=columns,
            changes=self._changes(step_time, step_act),
            elapsed=np.maximum(elapsed, 0.0) / unit if timed else np.zeros(len(step_time)),
            sender=sender,
            receiver=receiver,
            act=step_act,
            mask=self._mask(),
            present=self.data.present.copy(),
            mode=mode,
            masked=masked,
            skip_missing=self.choices.missing == "leave out",
            every=timed,
            together=self._together(step_act),
            controls=-1 if model == "consent" else self.choices.controls,
            seed=self.choices.seed,
        )
        return Arranged(plan, layout, self.acts, timed, censored, warnings=self.warnings)

    def _parties(self, step_act: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        first = np.where(step_act >= 0, self.acts.first[step_act], -1)
        second = np.where(step_act >= 0, self.acts.second[step_act], -1)
        if self.choices.model == "consent":
            first, second = second, first  # the receiver decides, on its own view
        elif self.choices.model == "coordination" or (self.choices.model == "intensity" and not self.directed):
            first, second = np.minimum(first, second), np.maximum(first, second)
        return np.ascontiguousarray(first), np.ascontiguousarray(second)

    def _together(self, step_act: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """Tell which acts are one event, step by step: those of one occasion and one instant."""
        names, model = self.choices.together, self.choices.model
        if names is None or model in ("consent", "coordination", "joint") or self.choices.controls:
            return None
        order = np.argsort(self.given.time, kind="stable")
        found = np.full(len(step_act), -1, dtype=np.int64)
        numbers: dict[tuple[Any, ...], int] = {}
        seen: set[tuple[int, int, int]] = set()
        for step in np.flatnonzero(step_act >= 0):
            act = int(step_act[step])
            name = names[order[act]]
            if not name:
                continue
            sender, receiver = int(self.acts.first[act]), int(self.acts.second[act])
            key = name, float(self.acts.time[act]), sender if model == "choice" else -1
            number = numbers.setdefault(key, len(numbers))
            part = number, sender, -1 if model == "rate" else receiver
            if part in seen:
                who = f"{self.data.actors[sender]} → {self.data.actors[receiver]}"
                raise RapalloError(
                    f"acts, row {self.acts.row[act]}: {who} takes part in the occasion {name!r} twice; tell it once"
                )
            seen.add(part)
            found[step] = number
        several = np.bincount(found[found >= 0], minlength=len(numbers)) > 1
        found[(found >= 0) & ~several[np.maximum(found, 0)]] = -1
        if several.any():
            total = int((found >= 0).sum())
            self.warnings.append(f"{int(several.sum())} occasions with {total} acts count as one event each")
        return found if several.any() else None

    def _mask(self) -> NDArray[np.bool_]:
        mask = np.ones((self.n, self.n), dtype=bool) if self.choices.allowed is None else self.choices.allowed.copy()
        if mask.shape != (self.n, self.n):
            raise RapalloError(f"the mask of allowed pairs is {mask.shape}; it must be ({self.n}, {self.n})")
        first, second = self.data.networks[self.network].modes
        np.fill_diagonal(mask, (self.data.mode == first) & (self.domain == at.BY_ACTOR))
        if self.domain != at.BY_ACTOR:
            pairs = np.outer(self.data.mode == first, self.data.mode == second)
            mask &= pairs.T if self.choices.model == "consent" else pairs
        if self.choices.model == "intensity" and not self.directed:
            mask = np.triu(mask)
        return mask

    def _column(self, statistic: Statistic, parties: int) -> Column:
        effect = get_effect(statistic.effect)
        reads = dict(statistic.reads)
        bound = []
        for slot in effect.reads:
            name = reads[slot]
            if name.startswith(GROUPS):
                bound.append(self._group(name.removeprefix(GROUPS)))
            elif name.startswith(FORMED):
                bound.append(self._formed(name.removeprefix(FORMED)))
            elif name in self.data.networks:
                bound.append(self._network(name, statistic))
            else:
                attribute = self.data.attributes[name]
                if attribute.words and effect.name != "same":
                    raise RapalloError(
                        f"{name!r} holds words ({', '.join(attribute.words[:3])}, …), which only same({name}) can "
                        "compare; give numbers for other effects"
                    )
                bound.append(self._attribute(attribute))
        settings = {**dict(effect.settings), **dict(statistic.settings)}
        return Column(effect, tuple(bound), tuple(settings.values()), parties)

    def _network(self, name: str, statistic: Statistic | None) -> int:
        window = statistic.window if statistic else None
        key = (name, (window, statistic.half_life, statistic.tick) if statistic else (None, None, None))
        if key in self.place:
            return self.place[key]
        network = self.data.networks[name]
        self._check_network(network)
        changes = network.changes
        initial = np.nan_to_num(network.initial, nan=0.0)
        value = np.nan_to_num(changes.value, nan=0.0)
        changes = Changes(changes.time, changes.first, changes.second, value, changes.adds, changes.row)
        if window is not None:
            span = self.data.span(window)
            if not span > 0:
                raise RapalloError(f"the window {window!r} of {name!r} must be longer than nothing")
            initial = np.zeros_like(initial)
            undone = np.where(changes.adds, -changes.value, 0.0)
            changes = Changes(
                *(
                    np.concatenate(pair)
                    for pair in (
                        (changes.time, changes.time + span),
                        (changes.first, changes.first),
                        (changes.second, changes.second),
                        (changes.value, undone),
                        (changes.adds, changes.adds),
                        (changes.row, changes.row),
                    )
                )
            )
            self.windowed.add(len(self.sources))
        if statistic and statistic.half_life is not None:
            initial = np.zeros_like(initial)
            half_life = self.data.span(statistic.half_life)
            tick = half_life / 12.0 if statistic.tick is None else self.data.span(statistic.tick)
            end = float(self.acts.time.max(initial=-np.inf))
            if self.choices.apart and changes.adds.all():
                changes = fading_by_act(changes, half_life, tick, end)
            else:
                changes = fading(changes, self.n, half_life, tick, end)
            self.windowed.add(len(self.sources))
        return self._keep(key, Source(name, at.MATRIX, initial, not network.directed), changes)

    def _formed(self, name: str) -> int:
        """Place the numbers of a network's ties: which of its changes formed each, counted from 1 in order of time."""
        key = (name, FORMED)
        if key in self.place:
            return self.place[key]
        network = self.data.networks[name]
        self._check_network(network)
        changes = network.changes
        before, after = found_and_left(network)
        formed = (before <= 0.0) & (after > 0.0)
        numbers = np.zeros(len(changes))
        numbers[np.argsort(changes.time, kind="stable")] = np.arange(1, len(changes) + 1)
        told = Changes(
            changes.time[formed],
            changes.first[formed],
            changes.second[formed],
            numbers[formed],
            np.zeros(int(formed.sum()), dtype=bool),
            changes.row[formed],
        )
        return self._keep(key, Source(FORMED + name, at.MATRIX, np.zeros((self.n, self.n)), not network.directed), told)

    def _group(self, by: str) -> int:
        """Place what tells the group of an option: its sender, its receiver or the year."""
        key = (by, GROUPS)
        if key in self.place:
            return self.place[key]
        if by != "year":
            return self._keep(key, Source(GROUPS + by, at.VECTOR, np.arange(float(self.n))), NO_CHANGES)
        first, last = (int(to_iso(float(day))[:4]) for day in (self.acts.time[0], self.acts.time[-1]))
        if self.choices.start is not None:
            first = min(first, int(to_iso(self.choices.start)[:4]))
        years = np.arange(first + 1, last + 2)
        days = np.array([as_day(f"{year}-01-01") for year in years])
        self.windowed.add(len(self.sources))
        changes = Changes(
            np.repeat(days, self.n),
            np.tile(np.arange(self.n), len(years)),
            np.full(len(years) * self.n, -1),
            np.repeat(years, self.n).astype(float),
            np.zeros(len(years) * self.n, dtype=bool),
            np.repeat(np.arange(len(years)), self.n),
        )
        return self._keep(key, Source(GROUPS + by, at.VECTOR, np.full(self.n, float(first))), changes)

    def _keep(self, key: tuple[str, Any], source: Source, changes: Changes) -> int:
        self.place[key] = len(self.sources)
        self.sources.append(source)
        self.lists.append(changes)
        return self.place[key]

    def _check_network(self, network: Network) -> None:
        bad, unknown = np.flatnonzero(np.isnan(network.changes.value)), np.argwhere(np.isnan(network.initial))
        if self.choices.missing == "mean":
            if len(bad) or len(unknown):
                row = f" (the first in row {network.changes.row[bad[0]]})" if len(bad) else ""
                said = (
                    f"{network.name}: {len(unknown)} initial and {len(bad)} later ties{row} are missing and count as "
                    "absent, and none of them as an act"
                )
                self.warnings += [said] if said not in self.warnings else []
            return
        if len(bad):
            raise RapalloError(
                f"changes of {network.name!r}, row {network.changes.row[bad[0]]}: the value is missing "
                f"({len(bad)} such rows); missing='mean' takes such a tie for absent"
            )
        if len(unknown):
            first, second = unknown[0]
            raise RapalloError(
                f"initial ties of {network.name!r}: {self.data.actors[first]} → {self.data.actors[second]} is missing; "
                "missing='mean' takes such a tie for absent"
            )

    def _attribute(self, attribute: Attribute) -> int:
        key = (attribute.name, None)
        if key in self.place:
            return self.place[key]
        values, changes = attribute.initial.copy(), attribute.changes
        order = np.argsort(changes.time, kind="stable")
        changes = Changes(*(getattr(changes, name)[order] for name in Changes.__slots__))
        said_of = np.isin(self.data.mode, attribute.modes)
        unknown, unsaid = np.isnan(values) & said_of, np.isnan(changes.value)
        who = _few([self.data.actors[k] for k in np.flatnonzero(unknown)])
        rows = (
            f"its changes, row {int(changes.row[unsaid].min())} ({int(unsaid.sum())} such rows)" if unsaid.any() else ""
        )
        if self.choices.missing == "refuse" and (unknown.any() or unsaid.any()):
            raise RapalloError(
                f"attribute {attribute.name!r} is missing for {f'the actors {who}' if who else rows}; choose a rule: "
                "missing='mean' or 'leave out'"
            )
        if self.choices.missing == "mean" and (unknown.any() or unsaid.any()):
            if attribute.words:
                raise RapalloError(
                    f"attribute {attribute.name!r} holds words, of which there is no mean, and is missing for "
                    f"{who or rows}; choose missing='leave out'"
                )
            if unknown[said_of].all():
                raise RapalloError(f"attribute {attribute.name!r} is missing for every actor: there is no mean")
            values[unknown] = np.nanmean(attribute.initial)
            changes = _filled(values, changes, said_of)
            self.warnings.append(
                f"{attribute.name}: {int(unknown.sum())} initial and {int(unsaid.sum())} later values are missing and "
                "stand at the mean of the other actors"
            )
        return self._keep(key, Source(attribute.name, at.VECTOR, values), changes)

    def _steps(self, timed: bool) -> tuple[NDArray[np.float64], NDArray[np.int64], float, int]:
        """Lay out the steps: their times, the act at the end of each, where time begins, and how many end in none."""
        times = self.acts.time
        if not timed:
            low = -math.inf if self.choices.start is None else self.choices.start
            high = math.inf if self.choices.end is None else self.choices.end
            kept = np.flatnonzero((times >= low) & (times <= high))
            return times[kept], kept.astype(np.int64), 0.0, 0
        linked = [times, *(each.time for place, each in enumerate(self.lists) if place not in self.windowed)]
        plain = np.concatenate(linked)
        start = float(plain.min()) if self.choices.start is None else self.choices.start
        end = float(plain.max()) if self.choices.end is None else self.choices.end
        arrivals = self.data.presence.time
        self.start = start
        cuts = np.concatenate([plain, *(self.lists[place].time for place in self.windowed), arrivals])
        cuts = np.unique(cuts[(cuts > start) & (cuts <= end)])
        if self.choices.end is not None:
            cuts = np.unique(np.append(cuts, end))
        kept = np.flatnonzero((times >= start) & (times <= end))
        at_act = np.isin(cuts, times[kept])
        # at the instant of an entry the time before it passes without the entrant, and then comes the act
        bare = cuts[~at_act | np.isin(cuts, arrivals)]
        time = np.concatenate([bare, times[kept]])
        act = np.concatenate([np.full(len(bare), -1), kept]).astype(np.int64)
        order = np.lexsort((act, time))
        return time[order], act[order], start, int((~at_act).sum())

    def _opportunities(self, step_act: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], Any]:
        """Open before each act the receivers that it could choose among, and close all others."""
        said = self.choices.opportunities
        assert said is not None
        order = np.argsort(self.given.time, kind="stable")
        base = self._mask()
        now = base.copy()
        steps, codes, values = [], [], []
        for step, act in enumerate(step_act):
            if act < 0:
                continue
            open_now = np.zeros(self.n, dtype=bool)
            open_now[said[order[act]]] = True
            senders = np.arange(self.n)
            if self.domain == at.BY_ROW:
                senders = self.acts.first[act : act + 1]
            goal = base[senders] & open_now
            if self.domain == at.BY_COORDINATION:
                goal &= open_now[:, None]
            row, column = np.nonzero(goal != now[senders])
            now[senders] = goal
            block = np.zeros((len(row), at.C_WIDTH), dtype=np.int64)
            block[:, at.C_KIND], block[:, at.C_FIRST], block[:, at.C_SECOND] = at.ALLOW, senders[row], column
            steps.append(np.full(len(row), step))
            codes.append(block)
            values.append(goal[row, column].astype(float))
        return np.concatenate(steps), np.concatenate(codes), np.concatenate(values)

    def _changes(self, step_time: NDArray[np.float64], step_act: NDArray[np.int64]) -> ChangeTable:
        blocks: list[NDArray[np.int64]] = []
        values, steps, times, ranks, rows = [], [], [], [], []
        ordered = [k for k, each in enumerate(self.sources) if each.kind == at.VECTOR]
        ordered += [k for k, each in enumerate(self.sources) if each.kind == at.MATRIX]
        for rank, index in enumerate(ordered):
            changes = self.lists[index]
            block = np.zeros((len(changes), at.C_WIDTH), dtype=np.int64)
            block[:, at.C_KIND] = np.where(changes.adds, at.ADD, at.SET)
            block[:, at.C_SOURCE] = index
            block[:, at.C_FIRST] = changes.first
            block[:, at.C_SECOND] = np.maximum(changes.second, 0)
            blocks.append(block)
            values.append(changes.value)
            times.append(changes.time)
            ranks.append(np.full(len(changes), rank))
            rows.append(changes.row)
            # an act sees only what was so before its own instant
            steps.append(np.searchsorted(step_time, changes.time, side="right"))
        arrivals = self.data.presence
        block = np.zeros((len(arrivals), at.C_WIDTH), dtype=np.int64)
        block[:, at.C_KIND], block[:, at.C_FIRST] = at.PRESENT, arrivals.first
        blocks.append(block)
        values.append(arrivals.value)
        times.append(arrivals.time)
        ranks.append(np.full(len(arrivals), -1))
        rows.append(arrivals.row)
        # who enters at the instant of an act can take part in it
        left = np.searchsorted(step_time, arrivals.time, side="left")
        if self.timed:
            inside = (left < len(step_time)) & (step_time[np.minimum(left, len(step_time) - 1)] == arrivals.time)
            left = left + (inside & (arrivals.time > self.start))
        steps.append(left)
        if self.choices.opportunities is not None and (step_act >= 0).any():
            opened, block, value = self._opportunities(step_act)
            blocks.append(block)
            values.append(value)
            times.append(step_time[opened])
            ranks.append(np.full(len(opened), -2))
            rows.append(np.zeros(len(opened), dtype=np.int64))
            steps.append(opened)
        step = np.concatenate(steps)
        order = np.lexsort((np.concatenate(ranks), np.concatenate(times), step))
        return ChangeTable(
            step[order].astype(np.int64),
            np.concatenate(blocks)[order],
            np.concatenate(values)[order],
            np.concatenate(rows)[order],
        )


def _filled(initial: NDArray[np.float64], changes: Changes, said_of: NDArray[np.bool_]) -> Changes:
    """Put the mean of the other actors' current values where a change has none."""
    current, value = np.where(said_of, initial, 0.0), changes.value.copy()
    total, count = current.sum(), int(said_of.sum())
    for k in range(len(changes)):
        node = changes.first[k]
        if np.isnan(value[k]):
            value[k] = (total - current[node]) / (count - 1)
        elif changes.adds[k]:
            value[k] += current[node]
        total += value[k] - current[node]
        current[node] = value[k]
    return Changes(changes.time, changes.first, changes.second, value, np.zeros(len(changes), bool), changes.row)


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (f", … ({len(names)} in all)" if len(names) > 6 else "")


def check_switches(choices: Choices) -> None:
    """Refuse switches that have no such setting.

    Raises
    ------
    UnknownNameError
        For a rule or a change that there is not.
    """
    if choices.missing not in MISSING:
        raise UnknownNameError("rule for missing values", choices.missing, MISSING)
    if choices.opportunities is not None and choices.model not in ("choice", "coordination", "intensity"):
        raise RapalloError("opportunities=… are of the models choice, coordination and intensity")
    if choices.change not in (None, "form", "end"):
        raise UnknownNameError("change", str(choices.change), ("form", "end"))
    if choices.model == "consent":
        for word, given in (
            ("change", choices.change is not None),
            ("allowed", choices.allowed is not None),
            ("controls", choices.controls != 0),
        ):
            if given:
                raise RapalloError(
                    f"{word}=… does not go with model='consent': its acts are the offers on record, all of them"
                )
