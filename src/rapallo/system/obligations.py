"""What an institution's findings oblige its members to, followed along a history: acts alone do not carry it."""

from __future__ import annotations

from typing import Any

from rapallo.system.history import CHANGES, ORIGINS, History
from rapallo.system.institution import Institution, Rule
from rapallo.system.world import World


class Obligations:
    """The obligations of a scenario's institutions, kept on a world act by act.

    Parameters
    ----------
    scenario
        The scenario whose rules in force are followed.
    """

    def __init__(self, scenario: Any) -> None:
        self.rules: list[tuple[Institution, Rule]] = [
            (institution, rule)
            for institution in scenario.institutions.values()
            for rule in institution.rules
            if rule.active
        ]
        self.due: list[set[tuple[int, float]]] = [set() for _ in self.rules]

    def follow(self, world: World, history: History, act: int) -> None:
        """Bring the obligations up to date after an act that the world has been through."""
        layer, change = history.layers[history.layer[act]], CHANGES[history.change[act]]
        sender, receiver, time = int(history.sender[act]), int(history.receiver[act]), float(history.time[act])
        for (institution, rule), due in zip(self.rules, self.due, strict=True):
            trigger, obliged = rule.trigger, world.pairs[rule.obligation]
            attacks = world.ties[trigger.layer] > 0
            if layer == trigger.layer and change == trigger.ends_with and not attacks[sender].any():
                obliged[:, sender] = 0.0
            if layer == trigger.layer and change == trigger.change:
                due.add((sender, time + trigger.after))
            # a simulated finding belongs to the case that fell due with it; a recorded one to the rule in force
            elif layer == rule.layer and ((receiver, time) in due or ORIGINS[history.origin[act]] == "record"):
                home = history.actors.index(institution.actor)
                if rule.finding == "each member":
                    obliged[sender, receiver] = rule.obliges
                elif sender == home:
                    bound = (world.ties[institution.membership][:, home] > 0) & ~attacks[receiver]
                    bound[receiver] = False
                    obliged[bound, receiver] = rule.obliges
