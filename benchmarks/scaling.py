"""Time an act as the number of actors grows, and say where the time goes.

Run as ``python benchmarks/scaling.py --actors 35 70 140 280``. The orders are made up: seven processes, effects of
every pattern of change (a pair, a row, a column, both, two-paths) and a fading memory, and rates that fall with the
number of actors, so that each actor does as much, and has as many ties, as in a small order: both are printed. What
grows is what an order of states makes grow: the pairs that one act concerns, a row and a column of the table of pairs.

An act's parts are told apart by differences between runs. ``copy``: a run whose span has no length. ``fire``: what one
more act costs that moves no weight and picks nothing, from runs with many more of them. ``pick``: what one more act of
a chooser costs beyond that, times the choosers' share of acts; what only a chooser looks at is evaluated then.
``re-weigh``: what remains.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rapallo.engine.plan import make_plan
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.scenario.parameter import Parameter
from rapallo.system.calendar import TICK, make_calendar
from rapallo.system.history import as_day
from rapallo.system.layer import Layer
from rapallo.system.memory import Memory
from rapallo.system.process import Motive, Process
from rapallo.system.quantity import Quantity
from rapallo.system.world import World

START, YEARS = as_day("1920-01-01"), 5
PATTERNS = {
    "pair": ("reciprocity", {"network": "trust"}, 0.5),
    "row": ("sender_outdegree", {"network": "trust"}, -0.2),
    "column": ("receiver_indegree", {"network": "trust"}, 0.05),
    "row and column": ("common_adversary", {}, 0.1),
    "two-paths": ("transitivity", {"network": "pact"}, 0.1),
    "memory": ("pair_recently_either", {"memory": "quarrels"}, -0.3),
}
"""One effect for each way in which a change spreads: effect, what it reads, parameter."""


def order(actors: int, kind: str = "usual") -> Any:
    """Make a plan: ``usual``, or with many more ``nods`` or ``picks``, acts that nothing reads."""
    names = [f"A{k:03d}" for k in range(actors)]
    layers = {
        "pact": Layer("pact", "…", mutual=True),
        "trust": Layer("trust", "…"),
        "quarrel": Layer("quarrel", "…", lasting=False),
    }
    quantities = {"rival": Quantity("rival", "pair", "rival")}
    memories = {"quarrels": Memory("quarrels", "quarrel", "form", "pair", 1.0)}
    parameters: dict[str, float] = {}

    def motives(process: str, part: str, constant: float | None) -> tuple[Motive, ...]:
        made = []
        if constant is not None:
            made.append(Motive("constant", "constant", (), (), f"{process}{part}.constant"))
            parameters[made[-1].parameter] = constant
        if not part and process != "nod":
            for name, (effect, reads, value) in PATTERNS.items():
                made.append(Motive(name, effect, tuple(reads.items()), (), f"{process}.{name}"))
                parameters[made[-1].parameter] = value
        return tuple(made)

    def process(name: str, layer: str, change: str, a_year: float, chooses: bool = False) -> Process:
        if chooses:
            rate = motives(name, ".rate", math.log(a_year))
            return Process(name, "…", "m", layer, change, "choice", "state", "state", (), motives(name, "", None), rate)
        level = math.log(a_year / (1.0 if change == "end" else actors - 1))
        return Process(name, "…", "m", layer, change, "intensity", "state", "state", (), motives(name, "", level))

    processes = {
        each.name: each
        for each in (
            process("agree", "pact", "form", 0.3),
            process("part", "pact", "end", 0.3),
            process("favour", "trust", "form", 1.0, chooses=True),
            process("cease", "trust", "end", 0.5),
            process("quarrel", "quarrel", "form", 0.5),
            process("court", "quarrel", "refuse", 10.0 if kind == "picks" else 0.5, chooses=True),
            process("nod", "quarrel", "refuse", 10.0 if kind == "nods" else 0.01),
        )
    }
    from types import SimpleNamespace

    scenario = SimpleNamespace(
        name="scaling",
        layers=layers,
        quantities=quantities,
        memories=memories,
        processes=processes,
        yearly={},
        institutions={},
        votes={},
        parameters={
            name: Parameter(name, value, value - 1, value + 1, "assumed", "made up")
            for name, value in parameters.items()
        },
        kinds={"state": tuple(names)},
    )
    world = World(names, layers, quantities, memories)
    world.now = START
    world.exists[:] = True
    rng = np.random.default_rng(3)
    for sender in range(actors):  # two rivals each, however many actors there are
        world.pairs["rival"][sender, (sender + rng.integers(1, actors, 2)) % actors] = 1.0
    months = [START + 365.25 / 12 * k for k in range(YEARS * 12 + 1)]
    world.tick(START, months[1])
    ticks = [{"time": months[k], "kind": TICK, "what": 0, "value": months[k + 1]} for k in range(1, YEARS * 12)]
    return prepared(make_plan(scenario, make_calendar(START, months[-1], world, ticks)))


def cost(plan: Any, seconds: float) -> tuple[float, float, int]:
    """Give processor seconds a run, acts a run, and how many runs were made in about so many seconds."""
    simulate_plan(plan, 1, 0)
    runs = acts = 0
    begins = time.process_time()
    while runs < 3 or time.process_time() - begins < seconds:
        acts += len(simulate_plan(plan, 1, runs))
        runs += 1
    return (time.process_time() - begins) / runs, acts / runs, runs


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--actors", type=int, nargs="+", default=[35, 70, 140, 280])
    options.add_argument("--seconds", type=float, default=5.0, help="processor seconds for each figure")
    options.add_argument("--luck", default="clock")
    asked = options.parse_args()
    print(f"{YEARS} years, seven processes, {asked.luck} luck, one core; load before {os.getloadavg()[0]:.1f}")
    print(
        f"{'actors':>6} {'clocks':>9} {'acts':>7} {'an actor':>8} {'ties':>5} {'µs an act':>10} {'growth':>7}  "
        f"of which {'copy':>6} {'fire':>6} {'pick':>6} {'re-weigh':>8}"
    )
    before: tuple[int, float] | None = None
    for actors in asked.actors:
        plan = order(actors).with_switches(asked.luck)
        usual, acts, _ = cost(plan, asked.seconds)
        still = replace(plan, calendar=replace(plan.calendar, end=plan.calendar.start))
        copy = cost(still, asked.seconds / 4)[0]
        more = {}
        for kind in ("nods", "picks"):
            taken, made, _ = cost(order(actors, kind).with_switches(asked.luck), asked.seconds)
            more[kind] = (taken - usual) / (made - acts)
        history = simulate_plan(plan, 1, 0)
        chosen = sum(len(history.select(process=name)) for name in ("favour", "court")) / len(history)
        formed = sum(len(history.select(process=name)) for name in ("agree", "favour"))
        ended = sum(len(history.select(process=name)) for name in ("part", "cease"))
        act, copied, fire = (1e6 * each for each in (usual / acts, copy / acts, more["nods"]))
        pick = 1e6 * (more["picks"] - more["nods"]) * chosen
        growth = "" if before is None else f"n^{math.log(act / before[1]) / math.log(actors / before[0]):.2f}"
        print(
            f"{actors:>6} {len(plan.clocks):>9,} {acts:>7.0f} {acts / actors:>8.1f} {(formed - ended) / actors:>5.1f} "
            f"{act:>10.1f} {growth:>7}  {'':>8} {copied:>6.1f} {fire:>6.1f} {pick:>6.1f} "
            f"{act - copied - fire - pick:>8.1f}",
            flush=True,
        )
        before = actors, act


if __name__ == "__main__":
    main()
