"""A small order with one process of each weighting, whose parameters a fit must give back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from rapallo.scenario.parameter import Parameter
from rapallo.system.calendar import ATTRIBUTE, TICK, Calendar, make_calendar
from rapallo.system.history import as_day
from rapallo.system.layer import Layer
from rapallo.system.memory import Memory
from rapallo.system.process import Motive, Process
from rapallo.system.quantity import Quantity
from rapallo.system.world import World

YEAR = 365.25
"""Days."""

TRUE = {
    "raid.constant": -0.3,
    "raid.distance": -0.6,
    "raid.answered": 0.2,
    "raid.size": 0.4,
    "court.fame": 0.25,
    "court.distance": -0.5,
    "court.size": 0.5,
    "court.rate.constant": 0.7,
    "court.rate.size": 0.5,
    "meet.distance": -0.5,
    "meet.size": 0.4,
    "meet.rate.constant": 2.6,
    "ally.constant": -1.6,
    "ally.shared": 0.2,
    "leave.constant": 0.2,
    "strike.constant": -0.8,
    "strike.distance": -0.5,
    "strike.size": 0.4,
    "woo.rate.constant": 3.0,
    "woo.rate.size": 0.4,
    "woo.distance": -0.5,
    "woo.size": 0.5,
    "woo.consent.constant": 0.2,
    "woo.consent.mood": 1.5,
}
"""Every parameter, by full name."""


ANSWERS = {"answer.constant": 0.4, "answer.mood": 0.8, "answer.distance": -0.5}
"""What moves the receiver of an offer to agree, where answers are recorded."""

FITS = (
    ("raid", None),
    ("court", None),
    ("court", "rate"),
    ("meet", None),
    ("meet", "rate"),
    ("ally", None),
    ("leave", None),
    ("strike", None),
    ("woo", "joint"),
)
"""The fits that together give every parameter back: process and model."""

BY_ORDER = (
    ("strike", "intensity", "~ tie(distance, weighted) + alter(size)", ("strike.distance", "strike.size")),
    ("court", "rate", "~ ego(size)", ("court.rate.size",)),
    (
        "woo",
        "joint",
        "~ ego(size) | tie(distance, weighted) + alter(size) | 1 + ego(mood)",
        ("woo.rate.size", "woo.distance", "woo.size", "woo.consent.constant", "woo.consent.mood"),
    ),
)
"""Fits of the order of acts alone, from event data: process, model, formula, and the parameters in its order."""

GIVEN = {"woo": {"consent Intercept": "woo.consent.constant"}}
"""What the order of so few acts alone does not tell: it is held at its value there."""


def as_events(history: Any, process: str) -> Any:
    """Give the acts of a process as event data with times in years, beside what the order's effects read."""
    import pandas as pd

    import rapallo as rp

    calendar = history.calendar
    opening, names = calendar.opening, list(history.actors)
    nodes = {"label": names, **{name: opening.attributes[name] for name in ("size", "mood")}}
    of_size = np.flatnonzero(calendar.kind == ATTRIBUTE)
    sizes = {"node": [names[k] for k in calendar.sender[of_size]], "replace": calendar.value[of_size]}
    mine = np.flatnonzero(history.process == history.processes.index(process))
    parties = [[names[k] for k in side[mine]] for side in (history.sender, history.receiver)]
    acts = {"time": history.time[mine] / YEAR, "sender": parties[0], "receiver": parties[1]}
    return (
        rp.EventData(pd.DataFrame(nodes))
        .with_attribute_changes("size", {"time": calendar.time[of_size] / YEAR, **sizes})
        .with_network("distance", initial=opening.pairs["distance"])
        .with_network(process, changes=acts)
    )


