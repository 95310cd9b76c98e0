"""Where the numbers behind a picture come from: which processes act in it, and what each parameter of theirs is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapallo.scenario.parameter import ORIGINS

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario
    from rapallo.system.process import Motive


@dataclass(frozen=True, slots=True)
class Provenance:
    """What makes something happen in the model.

    Parameters
    ----------
    simulated
        Processes, flows, stocks and votes that the model decides and whose outcome is shown.
    given
        Processes whose recorded acts are carried out at their dates.
    numbers
        Names of the parameters of ``simulated``.
    origins
        How many of them are of which origin, in the order of ``rapallo.scenario.parameter.ORIGINS``.
    reads
        Layers and written quantities that ``simulated`` read.
    reacts_to
        Other processes on whose outcome those depend, at any remove.
    other_origins
        The same count for the parameters of ``reacts_to``.
    inputs
        Recorded quantities that ``simulated`` read.
    tuned_on
        What was looked at when a parameter of ``simulated`` was chosen.
    tuned
        How many of them were chosen so.
    """

    simulated: tuple[str, ...]
    given: tuple[str, ...]
    numbers: tuple[str, ...]
    origins: tuple[tuple[str, int], ...]
    reads: tuple[str, ...]
    reacts_to: tuple[str, ...]
    other_origins: tuple[tuple[str, int], ...]
    inputs: tuple[str, ...]
    tuned_on: tuple[str, ...]
    tuned: int

    def sentences(self) -> list[str]:
        """Say it in words."""
        said = []
        if self.given:
            said.append(f"Given by the record: {_listed(self.given)}.")
        if self.simulated:
            said.append(
                f"Simulated: {_listed(self.simulated)}, moved by {_numbers(len(self.numbers))}, "
                f"{_by_origin(self.origins)}."
            )
        if self.inputs:
            said.append(f"Recorded, and read by these: {_listed(self.inputs)}.")
        if self.reacts_to:
            count = sum(number for _, number in self.other_origins)
            said.append(
                f"Simulated, and read by these: {_listed(self.reads)}; and through them {len(self.reacts_to)} more "
                f"{'process' if len(self.reacts_to) == 1 else 'processes'} with {_numbers(count)}, "
                f"{_by_origin(self.other_origins)}."
            )
        if self.tuned:
            said.append(
                f"Tuned: {self.tuned} of the {_numbers(len(self.numbers))}, with an eye on {'; '.join(self.tuned_on)}. "
                "Likeness in that is no evidence of fit."
            )
        return said


def provenance(scenario: Scenario, names: Iterable[str]) -> Provenance:
    """Trace what makes layers and written quantities change.

    Parameters
    ----------
    scenario
        The scenario.
    names
        Layers and quantities that are shown; what is neither is passed over.
    """
    parts = _parts(scenario)
    wanted = {each for each in names if each in scenario.layers or each in scenario.quantities}
    direct = [name for name, part in parts.items() if part.writes in wanted]
    given = tuple(name for name in direct if parts[name].given)
    simulated = tuple(name for name in direct if not parts[name].given)
    reached = _closure(scenario, parts, simulated)
    read = {_behind(scenario, each) for name in simulated for each in parts[name].reads}
    moving = {part.writes for name, part in parts.items() if not part.given}
    others = tuple(name for name in parts if name in reached - set(direct) and not parts[name].given)
    numbers = tuple(dict.fromkeys(each for name in simulated for each in parts[name].parameters))
    rest = {each for name in others for each in parts[name].parameters} - set(numbers)
    tuned = [name for name in numbers if scenario.parameters[name].tuned_on]
    return Provenance(
        simulated=simulated,
        given=given,
        numbers=numbers,
        origins=_counts(scenario, numbers),
        reads=tuple(each for each in (*scenario.layers, *scenario.quantities) if each in read & moving),
        reacts_to=others,
        other_origins=_counts(scenario, rest),
        inputs=tuple(name for name, each in scenario.quantities.items() if name in read and not each.written),
        tuned_on=tuple(dict.fromkeys(text for name in tuned for text in scenario.parameters[name].tuned_on)),
        tuned=len(tuned),
    )


def made_of(scenario: Scenario, names: Iterable[str]) -> tuple[str, ...]:
    """Add to layers and quantities those that a shown stock adds up: its years are made of their acts."""
    wanted = list(names)
    for part in _parts(scenario).values():
        if part.stock and part.writes in wanted:
            wanted += [each for each in part.reads if each in scenario.layers]
            wanted += [scenario.memories[each].layer for each in part.reads if each in scenario.memories]
    return tuple(dict.fromkeys(wanted))


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing that changes the state: what it writes, reads and is moved by."""

    writes: str
    reads: tuple[str, ...]
    parameters: tuple[str, ...]
    given: bool = False
    stock: bool = False


