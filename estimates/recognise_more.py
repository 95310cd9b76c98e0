"""What else may have moved recognition of the USSR, beside what the model has: standing, kinship, trade, threat.

``python estimates/recognise_more.py`` adds one such motive at a time, or a small group of them, to the model's own
motives and fits again. It prints how far the record tells the numbers, and how much likelier the record becomes. Of
standing in the peace it also prints what is left of that without some of the vanquished, and with the standings
shuffled. It writes nothing, and none of these motives enters a simulation.

The model's own numbers have their stated priors. A motive that is added has a normal prior about zero: with a spread
of 1 in the log of the rate for each mark that a state has or has not, and for all else for each standard deviation of
the motive among the states at risk. So a mark, or a standard deviation, changes the rate by a factor between a seventh
and seven, with 95 per cent. Each is fitted with half that spread too and with twice that spread; and, in the first
draw, beside a level of its own for each year, for what grows with the number of precedents grows with time, and beside
one for each state, for what a state is it is for long.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from marginal import log_marginal
from numpy.typing import NDArray
from process import DRAWS
from published_trade import SUSPECT
from recognise_contagion import YEARS, marked, readiness, shock
from whose_cases import whose_cases

import rapallo as rp
from rapallo.effects import effect
from rapallo.estimate.completed import completed
from rapallo.estimate.counted_once import counted_once
from rapallo.estimate.covered import covered_pairs
from rapallo.estimate.fit import fit_read
from rapallo.estimate.from_history import Told, read_history
from rapallo.estimate.solve import Wishes
from rapallo.record.edtf import read_date
from rapallo.record.rows import AttributeRow
from rapallo.record.time import to_day
from rapallo.scenario.scenario import Scenario
from rapallo.scenario.timeline import record_history
from rapallo.system.calendar import replay
from rapallo.system.quantity import Quantity

UNION = "USSR"
SPAN = f"{YEARS[0]}-01-01", f"{YEARS[-1]}-12-31"
WIDTHS = (0.5, 1.0, 2.0)
"""The spreads of an added motive's prior, in what it says of the log of the rate; 1 is the stated one."""

LEVELS = {"years": 1.5, "states": 1.0}
"""Spreads of levels of their own: the likeliest of those that ``recognise_contagion.py`` tries."""

LAPSE = "recognise.broken_before"
"""What holds back whoever had relations before; three of the vanquished had, from Brest-Litovsk to the armistice."""

SHUFFLES = 99
NEAR = 5000.0
"""Kilometres from Moscow: standings are shuffled among the states within, so that distance cannot do their work."""

DRAWN = ("colour", "claims", "union_trade", "union_sales")
"""Drawn where nobody recorded them: claims as the model's fits draw them, the rest with the whole career of another."""

SINCE = "1917-11-01"
"""What exists only from then on is a new state."""

STANDINGS = {"victor": 1.0, "vanquished": 2.0}
NEW = 3.0
"""Numbers of the standings in the peace."""


@effect(reads=("network", "sales"), changes="everything", unit="product of logs of sales", cites="simmons_elkins2004")
def competitors_ahead(view, sender, receiver):
    """Whoever sells there fears for its market once others who sell there have gone ahead."""
    ahead = 0.0
    for other in range(view.actors):
        if view.network[other, receiver] > 0 and other != sender and other != receiver:
            ahead += view.sales[other]
    return view.sales[sender] * ahead


@effect(reads=("rival", "capability", "distance"), changes="everything", cites="walt1987", settings={"scale": 1000.0})
def threat_of_rivals(view, sender, receiver):
    """Whoever has a strong rival near looks for a friend elsewhere."""
    threat = 0.0
    for other in range(view.actors):
        if view.rival[sender, other] != 0 and other != receiver:
            near = view.scale / (view.scale + view.distance[sender, other])
            threat += view.rival[sender, other] * view.capability[other] * near
    return threat


@dataclass(frozen=True, slots=True)
class Motive:
    """One that is added: what it is in words, the term of the formula, and whether it is a mark, 0 or 1."""

    says: str
    term: str
    mark: bool = False


STANDING = "standing in the peace"