def order(actors: int = 8, years: int = 8) -> tuple[Any, Calendar]:
    """Make the order and its calendar."""
    names = [f"A{k:02d}" for k in range(actors)]

    def motive(parameter: str, effect: str, **reads: str) -> Motive:
        return Motive(parameter.rsplit(".", 1)[1], effect, tuple(reads.items()), (), parameter)

    def process(name: str, layer: str, change: str, weighting: Any, motives: Any, *parts: Any) -> Process:
        return Process(name, name, "ministry", layer, change, weighting, "state", "state", (), motives, *parts)

    processes = (
        process(
            "raid",
            "raid",
            "form",
            "intensity",
            (
                motive("raid.constant", "constant"),
                motive("raid.distance", "pair_value", pair="distance"),
                motive("raid.answered", "reverse_value", pair="raids"),
                motive("raid.size", "receiver_value", attribute="size"),
            ),
        ),
        process(
            "court",
            "court",
            "form",
            "choice",
            (
                motive("court.fame", "received_recently", memory="courted"),
                motive("court.distance", "pair_value", pair="distance"),
                motive("court.size", "receiver_value", attribute="size"),
            ),
            (motive("court.rate.constant", "constant"), motive("court.rate.size", "sender_value", attribute="size")),
        ),
        process(
            "meet",
            "meet",
            "form",
            "coordination",
            (
                motive("meet.distance", "pair_value", pair="distance"),
                motive("meet.size", "receiver_value", attribute="size"),
            ),
            (motive("meet.rate.constant", "constant"),),
        ),
        process(
            "ally",
            "pact",
            "form",
            "intensity",
            (motive("ally.constant", "constant"), motive("ally.shared", "transitivity", network="pact")),
        ),
        process("leave", "pact", "end", "intensity", (motive("leave.constant", "constant"),)),
        process(
            "strike",
            "strike",
            "form",
            "intensity",
            (
                motive("strike.constant", "constant"),
                motive("strike.distance", "pair_value", pair="distance"),
                motive("strike.size", "receiver_value", attribute="size"),
            ),
        ),
        process(
            "woo",
            "woo",
            "form",
            "choice",
            (
                motive("woo.distance", "pair_value", pair="distance"),
                motive("woo.size", "receiver_value", attribute="size"),
            ),
            (motive("woo.rate.constant", "constant"), motive("woo.rate.size", "sender_value", attribute="size")),
            (
                motive("woo.consent.constant", "constant"),
                motive("woo.consent.mood", "sender_value", attribute="mood"),
            ),
        ),
    )
    scenario = SimpleNamespace(
        name="recovered",
        organ_of=lambda process, actor: "ministry",
        layers={
            "raid": Layer("raid", "raids", lasting=False),
            "court": Layer("court", "courts", lasting=False),
            "meet": Layer("meet", "meets", mutual=True, lasting=False),
            "strike": Layer("strike", "strikes", lasting=False),
            "woo": Layer("woo", "woos", lasting=False),
            "pact": Layer("pact", "is allied to", mutual=True),
        },
        quantities={
            "size": Quantity("size", "actor", "size", missing="stated"),
            "mood": Quantity("mood", "actor", "mood", missing="stated"),
            "distance": Quantity("distance", "pair", "distance", missing="stated"),
        },
        memories={
            "raids": Memory("raids", "raid", "form", "pair", 0.5),
            "courted": Memory("courted", "court", "form", "receiver", 0.5),
        },
        processes={each.name: each for each in processes},
        yearly={},
        institutions={},
        votes={},
        parameters={
            name: Parameter(name, value, value - 1, value + 1, "assumed", "made up") for name, value in TRUE.items()
        },
        kinds={"state": tuple(names)},
    )
    rng = np.random.default_rng(3)
    world = World(names, scenario.layers, scenario.quantities, scenario.memories)
    start, end = as_day("1920-01-01"), as_day(f"{1920 + years}-01-01")
    world.now = start
    world.exists[:] = True
    world.attributes["size"][:] = np.round(rng.normal(0, 1, actors), 2)
    distance = np.round(rng.random((actors, actors)) * 2, 2)
    world.pairs["distance"][:] = distance + distance.T
    world.attributes["mood"][:] = np.round(np.random.default_rng(4).normal(0, 1.5, actors), 2)
    firsts = [float(as_day(f"{1920 + m // 12}-{m % 12 + 1:02d}-01")) for m in range(years * 12 + 1)]
    world.tick(start, firsts[1])
    entries = [{"time": firsts[k], "kind": TICK, "what": 0, "value": firsts[k + 1]} for k in range(1, len(firsts) - 1)]
    for year in range(1, years):
        node = int(rng.integers(0, actors))
        there = as_day(f"{1920 + year}-06-15")
        entries.append({"time": there, "kind": ATTRIBUTE, "what": 0, "sender": node, "value": float(rng.normal())})
    return scenario, make_calendar(start, end, world, entries)
