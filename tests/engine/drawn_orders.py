"""Small orders drawn from a seed: layers, memories, processes, effects, rules and calendar bound at random."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from rapallo.effects import effects
from rapallo.scenario.parameter import Parameter
from rapallo.system.calendar import ACT, ATTRIBUTE, EXISTS, HOLD, NUMBER, PAIR, TICK, YEARLY, make_calendar
from rapallo.system.history import CHANGES, as_day
from rapallo.system.institution import Institution, Rule, Trigger
from rapallo.system.layer import Layer
from rapallo.system.memory import Memory
from rapallo.system.process import Motive, Process, Yearly
from rapallo.system.quantity import Quantity
from rapallo.system.world import World, has_views
from tests.effects.random_view import slot_shapes

FEW = (
    "tie",
    "reciprocity",
    "transitivity",
    "mixed_transitivity",
    "common_receiver",
    "shared_rival",
    "receiver_indegree",
    "sender_outdegree",
    "tied_to_victim",
    "pair_value",
    "pair_times_sender",
    "sender_value",
    "receiver_value",
    "difference",
    "neighbours_value",
    "exposure_elsewhere",
)
"""Effects with every pattern of change, and with two slots; few, so that they are quick to compile."""

YEARS = 2
START = as_day("1920-01-01")
END = as_day(f"{1920 + YEARS}-01-01")


class _Drawer:
    def __init__(self, seed: int, names: tuple[str, ...]) -> None:
        self.rng = np.random.default_rng(seed)
        self.effects = [each for each in effects() if each.name in names]
        self.parameters: dict[str, Parameter] = {}

    def flip(self, chance: float = 0.5) -> bool:
        return bool(self.rng.random() < chance)

    def one_of(self, options):
        return options[int(self.rng.integers(len(options)))]

    def some_of(self, options, most):
        count = int(self.rng.integers(0, min(most, len(options)) + 1))
        return tuple(options[k] for k in sorted(self.rng.permutation(len(options))[:count]))

    def number(self, name: str, value: float) -> str:
        self.parameters[name] = Parameter(name, value, value - 1, value + 1, "assumed", "drawn")
        return name

    def order(self):
        rng = self.rng
        self.states = [f"A{k:02d}" for k in range(int(rng.integers(3, 6)))]
        self.names = [*self.states, "CLUB"]
        self.layers = {each.name: each for each in self.draw_layers()}
        quantities = (
            Quantity("size", "actor", "size"),
            Quantity("mood", "actor", "mood, on both sides of zero"),
            Quantity("council", "actor", "council seat"),
            Quantity("bound", "actor", "under restriction"),
            Quantity("arms", "actor", "hidden arms", written=True),
            Quantity("distance", "pair", "distance"),
            Quantity("obligation", "pair", "obliged", written=True),
            Quantity("trade", "pair", "trade", written=True),
        )
        self.quantities = {each.name: each for each in quantities}
        self.memories = {each.name: each for each in self.draw_memories()}
        self.matrices = [name for name, each in self.layers.items() if each.lasting]
        self.matrices += [name for name, each in self.quantities.items() if each.shape == "pair"]
        self.matrices += [name for name, each in self.memories.items() if each.by == "pair"]
        self.vectors = [name for name, each in self.quantities.items() if each.shape == "actor"]
        self.vectors += [name for name, each in self.memories.items() if each.by != "pair"]
        self.processes = {
            f"p{k}": self.draw_process(f"p{k}", weighting)
            for k, weighting in enumerate(
                [
                    "coordination",
                    "toggle",
                    *(self.one_of(("intensity", "intensity", "choice")) for _ in range(int(rng.integers(3, 6)))),
                ]
            )
        }
        self.processes["attack"] = Process(
            "attack", "attack", "ministry", "war", "form", "intensity", "state", "state", given=True
        )
        club = self.draw_club()
        scenario = SimpleNamespace(
            name="drawn",
            layers=self.layers,
            quantities=self.quantities,
            memories=self.memories,
            processes=self.processes,
            yearly=self.draw_yearly(),
            institutions={
                "club": club,
                "bonds": Institution(
                    "bonds", "a restriction", restricts="bound", forbids=self.some_of(["p2", "p3"], 2)
                ),
            },
            votes={
                f"club.{rule.name}": (self.constant(f"club.{rule.name}", 0.3), *self.motives(f"club.{rule.name}", 1))
                for rule in club.rules
            },
            parameters=self.parameters,
            kinds={"state": tuple(self.states), "institution": ("CLUB",)},
        )
        return scenario, self.draw_calendar(scenario)

    def draw_layers(self):
        return (
            Layer("pact", "…", mutual=True, views=self.flip()),
            Layer("trust", "…", views=self.flip(), covert=self.flip(0.3)),
            Layer("plot", "…", mutual=self.flip(), covert=True),
            Layer("quarrel", "…", lasting=False, mutual=self.flip()),
            Layer("war", "…", mutual=self.flip(0.2), views=self.flip(0.3)),
            Layer("membership", "…"),
            Layer("finding", "…", lasting=False),
        )

    def draw_memories(self):
        for k in range(5):
            layer = self.one_of(list(self.layers.values()))
            changes = ["form", "end"] if layer.lasting else ["form", "refuse"]
            changes += ["expose", "discover", "rumour"] if has_views(layer) else []
            yield Memory(
                f"m{k}",
                layer.name,
                self.one_of(changes),
                ("pair", "pair", "sender", "receiver", "system")[k],
                self.one_of((0.05, 0.5, 2.0, float("inf"))),
                weight=self.one_of(("", "", "size", "mood")),
                negligible=self.one_of((0.03, 0.4)),
            )

    def constant(self, path: str, mean: float) -> Motive:
        name = self.number(f"{path}.constant", float(self.rng.normal(mean, 0.4)))
        return Motive("constant", "constant", (), (), name)

    def motives(self, path: str, most: int) -> tuple[Motive, ...]:
        made = []
        for k in range(int(self.rng.integers(0, most + 1))):
            effect = self.one_of(self.effects)
            reads = tuple(
                (slot, self.one_of(self.matrices if shape == 2 else self.vectors))
                for slot, shape in slot_shapes(effect).items()
            )
            name = self.number(f"{path}.e{k}", float(self.rng.normal(0.0, 0.35)))
            made.append(Motive(f"e{k}", effect.name, reads, (), name))
        return tuple(made)

    def rates(self, name: str, weighting: str) -> tuple[Motive, ...]:
        """Coordination has no sender whom a rate could read: only what the whole system remembers moves it."""
        if weighting != "coordination":
            return self.motives(f"{name}.rate", 1)
        parameter = self.number(f"{name}.rate.past", float(self.rng.normal(0.0, 0.35)))
        return (Motive("past", "system_recently", (("memory", "m4"),), (), parameter),) if self.flip() else ()

    def conditions(self, most: int) -> tuple[str, ...]:
        matrices = [*self.matrices, *(f"{name} reversed" for name in self.matrices)]
        attributes = [name for name in self.vectors if name in self.quantities]
        options = [f"not {name}" for name in matrices if not name.startswith(("distance", "obligation"))]
        options += [self.one_of(matrices), "distance", "distance reversed"]
        options += [f"{side}.{name}" for side in ("sender", "receiver") for name in attributes if name != "bound"]
        options += ["not receiver.bound", "not sender.council"]
        return self.some_of(options, most)

    def who(self):
        return self.one_of(("state", "state", tuple(self.states[1:]), "size", "council", "arms", self.states[0]))

    def draw_process(self, name: str, weighting: str) -> Process:
        layer = self.one_of([each for each in self.layers.values() if each.name not in ("membership", "finding")])
        change = self.one_of(("form", "form", "end") if layer.lasting else ("form", "refuse"))
        if has_views(layer) and self.flip():
            change = self.one_of(("expose", "discover"))
        if weighting in ("toggle", "coordination"):
            lasting = [each for each in self.layers.values() if each.lasting and each.name != "membership"]
            layer = self.one_of(lasting)
            layer = self.layers["pact"] if weighting == "coordination" else layer
            change = "form"
        choice = weighting != "intensity"
        consent = weighting != "coordination" and self.flip(0.4)
        return Process(
            name,
            name,
            self.one_of(("ministry", "staff")),
            layer.name,
            change,
            weighting,
            "state" if weighting == "coordination" else self.who(),
            "state" if weighting == "coordination" else self.one_of(("state", "state", "mood", tuple(self.states[:2]))),
            self.conditions(1 if weighting == "coordination" else 2),
            motives=(*(() if choice else (self.constant(name, -1.0),)), *self.motives(name, 3)),
            rate=(self.constant(f"{name}.rate", 0.5), *self.rates(name, weighting)) if choice else (),
            consent=(self.constant(f"{name}.consent", 0.3), *self.motives(f"{name}.consent", 2)) if consent else (),
        )

    def draw_club(self) -> Institution:
        def rule(name: str) -> Rule:
            layer = self.one_of(("war", "war", "quarrel", "plot"))
            return Rule(
                name,
                Trigger(layer, "form", self.some_of(["sender.size", "not trust", "distance reversed"], 1), after),
                self.one_of(("each member", "unanimity", "majority")),
                "finding",
                "obligation",
                self.one_of((1.0, 2.0)),
                active=self.flip(0.9),
                shock=self.number(f"club.{name}.shock", 0.8) if self.flip() else "",
            )

        after = self.one_of((0.0, 3.0, 30.0))
        return Institution("club", "…", "CLUB", "membership", "council", (rule("breach"), rule("word")))

    def draw_yearly(self):
        return {
            "trade": Yearly(
                "trade",
                "…",
                "flow",
                "trade",
                self.one_of(("state", ("A00",))),
                "state",
                self.conditions(1),
                motives=(self.constant("trade", -0.5), *self.motives("trade", 2)),
                noise=self.number("trade.noise", 0.3) if self.flip() else "",
            ),
            "arms": Yearly(
                "arms",
                "…",
                "stock",
                "arms",
                ("A00", "A01"),
                "state",
                motives=(self.constant("arms", 0.0), *self.motives("arms", 1)),
                retention=self.number("arms.retention", 0.9) if self.flip() else "",
            ),
        }

    def draw_calendar(self, scenario):
        rng, n = self.rng, len(self.names)
        world = World(self.names, scenario.layers, scenario.quantities, scenario.memories)
        world.now = START
        world.exists[:] = rng.random(n) < 0.8
        world.exists[-1] = True
        world.attributes["size"][:] = np.round(rng.random(n), 2) * (rng.random(n) < 0.8)
        world.attributes["mood"][:] = np.round(rng.normal(0, 0.6, n), 2)
        world.attributes["council"][:] = rng.random(n) < 0.6
        world.attributes["bound"][:] = rng.random(n) < 0.3
        world.pairs["distance"][:] = np.round(rng.random((n, n)) * 2, 2) * (rng.random((n, n)) < 0.8)
        firsts = [as_day(f"{1920 + m // 12}-{m % 12 + 1:02d}-01") for m in range(YEARS * 12 + 1)]
        world.tick(START, firsts[1])
        for member in range(n - 1):
            if self.flip(0.8):
                world.act("membership", "form", member, n - 1)
        for _ in range(4):
            self.act_on(world)
        entries = [{"time": firsts[k], "kind": TICK, "what": 0, "value": firsts[k + 1]} for k in range(1, YEARS * 12)]
        eve = 0.0 if self.flip() else 1.0 / 1024.0
        ends = [(year, as_day(f"{year + 1}-01-01") - eve) for year in range(1920, 1920 + YEARS)]
        entries += [{"time": day, "kind": YEARLY, "what": year} for year, day in ends if day < END]
        days = rng.integers(int(START), int(END), 24).astype(float)
        days[1::6] = days[::6]  # several things at one instant
        days[5::8] = [firsts[int(k)] for k in rng.integers(1, len(firsts) - 1, len(days[5::8]))]
        entries += [self.entry(day, place) for place, day in enumerate(days)]
        return make_calendar(START, END, world, entries)

    def pair(self):
        sender, receiver = self.rng.permutation(len(self.states))[:2]
        return int(sender), int(receiver)

    def knowers(self):
        everybody = range(len(self.names))
        return tuple(everybody) if self.flip(0.2) else tuple(each for each in everybody if self.flip(0.3))

    def act_on(self, world) -> None:
        layer = self.one_of([each for each in self.layers.values() if each.name != "membership"])
        world.act(layer.name, "form", *self.pair())

    def entry(self, day: float, place: int):
        sender, receiver = self.pair()
        kind = self.one_of((EXISTS, ATTRIBUTE, PAIR, ACT, ACT, ACT, NUMBER, NUMBER, HOLD))
        made = {"time": day, "kind": kind, "sender": sender, "receiver": receiver}
        if kind == EXISTS:
            return made | {"receiver": -1, "value": float(self.flip())}
        if kind == ATTRIBUTE:
            return made | {
                "receiver": -1,
                "what": int(self.rng.integers(0, 4)),
                "value": float(self.rng.normal(0.3, 0.5)),
            }
        if kind == PAIR:
            return made | {"what": 0, "value": float(self.flip())}
        if kind == NUMBER:
            number = int(self.rng.integers(0, len(self.parameters)))
            old = list(self.parameters.values())[number].value
            return made | {"what": number, "value": self.one_of((0.0, old / 2.0, old - 0.3))}
        layers = list(self.layers)
        layer = self.one_of(["war", *layers])
        if kind == HOLD:
            layer = self.one_of([each for each in layers if self.layers[each].lasting and each != "membership"])
            made |= {"what": layers.index(layer), "change": CHANGES.index("form"), "occasion": place}
            return made | {"known_to": self.knowers() if self.layers[layer].covert else ()}
        changes = ["form", "form", "end"] if self.layers[layer].lasting else ["form", "refuse"]
        changes += ["expose", "discover", "rumour"] if has_views(self.layers[layer]) else []
        if layer == "membership":
            made["receiver"] = len(self.names) - 1
        elif self.flip(0.1):
            made["receiver"] = -1
        change = self.one_of(changes)
        if self.layers[layer].covert and self.layers[layer].lasting and change in ("form", "end"):
            made["known_to"] = self.knowers() if made["receiver"] >= 0 else ()
        return made | {
            "what": layers.index(layer),
            "change": CHANGES.index(change),
            "process": list(self.processes).index("attack") if layer == "war" and self.flip() else -1,
            "occasion": place,
        }


def drawn_order(seed: int, names: tuple[str, ...] = FEW):
    """Give a scenario and its calendar, drawn from a seed, with effects of these names."""
    return _Drawer(seed, names).order()