def _parts(scenario: Scenario) -> dict[str, _Part]:
    found: dict[str, _Part] = {}
    for name, process in scenario.processes.items():
        motives = (*process.rate, *process.motives, *process.consent)
        reads = (*_read(motives), *_conditions(process.allowed), *_sides(process.senders, process.receivers))
        found[name] = _Part(process.layer, reads, tuple(each.parameter for each in motives), process.given)
    for name, update in scenario.yearly.items():
        numbers = [each.parameter for each in update.motives] + [
            each for each in (update.noise, update.retention) if each
        ]
        reads = (*_read(update.motives), *_conditions(update.allowed), *_sides(update.senders, update.receivers))
        found[name] = _Part(update.writes, reads, tuple(numbers), stock=update.kind == "stock")
    for institution in scenario.institutions.values():
        for rule in institution.rules:
            if rule.active:
                name = f"{institution.name}.{rule.name}"
                motives = scenario.votes.get(name, ())
                reads = (*_read(motives), rule.trigger.layer, institution.membership)
                found[name] = _Part(rule.layer, reads, tuple(each.parameter for each in motives))
    # a finding obliges, and what obliges is written by it
    for institution in scenario.institutions.values():
        for rule in institution.rules:
            if rule.active:
                found[f"{institution.name}.{rule.name} obliges"] = _Part(rule.obligation, (rule.layer,), ())
    return found


def _closure(scenario: Scenario, parts: dict[str, _Part], begin: Iterable[str]) -> set[str]:
    """Give every part that those to begin with depend on, at any remove."""
    reached, todo = set(begin), list(begin)
    while todo:
        for name in parts[todo.pop()].reads:
            source = _behind(scenario, name)
            for other, part in parts.items():
                if part.writes == source and other not in reached:
                    reached.add(other)
                    todo.append(other)
    return {name for name in reached if parts[name].parameters or parts[name].given}


def _behind(scenario: Scenario, name: str) -> str:
    """Give the layer that a memory remembers; any other name stands for itself."""
    return scenario.memories[name].layer if name in scenario.memories else name


def _read(motives: Iterable[Motive]) -> Iterator[str]:
    from rapallo.effects.effect import get_effect

    for motive in motives:
        bound = dict(motive.reads)
        for slot in get_effect(motive.effect).reads:
            yield bound.get(slot, slot)


def _conditions(texts: Iterable[str]) -> Iterator[str]:
    from rapallo.scenario.condition import read_condition

    for text in texts:
        condition = read_condition(text)
        if condition is not None:
            yield condition.name


def _sides(*sides: str | tuple[str, ...]) -> Iterator[str]:
    """Give the attributes by which senders and receivers are chosen."""
    yield from (side for side in sides if isinstance(side, str))


def _counts(scenario: Scenario, names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter(scenario.parameters[name].origin for name in names)
    return tuple((origin, counts[origin]) for origin in ORIGINS if counts[origin])


def _by_origin(counts: tuple[tuple[str, int], ...]) -> str:
    if len(counts) == 1:
        return f"{'all ' if counts[0][1] > 1 else ''}{counts[0][0]}"
    return ", ".join(f"{count} {origin.replace(', ', ' and ')}" for origin, count in counts) or "none of any origin"


def _numbers(count: int) -> str:
    return f"{count} {'number' if count == 1 else 'numbers'}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ").replace(".", ", ") for name in names)
