"""The slow twin of abduction and replay: the same luck in plain Python, for testing the compiled one act by act.

What it shares with the compiled engine is the definition, not the code; only the laying out of the record (which act is
whose, ``recorded_world``) and the draw of what moves all voters alike are taken from there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rapallo.engine import luck_table as of
from rapallo.engine import reference_luck as luck
from rapallo.engine.abduct import posterior_normal
from rapallo.engine.changed_world import ChangedWorld
from rapallo.engine.luck import NOISE, PICK, PROPOSE, stable_hash
from rapallo.engine.recorded_world import RecordedWorld
from rapallo.engine.reference import Act, Reference, _Clock

Key = tuple[str, int, int]


@dataclass
class Firing:
    """What a recorded act says of its clock's luck."""

    number: int
    time: float
    sender: int
    receiver: int
    turned: bool
    since: float
    integral: float
    hazard: float
    target: float
    options: dict[Any, float]
    leads: dict[Any, float]
    told: tuple[int, ...]


@dataclass
class TwinLuck:
    """The luck of a record, by names."""

    firings: dict[Key, list[Firing]] = field(default_factory=dict)
    rests: dict[Key, tuple[float, float, float, float]] = field(default_factory=dict)
    paths: dict[Key, list[tuple[float, float]]] = field(default_factory=dict)
    sensible: dict[int, bool] = field(default_factory=dict)
    votes: dict[int, float] = field(default_factory=dict)
    silent: dict[tuple[int, int], float] = field(default_factory=dict)
    shocks: dict[int, tuple[float, float]] = field(default_factory=dict)
    expected: dict[tuple[str, int, int, int], float] = field(default_factory=dict)


