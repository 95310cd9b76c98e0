"""Whether recognition of the USSR spread, or whether all were moved at once.

``python estimates/recognise_contagion.py`` sets contagion against a shock of each year that is common to all, against
a readiness of each state of its own, and against both, and repeats the comparison on made-up orders in which nothing
spreads: in each year as many recognitions as in the record, on days drawn evenly, by states drawn by what else moved
them and by their readiness. It writes nothing but a table.

The stated priors of contagion were chosen with an eye on 1924. Here they are centred at zero, with the same second
moment, so that contagion has no start over the shocks.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from marginal import log_marginal
from numpy.typing import NDArray
from whose_cases import whose_cases

import rapallo as rp
from rapallo.effects import get_effect
from rapallo.estimate.completed import completed
from rapallo.estimate.counted_once import counted_once
from rapallo.estimate.covered import covered_pairs
from rapallo.estimate.fit import fit_read
from rapallo.estimate.from_history import Told, read_history
from rapallo.estimate.solve import Wishes
from rapallo.record.edtf import read_date
from rapallo.record.rows import AttributeRow
from rapallo.record.time import to_date, to_day
from rapallo.scenario.scenario import Scenario
from rapallo.scenario.timeline import record_history
from rapallo.system.calendar import replay
from rapallo.system.quantity import Quantity

YEARS = range(1921, 1940)
CONTAGION = ("precedent_nearby", "precedent_of_powers", "wave", "lead_of_powers")
DEVIATIONS = {"nothing": (), "years": ("years",), "states": ("states",), "both": ("years", "states")}
"""What has a level of its own beside what the model's other motives say."""
SPREADS = (0.25, 0.5, 1.0, 1.5, 2.0)
"""Standard deviations of the levels that are tried."""


def shock(year: int) -> str:
    return f"shock_{year}"


def readiness(state: str) -> str:
    return f"readiness_{state}"


def marked(scenario: Scenario, states: Sequence[str]) -> Scenario:
    """Give the scenario with a mark on the USSR in each year, which only that year bears, and one on each state."""
    quantities = dict(scenario.quantities)
    rows = []

    def mark(name: str, says: str, actor: str, days: Mapping[str, float]) -> None:
        quantities[name] = Quantity(name, "actor", says, missing="another's")
        for day, value in days.items():
            said = (f"{name}.{value:g}", actor, name, read_date(day), value, "1")
            rows.append(AttributeRow(*said, (), (), "", "invented", "low", "", (), "", 0))

    for year in YEARS:
        days = {f"{year}-01-01": 1.0, f"{year + 1}-01-01": 0.0}
        mark(shock(year), f"a mark of the year {year}", "USSR", days)
    for state in states:
        mark(readiness(state), f"a mark of {state}", state, {"1900-01-01": 1.0})
    tables = replace(scenario.tables, attributes=(*scenario.tables.attributes, *rows))
    return replace(scenario, quantities=quantities, tables=tables, _kept={})


