"""Why an act was done: the terms of its weight, and the alternatives it beat."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from rapallo.effects import get_effect
from rapallo.engine.reference import Reference
from rapallo.system.calendar import replay
from rapallo.system.history import CHANGES, ORIGINS, History, to_iso
from rapallo.system.process import Motive, Process
from rapallo.system.world import World

if TYPE_CHECKING:
    import pandas as pd


_TERMS = ["part", "motive", "effect", "value", "parameter", "contribution", "origin"]
_ALTERNATIVES = ["sender", "receiver", "weight", "share"]


@dataclass(frozen=True, slots=True, eq=False)
class Why:
    """One act, explained from the state just before it.

    Parameters
    ----------
    act
        Position in the history.
    sentence
        What was done, when, by whose decision.
    terms
        Table of ``part`` (``weight``; ``partner``, the receiver's own weighing of the sender where both must
        want it; ``rate`` or ``consent``), ``effect`` (its sentence), ``motive``, ``value``, ``parameter``,
        ``contribution`` and ``origin`` of the parameter.
    alternatives
        Table of the other acts that it competed with (the sender's, or where both must want it all
        pairs'), by falling weight: ``sender``, ``receiver``, ``weight`` (acts per year) and
        ``share`` of the process's whole weight.
    weight
        Weight of the act, in acts per year; ``nan`` where the model has no process for it.
    note
        What a reader must know besides (an act of the record that the model calls impossible, …).
    """

    act: int
    sentence: str
    terms: pd.DataFrame
    alternatives: pd.DataFrame
    weight: float
    note: str = ""

    def __str__(self) -> str:
        lines = [self.sentence]
        if self.note:
            lines.append(self.note)
        if len(self.terms):
            lines.append(self.terms.to_string(index=False, float_format=lambda x: f"{x:.3g}"))
        if len(self.alternatives):
            lines.append("It beat:")
            lines.append(self.alternatives.head(8).to_string(index=False, float_format=lambda x: f"{x:.3g}"))
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return (
            f"<p><b>{escape(self.sentence)}</b></p>{note}{self.terms.to_html(index=False)}"
            f"<p>It beat:</p>{self.alternatives.head(8).to_html(index=False)}"
        )


def why(history: History, act: int) -> Why:
    """Explain one act of a history: recomputed from the state just before it, never stored."""
    import pandas as pd

    layer = history.layers[history.layer[act]]
    change = CHANGES[history.change[act]]
    sender, receiver = int(history.sender[act]), int(history.receiver[act])
    code = int(history.process[act])
    process = history.scenario.processes[history.processes[code]] if code >= 0 else None
    actors = history.actors
    names = {"sender": actors[sender], "receiver": actors[receiver] if receiver >= 0 else ""}
    said = process.says.format(**names) if process else f"{names['sender']} → {names['receiver']}: {layer}, {change}"
    sentence = f"{to_iso(history.time[act])}: {said}"
    origin = ORIGINS[history.origin[act]]
    none = pd.DataFrame(columns=_TERMS), pd.DataFrame(columns=_ALTERNATIVES)
    if process is None or receiver < 0:
        note = (
            "The tie ended because a party ceased to exist."
            if origin == "lapse"
            else "No process of the model decides this: it stands in the record, or follows from a rule."
        )
        return Why(act, sentence, *none, math.nan, note)
    if process.given:
        return Why(act, sentence, *none, math.nan, "Given by the calendar: the model does not decide this.")
    twin = Reference.__new__(Reference)
    twin.scenario, twin.world, twin.actors = history.scenario, world_before(history, act), actors
    twin.numbers = history.calendar.numbers_at(tuple(history.scenario.parameters), float(history.time[act]))
    terms = terms_of(twin, process, sender, receiver)
    weights = weights_of(twin, process, sender, receiver)
    total = sum(weights.values())
    alternatives = pd.DataFrame(
        [
            {
                "sender": actors[s],
                "receiver": actors[r] if r >= 0 else "(leave all as it is)",
                "weight": w,
                "share": w / total if total else math.nan,
            }
            for (s, r), w in sorted(weights.items(), key=lambda each: -each[1])
            if (s, r) != (sender, receiver)
        ],
        columns=_ALTERNATIVES,
    )
    weight = weights.get((sender, receiver), 0.0)
    notes = []
    if weight == 0.0:
        reason = refusal(twin, process, sender, receiver) or "its weight is zero"
        notes.append(f"The model calls this act impossible at its date: {reason}.")
    if origin == "record":
        notes.append(f"An act of the record ({'' if history.ids is None else history.ids[act]}).")
    return Why(act, sentence, terms, alternatives, weight, " ".join(notes))


def terms_of(twin: Reference, process: Process, sender: int, receiver: int) -> pd.DataFrame:
    """Give the terms of an act's weight in the twin's world."""
    import pandas as pd

    mutual = process.weighting == "coordination"
    chooser = twin.parties(process)[0] if mutual else sender
    return pd.DataFrame(
        [
            *_terms(twin, process.motives, "weight", sender, receiver),
            *(_terms(twin, process.motives, "partner", receiver, sender) if mutual else ()),
            *_terms(twin, process.rate, "rate", chooser, chooser),
            *_terms(twin, process.consent, "consent", receiver, sender),
        ],
        columns=_TERMS,
    )


def weights_of(twin: Reference, process: Process, sender: int, receiver: int) -> dict[tuple[int, int], float]:
    """Give the weights of an act and of those it competes with, in acts per year; what is not allowed is not there."""
    if process.weighting == "coordination":
        return _coordinated(twin, process, (sender, receiver))
    return _weights(twin, process, sender)


def world_before(history: History, act: int) -> World:
    """Rebuild the state just before an act."""
    return replay(history, math.nextafter(float(history.time[act]), -math.inf))


def _terms(twin: Reference, motives: tuple[Motive, ...], part: str, first: int, second: int) -> list[dict[str, Any]]:
    rows = []
    for motive in motives:
        effect = get_effect(motive.effect)
        reads = {slot: dict(motive.reads).get(slot, slot) for slot in effect.reads}
        settings = {**dict(effect.settings), **dict(motive.settings)}
        value = float(effect(twin.world.view(first, reads, settings), first, second))
        parameter = twin.scenario.parameters[motive.parameter]
        rows.append(
            {
                "part": part,
                "motive": motive.name,
                "effect": effect.says,
                "value": value,
                "parameter": twin.number(motive.parameter),
                "contribution": value * twin.number(motive.parameter),
                "origin": parameter.origin,
            }
        )
    return rows


def _weights(twin: Reference, process: Process, sender: int) -> dict[tuple[int, int], float]:
    """Weights of the acts that competed: the sender's options, in acts per year."""
    if process.weighting == "intensity":
        found = {}
        for receiver in twin.members(process.receivers):
            if twin.allowed(process, sender, receiver):
                weight = math.exp(twin.linear(process.motives, sender, receiver))
                found[sender, receiver] = weight * twin.consent(process, sender, receiver)
        return found
    options = twin.option_weights(process, sender)
    if not options:
        return {}
    null = 1.0 if process.weighting == "toggle" else 0.0
    total = null + sum(math.exp(value) for value in options.values())
    rate = math.exp(twin.linear(process.rate, sender, sender))
    found = {
        (sender, receiver): rate * math.exp(value) / total * twin.consent(process, sender, receiver)
        for receiver, value in options.items()
    }
    if null:
        found[sender, -1] = rate / total
    return found


def _coordinated(twin: Reference, process: Process, act: tuple[int, int]) -> dict[tuple[int, int], float]:
    """Weights of all pairs that may coordinate, in acts per year; the act's own pair as the act has it."""
    shares: dict[int, dict[int, float]] = {}
    for party in twin.parties(process):
        options = {each: math.exp(value) for each, value in twin.option_weights(process, party).items()}
        total = sum(options.values())
        shares[party] = {each: value / total for each, value in options.items()}
    joint = {
        act if (second, first) == act else (first, second): share * shares[second][first]
        for first, mine in shares.items()
        for second, share in mine.items()
        if first < second and first in shares.get(second, {})
    }
    chooser = twin.parties(process)[0]
    rate = math.exp(twin.linear(process.rate, chooser, chooser)) / (sum(joint.values()) or 1.0)
    return {pair: rate * weight for pair, weight in joint.items()}


def refusal(twin: Reference, process: Process, sender: int, receiver: int) -> str:
    """Say which part of the mask forbids an act; empty where it is allowed."""
    world = twin.world
    for who in (sender, receiver):
        if not world.exists[who]:
            return f"{twin.actors[who]} does not exist then"
    layer = world.layers[process.layer]
    if layer.lasting and process.weighting != "toggle":
        standing = world.ties[process.layer][sender, receiver] > 0
        if process.change == "form" and standing:
            return f"the tie of {process.layer} stands already"
        if process.change in ("end", "expose") and not standing:
            return f"no tie of {process.layer} stands"
        if process.change == "expose" and world.known[process.layer][sender, receiver]:
            return f"the tie of {process.layer} is known to all already"
    for text in process.allowed:
        if not twin.holds(text, sender, receiver):
            return f"the condition {text!r} does not hold"
    for side, spec, actor in (("sender", process.senders, sender), ("receiver", process.receivers, receiver)):
        inside = actor in twin.members(spec)
        if isinstance(spec, str) and spec in world.attributes and spec not in twin.scenario.kinds:
            inside = bool(world.attributes[spec][actor] > 0)
        if not inside:
            return f"{twin.actors[actor]} is no {side} of the process ({spec})"
    return "" if twin.allowed(process, sender, receiver) else "a restriction forbids it, or there is nothing left to do"
