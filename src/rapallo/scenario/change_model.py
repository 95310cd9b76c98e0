"""Changes to the model itself: its numbers, and what is switched off or on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.record.time import to_day
from rapallo.scenario.kind_of_change import NAME, NUMBER, SPAN, Change, gated, known
from rapallo.scenario.parameter import Parameter, Spell
from rapallo.scenario.scenario import Scenario
from rapallo.system.institution import FINDINGS
from rapallo.system.process import Motive


class SetParameter(Change):
    """Another value for a number of the model."""

    pattern = rf"set (?P<name>{NAME}) *(?:=|to) *(?P<value>{NUMBER}){SPAN}"
    right = "set PARAMETER = NUMBER [since YYYY-MM-DD] [until YYYY-MM-DD]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        return _renumbered(scenario, self.parts["name"], "set", float(self.parts["value"]), self.parts)

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        old = known(self.parts["name"], scenario.parameters, "parameter").value
        return f"{self.parts['name']} is {float(self.parts['value']):g} instead of {old:g}{self.span}"


class ScaleParameter(Change):
    """A number of the model, multiplied."""

    pattern = rf"scale (?P<name>{NAME}) by (?P<factor>{NUMBER}){SPAN}"
    right = "scale PARAMETER by NUMBER [since YYYY-MM-DD] [until YYYY-MM-DD]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        return _renumbered(scenario, self.parts["name"], "scale", float(self.parts["factor"]), self.parts)

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        name, factor = self.parts["name"], float(self.parts["factor"])
        old = known(name, scenario.parameters, "parameter").value
        if any(each.parameter == name for each in scenario.spells):
            return f"{name} is {factor:g} times what it would have been{self.span}"
        return f"{name} is {old * factor:g} instead of {old:g}{self.span}"


class FixParameter(Change):
    """A number of the model that is not drawn where parameters are."""

    pattern = rf"fix (?P<name>{NAME})(?: at (?P<value>{NUMBER}))?"
    right = "fix PARAMETER [at NUMBER]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        if "value" in self.parts:
            return _renumbered(scenario, self.parts["name"], "set", float(self.parts["value"]), self.parts)
        old = known(self.parts["name"], scenario.parameters, "parameter")
        return _fixed(scenario, old, old.value)

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        old = known(self.parts["name"], scenario.parameters, "parameter").value
        return f"{self.parts['name']} is {float(self.parts.get('value', old)):g} for certain"


class SwitchOff(Change):
    """A process, an organ's processes, an institution's rule, or an effect, switched off."""

    pattern = rf"(?:switch )?off (?P<name>{NAME}){SPAN}"
    right = "off PROCESS, ORGAN, RULE, EFFECT or PARAMETER [since YYYY-MM-DD] [until YYYY-MM-DD]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        processes, rules, numbers = meant(scenario, self.parts["name"])
        made = scenario
        for each in processes:
            made = _gate_process(made, each, self.parts, _whose(scenario, each, self.parts["name"]))
        for rule in rules:
            made = _gate_rule(made, rule, self.parts) if self.span else _with_rule(made, rule, active=False)
        for name in numbers:
            made = _renumbered(made, name, "set", 0.0, self.parts)
        return made

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        name = self.parts["name"]
        processes, rules, numbers = meant(scenario, name)
        process = scenario.processes.get(name)
        if process:
            return f"{name} is switched off ({process.says.format(sender='nobody', receiver='anybody')}){self.span}"
        if processes:
            return f"{name} does nothing ({', '.join(processes)} are switched off){self.span}"
        if rules:
            more = "; what it has found stands, and a case open by then is still decided" if self.span else ""
            return f"the rule {rules[0]} is not in force{self.span}{more}"
        return f"{', '.join(numbers)} weigh{'s' if len(numbers) == 1 else ''} nothing{self.span}"


class SwitchOn(Change):
    """An institution's rule that stands ready, put in force; or anything, off until a day."""

    pattern = rf"(?:switch )?on (?P<name>{NAME})(?: by (?P<finding>each member|unanimity|majority))?{SPAN}"
    right = "on RULE [by each member|unanimity|majority] [since YYYY-MM-DD] [until YYYY-MM-DD], or on NAME since …"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        processes, rules, numbers = meant(scenario, self.parts["name"])
        made = scenario
        for rule in rules:
            more = {"finding": self.parts["finding"]} if self.parts.get("finding") in FINDINGS else {}
            made = _with_rule(made, rule, active=True, **more)
        if not rules and not self.span:
            raise RapalloError(f"{self.text!r}: {self.parts['name']} is on; say from when, and it is off before")
        for outside in self._outside():
            for process in processes:
                made = _gate_process(made, process, outside, _whose(scenario, process, self.parts["name"]))
            for rule in rules:
                made = _gate_rule(made, rule, outside)
            for name in numbers:
                made = _renumbered(made, name, "set", 0.0, outside)
        return made

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        _, rules, _ = meant(scenario, self.parts["name"])
        if not rules:
            return f"{self.parts['name']} is at work only{self.span}"
        by = f", found by {self.parts['finding']}" if self.parts.get("finding") else ""
        return f"the rule {rules[0]} is in force{by}{self.span}"

    def begins(self, scenario: Scenario) -> str:
        """Give the day on which a rule comes into force; of anything else the start, for it is off before."""
        _, rules, _ = meant(scenario, self.parts["name"])
        return self.parts.get("since") or scenario.start if rules else scenario.start

    def _outside(self) -> Iterator[dict[str, str]]:
        if self.parts.get("since"):
            yield {"until": self.parts["since"]}
        if self.parts.get("until"):
            yield {"since": self.parts["until"]}