SETS: Mapping[str, tuple[Motive, ...]] = {
    "precedent by trade": (
        Motive("precedents, by their trade with the USSR", "others_weighty(recognition, weight=union_trade)"),
    ),
    "precedent of competitors": (
        Motive("own sales there times those of precedents", "competitors_ahead(recognition, union_sales)"),
    ),
    "precedent by standing": (
        Motive("precedents of the same standing in the peace", "others_alike(recognition, standing)"),
    ),
    "precedent by colour": (
        Motive("precedents of governments of the same colour", "others_alike(recognition, colour)"),
    ),
    STANDING: (
        Motive("a victor", "sender_value(victor)", mark=True),
        Motive("vanquished", "sender_value(vanquished)", mark=True),
        Motive("a state only since 1917", "sender_value(new_state)", mark=True),
    ),
    "threat by the USSR": (Motive("Soviet power, by nearness", "threat(capability, distance)"),),
    "disputes with the USSR": (Motive("disputes, fading by half in 5 years", "pair_recently_either(disputes)"),),
    "threat by others": (Motive("power of rivals, by nearness", "threat_of_rivals(rival, capability, distance)"),),
}


def with_standing_and_trade(scenario: Scenario) -> Scenario:
    """Give the scenario with each state's standing in the peace and its trade with the USSR as attributes.

    Victors and vanquished are the scenario's own lists, which are complete; a new state is one that exists since
    November 1917 or later. In ``standing`` each of the three has its number, the first two before the last, and
    whoever is none of them has a number of its own, and so no like. What is traded in a year is known when it has
    ended. Suspect rows are left out, and the year before stands on. A state without a row has no value: whoever
    completes the scenario draws it.
    """
    quantities = dict(scenario.quantities)
    for name in ("standing", "new_state", "union_trade", "union_sales"):
        quantities[name] = Quantity(name, "actor", name.replace("_", " "))
    rows: list[AttributeRow] = []

    def say(name: str, actor: str, day: str, value: float) -> None:
        said = (f"{name}.{actor}.{day}", actor, name, read_date(day), value, "1")
        rows.append(AttributeRow(*said, (), (), "", "invented", "low", "", (), "", 0))

    begins: dict[str, float] = {}
    for row in scenario.tables.actors:
        day = -math.inf if row.begins is None else row.begins.resolve("earliest")
        begins[row.id] = min(begins.get(row.id, math.inf), day)
    plain = {}
    for place, actor in enumerate(scenario.tables.actor_ids):
        new = begins[actor] >= to_day(SINCE)
        plain[actor] = NEW if new else 100.0 + place
        say("new_state", actor, "1900-01-01", float(new))
        say("standing", actor, "1900-01-01", plain[actor])
    for row in scenario.tables.attributes:
        if row.attribute in STANDINGS:
            say("standing", row.actor, row.date.text, STANDINGS[row.attribute] if row.value > 0 else plain[row.actor])
    flows: dict[tuple[str, int], dict[str, float]] = {}
    for row in scenario.tables.dyads:
        if row.attribute == "trade" and UNION in (row.sender, row.receiver):
            flow, partner = (
                ("soviet_imports", row.sender) if row.receiver == UNION else ("soviet_exports", row.receiver)
            )
            if (flow, year := int(row.date.text), partner) not in SUSPECT:
                flows.setdefault((partner, year), {})[flow] = row.value
    for (partner, year), known in sorted(flows.items()):
        if "soviet_imports" in known:
            say("union_sales", partner, f"{year}-12-31", math.log1p(known["soviet_imports"]))
        if len(known) == 2:
            say("union_trade", partner, f"{year}-12-31", math.log1p(sum(known.values())))
    tables = replace(scenario.tables, attributes=(*scenario.tables.attributes, *rows))
    return replace(scenario, quantities=quantities, tables=tables, _kept={})


class Model:
    """The model with some motives added, read from one record, for several fits on the same cases and options."""

    def __init__(
        self,
        record: rp.History,
        motives: Sequence[Motive],
        prior: Mapping[str, tuple[float, float]],
        pairs: NDArray[np.bool_],
        levels: Mapping[str, Sequence[str]],
    ) -> None:
        own = [name.removeprefix("recognise.") for name in prior]
        marks = [term for each in levels.values() for term in each]
        self.record, self.motives, self.prior, self.levels = record, motives, prior, levels
        self.formula = "recognise ~ " + " + ".join([*own, *(motive.term for motive in motives), *marks])
        self.told = Told(None, "leave out", ("colour",), *SPAN, pairs)
        self.read = read_history(record, self.formula, self.told)
        self.spread = self._spreads()

    def _spreads(self) -> dict[str, float]:
        """Give each motive's standard deviation among the states at risk, by how long they were, and 1 for a mark."""
        (cases,) = self.read.arranged.plan.blocks(2.0**30)
        share = cases.exposure / cases.exposure.sum()
        place = {column.name: column.factors[0] for column in self.read.arranged.layout.columns}
        found = {}
        for motive in self.motives:
            values = cases.statistics[:, place[motive.term]]
            found[motive.term] = 1.0 if motive.mark else math.sqrt(share @ (values - share @ values) ** 2)
        return found

    def fit(self, width: float, level: str = "") -> rp.FitResult:
        """Fit with a width of the added motives' prior, 0 for without them, and with a kind of levels or none."""
        stated = dict(self.prior)
        if width:
            stated |= {motive.term: (0.0, width / self.spread[motive.term]) for motive in self.motives}
        if level:
            stated |= {term: (0.0, LEVELS[level]) for term in self.levels[level]}
        held = {each.name: 0.0 for each in self.read.arranged.layout.columns if each.name not in stated}
        return fit_read(self.record, self.formula, self.told, self.read, Wishes(prior=stated, fixed=held))

    def gain(self, width: float = 1.0, level: str = "") -> float:
        """Give by how much the motives raise the log marginal likelihood."""
        return log_marginal(self.fit(width, level)) - log_marginal(self.fit(0.0, level))