class Relived(Reference):
    """A record lived through again.

    Parameters
    ----------
    world
        The record.
    changed
        The world to live in.
    seed, run
        Name of what the record leaves open.
    kind
        ``clock`` or ``date`` luck.
    read
        Luck that was read off before; ``None`` to read it off now.
    """

    def __init__(
        self, world: RecordedWorld, changed: ChangedWorld, seed: int, run: int, kind: str, read: TwinLuck | None = None
    ) -> None:
        plan = changed.plan
        super().__init__(plan.scenario, plan.calendar, seed, run, kind)
        self.record, self.changed = world, changed
        self.reading = read is None
        self.read = TwinLuck() if read is None else read
        self.firings = self.read.firings
        if kind == "date" and read is not None:  # a held firing stands on its new day
            self.firings = {key: sorted(mine, key=self._day) for key, mine in read.firings.items()}
        self.recorded_case: dict[int, int] = {}
        self.opened: set[int] = set()
        self.due: dict[int, float] = {}
        self.vote_list = [(c, *vote) for c, case in enumerate(world.cases) for vote in case.votes]
        self.next_firing = 0
        self.passed: dict[Key, int] = {}
        self.armed: dict[Key, Firing | None] = {}
        self.flows = self._recorded_flows()

    def history(self) -> list[Act]:
        """Live through the span and give every act."""
        world, calendar = self.world, self.calendar
        world.now = calendar.start
        entry = 0
        self._settle()
        while True:
            dated = float(calendar.time[entry]) if entry < len(calendar) else math.inf
            case = min(range(len(self.cases)), key=lambda k: self.cases[k][0], default=-1)
            ruled = self.cases[case][0] if case >= 0 else math.inf
            vote = min(self.due, key=lambda k: (self.due[k], k), default=-1)
            voted = self.due[vote] if vote >= 0 else math.inf
            clock = None
            if self.reading:
                act = self.record.firings[self.next_firing][0] if self.next_firing < len(self.record.firings) else -1
                clocked = float(self.record.record.time[act]) if act >= 0 else math.inf
            else:
                clock = min(self.clocks, key=lambda each: each.next, default=None)
                clocked = clock.next if clock is not None else math.inf
            now = min(dated, ruled, voted, clocked)
            if now >= calendar.end:
                if self.reading:
                    self._close()
                return self.acts
            world.now = now
            if dated <= now:
                self._enter(entry)
                entry += 1
            elif voted <= now:
                self._cast(vote)
            elif ruled <= now:
                self._decide(*self.cases.pop(case)[1:])
            elif self.reading:
                self._read_off()
            else:
                assert clock is not None
                self._fire(clock)
            following = float(calendar.time[entry]) if entry < len(calendar) else math.inf
            if following > now:
                self._settle()

    @staticmethod
    def key(clock: _Clock) -> Key:
        """Name a clock."""
        return clock.process.name, clock.sender, clock.receiver

    # clocks

    def _settle(self) -> None:
        for clock in self.clocks:
            hazard = self.hazard(clock)
            if hazard == clock.hazard:
                continue
            if self.reading:
                self.read.paths.setdefault(self.key(clock), []).append((self.world.now, hazard))
            clock.integral += clock.hazard * (self.world.now - clock.since)
            clock.since, clock.hazard = self.world.now, hazard
            if not self.reading:
                self._wind(clock)

    def _wind(self, clock: _Clock) -> None:
        key = self.key(clock)
        firings = self.firings.get(key, [])
        if clock.hazard <= 0:
            clock.next = math.inf
        elif self.kind == "date":
            self._wind_by_date(clock, firings)
        elif clock.occurrence < len(firings):
            firing = firings[clock.occurrence]
            pinned = (clock.since, clock.integral, clock.hazard) == (firing.since, firing.integral, firing.hazard)
            if self.changed.flags[firing.number] == of.HELD:
                clock.next = float(self.changed.held[firing.number])
            elif pinned:
                clock.next = firing.time
            else:
                clock.next = clock.since + (firing.target - clock.integral) / clock.hazard
            clock.next = max(clock.next, self.world.now)
        else:
            since, integral, hazard, remainder = self.read.rests.get(key, (math.nan, math.nan, math.nan, 0.0))
            last = clock.occurrence == len(firings)
            target = luck.exponential(self.seed, self.run, clock.name, clock.occurrence) + (remainder if last else 0.0)
            clock.next = max(clock.since + (target - clock.integral) / clock.hazard, self.world.now)
            if last and (clock.since, clock.integral, clock.hazard) == (since, integral, hazard):
                clock.next = math.inf

    def _wind_by_date(self, clock: _Clock, firings: list[Firing]) -> None:
        """Find the next point that is an act at the hazard of now; a change of the hazard asks again."""
        key, now, end = self.key(clock), self.world.now, self.calendar.end
        place = self.passed.get(key, 0)
        while place < len(firings) and self._day(firings[place]) < now:
            place += 1
        held = place < len(firings) and self.changed.flags[firings[place].number] == of.HELD
        found: tuple[float, Firing | None, int] = (math.inf, None, 0)
        for later in firings[place:]:
            if self._accepts(clock, later, firings.index(later)):
                found = (self._day(later), later, 0)
                break
        after = now
        while not held:
            time, mark, point = luck.accepted_point(self.seed, self.run, clock.name, clock.hazard, after, end)
            if time >= found[0]:
                break
            if mark >= self._factual(key, time):
                found = (time, None, point)
                break
            after = time
        clock.next, self.armed[key], clock.point = found

    def _day(self, firing: Firing) -> float:
        held = self.changed.flags[firing.number] == of.HELD
        return float(self.changed.held[firing.number]) if held else firing.time

    def _accepts(self, clock: _Clock, firing: Firing, place: int) -> bool:
        if clock.hazard == firing.hazard or self.changed.flags[firing.number] == of.HELD:
            return True
        share = luck.uniform(self.seed, self.run, luck.mix(clock.name ^ of.MARK), place)
        return share * firing.hazard < clock.hazard

    def _factual(self, key: Key, time: float) -> float:
        before = [hazard for moment, hazard in self.read.paths.get(key, []) if moment < time]
        return before[-1] if before else 0.0

    def _fire(self, clock: _Clock) -> None:
        key, process = self.key(clock), clock.process
        firings = self.firings.get(key, [])
        if self.kind == "date":
            firing = self.armed[key]
            occurrence = clock.point & 0x7FFFFFFF
            if firing is not None:
                occurrence = firings.index(firing)
                self.passed[key] = occurrence + 1
        else:
            occurrence = clock.occurrence
            firing = firings[occurrence] if occurrence < len(firings) else None
        mine = stable_hash(f"process:{process.name}/{process.organ}")
        sender, receiver = clock.sender, clock.receiver
        if firing is not None and self.changed.flags[firing.number] == of.VOID:
            receiver = -1
        elif process.weighting == "coordination":
            if firing is None:
                sender, receiver = self._pick_pair(process, mine, occurrence)
            else:
                sender, receiver = self._pick_pair_again(process, mine, occurrence, firing)
        elif process.weighting != "intensity":
            if firing is None:
                receiver = self._pick(process, mine, sender, occurrence)
            else:
                receiver = self._pick_again(process, mine, sender, occurrence, firing)
        clock.occurrence += 1
        clock.integral, clock.since, clock.target = 0.0, self.world.now, -1.0
        self._wind(clock)
        if receiver < 0:
            return
        told: tuple[int, ...] = ()
        if firing is not None and {sender, receiver} == {firing.sender, firing.receiver}:
            told = self.changed.told.get(firing.number, firing.told)
            if firing.turned:
                sender, receiver = receiver, sender
        self._carry_out(process.name, process.layer, process.change, sender, receiver, -1, "simulated", told)

    # picks

    def _options(self, process: Any, sender: int) -> dict[int, float]:
        found = {}
        for receiver, weight in self.option_weights(process, sender).items():
            agreed = math.log(self.consent(process, sender, receiver)) if process.consent else 0.0
            found[receiver] = weight + agreed
        return found

    def _pair_options(self, process: Any) -> tuple[dict[Any, float], dict[Any, float]]:
        totals = {}
        for sender in self.parties(process):
            weights = list(self.option_weights(process, sender).values())
            largest = max(weights, default=-math.inf)
            total = 0.0
            for weight in weights:
                total += math.exp(weight - largest)
            totals[sender] = largest + math.log(total) if weights else -math.inf
        options, leads = {}, {}
        for s, r in self.pairs(process):
            there, back = self.linear(process.motives, s, r), self.linear(process.motives, r, s)
            options[s, r] = there - totals[s] + back - totals[r]
            leads[s, r] = there - totals[s] - (back - totals[r])
        return options, leads

    def _gumbels(self, process: Any, names: dict[Any, int], occurrence: int, firing: Firing, picked: Any) -> Any:
        """Give the Gumbel of each option: the largest is the pick's, those that were beaten are cut off below it."""
        largest = max(firing.options.values())
        total = largest + math.log(sum(math.exp(each - largest) for each in firing.options.values()))
        drawn = {each: luck.gumbel(self.seed, self.run, name, occurrence) for each, name in names.items()}
        most = total + luck.gumbel(self.seed, self.run, names[picked], occurrence)
        made = {}
        for each, gumbel in drawn.items():
            before = firing.options.get(each)
            if each == picked:
                made[each] = most - firing.options[picked]
            elif before is None:
                made[each] = gumbel
            else:
                made[each] = -math.log(math.exp(-most) + math.exp(-(before + gumbel))) - before
        return made

    def _pick_again(self, process: Any, mine: int, sender: int, occurrence: int, firing: Firing) -> int:
        options = self._options(process, sender)
        if options == firing.options:
            return firing.receiver
        here = self.hash[sender]
        names = {each: luck.name_of(PICK, mine, here, self.hash[each]) for each in {*options, firing.receiver}}
        gumbels = self._gumbels(process, names, occurrence, firing, firing.receiver)
        values = {each: weight + gumbels[each] for each, weight in options.items()}
        return max(values, key=lambda each: values[each]) if values else -2

    def _pick_pair_again(self, process: Any, mine: int, occurrence: int, firing: Firing) -> tuple[int, int]:
        options, leads = self._pair_options(process)
        if options == firing.options and leads == firing.leads:
            return firing.sender, firing.receiver
        first, second = sorted((firing.sender, firing.receiver))
        pairs = {*options, (first, second)}
        names = {(s, r): luck.name_of(PICK, mine, *sorted((self.hash[s], self.hash[r]))) for s, r in pairs}
        gumbels = self._gumbels(process, names, occurrence, firing, (first, second))
        values = {each: weight + gumbels[each] for each, weight in options.items()}
        if not values:
            return -2, -2
        chosen = max(values, key=lambda each: values[each])
        lead, before = leads[chosen], firing.leads.get(chosen)
        if self.hash[chosen[0]] > self.hash[chosen[1]]:
            chosen, lead = (chosen[1], chosen[0]), -lead
            before = None if before is None else -before
        drawn = luck.uniform(
            self.seed, self.run, luck.name_of(PROPOSE, mine, self.hash[chosen[0]], self.hash[chosen[1]]), occurrence
        )
        if before is not None and chosen == (firing.sender, firing.receiver):
            drawn = _logistic(before) * drawn
        elif before is not None and chosen == (firing.receiver, firing.sender):
            drawn = _logistic(before) + (1.0 - _logistic(before)) * drawn
        return chosen if drawn < _logistic(lead) else (chosen[1], chosen[0])

    # reading off

    def _read_off(self) -> None:
        number = self.next_firing
        act, position = self.record.firings[number]
        self.next_firing += 1
        record = self.record.record
        process = self.scenario.processes[record.processes[record.process[act]]]
        sender, receiver = int(record.sender[act]), int(record.receiver[act])
        clock = self._clock_of(position)
        turned = False
        if self.record.others[number] >= 0:
            other = self._clock_of(int(self.record.others[number]))
            there, back = self._weight(clock, sender, receiver), self._weight(other, receiver, sender)
            mine = stable_hash(f"process:{process.name}/{process.organ}")
            name = luck.name_of(of.CAME_FORWARD, mine, self.hash[sender], self.hash[receiver])
            if luck.uniform(self.seed, self.run, name, number) * (there + back) < back:
                clock, turned = other, True
        first, second = (receiver, sender) if turned else (sender, receiver)
        options: dict[Any, float] = {}
        leads: dict[Any, float] = {}
        if process.weighting == "coordination":
            options, leads = self._pair_options(process)
        elif process.weighting != "intensity":
            options = self._options(process, first)
        now = self.world.now
        target = clock.integral + clock.hazard * (now - clock.since)
        made = Firing(
            number,
            now,
            first,
            second,
            turned,
            clock.since,
            clock.integral,
            clock.hazard,
            target,
            options,
            leads,
            record.told(act),
        )
        self.read.firings.setdefault(self.key(clock), []).append(made)
        clock.integral, clock.since = 0.0, now
        self._carry_out(process.name, process.layer, process.change, sender, receiver, -1, "record", record.told(act))

    def _weight(self, clock: _Clock, sender: int, receiver: int) -> float:
        if clock.hazard <= 0.0 or clock.process.weighting == "intensity":
            return clock.hazard
        options = self._options(clock.process, sender)
        if receiver not in options:
            return 0.0
        largest = max(options.values())
        total = largest + math.log(sum(math.exp(each - largest) for each in options.values()))
        return clock.hazard * math.exp(options[receiver] - total)

    def _clock_of(self, position: int) -> _Clock:
        name, sender, receiver = self.record.clocks[position]
        who = tuple(self.actors.index(each) if each else -1 for each in (sender, receiver))
        return next(each for each in self.clocks if self.key(each) == (name, *who))

    def _close(self) -> None:
        end = self.calendar.end
        for clock in self.clocks:
            rest = clock.integral + clock.hazard * (end - clock.since)
            self.read.rests[self.key(clock)] = (clock.since, clock.integral, clock.hazard, rest)
        for index, case in enumerate(self.record.cases):
            mine = [k for k, vote in enumerate(self.vote_list) if vote[0] == index]
            said = {self.vote_list[k][2] for k in mine}
            odds = {voter: x for (c, voter), x in self.read.silent.items() if c == index}
            odds |= {self.vote_list[k][2]: self.read.votes[k] for k in mine if not math.isnan(self.vote_list[k][3])}
            odds = {voter: odds[voter] for voter in sorted(odds) if not math.isnan(odds[voter])}
            institution, rule = self._rule(case.rule)
            spread = self.number(rule.shock) if rule.shock else 0.0
            mine_hash = stable_hash(f"rule:{institution.name}.{rule.name}")
            name = luck.name_of(of.SHOCK_GIVEN, mine_hash, self.hash[case.accused], self.hash[case.victim])
            if spread <= 0.0 or not odds:
                shock = luck.normal(self.seed, self.run, name, index)
            else:
                drawn = luck.uniform(self.seed, self.run, name, index)
                told = np.array([voter in said for voter in odds])
                shock = posterior_normal(np.array(list(odds.values())), told, spread, drawn)
            self.read.shocks[index] = shock, spread * shock

    def _rule(self, index: int) -> tuple[Any, Any]:
        homes = self.scenario.institutions.values()
        found: tuple[Any, Any] = [(home, rule) for home in homes for rule in home.rules if rule.active][index]
        return found

    # the calendar, cases and flows

    def _enter(self, entry: int) -> None:
        forced = int(self.changed.every[entry])
        if forced < 0:
            super()._enter(entry)
            return
        calendar = self.calendar
        layer = list(self.scenario.layers)[calendar.what[entry]]
        sender, receiver = int(calendar.sender[entry]), int(calendar.receiver[entry])
        change = ("form", "end", "expose", "discover", "refuse", "rumour")[calendar.change[entry]]
        sensible = True
        if receiver >= 0 and self.scenario.layers[layer].lasting and change in ("form", "end", "expose"):
            sensible = (self.world.ties[layer][sender, receiver] > 0) == (change != "form")
        known = self.changed.known[forced]
        if self.reading:
            self.read.sensible[forced] = sensible
        elif known >= 0 and self.read.sensible[known] and not sensible:
            return
        process = int(calendar.process[entry])
        name = list(self.scenario.processes)[process] if process >= 0 else ""
        told = calendar.known_to[entry] if calendar.known_to else ()
        self._carry_out(name, layer, change, sender, receiver, int(calendar.occasion[entry]), "record", told)

    def _triggers(self, layer: str, change: str, sender: int, receiver: int) -> None:
        before = self.occasion
        super()._triggers(layer, change, sender, receiver)
        for place in range(len(self.cases) - (self.occasion - before), len(self.cases)):
            due, institution, rule, name, accused, victim, occasion = self.cases[place]
            for index, case in enumerate(self.record.cases):
                home, mine = self._rule(case.rule)
                if index in self.opened or (home.name, mine.name) != (institution.name, rule.name):
                    continue
                if (case.accused, case.victim) != (accused, victim):
                    continue
                self.opened.add(index)
                self.recorded_case[occasion] = index
                now = self.world.now

                def shifted(day: float, opened: float = case.opened, now: float = now) -> float:
                    return day if opened == now else now + (day - opened)

                if not math.isnan(case.due):
                    due = shifted(case.due)
                self.cases[place] = (due, institution, rule, name, accused, victim, occasion)
                if rule.finding == "each member":
                    for k, vote in enumerate(self.vote_list):
                        if vote[0] == index and not math.isnan(vote[3]):
                            self.due[k] = math.inf if self.changed.votes_dropped[k] else shifted(vote[3])
                break

    def _sits(self, institution: Any, actor: int, parties: tuple[int, int], on_council: bool) -> bool:
        world, home = self.world, self.actors.index(institution.actor)
        member = world.exists[actor] and world.ties[institution.membership][actor, home] > 0
        seated = not on_council or world.attributes[institution.council][actor] > 0
        return bool(member and seated and actor not in parties)

    def _says_yes(self, index: int, rule_hash: int, voter: int, odds: float, before: float, said: bool) -> bool:
        case = self.record.cases[index]
        _, rule = self._rule(case.rule)
        shock, then = self.read.shocks[index]
        shared = (self.number(rule.shock) if rule.shock else 0.0) * shock
        if odds == before and shared == then:
            return said
        name = luck.name_of(of.VOTE_GIVEN, rule_hash, self.hash[voter], self.hash[case.accused])
        drawn = luck.uniform(self.seed, self.run, name, index)
        if not math.isnan(before):
            chance = _logistic(before + then)
            drawn = chance * drawn if said else chance + (1.0 - chance) * drawn
        return drawn < _logistic(odds + shared)

    def _find(self, rule: Any, finder: int, accused: int, occasion: int) -> None:
        self.acts.append((self.world.now, "", rule.layer, "form", finder, accused, occasion, "simulated"))
        self.world.act(rule.layer, "form", finder, accused)

    def _cast(self, vote: int) -> None:
        del self.due[vote]
        index, _, voter, _ = self.vote_list[vote]
        case = self.record.cases[index]
        institution, rule = self._rule(case.rule)
        name = f"{institution.name}.{rule.name}"
        sitting = self._sits(institution, voter, (case.accused, case.victim), False)
        odds = self.linear(self.scenario.votes.get(name, ()), voter, case.accused) if sitting else math.nan
        if self.reading:
            self.read.votes[vote] = odds
        else:
            lasting = self.scenario.layers[rule.trigger.layer].lasting
            over = lasting and not self.world.ties[rule.trigger.layer][case.accused, case.victim] > 0
            if not self.world.exists[case.accused] or (over and rule.trigger.change == "form"):
                return
            before = self.read.votes[vote]
            if not math.isnan(before) and not (
                sitting and self._says_yes(index, stable_hash(f"rule:{name}"), voter, odds, before, True)
            ):
                return
        occasion = next(key for key, value in self.recorded_case.items() if value == index)
        self._find(rule, voter, case.accused, occasion)
        self.world.pairs[rule.obligation][voter, case.accused] = rule.obliges

    def _decide(self, institution: Any, rule: Any, name: str, accused: int, victim: int, occasion: int) -> None:
        index = self.recorded_case.get(occasion, -1)
        if index < 0:
            if not self.reading:
                super()._decide(institution, rule, name, accused, victim, occasion)
            return
        if not self.world.exists[accused]:
            return
        council, home = rule.finding != "each member", self.actors.index(institution.actor)
        mine = {vote[2]: vote[3] for vote in self.vote_list if vote[0] == index}
        voters = [a for a in range(len(self.actors)) if self._sits(institution, a, (accused, victim), council)]
        asked = found = 0
        for voter in voters:
            said = voter in mine
            if said and not council and not math.isnan(mine[voter]):
                continue
            asked += 1
            odds = self.linear(self.scenario.votes.get(name, ()), voter, accused)
            if self.reading:
                self.read.silent[index, voter] = odds
                yes = said
            else:
                before = self.read.silent.get((index, voter), math.nan)
                yes = self._says_yes(index, stable_hash(f"rule:{name}"), voter, odds, before, said)
            if yes:
                found += 1
                self._find(rule, voter, accused, occasion)
                if not council:
                    self.world.pairs[rule.obligation][voter, accused] = rule.obliges
        if council and asked and (found == asked if rule.finding == "unanimity" else 2 * found > asked):
            self._find(rule, home, accused, occasion)
            for member in range(len(self.actors)):
                if self._sits(institution, member, (accused, victim), False):
                    self.world.pairs[rule.obligation][member, accused] = rule.obliges

    def _recorded_flows(self) -> dict[tuple[str, int, int, int], float]:
        found: dict[tuple[str, int, int, int], float] = {}
        for name, series in self.record.record.series.items():
            rows = zip(*(series[key].tolist() for key in ("year", "sender", "receiver", "value")), strict=True)
            found |= {(name, year, sender, receiver): value for year, sender, receiver, value in rows}
        return found

    def _flow(self, name: str, update: Any, year: int, sender: int, receiver: int, expected: float) -> float:
        noise = self.number(update.noise) if update.noise else 0.0
        if noise <= 0:
            return math.exp(expected)
        recorded = self.flows.get((update.writes, year, sender, receiver), math.nan)
        before = self.read.expected.get((name, year, sender, receiver), math.nan)
        if math.isnan(recorded) or (not self.reading and math.isnan(before)):
            mine = stable_hash(f"yearly:{name}")
            draw = luck.name_of(NOISE, mine, self.hash[sender], self.hash[receiver])
            return math.exp(expected + noise * luck.normal(self.seed, self.run, draw, year))
        if self.reading:
            self.read.expected[name, year, sender, receiver] = expected
            return recorded
        if expected == before or recorded <= 0.0:
            return recorded
        return math.exp(expected + (math.log(recorded) - before))


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0 else math.exp(x) / (1.0 + math.exp(x))
