"""The whole pipeline on orders without diffusion: how often a fit finds diffusion all the same.

Run as ``python verification/placebo.py [data sets] [seed]``. The engine simulates orders of twelve
states in which recognition follows nothing but fixed rates, shocks that all states share (each year
has one of its own), an appeal that differs from state to state, or both, and nothing spreads. Each history is fitted
with a wave (recognitions of the same state within the last months) and precedent (how many recognise it
already), once as if there were neither shocks nor differences, and with deviations by year, by
receiver and by both. A false finding of diffusion is a 95 per cent interval of the wave, or of the
precedent, that lies above zero: where the fit knows what moves the order, 2.5 per cent of the fits should
give one. The last rows are a check of power: orders in which recognition does spread.
"""

from __future__ import annotations

import math
import sys
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

ORDERS = {
    "nothing but a rate": (0.0, 0.0, 0.0),
    "shocks common to all": (1.0, 0.0, 0.0),
    "states that differ": (0.0, 1.0, 0.0),
    "shocks and differences": (0.8, 0.8, 0.0),
    "diffusion (power)": (0.0, 0.0, 0.6),
    "diffusion, shocks and differences (power)": (0.8, 0.8, 0.6),
}
"""Standard deviations of the shocks and of the appeals, and the true effect of the wave."""

FITS: dict[str, dict[str, Any] | None] = {
    "bare": None,
    "years pooled": {"constant": "year"},
    "receivers pooled": {"constant": "receiver"},
    "both pooled": {"constant": ("receiver", "year")},
}


def order(
    seed: int, shock: float, appeal: float, wave: float, actors: int = 12, years: int = 8
) -> tuple[Any, Calendar]:
    """Make an order: shocks and appeals are drawn by the seed and are unknown to the fit."""
    names = [f"A{k:02d}" for k in range(actors)]
    rng = np.random.default_rng([seed, 7])

    def motive(name: str, effect: str, **reads: str) -> Motive:
        return Motive(name, effect, tuple(reads.items()), (), f"recognise.{name}")

    motives = (
        motive("constant", "constant"),
        motive("wave", "received_recently", memory="lately"),
        motive("precedent", "receiver_indegree", network="recognition"),
        motive("mood", "sender_value", attribute="mood"),
        motive("appeal", "receiver_value", attribute="appeal"),
    )
    values = {"constant": -1.9, "wave": wave, "precedent": 0.0, "mood": 1.0, "appeal": 1.0}
    process = Process(
        "recognise", "recognise", "ministry", "recognition", "form", "intensity", "state", "state", (), motives, ()
    )
    scenario = SimpleNamespace(
        name="placebo",
        organ_of=lambda process, actor: "ministry",
        layers={"recognition": Layer("recognition", "recognises")},
        quantities={
            "mood": Quantity("mood", "actor", "mood", missing="stated"),
            "appeal": Quantity("appeal", "actor", "appeal", missing="stated"),
        },
        memories={"lately": Memory("lately", "recognition", "form", "receiver", 0.25)},
        processes={"recognise": process},
        yearly={},
        institutions={},
        votes={},
        parameters={
            f"recognise.{name}": Parameter(f"recognise.{name}", value, value - 1, value + 1, "assumed", "made up")
            for name, value in values.items()
        },
        kinds={"state": tuple(names)},
    )
    world = World(names, scenario.layers, scenario.quantities, scenario.memories)
    start, end = as_day("1920-01-01"), as_day(f"{1920 + years}-01-01")
    world.now = start
    world.exists[:] = True
    moods = shock * rng.normal(size=years)
    world.attributes["appeal"][:] = appeal * rng.normal(size=actors)
    world.attributes["mood"][:] = moods[0]
    firsts = [float(as_day(f"{1920 + m // 12}-{m % 12 + 1:02d}-01")) for m in range(years * 12 + 1)]
    world.tick(start, firsts[1])
    entries: list[dict[str, Any]] = [
        {"time": firsts[k], "kind": TICK, "what": 0, "value": firsts[k + 1]} for k in range(1, len(firsts) - 1)
    ]
    for year in range(1, years):
        entries += [
            {"time": firsts[12 * year], "kind": ATTRIBUTE, "what": 0, "sender": node, "value": float(moods[year])}
            for node in range(actors)
        ]
    return scenario, make_calendar(start, end, world, entries)


def findings(count: int, seed: int, orders: Any = ORDERS, fits: Any = FITS) -> list[dict[str, Any]]:
    """Count for each order and each fit the intervals that lie above zero."""
    import rapallo as rp
    from rapallo.engine.plan import make_plan
    from rapallo.engine.simulate import prepared, simulate_plan

    rows = []
    for name, (shock, appeal, wave) in orders.items():
        found = {fit: {"wave": 0, "precedent": 0, "fits": 0, "acts": 0} for fit in fits}
        for place in range(count):
            plan = prepared(make_plan(*order(seed + place, shock, appeal, wave)))
            history = simulate_plan(plan, seed, place)
            for fit, pool in fits.items():
                try:
                    result = rp.fit("recognise ~ constant + wave + precedent", history, missing="default", pool=pool)
                except rp.RapalloError:
                    continue
                each = found[fit]
                each["fits"] += 1
                each["acts"] += result.acts
                for term in ("wave", "precedent"):
                    each[term] += bool(result.lower[result.names.index(f"recognise.{term}")] > 0)
        rows += [{"order": name, "fit": fit, **each} for fit, each in found.items()]
    return rows


def interval(hits: int, count: int) -> tuple[float, float]:
    """Give the 95 per cent interval of a share (Wilson 1927)."""
    z, share = 1.959964, hits / count
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    reach = z * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print(f"{count} data sets an order, seed {seed}; nominal rate of findings without diffusion 0.025")
    print(f"{'order':<42} {'fit':<17} {'fits':>5} {'acts':>5}  {'wave found':<22} precedent found")
    for row in findings(count, seed):
        cells = []
        for term in ("wave", "precedent"):
            low, high = interval(row[term], max(row["fits"], 1))
            cells.append(f"{row[term] / max(row['fits'], 1):.3f} ({low:.3f} to {high:.3f})")
        acts = row["acts"] / max(row["fits"], 1)
        print(f"{row['order']:<42} {row['fit']:<17} {row['fits']:>5} {acts:>5.0f}  {cells[0]:<22} {cells[1]}")


if __name__ == "__main__":
    main()