def meant(scenario: Scenario, name: str) -> tuple[list[str], list[str], list[str]]:
    """Give the processes, rules or parameters that a name means: the first of these that it names any of."""
    processes = [each for each in scenario.processes if _whose(scenario, each, name)]
    if processes:
        return processes, [], []
    rules = [rule for rule in _rules(scenario) if name in (rule, rule.split(".")[1])]
    if rules:
        return [], rules, []
    weighed = [motive for motive in motives(scenario) if name in (motive.parameter, motive.effect)]
    if weighed or name in scenario.parameters:
        return [], [], list(dict.fromkeys(motive.parameter for motive in weighed)) or [name]
    organs = {organ for each in scenario.processes for organ in scenario.deciders(each)}
    effects = {motive.effect for motive in motives(scenario)}
    choices = [*scenario.processes, *organs, *_rules(scenario), *effects, *scenario.parameters]
    raise UnknownNameError("process, organ, rule, effect or parameter", name, choices)


def _whose(scenario: Scenario, process: str, name: str) -> tuple[str, ...]:
    """Give the actors for whom a name is a process, its role, or the organ that decides it; none if it is given."""
    if scenario.processes[process].given:
        return ()
    if name in (process, scenario.processes[process].organ):
        return scenario.tables.actor_ids
    return scenario.deciders(process).get(name, ())


def motives(scenario: Scenario) -> Iterator[Motive]:
    """Give every motive of a scenario."""
    for process in scenario.processes.values():
        yield from (*process.motives, *process.rate, *process.consent)
    for update in scenario.yearly.values():
        yield from update.motives
    for votes in scenario.votes.values():
        yield from votes


def _renumbered(
    scenario: Scenario, name: str, how: Literal["set", "scale"], value: float, parts: dict[str, str]
) -> Scenario:
    """Give a parameter another value, for the whole run or for a span."""
    old = known(name, scenario.parameters, "parameter")
    since, until = parts.get("since"), parts.get("until")
    if not since and not until and how == "set":
        spells = tuple(each for each in scenario.spells if each.parameter != name)
        return replace(_fixed(scenario, old, value), spells=spells)
    if not since and not until:
        low, high = sorted((old.low * value, old.high * value))
        error = None if old.standard_error is None else old.standard_error * abs(value)
        new = replace(old, value=old.value * value, low=low, high=high, standard_error=error)
        new = replace(new, why=f"{value:g} times as much by an intervention; {old.why}")
        # a number that an earlier change has set for a span is multiplied too; what multiplies the value need not be
        spells = tuple(
            replace(each, value=each.value * value) if each.parameter == name and each.how == "set" else each
            for each in scenario.spells
        )
        return replace(scenario, parameters={**scenario.parameters, name: new}, spells=spells)
    begins, ends = (to_day(since) if since else -math.inf), (to_day(until) if until else math.inf)
    if not begins < ends:
        raise RapalloError(f"{name}: the span ends ({until}) before it begins ({since})")
    return replace(scenario, spells=(*scenario.spells, Spell(name, begins, ends, how, value)))


def _fixed(scenario: Scenario, old: Parameter, value: float) -> Scenario:
    """Give a parameter a value for certain: it is an intervention's then, whatever it was."""
    why = f"set by an intervention; else {old.value:g}, {old.origin}"
    new = Parameter(old.name, value, value, value, "assumed", why)
    return replace(scenario, parameters={**scenario.parameters, old.name: new})


def _rules(scenario: Scenario) -> list[str]:
    return [f"{each.name}.{rule.name}" for each in scenario.institutions.values() for rule in each.rules]


def _with_rule(scenario: Scenario, name: str, **what: Any) -> Scenario:
    home, _, which = name.partition(".")
    institution = scenario.institutions[home]
    rules = tuple(replace(rule, **what) if rule.name == which else rule for rule in institution.rules)
    return replace(scenario, institutions={**scenario.institutions, home: replace(institution, rules=rules)})


def _gate_process(scenario: Scenario, name: str, parts: dict[str, str], whose: tuple[str, ...]) -> Scenario:
    """Shut a process's mask by an attribute of some senders, for the span."""
    gate, process = f"off_{name}", scenario.processes[name]
    condition = f"not sender.{gate}"
    if condition not in process.allowed:
        process = replace(process, allowed=(*process.allowed, condition))
    return gated(replace(scenario, processes={**scenario.processes, name: process}), gate, parts, whose)


def _gate_rule(scenario: Scenario, name: str, parts: dict[str, str]) -> Scenario:
    """Let no act open a case under a rule, for the span."""
    home, _, which = name.partition(".")
    gate = f"off_{which}"
    rule = next(rule for rule in scenario.institutions[home].rules if rule.name == which)
    condition = f"not sender.{gate}"
    if condition not in rule.trigger.when:
        trigger = replace(rule.trigger, when=(*rule.trigger.when, condition))
        scenario = _with_rule(scenario, name, trigger=trigger)
    return gated(scenario, gate, parts, scenario.tables.actor_ids)