def numbers(models: Sequence[Model], fits: Sequence[rp.FitResult], term: str) -> tuple[float, float, float]:
    """Give a motive's spread, and its number for one spread with its error, over the draws (Rubin's rules)."""
    scale = np.array([each.spread[term] for each in models])
    mean = scale * [each[term] for each in fits]
    error = scale * [each.se[each.names.index(term)] for each in fits]
    between = (1.0 + 1.0 / len(fits)) * np.var(mean, ddof=1)
    return float(scale.mean()), float(mean.mean()), math.sqrt(float(np.mean(error**2)) + between)


def shuffled(scenario: Scenario, states: Sequence[str], count: int) -> Scenario:
    """Give the scenario with further standings, in each of which some states have changed theirs at random."""
    quantities = dict(scenario.quantities)
    rows = []
    standings = [motive.term.removeprefix("sender_value(").rstrip(")") for motive in SETS[STANDING]]
    own = [row for row in scenario.tables.attributes if row.attribute in standings]
    for number in range(count):
        order = np.random.default_rng(number).permutation(len(states))
        taken = {states[k]: states[place] for place, k in enumerate(order)}
        for name in standings:
            quantities[f"{name}_{number}"] = replace(quantities[name], name=f"{name}_{number}")
        for row in own:
            rows.append(
                row._replace(
                    id=f"{row.id}.{number}",
                    attribute=f"{row.attribute}_{number}",
                    actor=taken.get(row.actor, row.actor),
                )
            )
    tables = replace(scenario.tables, attributes=(*scenario.tables.attributes, *rows))
    return replace(scenario, quantities=quantities, tables=tables, _kept={})


def whose_ties_had_lapsed(scenario: Scenario) -> set[str]:
    """Name those who had relations with the USSR that ended before the span begins."""
    parties = [
        {row.sender, row.receiver}
        for row in scenario.tables.acts
        if (row.layer, row.change) == ("recognition", "end")
        and UNION in (row.sender, row.receiver)
        and row.date.resolve("latest") < to_day(SPAN[0])
    ]
    return set().union(*parties) - {UNION}


