"""The joint test of abduction: pairs of histories under the true luck and under the luck read off the first.

One world is run and called the record; then another world is run, in half of the cases under the very luck of the
first, in the other half under the luck that was read off the record, with what is left open drawn afresh. If the
abduction is right, the two halves give the same distribution of *pairs* of histories. Tables of such pairs (how many
acts of a process in either, when the first came, how many came at the same time) are compared by a chi-square test.
Comparing histories by binning and rejection does not see a luck that depends on the record in a wrong way; this does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rapallo.engine.abduct import Abduction, abduct
from rapallo.engine.changed_world import changed_world
from rapallo.engine.plan import make_plan
from rapallo.engine.recorded_world import recorded_world
from rapallo.engine.replay import replay_luck
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.system.history import History
from tests.engine.worlds import full_order, parameter

CHANGES = {
    "agree.constant": 1.1,
    "agree.consent.constant": -1.2,
    "part.constant": 0.8,
    "favour.size": 2.5,
    "favour.recip": -2.0,
    "favour.rate.constant": -0.7,
    "court.plot": 3.0,
    "court.trade": 0.6,
    "court.consent.size": -2.5,
    "ally.trust": -2.0,
    "ally.size": -1.5,
    "ally.rate.constant": 0.4,
    "conspire.constant": 1.0,
    "expose.constant": -0.6,
    "punish.constant": -1.5,
    "club.breach.constant": -0.8,
    "club.word.constant": -0.7,
    "trade.pact": -0.6,
}
"""By how much each parameter differs in the other world."""

Plant = Callable[[Abduction, np.random.Generator], Abduction]


def _fresh(shape: Any, rng: np.random.Generator) -> Any:
    return rng.exponential(size=shape)


PLANTED: dict[str, tuple[str, Plant]] = {
    "exponentials drawn afresh": ("clock", lambda a, rng: replace(a, target=_fresh(a.target.shape, rng))),
    "remainder not truncated": ("clock", lambda a, rng: replace(a, remainder=0.0 * a.remainder)),
    "remainder counted twice": ("clock", lambda a, rng: replace(a, remainder=2.0 * a.remainder)),
    "marks not below the hazard": ("date", lambda a, rng: replace(a, hazard=2.0 * a.hazard)),
    "points below the hazard kept": ("date", lambda a, rng: replace(a, path_hazard=0.0 * a.path_hazard)),
    "Gumbels from their prior, readiness": ("clock", lambda a, rng: replace(a, picks=(None,) * len(a.picks))),
    "Gumbels from their prior, dates": ("date", lambda a, rng: replace(a, picks=(None,) * len(a.picks))),
    "the largest Gumbel one too high": ("date", lambda a, rng: replace(a, total=a.total + 1.0)),
    "votes from their prior": (
        "date",
        lambda a, rng: replace(a, silent_odds=np.nan * a.silent_odds, shocks=rng.normal(size=len(a.shocks))),
    ),
    "the mood of a case from its prior": ("date", lambda a, rng: _with_mood(a, rng)),
    "noise of flows from its prior": ("date", lambda a, rng: replace(a, flow_value=np.nan * a.flow_value)),
}
"""Errors of abduction, each with the luck under which it shows."""


def _with_mood(luck: Abduction, rng: np.random.Generator) -> Abduction:
    shocks = rng.normal(size=len(luck.shocks))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(luck.shocks != 0, luck.shared / luck.shocks, 0.0)
    return replace(luck, shocks=shocks, shared=spread * shocks)


@dataclass(frozen=True)
class Found:
    """What the test found: the smallest p of all tables, times their number."""

    p: float
    table: str
    tables: int


def orders(actors: int = 4, years: int = 4) -> tuple[Any, Any, Any, Any]:
    """Give two worlds: every weighting that can be abducted, consent, covert ties, an institution, flows."""
    scenario, calendar = full_order(actors + 1, years, weightings=("intensity", "choice", "coordination"))
    other, other_calendar = full_order(actors + 1, years, weightings=("intensity", "choice", "coordination"))
    for name, step in CHANGES.items():
        other.parameters[name] = parameter(name, other.parameters[name].value + step)
    for each in (scenario, other):  # a mood that shows
        each.parameters["club.breach.shock"] = parameter("club.breach.shock", 3.0)
    return scenario, calendar, other, other_calendar


def pairs(kind: str, runs: int, seed: int, plant: Plant | None = None) -> Iterator[tuple[bool, History, History]]:
    """Give pairs of histories: whether the second ran under the luck read off the first, and both."""
    scenario, calendar, other, other_calendar = orders()
    plan = prepared(make_plan(scenario, calendar)).with_switches(kind)
    changed = prepared(make_plan(other, other_calendar)).with_switches(kind)
    rng = np.random.default_rng(seed)
    for run in range(runs):
        first = simulate_plan(plan, seed, run)
        if run % 2:
            yield False, first, simulate_plan(changed, seed, run)
            continue
        world = recorded_world(scenario, first, calendar, plan=plan)
        luck, _ = abduct(world, seed + 1, run)
        if plant is not None:
            luck = plant(luck, rng)
        there = changed_world(world, other, other_calendar, plan=changed)
        yield True, first, replay_luck(there, luck, world.cases, kind, seed + 1, run).history


def features(first: History, second: History) -> Iterator[tuple[str, Any]]:
    """Describe a pair of histories, one table a feature."""
    width = (first.end - first.start) / 3.0
    for code, name in [*enumerate(first.processes), (-1, "findings")]:
        finding = first.layers.index("finding")
        mine = [
            each.time[(each.process == code) & (each.origin == 0) & ((code >= 0) | (each.layer == finding))]
            for each in (first, second)
        ]
        counts = [len(each) for each in mine]
        yield f"{name}: number", (min(counts[0], 5), min(counts[1], 5))
        together = int(np.isin(mine[0], mine[1]).sum())
        yield f"{name}: at the same time", (min(counts[0], 4), min(together, 4))
        begins = [int((each[0] - first.start) // width) if len(each) else -1 for each in mine]
        yield f"{name}: the first", tuple(begins)
        ends = [int((each[-1] - first.start) // width) if len(each) else -1 for each in mine]
        yield f"{name}: the last", tuple(ends)
        acts = [
            {
                (int(s), int(r))
                for s, r in zip(each.sender[each.process == code], each.receiver[each.process == code], strict=True)
            }
            for each in (first, second)
        ]
        yield f"{name}: the same pair", (min(len(acts[0]), 4), min(len(acts[0] & acts[1]), 4))
    if "trade" in first.series:
        values = [each.series["trade"]["value"] for each in (first, second)]
        known = np.isfinite(values[0]) & np.isfinite(values[1]) & (values[0] > 0) & (values[1] > 0)
        logs = [np.log(each[known]) for each in values]
        if known.any():
            yield "trade: both", tuple(int(np.clip(each[0] * 2, -2, 6)) for each in logs)


def joint_test(kind: str, runs: int, seed: int = 1, plant: Plant | None = None) -> Found:
    """Compare the two halves, table by table."""
    from scipy.stats import chi2_contingency

    tables: dict[str, tuple[Counter[Any], Counter[Any]]] = {}
    for abducted, first, second in pairs(kind, runs, seed, plant):
        for name, value in features(first, second):
            tables.setdefault(name, (Counter(), Counter()))[abducted][value] += 1
    worst = ("", 1.0)
    used = 0
    for name, halves in tables.items():
        cells = sorted({*halves[0], *halves[1]})
        counts = np.array([[half[cell] for cell in cells] for half in halves], dtype=float)
        rare = counts.sum(axis=0) < 20
        counts = np.column_stack([counts[:, ~rare], counts[:, rare].sum(axis=1)])
        counts = counts[:, counts.sum(axis=0) > 0]
        if counts.shape[1] < 2:
            continue
        used += 1
        p = float(chi2_contingency(counts, correction=False).pvalue)
        if p < worst[1]:
            worst = (name, p)
    return Found(min(1.0, worst[1] * used), worst[0], used)
