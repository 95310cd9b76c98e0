"""Changes to ties: what is forbidden, kept, held in place or carried out, whatever the weights."""

from __future__ import annotations

from dataclasses import replace

from rapallo.errors import RapalloError
from rapallo.record.edtf import read_date
from rapallo.record.rows import ActRow
from rapallo.scenario.kind_of_change import ALWAYS, DAY, NAME, PAIR, SPAN, Change, actor, actors, both, known, override
from rapallo.scenario.scenario import Scenario
from rapallo.system.process import Process
from rapallo.system.quantity import Quantity


class Forbid(Change):
    """No tie of a layer forms between two, whatever the weights."""

    pattern = rf"forbid (?P<layer>{NAME}) {PAIR}{SPAN}"
    right = "forbid LAYER SENDER-RECEIVER [since YYYY-MM-DD] [until YYYY-MM-DD]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        return _gate_pairs(scenario, self.parts, "form")

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        known(self.parts["layer"], scenario.layers, "layer")
        return f"no {self.parts['layer']} between {both(self.parts)} may come about{self.span}"


class Keep(Change):
    """No tie of a layer between two ends, whatever the weights."""

    pattern = rf"keep (?P<layer>{NAME}) {PAIR}{SPAN}"
    right = "keep LAYER SENDER-RECEIVER [since YYYY-MM-DD] [until YYYY-MM-DD]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        return _gate_pairs(scenario, self.parts, "end")

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        known(self.parts["layer"], scenario.layers, "layer")
        return f"where {self.parts['layer']} stands between {both(self.parts)}, it does not end{self.span}"


class Hold(Change):
    """A tie that stands for a span: it is formed where it does not stand, and does not end."""

    pattern = (
        rf"hold (?P<layer>{NAME}) (?P<sender>[A-Za-z0-9_]+)-(?P<receiver>[A-Za-z0-9_]+)"
        rf" (?:from|since) (?P<since>{DAY})(?: (?:to|until) (?P<until>{DAY}))?"
    )
    right = "hold LAYER SENDER-RECEIVER since YYYY-MM-DD [until YYYY-MM-DD]"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        layer = known(self.parts["layer"], scenario.layers, "layer")
        if not layer.lasting:
            raise RapalloError(f"{self.text!r}: a tie of {layer.name} does not last; force an act instead")
        mine = [
            each
            for each in scenario.processes.values()
            if (each.layer, each.change) == (layer.name, "form") and not each.given
        ]
        if not mine:
            raise RapalloError(f"no process of the model can form {layer.name}; there is nothing to hold")
        row = _act(scenario, mine[0], self.parts["sender"], self.parts["receiver"], self.parts["since"], "hold")
        tables = replace(scenario.tables, acts=(*scenario.tables.acts, row))
        made = replace(scenario, tables=tables, forced=scenario.forced | {row.id}, held=scenario.held | {row.id})
        return _gate_pairs(made, self.parts, "end", needed=False)

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        known(self.parts["layer"], scenario.layers, "layer")
        return f"{self.parts['layer']} stands between {both(self.parts)}{self.span}, whatever the weights"


class Force(Change):
    """An act that is carried out at its date, whatever the weights, and uses up no luck."""

    pattern = rf"(?:force|add) (?P<process>{NAME}) {PAIR} on (?P<day>{DAY})"
    right = "force PROCESS SENDER-RECEIVER on YYYY-MM-DD (or add …)"

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario."""
        process = known(self.parts["process"], scenario.processes, "process")
        row = _act(scenario, process, self.parts["sender"], self.parts["receiver"], self.parts["day"], "force")
        tables = replace(scenario.tables, acts=(*scenario.tables.acts, row))
        return replace(scenario, tables=tables, forced=scenario.forced | {row.id})

    def sentence(self, scenario: Scenario) -> str:
        """Say the change in words."""
        process = known(self.parts["process"], scenario.processes, "process")
        who = {side: actor(scenario, self.parts[side]) for side in ("sender", "receiver")}
        return f"on {self.parts['day']} {process.says.format(**who)}, whatever the weights"


def _act(scenario: Scenario, process: Process, first: str, second: str, day: str, how: str) -> ActRow:
    """Give the row of an act that an intervention carries out."""
    sender, receiver = actor(scenario, first), actor(scenario, second)
    return ActRow(
        id=f"{how}:{process.name}:{sender}-{receiver}:{day}",
        date=read_date(day),
        public_from=None,
        known_to=(),
        occasion="",
        layer=process.layer,
        process=process.name,
        organ=scenario.organ_of(process.name, sender),
        sender=sender,
        receiver=receiver,
        change=process.change,
        title="",
        source=(),
        look_up=(),
        locator="",
        basis="invented",
        certainty="low",
        reading="",
        depends_on=(),
        note="an intervention",
        line=10**9,
        not_public=False,
    )


def _gate_pairs(scenario: Scenario, parts: dict[str, str], change: str, needed: bool = True) -> Scenario:
    """Shut the masks of every process that makes a change of a layer, for some pairs and a span."""
    known(parts["layer"], scenario.layers, "layer")
    gate = f"{'forbidden' if change == 'form' else 'kept'}_{parts['layer']}"
    mine = [
        name
        for name, process in scenario.processes.items()
        if process.layer == parts["layer"] and process.change == change and not process.given
    ]
    if not mine and not needed:
        return scenario
    if not mine:
        raise RapalloError(f"no process of the model can {change} {parts['layer']}; there is nothing to forbid")
    quantities = dict(scenario.quantities)
    processes = dict(scenario.processes)
    if gate not in quantities:
        quantities[gate] = Quantity(gate, "pair", gate.replace("_", " "), missing="allowed")
        for name in mine:
            processes[name] = replace(processes[name], allowed=(*processes[name].allowed, f"not {gate}"))
    made = replace(scenario, quantities=quantities, processes=processes)
    for sender in actors(scenario, parts["sender"]):
        for receiver in actors(scenario, parts["receiver"]):
            for first, second in ((sender, receiver), (receiver, sender)):
                if first != second:
                    since = parts.get("since") or ALWAYS
                    made = override(made, quantities[gate], first, second, 1.0, since, parts.get("until"))
    return made