class Comparison:
    """Models with contagion and without, beside levels of years, of states and of both, fitted to one record."""

    def __init__(self, scenario: Scenario, pairs: NDArray[np.bool_], states: Sequence[str]) -> None:
        self.pairs = pairs
        motives = scenario.processes["recognise"].motives
        self.prior = {m.parameter: scenario.parameters[m.parameter].prior for m in motives}
        for name in CONTAGION:
            mean, sd = self.prior[f"recognise.{name}"]
            self.prior[f"recognise.{name}"] = 0.0, math.hypot(mean, sd)
        self.every = [m.name for m in motives]
        self.plain = [name for name in self.every if name not in CONTAGION]
        self.marks = {
            "years": [f"receiver_value({shock(year)})" for year in YEARS],
            "states": [f"sender_value({readiness(state)})" for state in states],
        }
        self.spreads: dict[str, dict[str, float]] = {"nothing": {}}

    def read(self, record: rp.History) -> None:
        """Read a record once, with every motive and every mark, for all fits to it."""
        self.record = record
        marks = [name for each in self.marks.values() for name in each]
        self.names = [*(f"recognise.{name}" for name in self.every), *marks]
        self.formula = "recognise ~ " + " + ".join([*self.every, *marks])
        span = f"{YEARS[0]}-01-01", f"{YEARS[-1]}-12-31"
        self.told = Told(None, "leave out", ("colour",), *span, self.pairs)
        self.found = read_history(record, self.formula, self.told)

    def fit(self, terms: list[str], spreads: Mapping[str, float]) -> rp.FitResult:
        """Fit one model to the record that was read; years and states have levels where these have a spread."""
        prior = {f"recognise.{name}": self.prior[f"recognise.{name}"] for name in terms}
        prior |= {name: (0.0, spread) for kind, spread in spreads.items() for name in self.marks[kind]}
        held = {name: 0.0 for name in self.names if name not in prior}
        return fit_read(self.record, self.formula, self.told, self.found, Wishes(prior=prior, fixed=held))

    def choose_spreads(self) -> None:
        """Take the spreads under which the record without contagion was likeliest."""
        for name, kinds in DEVIATIONS.items():
            tried = [dict(zip(kinds, each, strict=True)) for each in product(SPREADS, repeat=len(kinds))]
            self.spreads[name] = max(tried, key=lambda each: log_marginal(self.fit(self.plain, each)))

    def all(self, record: rp.History) -> dict[tuple[str, str], rp.FitResult]:
        """Fit every model: what has levels of its own, and whether anything spreads."""
        self.read(record)
        return {
            (name, "contagion" if terms is self.every else "without"): self.fit(terms, spreads)
            for name, spreads in self.spreads.items()
            for terms in (self.plain, self.every)
        }


