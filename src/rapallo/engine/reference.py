"""The slow twin: the same primitive in plain Python, for testing the compiled engine act by act.

It calls each effect's own text and takes its luck from ``reference_luck``. It knows no pattern of change: where
anything differs in an array, whatever reads that array is weighed again for every pair (``reference_watch``). What it
shares with the compiled engine is the definition, not the code.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from rapallo.effects import get_effect
from rapallo.engine import reference_luck as luck
from rapallo.engine.luck import CLOCK, NOISE, PICK, PROPOSE, SHOCK, VOTE, stable_hash
from rapallo.engine.reference_watch import Watch, names_read
from rapallo.errors import RapalloError
from rapallo.scenario.condition import read_condition
from rapallo.system.calendar import ACT, HOLD, NUMBER, YEARLY, Calendar, apply_entry
from rapallo.system.history import CHANGES, to_iso
from rapallo.system.process import Motive, Process
from rapallo.system.world import World

Act = tuple[float, str, str, str, int, int, int, str]
"""Time, process, layer, change, sender, receiver, occasion, origin."""


class _Clock:
    def __init__(self, process: Process, sender: int, receiver: int, name: int) -> None:
        self.process, self.sender, self.receiver, self.name = process, sender, receiver, name
        self.hazard = self.integral = 0.0
        self.since = 0.0
        self.target = -1.0
        self.occurrence = 0
        self.next = math.inf
        self.point = 0


class Reference:
    """A run of the slow twin.

    Parameters
    ----------
    scenario, calendar
        The model and its dated changes.
    seed, run
        The luck's name.
    kind
        ``clock`` or ``date`` luck.
    """

    numbers: Mapping[str, float] = {}
    """Parameters that are another now than the scenario gives them."""

    watch: Watch | None = None
    watching = False
    """Set while nothing changes: what the watch has kept then holds."""

    def __init__(self, scenario: Any, calendar: Calendar, seed: int, run: int = 0, kind: str = "clock") -> None:
        self.scenario, self.calendar, self.kind = scenario, calendar, kind
        self.numbers = dict(calendar.numbers)
        self.seed, self.run = seed, run
        self.world: World = copy.deepcopy(calendar.opening)
        self.actors = self.world.actors
        self.hash = [stable_hash(f"actor:{name}") for name in self.actors]
        self.acts: list[Act] = []
        self.series: dict[str, list[tuple[int, int, int, float]]] = {}
        self.cases: list[tuple[float, Any, Any, str, int, int, int]] = []
        self.decided: dict[tuple[str, int], int] = {}
        self.occasion = 1 + max([0, *calendar.occasion.tolist()])
        self.clocks = [clock for process in scenario.processes.values() for clock in self._clocks(process)]
        for clock in self.clocks:
            clock.since = calendar.start
        self.watch = Watch(self.world, scenario.processes.values())
        self.read_by = {process.name: self._reads(process) for process in scenario.processes.values()}

    def history(self) -> list[Act]:
        """Run to the end and give every act."""
        world, calendar = self.world, self.calendar
        world.now = calendar.start
        entry = 0
        self._settle()
        while True:
            dated = float(calendar.time[entry]) if entry < len(calendar) else math.inf
            case = min(range(len(self.cases)), key=lambda k: self.cases[k][0], default=-1)
            ruled = self.cases[case][0] if case >= 0 else math.inf
            clock = min(self.clocks, key=lambda each: each.next, default=None)
            clocked = clock.next if clock is not None else math.inf
            now = min(dated, ruled, clocked)
            if now >= calendar.end:
                return self.acts
            world.now = now
            if dated <= now:
                self._enter(entry)
                entry += 1
            elif ruled <= now:
                self._decide(*self.cases.pop(case)[1:])
            else:
                assert clock is not None
                self._fire(clock)
            following = float(calendar.time[entry]) if entry < len(calendar) else math.inf
            if following > now:  # whatever happens at one instant is weighed once
                self._settle()

    def members(self, spec: str | tuple[str, ...]) -> list[int]:
        """Give the actors that an entry may mean at this moment or another."""
        known = self._members
        if spec not in known:
            if not isinstance(spec, str):
                known[spec] = sorted(self.actors.index(name) for name in spec)
            elif spec in self.kinds:
                known[spec] = sorted(self.actors.index(name) for name in self.kinds[spec])
            else:
                known[spec] = [self.actors.index(spec)] if spec in self.actors else list(range(len(self.actors)))
        return known[spec]

    @cached_property
    def kinds(self) -> Mapping[str, tuple[str, ...]]:
        """Actors by kind."""
        return dict(self.scenario.kinds)

    @cached_property
    def _members(self) -> dict[Any, list[int]]:
        return {}

    def _clocks(self, process: Process) -> list[_Clock]:
        if process.given:
            return []
        mine = stable_hash(f"process:{process.name}/{process.organ}")
        senders, receivers = self.members(process.senders), self.members(process.receivers)
        if process.weighting == "coordination":
            return [_Clock(process, -1, -1, luck.name_of(CLOCK, mine, 0, 0))]
        if process.weighting == "intensity":
            pairs = [(s, r) for s in senders for r in receivers]
            return [_Clock(process, s, r, luck.name_of(CLOCK, mine, self.hash[s], self.hash[r])) for s, r in pairs]
        return [_Clock(process, s, -1, luck.name_of(CLOCK, mine, self.hash[s], 0)) for s in senders]

    def linear(self, motives: tuple[Motive, ...], first: int, second: int) -> float:
        """Sum of parameter times statistic, on the view of the first party."""
        total = 0.0
        for motive in motives:
            total += self.number(motive.parameter) * self.statistic(motive, first, second)
        return total

    def statistic(self, motive: Motive, first: int, second: int) -> float:
        """Value of one effect for a pair, on the view of the first party."""
        if self.watch is not None and self.watching:
            return self.watch.value(motive, first, second, self.view)
        return float(get_effect(motive.effect)(self.view(motive, first), first, second))

    def view(self, motive: Motive, observer: int) -> Any:
        """Give what a motive's effect reads, as an observer knows it."""
        effect = get_effect(motive.effect)
        reads = {slot: dict(motive.reads).get(slot, slot) for slot in effect.reads}
        return self.world.view(observer, reads, {**dict(effect.settings), **dict(motive.settings)})

    def number(self, name: str) -> float:
        """Give the value of a parameter now."""
        if name in self.numbers:
            return self.numbers[name]
        return float(self.scenario.parameters[name].value)

    def holds(self, text: str, sender: int, receiver: int) -> bool:
        """Say whether one condition of a mask holds; masks read what is so, not what is known."""
        condition = read_condition(text)
        assert condition is not None
        world, name = self.world, condition.name
        table = next(t for t in (world.ties, world.attributes, world.pairs, world.shown) if name in t)
        place: Any = {
            "pair": (sender, receiver),
            "reversed": (receiver, sender),
            "sender": sender,
            "receiver": receiver,
        }[condition.side]
        return bool(table[name][place] > 0) != condition.negated

    def allowed(self, process: Process, sender: int, receiver: int) -> bool:
        """Say whether an act is allowed."""
        world = self.world
        if sender == receiver or not world.exists[sender] or not world.exists[receiver]:
            return False
        layer = world.layers[process.layer]
        standing = world.ties[process.layer][sender, receiver] > 0
        if layer.lasting and process.weighting != "toggle":
            if (process.change == "form" and standing) or (process.change == "end" and not standing):
                return False
            if process.change == "expose" and (not standing or world.known[process.layer][sender, receiver]):
                return False
            if process.change == "discover":
                wrong = (world.ties[process.layer] > 0) != (world.seen[process.layer][sender] > 0)
                if not (wrong[receiver].any() or wrong[:, receiver].any()):
                    return False
        for institution in self.scenario.institutions.values():
            if process.name in institution.forbids and world.attributes[institution.restricts][sender] > 0:
                return False
        for spec, actor in ((process.senders, sender), (process.receivers, receiver)):
            if isinstance(spec, str) and spec in world.attributes and spec not in self.kinds:
                if not world.attributes[spec][actor] > 0:
                    return False
            elif actor not in self.members(spec):
                return False
        return all(self.holds(text, sender, receiver) for text in process.allowed)

    def consent(self, process: Process, sender: int, receiver: int) -> float:
        """Probability that the receiver agrees."""
        if not process.consent:
            return 1.0
        x = self.linear(process.consent, receiver, sender)
        return 1.0 / (1.0 + math.exp(-x)) if x >= 0 else math.exp(x) / (1.0 + math.exp(x))

    def option_weights(self, process: Process, sender: int) -> dict[int, float]:
        """Log weight of each allowed receiver, without consent."""
        weights = {}
        receivers = self.parties(process) if process.weighting == "coordination" else self.members(process.receivers)
        for receiver in receivers:
            if self.allowed(process, sender, receiver):
                value = self.linear(process.motives, sender, receiver)
                if process.weighting == "toggle" and self.world.ties[process.layer][sender, receiver] > 0:
                    value = -value
                weights[receiver] = value
        return weights

    def hazard(self, clock: _Clock) -> float:
        """Acts per day of a clock."""
        process, sender = clock.process, clock.sender
        if process.weighting == "intensity":
            if not self.allowed(process, sender, clock.receiver):
                return 0.0
            weight = math.exp(self.linear(process.motives, sender, clock.receiver))
            return weight * self.consent(process, sender, clock.receiver) / 365.25
        if process.weighting == "coordination":
            if not self.pairs(process):
                return 0.0
            first = self.parties(process)[0]
            return math.exp(self.linear(process.rate, first, first)) / 365.25
        weights = self.option_weights(process, sender)
        if not weights:
            return 0.0
        rate = math.exp(self.linear(process.rate, sender, sender))
        if not process.consent:
            return rate / 365.25
        largest = max(weights.values())
        if process.weighting == "toggle":
            largest = max(largest, 0.0)
        total = agreed = math.exp(-largest) if process.weighting == "toggle" else 0.0
        for receiver, value in weights.items():
            weight = math.exp(value - largest)
            total += weight
            agreed += weight * self.consent(process, sender, receiver)
        return rate * (agreed / total) / 365.25

    def parties(self, process: Process) -> list[int]:
        """Those who may coordinate."""
        return sorted(set(self.members(process.senders)) & set(self.members(process.receivers)))

    def pairs(self, process: Process) -> list[tuple[int, int]]:
        """Pairs of which each side may choose the other."""
        who = self.parties(process)
        return [
            (s, r) for s in who for r in who if s < r and self.allowed(process, s, r) and self.allowed(process, r, s)
        ]

    def _reads(self, process: Process) -> set[str]:
        """Give the names of everything that the hazards of a process can depend on."""
        names = {"exists", process.layer}
        for motive in (*process.motives, *process.rate, *process.consent):
            names |= names_read(motive)
        for text in process.allowed:
            condition = read_condition(text)
            assert condition is not None
            names.add(condition.name)
        names |= {spec for spec in (process.senders, process.receivers) if isinstance(spec, str)}
        forbid = self.scenario.institutions.values()
        return names | {each.restricts for each in forbid if process.name in each.forbids}

    def _settle(self) -> None:
        assert self.watch is not None
        changed = self.watch.take()
        self.watching = True
        for clock in self.clocks:
            if changed.isdisjoint(self.read_by[clock.process.name]):
                continue
            hazard = self.hazard(clock)
            if not hazard < math.inf:
                raise RapalloError(f"{to_iso(self.world.now)}: weight of {clock.process.name} is not a finite number")
            if hazard == clock.hazard:
                continue
            clock.integral += clock.hazard * (self.world.now - clock.since)
            clock.since, clock.hazard = self.world.now, hazard
            self._wind(clock)
        self.watching = False

    def _wind(self, clock: _Clock) -> None:
        if clock.hazard <= 0:
            clock.next = math.inf
        elif self.kind == "date":
            clock.next, _, clock.point = luck.accepted_point(
                self.seed, self.run, clock.name, clock.hazard, self.world.now, self.calendar.end
            )
        else:
            if clock.target < 0:
                clock.target = luck.exponential(self.seed, self.run, clock.name, clock.occurrence)
            clock.next = max(clock.since + (clock.target - clock.integral) / clock.hazard, self.world.now)

    def _fire(self, clock: _Clock) -> None:
        process = clock.process
        occurrence = clock.point & 0x7FFFFFFF if self.kind == "date" else clock.occurrence
        mine = stable_hash(f"process:{process.name}/{process.organ}")
        sender, receiver = clock.sender, clock.receiver
        assert self.watch is not None
        self.watch.look()
        self.watching = True
        if process.weighting == "coordination":
            sender, receiver = self._pick_pair(process, mine, occurrence)
        elif process.weighting != "intensity":
            receiver = self._pick(process, mine, sender, occurrence)
        self.watching = False
        clock.occurrence += 1
        clock.integral, clock.since, clock.target = 0.0, self.world.now, -1.0
        self._wind(clock)
        if receiver < 0:
            return
        change = process.change
        if process.weighting == "toggle":
            change = "end" if self.world.ties[process.layer][sender, receiver] > 0 else "form"
        self._carry_out(process.name, process.layer, change, sender, receiver, -1, "simulated")

    def _pick(self, process: Process, mine: int, sender: int, occurrence: int) -> int:
        here = self.hash[sender]

        def gumbel(receiver: int) -> float:
            return luck.gumbel(self.seed, self.run, luck.name_of(PICK, mine, here, self.hash[receiver]), occurrence)

        values = {-1: gumbel(sender)} if process.weighting == "toggle" else {}
        for receiver, weight in self.option_weights(process, sender).items():
            agreed = math.log(self.consent(process, sender, receiver)) if process.consent else 0.0
            values[receiver] = weight + agreed + gumbel(receiver)
        return max(values, key=lambda each: values[each]) if values else -2

    def _pick_pair(self, process: Process, mine: int, occurrence: int) -> tuple[int, int]:
        totals = {}
        for sender in self.parties(process):
            weights = list(self.option_weights(process, sender).values())
            largest = max(weights, default=-math.inf)
            total = 0.0
            for weight in weights:  # not sum(): since Python 3.12 it rounds otherwise
                total += math.exp(weight - largest)
            totals[sender] = largest + math.log(total) if weights else -math.inf
        best, lead, chosen = -math.inf, 0.0, (-2, -2)
        for s, r in self.pairs(process):
            there, back = self.linear(process.motives, s, r), self.linear(process.motives, r, s)
            weight = there - totals[s] + back - totals[r]
            name = luck.name_of(PICK, mine, *sorted((self.hash[s], self.hash[r])))
            value = weight + luck.gumbel(self.seed, self.run, name, occurrence)
            if value > best:
                best, chosen, lead = value, (s, r), there - totals[s] - (back - totals[r])
        if chosen[0] < 0:
            return chosen
        if self.hash[chosen[0]] > self.hash[chosen[1]]:
            chosen, lead = (chosen[1], chosen[0]), -lead
        name = luck.name_of(PROPOSE, mine, self.hash[chosen[0]], self.hash[chosen[1]])
        forward = 1.0 / (1.0 + math.exp(-lead)) if lead >= 0 else math.exp(lead) / (1.0 + math.exp(lead))
        drawn = luck.uniform(self.seed, self.run, name, occurrence) < forward
        return chosen if drawn else (chosen[1], chosen[0])

    def _carry_out(
        self,
        process: str,
        layer: str,
        change: str,
        sender: int,
        receiver: int,
        occasion: int,
        origin: str,
        known_to: tuple[int, ...] = (),
    ) -> None:
        self.acts.append((self.world.now, process, layer, change, sender, receiver, occasion, origin))
        self.world.act(layer, change, sender, receiver, process, known_to)
        if receiver >= 0:
            self._triggers(layer, change, sender, receiver)

    def _lift(self, layer: str, change: str, sender: int, receiver: int) -> None:
        parties = [(sender, receiver), (receiver, sender)][: 1 + self.world.layers[layer].mutual]
        for institution in self.scenario.institutions.values():
            for rule in institution.rules:
                if not rule.active or (rule.trigger.layer, rule.trigger.ends_with) != (layer, change):
                    continue
                name = f"{institution.name}.{rule.name}"
                for accused, victim in parties:
                    self.cases = [case for case in self.cases if case[3:6] != (name, accused, victim)]
                    if not (self.world.ties[layer][accused] > 0).any():
                        self.world.pairs[rule.obligation][:, accused] = 0.0

    def _triggers(self, layer: str, change: str, sender: int, receiver: int) -> None:
        self._lift(layer, change, sender, receiver)
        for institution in self.scenario.institutions.values():
            for rule in institution.rules:
                if not rule.active or rule.trigger.layer != layer:
                    continue
                if change == rule.trigger.change and all(
                    self.holds(text, sender, receiver) for text in rule.trigger.when
                ):
                    due = self.world.now + rule.trigger.after
                    name = f"{institution.name}.{rule.name}"
                    self.cases.append((due, institution, rule, name, sender, receiver, self.occasion))
                    self.occasion += 1

    def _decide(self, institution: Any, rule: Any, name: str, accused: int, victim: int, occasion: int) -> None:
        world = self.world
        if not world.exists[accused]:
            return
        number = self.decided.get((name, accused), 0)
        self.decided[name, accused] = number + 1
        home = self.actors.index(institution.actor)
        council = rule.finding != "each member"
        mine = stable_hash(f"rule:{name}")

        def sits(actor: int, on_council: bool) -> bool:
            member = world.exists[actor] and world.ties[institution.membership][actor, home] > 0
            seated = not on_council or world.attributes[institution.council][actor] > 0
            return bool(member and seated and actor not in (accused, victim))

        voters = [actor for actor in range(len(self.actors)) if sits(actor, council)]
        found = 0
        shared = 0.0
        spread = self.number(rule.shock) if rule.shock else 0.0
        if spread > 0:
            draw = luck.name_of(SHOCK, mine, self.hash[accused], self.hash[victim])
            shared = spread * luck.normal(self.seed, self.run, draw, number)
        for voter in voters:
            odds = shared + self.linear(self.scenario.votes.get(name, ()), voter, accused)
            chance = 1.0 / (1.0 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1.0 + math.exp(odds))
            draw = luck.name_of(VOTE, mine, self.hash[voter], self.hash[accused])
            if luck.uniform(self.seed, self.run, draw, number) < chance:
                found += 1
                self.acts.append((world.now, "", rule.layer, "form", voter, accused, occasion, "simulated"))
                world.act(rule.layer, "form", voter, accused)
                if not council:
                    world.pairs[rule.obligation][voter, accused] = rule.obliges
        carried = bool(voters) and (found == len(voters) if rule.finding == "unanimity" else 2 * found > len(voters))
        if council and carried:
            self.acts.append((world.now, "", rule.layer, "form", home, accused, occasion, "simulated"))
            world.act(rule.layer, "form", home, accused)
            for member in range(len(self.actors)):
                if sits(member, False):
                    world.pairs[rule.obligation][member, accused] = rule.obliges

    def _enter(self, entry: int) -> None:
        calendar = self.calendar
        kind = calendar.kind[entry]
        if kind == YEARLY:
            self._yearly(int(calendar.what[entry]))
        elif kind == NUMBER:
            name = list(self.scenario.parameters)[calendar.what[entry]]
            self.numbers = {**self.numbers, name: float(calendar.value[entry])}
            self.watch = Watch(self.world, self.scenario.processes.values())  # every weight may be another
        elif kind in (ACT, HOLD):
            process = int(calendar.process[entry])
            tie = self.world.ties[list(self.scenario.layers)[calendar.what[entry]]]
            if kind == HOLD and tie[calendar.sender[entry], calendar.receiver[entry]] > 0:
                return
            self._carry_out(
                list(self.scenario.processes)[process] if process >= 0 else "",
                list(self.scenario.layers)[calendar.what[entry]],
                CHANGES[calendar.change[entry]],
                int(calendar.sender[entry]),
                int(calendar.receiver[entry]),
                int(calendar.occasion[entry]),
                "given",
                calendar.known_to[entry] if calendar.known_to else (),
            )
        else:
            for layer, sender, receiver in apply_entry(self.world, calendar, entry):
                self.acts.append((self.world.now, "", layer, "end", sender, receiver, -1, "lapse"))
                self._lift(layer, "end", sender, receiver)

    def _yearly(self, year: int) -> None:
        world = self.world
        for name, update in self.scenario.yearly.items():
            retention = self.number(update.retention) if update.retention else 1.0
            made: dict[tuple[int, int], float] = {}
            for sender in self.members(update.senders):
                gain = 0.0
                for receiver in self.members(update.receivers):
                    value = 0.0
                    inside = (
                        sender != receiver
                        and world.exists[sender]
                        and world.exists[receiver]
                        and all(self.holds(text, sender, receiver) for text in update.allowed)
                        and self._in_scope(update.senders, sender)
                        and self._in_scope(update.receivers, receiver)
                    )
                    if inside:
                        value = self.linear(update.motives, sender, receiver)
                        if update.kind == "flow":
                            value = self._flow(name, update, year, sender, receiver, value)
                    if update.kind == "flow" and sender != receiver:
                        made[sender, receiver] = value
                    gain += value
                if update.kind == "stock":
                    made[sender, -1] = retention * float(world.attributes[update.writes][sender]) + max(gain, 0.0)
            for (sender, receiver), value in made.items():
                if receiver >= 0:
                    world.pairs[update.writes][sender, receiver] = value
                else:
                    world.attributes[update.writes][sender] = value
                self.series.setdefault(update.writes, []).append((year, sender, receiver, value))

    def _flow(self, name: str, update: Any, year: int, sender: int, receiver: int, expected: float) -> float:
        """Give a flow, from what is expected of it on the log scale."""
        noise = self.number(update.noise) if update.noise else 0.0
        if noise > 0:
            draw = luck.name_of(NOISE, stable_hash(f"yearly:{name}"), self.hash[sender], self.hash[receiver])
            expected += noise * luck.normal(self.seed, self.run, draw, year)
        return math.exp(expected)

    def _in_scope(self, spec: Any, actor: int) -> bool:
        if isinstance(spec, str) and spec in self.world.attributes and spec not in self.kinds:
            return bool(np.asarray(self.world.attributes[spec])[actor] > 0)
        return True
