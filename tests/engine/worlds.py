"""Small made-up orders in which every part of the engine has something to do."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from rapallo.scenario.parameter import Parameter
from rapallo.system.calendar import ACT, ATTRIBUTE, EXISTS, HOLD, NUMBER, PAIR, TICK, YEARLY, make_calendar
from rapallo.system.history import as_day
from rapallo.system.institution import Institution, Rule, Trigger
from rapallo.system.layer import Layer
from rapallo.system.memory import Memory
from rapallo.system.process import Motive, Process, Yearly
from rapallo.system.quantity import Quantity
from rapallo.system.world import World

PARAMETERS: dict[str, float] = {}


def motive(parameter, effect, value, settings=(), **reads):
    """One effect in use; its parameter is noted beside."""
    PARAMETERS[parameter] = value
    return Motive(parameter.rsplit(".", 1)[1], effect, tuple(reads.items()), tuple(settings), parameter)


def parameter(name, value):
    return Parameter(name, value, value - 1, value + 1, "assumed", "made up")


def full_order(
    actors=6,
    years=6,
    scale=0.0,
    weightings=("intensity", "choice", "coordination", "toggle"),
    numbers=(),
    holds=(),
    secrets=(),
):
    """An order with every weighting, consent, views, memories, an institution, flows and a calendar."""
    names = [f"A{k:02d}" for k in range(actors)] + ["CLUB"]
    PARAMETERS.clear()
    layers = {
        layer.name: layer
        for layer in (
            Layer("pact", "{sender} and {receiver}", mutual=True),
            Layer("trust", "{sender} trusts {receiver}", views=True),
            Layer("plot", "{sender} and {receiver} plot", mutual=True, covert=True),
            Layer("quarrel", "{sender} quarrels with {receiver}", lasting=False),
            Layer("war", "{sender} attacks {receiver}"),
            Layer("membership", "{sender} in {receiver}"),
            Layer("finding", "{sender} finds {receiver} in breach", lasting=False),
            Layer("sanction", "{sender} sanctions {receiver}"),
        )
    }
    quantities = {
        each.name: each
        for each in (
            Quantity("size", "actor", "size"),
            Quantity("council", "actor", "council seat"),
            Quantity("bound", "actor", "under restriction"),
            Quantity("arms", "actor", "hidden arms", written=True),
            Quantity("distance", "pair", "distance"),
            Quantity("obligation", "pair", "obliged", written=True),
            Quantity("trade", "pair", "trade", written=True),
        )
    }
    memories = {
        each.name: each
        for each in (
            Memory("quarrels", "quarrel", "form", "pair", 1.0),
            Memory("old_pacts", "pact", "end", "pair", 0.7, weight="size"),
            Memory("pacts_of", "pact", "form", "sender", 2.0),
            Memory("trusted", "trust", "form", "receiver", 0.5),
            Memory("exposures", "plot", "expose", "system", 1.0),
            Memory("findings", "finding", "form", "receiver", float("inf")),
        )
    }
    m = motive
    processes = {
        each.name: each
        for each in (
            Process(
                "agree",
                "agree",
                "ministry",
                "pact",
                "form",
                "intensity",
                "state",
                "state",
                ("not war", "not war reversed", "sender.size"),
                motives=(
                    m("agree.constant", "constant", -2.5 + scale),
                    m("agree.distance", "pair_value", -0.3, pair="distance"),
                    m("agree.trans", "transitivity", 0.3, network="pact"),
                    m("agree.quarrels", "pair_recently", -0.5, memory="quarrels"),
                    m("agree.exposures", "system_recently", 0.2, memory="exposures"),
                ),
                consent=(
                    m("agree.consent.constant", "constant", 0.4),
                    m("agree.consent.plots", "receiver_indegree", -0.5, network="plot"),
                    m("agree.consent.trust", "tie", 1.0, network="trust"),
                ),
            ),
            Process(
                "part",
                "part",
                "ministry",
                "pact",
                "end",
                "intensity",
                "state",
                "state",
                motives=(
                    m("part.constant", "constant", -2.0 + scale),
                    m("part.shared", "shared_rival", -0.5, dispute="quarrels"),
                ),
            ),
            Process(
                "favour",
                "favour",
                "ministry",
                "trust",
                "form",
                "choice",
                "state",
                "state",
                motives=(
                    m("favour.recip", "reciprocity", 1.0, network="trust"),
                    m("favour.popular", "received_recently", 0.5, memory="trusted"),
                    m("favour.size", "receiver_value", 0.4, attribute="size"),
                ),
                rate=(
                    m("favour.rate.constant", "constant", -0.5 + scale),
                    m("favour.rate.size", "sender_value", 0.2, attribute="size"),
                ),
            ),
            Process(
                "court",
                "court",
                "court",
                "quarrel",
                "form",
                "choice",
                ("A00", "A01", "A02"),
                "state",
                motives=(
                    m("court.trade", "pair_value", 0.1, pair="trade"),
                    m("court.plot", "tie", -1.0, network="plot"),
                ),
                rate=(m("court.rate.constant", "constant", 0.2 + scale),),
                consent=(
                    m("court.consent.constant", "constant", 0.1),
                    m("court.consent.size", "receiver_value", 0.3, attribute="size"),
                ),
            ),
            Process(
                "waver",
                "waver",
                "ministry",
                "trust",
                "form",
                "toggle",
                ("A03", "A04"),
                "state",
                motives=(m("waver.constant", "constant", -0.8), m("waver.recip", "reciprocity", 0.6, network="trust")),
                rate=(m("waver.rate.constant", "constant", 0.4 + scale),),
            ),
            Process(
                "ally",
                "ally",
                "ministry",
                "pact",
                "form",
                "coordination",
                "state",
                "state",
                ("not war",),
                motives=(
                    m("ally.trust", "tie", 0.7, network="trust"),
                    m("ally.size", "receiver_value", 0.3, attribute="size"),
                ),
                rate=(m("ally.rate.constant", "constant", 0.0 + scale),),
            ),
            Process(
                "conspire",
                "conspire",
                "staff",
                "plot",
                "form",
                "intensity",
                "state",
                "state",
                motives=(
                    m("conspire.constant", "constant", -3.0 + scale),
                    m("conspire.trust", "tie", 0.5, network="trust"),
                ),
            ),
            Process(
                "desist",
                "desist",
                "staff",
                "plot",
                "end",
                "intensity",
                "state",
                "state",
                motives=(m("desist.constant", "constant", -1.5 + scale),),
            ),
            Process(
                "expose",
                "expose",
                "press",
                "plot",
                "expose",
                "intensity",
                "state",
                "state",
                motives=(m("expose.constant", "constant", -2.0 + scale),),
            ),
            Process(
                "spy",
                "spy",
                "staff",
                "plot",
                "discover",
                "intensity",
                "size",
                "state",
                motives=(m("spy.constant", "constant", -3.0 + scale),),
            ),
            Process(
                "arm",
                "arm",
                "staff",
                "quarrel",
                "refuse",
                "intensity",
                ("A00", "A01"),
                "state",
                ("not old_pacts", "not quarrels reversed"),
                motives=(
                    m("arm.constant", "constant", -1.0 + scale),
                    m("arm.paths", "transitivity", 0.4, network="old_pacts"),
                ),
            ),
            Process(
                "punish",
                "punish",
                "ministry",
                "sanction",
                "form",
                "intensity",
                "state",
                "state",
                ("obligation",),
                motives=(m("punish.constant", "constant", 2.0), m("punish.pact", "tie", -2.0, network="pact")),
            ),
            Process(
                "forgive",
                "forgive",
                "ministry",
                "sanction",
                "end",
                "intensity",
                "state",
                "state",
                ("not obligation",),
                motives=(m("forgive.constant", "constant", 3.0),),
            ),
            Process("attack", "attack", "ministry", "war", "form", "intensity", "state", "state", given=True),
        )
        if each.weighting in weightings
    }
    yearly = {
        "trade": Yearly(
            "trade",
            "trade",
            "flow",
            "trade",
            ("A00",),
            "state",
            motives=(m("trade.constant", "constant", 0.5), m("trade.pact", "tie", 0.6, network="pact")),
            noise="trade.noise",
        ),
        "arms": Yearly(
            "arms",
            "arms",
            "stock",
            "arms",
            ("A00", "A01"),
            "state",
            motives=(m("arms.plot", "tie", 0.5, network="plot"),),
            retention="arms.retention",
        ),
    }
    PARAMETERS.update({"club.breach.shock": 0.8, "trade.noise": 0.3, "arms.retention": 0.9})
    institutions = {
        "club": Institution(
            "club",
            "a club",
            "CLUB",
            "membership",
            "council",
            (
                Rule(
                    "breach",
                    Trigger("war", "form", ("sender.size",), 5.0),
                    "each member",
                    "finding",
                    "obligation",
                    shock="club.breach.shock",
                ),
                Rule("word", Trigger("war", "form", (), 9.0), "majority", "finding", "obligation", 2.0),
            ),
        ),
        "bonds": Institution("bonds", "a restriction", restricts="bound", forbids=("arm",)),
    }
    votes = {
        "club.breach": (m("club.breach.constant", "constant", 0.5), m("club.breach.pact", "tie", -1.0, network="pact")),
        "club.word": (m("club.word.constant", "constant", 1.0),),
    }
    scenario = SimpleNamespace(
        name="full",
        layers=layers,
        quantities=quantities,
        memories=memories,
        processes=processes,
        yearly=yearly,
        institutions=institutions,
        votes=votes,
        parameters={name: parameter(name, value) for name, value in PARAMETERS.items()},
        kinds={"state": tuple(names[:-1]), "institution": ("CLUB",)},
        organ_of=lambda process, actor: processes[process].organ,
    )
    return scenario, calendar_of(scenario, names, years, numbers, holds, secrets)


def calendar_of(scenario, names, years, numbers=(), holds=(), secrets=()):
    """A calendar with entries of every kind."""
    rng = np.random.default_rng(7)
    start = as_day("1920-01-01")
    end = as_day(f"{1920 + years}-01-01")
    world = World(names, scenario.layers, scenario.quantities, scenario.memories)
    n = len(names)
    world.now = start
    world.exists[:] = True
    world.exists[2] = False
    world.attributes["size"][:] = np.round(rng.random(n), 2)
    world.attributes["council"][:3] = 1.0
    world.attributes["bound"][0] = 1.0
    distance = np.round(rng.random((n, n)) * 2, 2)
    world.pairs["distance"][:] = distance + distance.T
    firsts = [float(as_day(f"{1920 + m // 12}-{m % 12 + 1:02d}-01")) for m in range(years * 12 + 1)]
    world.tick(start, firsts[1])
    for member in range(n - 2):
        if member != 2:
            world.act("membership", "form", member, n - 1)
    world.act("pact", "form", 0, 1)
    world.act("plot", "form", 3, 4)
    entries = [{"time": firsts[k], "kind": TICK, "what": 0, "value": firsts[k + 1]} for k in range(1, len(firsts) - 1)]
    entries += [{"time": as_day(f"{1920 + y + 1}-01-01"), "kind": YEARLY, "what": 1920 + y} for y in range(years - 1)]
    wars = [(1, 4, "1921-03-05", "1923-02-01"), (4, 0, "1922-07-01", "1922-10-10")]
    change = {"form": 0, "end": 1}
    war = list(scenario.layers).index("war")
    process = list(scenario.processes).index("attack")
    for occasion, (sender, receiver, begins, ends) in enumerate(wars):
        for what, day in (("form", begins), ("end", ends)):
            entries.append(
                {
                    "time": as_day(day) + 0.5,
                    "kind": ACT,
                    "what": war,
                    "sender": sender,
                    "receiver": receiver,
                    "change": change[what],
                    "process": process if what == "form" else -1,
                    "occasion": occasion,
                }
            )
    entries += [
        {"time": as_day("1920-09-01"), "kind": EXISTS, "sender": 2, "value": 1.0},
        {"time": as_day("1923-09-01"), "kind": EXISTS, "sender": 3, "value": 0.0},
        {"time": as_day("1921-06-15"), "kind": ATTRIBUTE, "what": 2, "sender": 0, "value": 0.0},
        {"time": as_day("1922-01-01"), "kind": ATTRIBUTE, "what": 0, "sender": 4, "value": 0.0},
        {"time": as_day("1922-06-15"), "kind": PAIR, "what": 0, "sender": 1, "receiver": 0, "value": 3.0},
    ]
    names_of = list(scenario.parameters)
    entries += [
        {"time": as_day(day), "kind": NUMBER, "what": names_of.index(name), "value": value}
        for name, value, day in numbers
    ]
    entries += [
        {"time": as_day(day) + 0.5, "kind": HOLD, "what": list(scenario.layers).index(layer), "sender": sender}
        | {"receiver": receiver, "change": change["form"], "occasion": 10 + place}
        for place, (layer, sender, receiver, day) in enumerate(holds)
    ]
    entries += [
        {"time": as_day(day) + 0.5, "kind": ACT, "what": list(scenario.layers).index("plot"), "sender": sender}
        | {"receiver": receiver, "change": change[what], "occasion": 30 + place, "known_to": told}
        for place, (what, sender, receiver, day, told) in enumerate(secrets)
    ]
    return make_calendar(start, end, world, entries)


def acts_of(history):
    """The acts as plain tuples, for comparing."""
    from rapallo.system.history import CHANGES, ORIGINS

    return [
        (
            float(history.time[k]),
            history.processes[history.process[k]] if history.process[k] >= 0 else "",
            history.layers[history.layer[k]],
            CHANGES[history.change[k]],
            int(history.sender[k]),
            int(history.receiver[k]),
            int(history.occasion[k]),
            ORIGINS[history.origin[k]],
        )
        for k in range(len(history))
    ]