def made_up(scenario: Scenario, record: rp.History, fit: rp.FitResult, pairs: NDArray[np.bool_], seed: int) -> Scenario:
    """Give the scenario with recognitions drawn from a model in which nothing spreads.

    How many come in a year is as recorded, so that of the model's levels those of states alone have a part.
    """
    generator = np.random.default_rng(seed)
    process = scenario.processes["recognise"]
    motives = [m for m in process.motives if m.name not in CONTAGION]
    weights = dict(zip(fit.names, fit.coef, strict=True))
    actors = list(scenario.tables.actor_ids)
    union = actors.index("USSR")
    mine = record.processes.index("recognise")
    kept = [k for k in range(len(record)) if record.process[k] == mine and record.receiver[k] == union]
    inside = [k for k in kept if to_day(f"{YEARS[0]}-01-01") <= record.time[k] < to_day(f"{YEARS[-1] + 1}-01-01")]
    drop = {record.ids[k] for k in inside}
    pattern = {record.ids[k]: k for k in inside}
    template = next(row for row in scenario.tables.acts if row.id in pattern and row.process == "recognise")
    done = {int(record.sender[k]) for k in kept if record.time[k] < to_day(f"{YEARS[0]}-01-01")}
    rows = []
    for year in YEARS:
        count = sum(to_date(record.time[k]).year == year for k in inside)
        if not count:
            continue
        opens, closes = to_day(f"{year}-01-01"), to_day(f"{year + 1}-01-01")
        world = replay(record, opens + 182.0)
        scores = {}
        for sender in range(len(actors)):
            if sender in done or not pairs[sender, union] or not world.exists[sender]:
                continue
            total = 0.0
            for motive in motives:
                effect = get_effect(motive.effect)
                reads = {slot: dict(motive.reads).get(slot, slot) for slot in effect.reads}
                view = world.view(sender, reads, {**dict(effect.settings), **dict(motive.settings)})
                total += weights[motive.parameter] * float(effect(view, sender, union))
            scores[sender] = total + weights.get(f"sender_value({readiness(actors[sender])})", 0.0)
        chosen = sorted(scores, key=lambda s: scores[s] + generator.gumbel(), reverse=True)[:count]
        for sender in chosen:
            day = to_date(float(generator.uniform(opens, closes))).isoformat()
            rows.append(
                template._replace(
                    id=f"P{year}{actors[sender]}",
                    date=read_date(day),
                    sender=actors[sender],
                    occasion="",
                    public_from=None,
                )
            )
        done.update(chosen)
    acts = tuple(row for row in scenario.tables.acts if not (row.id in drop and row.layer == "recognition"))
    return replace(scenario, tables=replace(scenario.tables, acts=(*acts, *rows)), _kept={})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=99, help="made-up orders")
    arguments = parser.parse_args()
    scenario = rp.load("interwar")
    actors = scenario.tables.actor_ids
    pairs = np.zeros((len(actors),) * 2, dtype=bool)
    union = actors.index("USSR")
    pairs[:, union] = covered_pairs(scenario, "recognise").pairs[:, union]
    states = [name for name in scenario.kinds["state"] if name != "USSR" and pairs[actors.index(name), union]]
    made, _ = completed(counted_once(scenario, "recognise", None), ["colour", "claims"], 0)
    made = marked(made, states)
    record = record_history(made)
    comparison = Comparison(made, pairs, states)
    comparison.read(record)
    comparison.choose_spreads()
    told = comparison.all(record)
    values = {key: log_marginal(fit) for key, fit in told.items()}
    cases = told["nothing", "without"].acts
    print(f"{cases} recognitions of the USSR, {YEARS[0]} to {YEARS[-1]}; log marginal likelihoods")
    print(f"  ({whose_cases(told['nothing', 'without'])})")
    print(f"  {'levels of their own have':44}{'without':>10}{'contagion':>11}")
    for name, spreads in comparison.spreads.items():
        words = ", ".join(f"{kind} (spread {spread:g})" for kind, spread in spreads.items()) or "neither"
        print(f"  {words:44}{values[name, 'without']:10.2f}{values[name, 'contagion']:11.2f}")
    print(f"  (of the spreads {', '.join(map(str, SPREADS))} the likeliest without contagion)")
    numbers = {}
    print(f"{'numbers of contagion, beside':32}" + "".join(f"{name:>16}" for name in comparison.spreads))
    for name in CONTAGION:
        term = f"recognise.{name}"
        fits = [told[each, "contagion"] for each in comparison.spreads]
        numbers[name] = [[round(f[term], 3), round(float(f.se[f.names.index(term)]), 3)] for f in fits]
        print(f"  {name:30}" + "".join(f"{mean:9.2f} ({se:.2f})" for mean, se in numbers[name]))
    gains: dict[str, list[float]] = {name: [] for name in comparison.spreads}
    for number in range(arguments.orders):
        order = record_history(made_up(made, record, told["both", "without"], pairs, number))
        found = {key: log_marginal(fit) for key, fit in comparison.all(order).items()}
        for name, own in gains.items():
            own.append(found[name, "contagion"] - found[name, "without"])
    seen = {name: values[name, "contagion"] - values[name, "without"] for name in comparison.spreads}
    shares, false = {}, {}
    print(f"gain of contagion in the record, and in {arguments.orders} orders in which nothing spreads")
    for name, own in gains.items():
        shares[name] = round((1 + sum(gain >= seen[name] for gain in own)) / (1 + len(own)), 3)
        false[name] = round(float(np.mean(np.array(own) > 0)), 3)
        low, mid, high = np.quantile(own, [0.05, 0.5, 0.95])
        orders = f"{mid:6.2f} ({low:.2f} to {high:.2f})"
        print(f"  {'beside ' + name:20} record {seen[name]:6.2f}   orders {orders}   p = {shares[name]:.3f}")
        print(f"  {'':20} found where there is none: {100 * false[name]:.0f} per cent")
    (Path(__file__).parent / "output" / "recognise_contagion.json").write_text(
        json.dumps(
            {
                "cases": cases,
                "spreads": comparison.spreads,
                "log_marginal": {" ".join(key): round(value, 2) for key, value in values.items()},
                "numbers": numbers,
                "gain": {name: round(value, 2) for name, value in seen.items()},
                "gains": {name: [round(gain, 3) for gain in own] for name, own in gains.items()},
                "p": shares,
                "false": false,
            },
            indent=1,
        )
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
