"""Which acts of a process are allowed at a moment, for all pairs at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import UnknownNameError
from rapallo.scenario.condition import read_condition
from rapallo.system.process import Process
from rapallo.system.world import World


def members(scenario: Any, world: World, spec: str | tuple[str, ...]) -> NDArray[np.bool_]:
    """Give which actors a senders or receivers entry means at this moment."""
    if not isinstance(spec, str):
        return np.isin(np.array(world.actors), spec)
    if spec in scenario.kinds:
        return np.isin(np.array(world.actors), scenario.kinds[spec])
    if spec in world.actors:
        return np.asarray(np.array(world.actors) == spec)
    if spec in world.attributes:
        return np.asarray(world.attributes[spec] > 0)
    raise UnknownNameError("kind of actor, attribute or actor", spec, [*scenario.kinds, *world.attributes])


def parties(scenario: Any, world: World, process: Process) -> NDArray[np.bool_]:
    """Give who may coordinate: whoever can ever be both sender and receiver."""
    both = np.ones(len(world.actors), dtype=bool)
    for spec in (process.senders, process.receivers):
        if not isinstance(spec, str) or spec in scenario.kinds or spec in world.actors:
            both &= members(scenario, world, spec)
    return both


def read_by_mask(scenario: Any, process: Process) -> set[str]:
    """Give the names of what a process's mask reads, beside who exists."""
    found = {process.layer, process.senders, process.receivers}
    found |= {institution.restricts for institution in scenario.institutions.values()}
    for text in process.allowed:
        condition = read_condition(text)
        assert condition is not None
        found.add(condition.name)
    return {name for name in found if isinstance(name, str)}


def allowed_pairs(scenario: Any, world: World, process: Process) -> NDArray[np.bool_]:
    """Give which pairs a process may act on, shape ``(actors, actors)``, indexed ``[sender, receiver]``.

    It states for all pairs what ``engine.reference`` states for one; a test holds the two equal.
    """
    mask = np.outer(
        world.exists & members(scenario, world, process.senders),
        world.exists & members(scenario, world, process.receivers),
    )
    np.fill_diagonal(mask, False)
    layer = world.layers[process.layer]
    ties = world.ties[process.layer] > 0
    if layer.lasting and process.weighting != "toggle":
        if process.change == "form":
            mask &= ~ties
        elif process.change in ("end", "expose"):
            mask &= ties
        if process.change == "expose":
            mask &= ~world.known[process.layer]
        if process.change == "discover":
            wrong = ties[None, :, :] != (world.seen[process.layer] > 0)
            mask &= wrong.any(axis=2) | wrong.any(axis=1)
    for institution in scenario.institutions.values():
        if process.name in institution.forbids:
            mask &= ~(world.attributes[institution.restricts] > 0)[:, None]
    for text in process.allowed:
        condition = read_condition(text)
        assert condition is not None
        table = next(t for t in (world.ties, world.attributes, world.pairs, world.shown) if condition.name in t)
        values = table[condition.name] > 0
        if condition.side == "reversed":
            values = values.T
        elif condition.side == "sender":
            values = values[:, None]
        elif condition.side == "receiver":
            values = values[None, :]
        mask &= values != condition.negated
    return mask
