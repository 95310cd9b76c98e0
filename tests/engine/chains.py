"""Orders so small that the distribution of everything is known exactly, and that distribution.

A chain here has lasting ties and nothing that remembers: its states are all sets of standing ties, its rates the
reference's weights in each of them, and the matrix exponential of its generator is the truth that runs are held to.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy.linalg import expm
from scipy.stats import chi2

from rapallo.engine.plan import make_plan
from rapallo.engine.reference import Reference
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.scenario.load import load
from rapallo.scenario.timeline import timeline
from rapallo.system.calendar import make_calendar
from rapallo.system.history import CHANGES, as_day
from rapallo.system.layer import Layer
from rapallo.system.process import Process
from rapallo.system.world import World
from tests.engine.worlds import PARAMETERS, motive, parameter

BUILT_IN = ("pair", "triad")
HANDMADE = ("intensity", "choice", "coordination", "toggle", "consent", "choice with consent")


@dataclass(frozen=True)
class Chain:
    """A scenario with its exact distribution at the end of its span."""

    plan: Any
    states: dict[tuple[bool, ...], int]
    at_end: np.ndarray
    acts: np.ndarray
    ties: tuple[tuple[str, int, int], ...]


def chain_of(name: str, years: float = 1.5) -> Chain:
    """Build a chain by name and solve it."""
    if name in BUILT_IN:
        scenario = load(name)
        calendar = timeline(scenario, "1920-01-01", "1921-06-30")
    else:
        scenario, calendar = handmade(name, years)
    span = (calendar.end - calendar.start) / 365.25
    twin = Reference(scenario, calendar, 0)
    ties = tuple(_ties(scenario, len(twin.actors)))
    states = {tuple(bool(code >> place & 1) for place in range(len(ties))): code for code in range(2 ** len(ties))}
    rates = np.zeros((len(states), len(states)))
    null = np.zeros(len(states))
    for state, code in states.items():
        _set(twin, ties, state)
        for rate, layer, change, sender, receiver in _acts(twin):
            after = list(state)
            for place, tie in enumerate(ties):
                mutual = scenario.layers[layer].mutual
                if tie == (layer, *(sorted((sender, receiver)) if mutual else (sender, receiver))):
                    after[place] = change == "form"
            rates[code, states[tuple(after)]] += rate
        null[code] = rates[code, code]
    assert not null.any(), "an act that changes nothing would not show in the states"
    opening = tuple(bool(calendar.opening.ties[layer][sender, receiver] > 0) for layer, sender, receiver in ties)
    generator = rates - np.diag(rates.sum(axis=1))
    at_end = expm(generator * span)[states[opening]]
    acts, check = _counts(rates, states[opening], span)
    assert np.allclose(check, at_end, atol=1e-10), "two ways to the exact distribution must agree"
    return Chain(prepared(make_plan(scenario, calendar)), states, at_end, acts, ties)


def observed(chain: Chain, luck: str, seed: int, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """Count the states at the end and the numbers of acts over many runs of the compiled engine."""
    plan = chain.plan.with_switches(luck)
    ends = np.zeros(len(chain.states), dtype=int)
    acts = np.zeros(len(chain.acts), dtype=int)
    for run in range(runs):
        history = simulate_plan(plan, seed, run)
        standing = {name: matrix.copy() for name, matrix in history.initial.items()}
        for layer, change, sender, receiver in zip(
            history.layer, history.change, history.sender, history.receiver, strict=True
        ):
            name = history.layers[layer]
            standing[name][sender, receiver] = CHANGES[change] == "form"
            if history.scenario.layers[name].mutual:
                standing[name][receiver, sender] = CHANGES[change] == "form"
        ends[chain.states[tuple(bool(standing[layer][s, r]) for layer, s, r in chain.ties)]] += 1
        acts[min(len(history), len(acts) - 1)] += 1
    return ends, acts


def g_test(counts: np.ndarray, probabilities: np.ndarray) -> tuple[float, int, float]:
    """Compare counts with probabilities: G, degrees of freedom and p; rare outcomes are taken together."""
    expected = probabilities / probabilities.sum() * counts.sum()
    order = np.argsort(expected)
    cells: list[list[float]] = [[0.0, 0.0]]
    for place in order:
        if cells[-1][1] >= 5.0:
            cells.append([0.0, 0.0])
        cells[-1][0] += counts[place]
        cells[-1][1] += expected[place]
    if len(cells) > 1 and cells[-1][1] < 5.0:
        seen, wanted = cells.pop()
        cells[-1][0] += seen
        cells[-1][1] += wanted
    g = 2.0 * sum(seen * math.log(seen / wanted) for seen, wanted in cells if seen > 0)
    freedom = len(cells) - 1
    return g, freedom, float(chi2.sf(g, freedom))


def handmade(name: str, years: float) -> tuple[Any, Any]:
    """Make an order in which one weighting decides, with endings by intensity."""
    PARAMETERS.clear()
    m = motive
    mutual = name in ("coordination", "consent")
    actors = ["A", "B", "C", "D"] if name == "coordination" else ["A", "B", "C"]
    weighting = {"consent": "intensity", "choice with consent": "choice"}.get(name, name)
    chooses = weighting in ("choice", "toggle", "coordination")
    motives = {
        "intensity": (
            m("begin.constant", "constant", 0.1),
            m("begin.back", "reciprocity", 0.9, network="tie"),
            m("begin.paths", "transitivity", -0.7, network="tie"),
        ),
        "consent": (m("begin.constant", "constant", 0.6), m("begin.degree", "sender_outdegree", 0.5, network="tie")),
        "coordination": (
            m("begin.paths", "transitivity", 0.8, network="tie"),
            m("begin.popular", "receiver_indegree", -0.6, network="tie"),
        ),
    }.get(
        name,
        (
            m("begin.back", "reciprocity", 1.1, network="tie"),
            m("begin.paths", "transitivity", 0.6, network="tie"),
            m("begin.constant", "constant", -0.4),
        ),
    )
    rate: tuple[Any, ...] = ()
    if chooses:
        rate = (m("begin.rate.constant", "constant", 0.9),)
        if weighting != "coordination":
            rate += (m("begin.rate.degree", "sender_outdegree", -0.5, network="tie"),)
    consent: tuple[Any, ...] = ()
    if "consent" in name:
        consent = (
            m("begin.consent.constant", "constant", -0.3),
            m("begin.consent.degree", "sender_indegree", 1.2, network="tie"),
        )
    begin = Process("begin", "…", "ministry", "tie", "form", weighting, "state", "state", (), motives, rate, consent)
    processes = {"begin": begin}
    if name != "toggle":
        ending = (m("cease.constant", "constant", -0.3), m("cease.popular", "receiver_indegree", 0.4, network="tie"))
        processes["cease"] = Process(
            "cease", "…", "ministry", "tie", "end", "intensity", "state", "state", motives=ending
        )
    scenario = SimpleNamespace(
        name=name,
        layers={"tie": Layer("tie", "{sender} and {receiver}", mutual=mutual)},
        quantities={},
        memories={},
        processes=processes,
        yearly={},
        institutions={},
        votes={},
        parameters={key: parameter(key, value) for key, value in PARAMETERS.items()},
        kinds={"state": tuple(actors)},
    )
    world = World(actors, scenario.layers, {}, {})
    world.exists[:] = True
    world.now = as_day("1920-01-01")
    world.act("tie", "form", 0, 1)
    return scenario, make_calendar(world.now, world.now + years * 365.25, world, [])


def _ties(scenario: Any, actors: int) -> Iterator[tuple[str, int, int]]:
    for name, layer in scenario.layers.items():
        for sender in range(actors):
            for receiver in range(actors):
                if sender < receiver or (sender > receiver and not layer.mutual):
                    yield name, sender, receiver


def _set(twin: Reference, ties: tuple[tuple[str, int, int], ...], state: tuple[bool, ...]) -> None:
    for (layer, sender, receiver), stands in zip(ties, state, strict=True):
        twin.world.ties[layer][sender, receiver] = stands
        if twin.world.layers[layer].mutual:
            twin.world.ties[layer][receiver, sender] = stands


def _acts(twin: Reference) -> Iterator[tuple[float, str, str, int, int]]:
    """Give every act of a state with its rate a year, by the formulas of the primitive."""
    for process in twin.scenario.processes.values():
        senders = twin.members(process.senders)
        if process.weighting == "coordination":
            yield from _coordinated(twin, process)
            continue
        for sender in senders:
            options = twin.option_weights(process, sender)
            if process.weighting == "intensity":
                shares = {receiver: math.exp(value) for receiver, value in options.items()}
            else:
                null = 1.0 if process.weighting == "toggle" else 0.0
                total = null + sum(math.exp(value) for value in options.values())
                rate = math.exp(twin.linear(process.rate, sender, sender))
                shares = {receiver: rate * math.exp(value) / total for receiver, value in options.items()}
            for receiver, weight in shares.items():
                change = process.change
                if process.weighting == "toggle" and twin.world.ties[process.layer][sender, receiver] > 0:
                    change = "end"
                yield weight * twin.consent(process, sender, receiver), process.layer, change, sender, receiver


def _coordinated(twin: Reference, process: Process) -> Iterator[tuple[float, str, str, int, int]]:
    options = {sender: twin.option_weights(process, sender) for sender in twin.parties(process)}
    shares = {
        sender: {
            receiver: math.exp(value) / sum(map(math.exp, weights.values())) for receiver, value in weights.items()
        }
        for sender, weights in options.items()
    }
    joint = {
        (sender, receiver): share * shares[receiver][sender]
        for sender, mine in shares.items()
        for receiver, share in mine.items()
        if sender < receiver and sender in shares[receiver]
    }
    if joint:
        first = twin.parties(process)[0]
        rate = math.exp(twin.linear(process.rate, first, first))
        total = sum(joint.values())
        for (sender, receiver), weight in joint.items():
            yield rate * weight / total, process.layer, process.change, sender, receiver


def _counts(rates: np.ndarray, start: int, span: float, most: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Give the distribution of the number of acts, and of the state, by uniformisation (Jensen 1953)."""
    out = rates.sum(axis=1)
    top = float(out.max())
    stay = 1.0 - out / top
    here = np.zeros((most + 1, len(rates)))
    here[0, start] = 1.0
    weight = math.exp(-top * span)
    total = weight * here
    k = 0
    while weight > 1e-18 or k < top * span:
        k += 1
        moved = np.zeros_like(here)
        moved[1:] = here[:-1] @ rates / top
        moved[-1] += here[-1] @ rates / top
        here = here * stay + moved
        weight *= top * span / k
        total = total + weight * here
    return total.sum(axis=1), total.sum(axis=0)