def near_and_open(scenario: Scenario, states: Sequence[str]) -> list[str]:
    """Name the states within ``NEAR`` that existed when the span begins and had not recognised the USSR."""
    world = replay(record_history(scenario), to_day(SPAN[0]))
    union = world.actors.index(UNION)
    return [
        state
        for state in states
        for place in [world.actors.index(state)]
        if world.exists[place]
        and not world.ties["recognition"][place, union] > 0
        and world.pairs["distance"][place, union] <= NEAR
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--shuffles", type=int, default=SHUFFLES, help="of the standings in the peace")
    arguments = parser.parse_args()
    scenario = with_standing_and_trade(rp.load("interwar"))
    actors = scenario.tables.actor_ids
    pairs = np.zeros((len(actors),) * 2, dtype=bool)
    union = actors.index(UNION)
    pairs[:, union] = covered_pairs(scenario, "recognise").pairs[:, union]
    states = [name for name in scenario.kinds["state"] if name != UNION and pairs[actors.index(name), union]]
    prior = {m.parameter: scenario.parameters[m.parameter].prior for m in scenario.processes["recognise"].motives}
    levels = {
        "years": [f"receiver_value({shock(year)})" for year in YEARS],
        "states": [f"sender_value({readiness(state)})" for state in states],
    }
    vanquished = sorted({row.actor for row in scenario.tables.attributes if row.attribute == "vanquished"})
    models: dict[str, list[Model]] = {name: [] for name in SETS}
    lapsed = [state for state in vanquished if state in whose_ties_had_lapsed(scenario)]
    plain = {name: each for name, each in prior.items() if name != LAPSE}
    doubts = {state: ((state,), prior) for state in vanquished} | {"lapsed": (tuple(lapsed), prior), LAPSE: ((), plain)}
    doubted: dict[str, list[float]] = {name: [] for name in doubts}
    worlds = []
    for draw in range(arguments.draws):
        made, drawn = completed(counted_once(scenario, "recognise", draw), DRAWN, draw)
        worlds.append(made)
        record = record_history(made, dates="draw", readings="draw", draw=draw)
        for name, motives in SETS.items():
            models[name].append(Model(record, motives, prior, pairs, {}))
        for name, (left, stated) in doubts.items():
            others = pairs.copy()
            others[[actors.index(state) for state in left], union] = False
            doubted[name].append(Model(record, SETS[STANDING], stated, others, {}).gain())
    leveled = record_history(marked(worlds[0], states), dates="draw", readings="draw", draw=0)
    print(f"recognition of the USSR, {YEARS[0]} to {YEARS[-1]}: each set of motives beside the model's own")
    print(f"{'':48}{'number for one':>24}{'spread':>8}   gain in log marginal likelihood")
    print(
        f"{'':48}{'spread':>8}{'spread (SE)':>16}{'left':>8}{'':3}{'stated':>8}{'half':>7}{'twice':>7}"
        f"{'draws':>17}{'years':>8}{'states':>8}"
    )
    told: dict[str, list[rp.FitResult]] = {}
    for name, motives in SETS.items():
        told[name] = [model.fit(1.0) for model in models[name]]
        gains = np.array([[model.gain(width) for width in WIDTHS] for model in models[name]])
        half, stated, twice = gains.mean(axis=0)
        among = f"{gains[:, 1].min():.2f} to {gains[:, 1].max():.2f}"
        both = Model(leveled, motives, prior, pairs, levels)
        beside = "".join(f"{both.gain(level=level):8.2f}" for level in LEVELS)
        print(f"{name:83}{stated:8.2f}{half:7.2f}{twice:7.2f}{among:>17}{beside}")
        for motive in motives:
            scale, mean, error = numbers(models[name], told[name], motive.term)
            shown = "0 or 1" if motive.mark else f"{scale:.3g}"
            print(f"  {motive.says:46}{shown:>8}{f'{mean:.2f} ({error:.2f})':>16}{100 * error:6.0f} %")
    print(
        "  (stated: with the stated prior, the mean of the draws; half, twice: with one half or twice as wide; draws: "
        "from\n  the lowest to the highest; years, states: in the first draw, beside a level of each year or of each "
        "state)"
    )
    gain = {name: f"{np.mean(each):.2f}" for name, each in doubted.items()}
    said = ", ".join(f"{state} {gain[state]}" for state in vanquished)
    print(f"gain of {STANDING} without one of the vanquished: {said}")
    print(f"  without {', '.join(lapsed)}, whose ties of 1918 had lapsed: {gain['lapsed']}")
    print(f"  where the model has no motive broken_before, which holds these back: {gain[LAPSE]}")
    if arguments.shuffles:
        near = near_and_open(worlds[0], states)
        record = record_history(shuffled(worlds[0], near, arguments.shuffles), dates="draw", readings="draw", draw=0)
        own = []
        for number in range(arguments.shuffles):
            motives = [replace(each, term=each.term.replace(")", f"_{number})")) for each in SETS[STANDING]]
            own.append(Model(record, motives, prior, pairs, {}).gain())
        seen = models[STANDING][0].gain()
        low, mid, high = np.quantile(own, [0.05, 0.5, 0.95])
        p = (1 + sum(gain >= seen for gain in own)) / (1 + len(own))
        print(f"gain of {STANDING} in the first draw, and in {len(own)} shuffles of the standings")
        shown = f"{mid:.2f} ({low:.2f} to {high:.2f})"
        print(f"  among {len(near)} states within {NEAR:g} km: {seen:.2f}; shuffled {shown}; p = {p:.2f}")
    lines: dict[str, list[str]] = {}
    for name, fits in told.items():
        lines.setdefault(whose_cases(*fits), []).append(name)
    for line, names in lines.items():
        print(f"{'every set' if len(names) == len(SETS) else ', '.join(names)}: {line}")
    for name, whose in drawn.items():
        lacking = [state for state in states if state in whose]
        print(f"{name} is unknown for {len(lacking)} states, drawn {arguments.draws} times: {', '.join(lacking)}")
    for word in dict.fromkeys(word for fits in told.values() for fit in fits for word in fit.warnings):
        if "where nothing is recorded" in word and not word.startswith(DRAWN):
            print(f"! {word}")


if __name__ == "__main__":
    main()
