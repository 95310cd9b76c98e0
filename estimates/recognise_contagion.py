"""Whether recognition of the USSR spread, or whether all were moved at once.

``python estimates/recognise_contagion.py`` sets contagion against a shock of each year that is common to all, and
repeats the comparison on made-up orders in which nothing spreads: in each year as many recognitions as in the record,
on days drawn evenly, by states drawn by what else moved them. It writes nothing but a table.

The stated priors of contagion were chosen with an eye on 1924. Here they are centred at zero, with the same second
moment, so that contagion has no start over the shocks.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from marginal import log_marginal
from numpy.typing import NDArray

import rapallo as rp
from rapallo.effects import get_effect
from rapallo.estimate.completed import completed
from rapallo.estimate.counted_once import counted_once
from rapallo.estimate.covered import covered_pairs
from rapallo.record.edtf import read_date
from rapallo.record.rows import AttributeRow
from rapallo.record.time import to_date, to_day
from rapallo.scenario.scenario import Scenario
from rapallo.scenario.timeline import record_history
from rapallo.system.calendar import replay
from rapallo.system.quantity import Quantity

YEARS = range(1921, 1940)
CONTAGION = ("precedent_nearby", "precedent_of_powers", "wave", "lead_of_powers")
MODELS = ("neither", "contagion", "shocks", "both")
SPREADS = (0.25, 0.5, 1.0, 1.5, 2.0)
"""Standard deviations of the year's shock that are tried."""


def shock(year: int) -> str:
    return f"shock_{year}"


def shocked(scenario: Scenario) -> Scenario:
    """Give the scenario with a mark on the USSR in each year, which only that year bears."""
    quantities = dict(scenario.quantities)
    rows = []
    for year in YEARS:
        name = shock(year)
        quantities[name] = Quantity(name, "actor", f"a mark of the year {year}", missing="another year")
        for day, value in ((f"{year}-01-01", 1.0), (f"{year + 1}-01-01", 0.0)):
            rows.append(
                AttributeRow(
                    f"{name}.{value:g}",
                    "USSR",
                    name,
                    read_date(day),
                    value,
                    "1",
                    (),
                    (),
                    "",
                    "invented",
                    "low",
                    "",
                    (),
                    "",
                    0,
                )
            )
    tables = replace(scenario.tables, attributes=(*scenario.tables.attributes, *rows))
    return replace(scenario, quantities=quantities, tables=tables, _kept={})


class Comparison:
    """The four models, fitted to one record after another."""

    def __init__(self, scenario: Scenario, pairs: NDArray[np.bool_]) -> None:
        self.pairs = pairs
        motives = scenario.processes["recognise"].motives
        self.prior = {m.parameter: scenario.parameters[m.parameter].prior for m in motives}
        for name in CONTAGION:
            mean, sd = self.prior[f"recognise.{name}"]
            self.prior[f"recognise.{name}"] = 0.0, math.hypot(mean, sd)
        self.every = [m.name for m in motives]
        self.plain = [name for name in self.every if name not in CONTAGION]
        self.shocks = [f"receiver_value({shock(year)})" for year in YEARS]

    def fit(self, record: rp.History, terms: list[str], spread: float = 0.0) -> rp.FitResult:
        """Fit one model; the years have their shocks where these have a spread."""
        marks = self.shocks if spread else []
        prior = {f"recognise.{name}": self.prior[f"recognise.{name}"] for name in terms}
        prior |= {name: (0.0, spread) for name in marks}
        return rp.fit(
            "recognise ~ " + " + ".join([*terms, *marks]),
            record,
            missing="leave out",
            unknown=["colour"],
            start=f"{YEARS[0]}-01-01",
            end=f"{YEARS[-1]}-12-31",
            allowed=self.pairs,
            prior=prior,
        )

    def best_spread(self, record: rp.History) -> float:
        """Give the spread of the year's shock under which the record without contagion was likeliest."""
        return max(SPREADS, key=lambda spread: log_marginal(self.fit(record, self.plain, spread)))

    def all(self, record: rp.History, spread: float) -> list[rp.FitResult]:
        """Fit the models with neither, with contagion, with shocks, and with both."""
        return [self.fit(record, terms, each) for each in (0.0, spread) for terms in (self.plain, self.every)]


def made_up(scenario: Scenario, record: rp.History, fit: rp.FitResult, pairs: NDArray[np.bool_], seed: int) -> Scenario:
    """Give the scenario with recognitions drawn from a model in which nothing spreads."""
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
            scores[sender] = total
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
    pairs = np.zeros((len(scenario.tables.actor_ids),) * 2, dtype=bool)
    union = scenario.tables.actor_ids.index("USSR")
    pairs[:, union] = covered_pairs(scenario, "recognise").pairs[:, union]
    made, _ = completed(counted_once(scenario, "recognise", None), ["colour", "claims"], 0)
    made = shocked(made)
    record = record_history(made)
    comparison = Comparison(scenario, pairs)
    spread = comparison.best_spread(record)
    told = comparison.all(record, spread)
    values = dict(zip(MODELS, map(log_marginal, told), strict=True))
    print(f"{told[0].acts} recognitions of the USSR, {YEARS[0]} to {YEARS[-1]}; log marginal likelihoods")
    for name, value in values.items():
        print(f"  {name:40}{value:9.2f}")
    print(f"  (the shocks' spread of {spread:g} is the likeliest of {', '.join(map(str, SPREADS))})")
    numbers = {}
    print("numbers of contagion, without and with the shocks of the year")
    for name in CONTAGION:
        term = f"recognise.{name}"
        numbers[name] = [[round(f[term], 3), round(float(f.se[f.names.index(term)]), 3)] for f in (told[1], told[3])]
        print(f"  {name:24}" + "".join(f"{mean:9.2f} ({se:.2f})" for mean, se in numbers[name]))
    gains: dict[str, list[float]] = {"over nothing": [], "beside the shocks": []}
    for number in range(arguments.orders):
        order = record_history(made_up(made, record, told[2], pairs, number))
        found = [log_marginal(each) for each in comparison.all(order, spread)]
        gains["over nothing"].append(found[1] - found[0])
        gains["beside the shocks"].append(found[3] - found[2])
    seen = {
        "over nothing": values["contagion"] - values["neither"],
        "beside the shocks": values["both"] - values["shocks"],
    }
    shares, false = {}, {}
    print(f"gain of contagion in the record, and in {arguments.orders} orders in which nothing spreads")
    for name, own in gains.items():
        shares[name] = round((1 + sum(gain >= seen[name] for gain in own)) / (1 + len(own)), 3)
        false[name] = round(float(np.mean(np.array(own) > 0)), 3)
        low, mid, high = np.quantile(own, [0.05, 0.5, 0.95])
        orders = f"{mid:6.2f} ({low:.2f} to {high:.2f})"
        print(f"  {name:20} record {seen[name]:6.2f}   orders {orders}   p = {shares[name]:.3f}")
        print(f"  {'':20} found where there is none: {100 * false[name]:.0f} per cent")
    (Path(__file__).parent / "output" / "recognise_contagion.json").write_text(
        json.dumps(
            {
                "cases": told[0].acts,
                "spread": spread,
                "log_marginal": {name: round(value, 2) for name, value in values.items()},
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
