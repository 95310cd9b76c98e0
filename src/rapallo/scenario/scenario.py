"""Record, processes, parameters, calendar and measures, checked as one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.errors import UnknownNameError
from rapallo.scenario.parameter import Parameter, Spell
from rapallo.system.institution import Institution
from rapallo.system.layer import Layer
from rapallo.system.memory import Memory
from rapallo.system.process import Motive, Process, Yearly
from rapallo.system.quantity import Quantity

if TYPE_CHECKING:
    from rapallo.record.record import Record
    from rapallo.scenario.correlations import Correlated
    from rapallo.scenario.explain import Explanation
    from rapallo.system.history import History


@dataclass(frozen=True, slots=True)
class Scenario:
    """A documented order of states, ready to be explained, run, scored and questioned.

    Parameters
    ----------
    name, title, says
        Folder name, title, and one paragraph.
    start, end
        ISO dates between which it runs unless asked otherwise.
    layers, quantities, memories, processes, yearly, institutions
        The model, by name, in the order of ``scenario.toml``.
    votes
        Motives of each institution rule's vote, under ``institution.rule``.
    parameters
        Every number, by full name.
    measures
        Names of the measures to report, in order.
    tables
        The sourced facts, as the tables give them.
    folder
        Where it was loaded from.
    fingerprint
        Hash of every file of the folder.
    systems
        The numbers that processes, flows and stocks name in ``system``, with their titles.
    groups
        Named lists of actors, used as senders or receivers.
    forced
        Facts that are carried out at their dates although a process with a clock decides their kind.
    held
        Those of them that are carried out only where the tie does not stand.
    spells
        Spans in which parameters are others; of two that overlap the later in the list comes after.
    changes
        The changes by which it was made of the scenario of its folder, in words.
    correlated
        Estimates whose errors go together, fit by fit.
    warnings
        What is legal in the folder but surely not meant, in sentences.
    """

    name: str
    title: str
    says: str
    start: str
    end: str
    layers: dict[str, Layer]
    quantities: dict[str, Quantity]
    memories: dict[str, Memory]
    processes: dict[str, Process]
    yearly: dict[str, Yearly]
    institutions: dict[str, Institution]
    votes: dict[str, tuple[Motive, ...]]
    parameters: dict[str, Parameter]
    measures: tuple[str, ...]
    tables: Record
    folder: Path
    fingerprint: str
    systems: dict[int, str] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    forced: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    spells: tuple[Spell, ...] = ()
    changes: tuple[str, ...] = ()
    correlated: tuple[Correlated, ...] = ()
    warnings: tuple[str, ...] = ()
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __repr__(self) -> str:
        return (
            f"<Scenario {self.name!r}: {len(self.tables.actor_ids)} actors, {len(self.layers)} layers, "
            f"{len(self.processes)} processes, {len(self.parameters)} parameters, {self.start} to {self.end}>"
        )

    @property
    def record(self) -> History:
        """The record as a history: the same type of thing as a run."""
        if "record" not in self._kept:
            from rapallo.scenario.timeline import record_history

            self._kept["record"] = record_history(self)
        found: History = self._kept["record"]
        return found

    @property
    def kinds(self) -> dict[str, tuple[str, ...]]:
        """Each kind of actor, and each group, with the ids of its actors, sorted."""
        found: dict[str, set[str]] = {}
        for row in self.tables.actors:
            found.setdefault(row.kind, set()).add(row.id)
        found |= {name: set(members) for name, members in self.groups.items()}
        return {kind: tuple(sorted(ids)) for kind, ids in found.items()}

    def organ_of(self, process: str, actor: str) -> str:
        """Give the organ of an actor that decides a process."""
        return self.tables.deciding(self.processes[process].organ, actor)

    def deciders(self, process: str) -> dict[str, tuple[str, ...]]:
        """Give the organs that decide a process, each with the actors whose organ it is."""
        spec = self.processes[process].senders
        senders = self.kinds.get(spec, self.tables.actor_ids) if isinstance(spec, str) else spec
        found: dict[str, list[str]] = {}
        for actor in senders:
            found.setdefault(self.organ_of(process, actor), []).append(actor)
        return {organ: tuple(actors) for organ, actors in found.items()}

    def explain(self) -> Explanation:
        """Say in words what is fixed, what may happen, and what moves it."""
        from rapallo.scenario.explain import explain

        return explain(self)

    def number(self, parameter: str, day: float) -> float:
        """Give the value of a parameter on a day."""
        value = self.parameters[parameter].value
        for spell in self.spells:
            if spell.parameter == parameter and spell.begins <= day < spell.ends:
                value = spell.value if spell.how == "set" else value * spell.value
        return value

    def with_parameters(self, values: dict[str, float]) -> Scenario:
        """Give the same scenario with other values for some parameters.

        Raises
        ------
        UnknownNameError
            For a parameter that the scenario does not have.
        """
        parameters = dict(self.parameters)
        for name, value in values.items():
            if name not in parameters:
                raise UnknownNameError("parameter", name, parameters)
            parameters[name] = replace(parameters[name], value=float(value))
        return replace(
            self, parameters=parameters, _kept={key: each for key, each in self._kept.items() if key == "record"}
        )
