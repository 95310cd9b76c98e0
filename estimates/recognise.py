"""Recognition of the USSR, with other contested polities pooled towards it.

``python estimates/recognise.py`` fits the polities group by group, finds how far the groups lie apart, takes what the
others say as the prior of the USSR's numbers, and writes these.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
from entries import write_learned
from numpy.typing import NDArray
from pooling import GroupFit, likelihood_alone, pool
from process import DRAWS, loosened
from whose_cases import whose_cases

import rapallo as rp
from rapallo.estimate.completed import completed
from rapallo.estimate.counted_once import counted_once
from rapallo.estimate.imputation import impute
from rapallo.estimate.learn import learn
from rapallo.estimate.learned import Learned
from rapallo.scenario.parameter import NORMAL_95
from rapallo.scenario.scenario import Scenario
from rapallo.scenario.timeline import record_history

GROUPS = {
    "Baltic states and Finland": ("EST", "LAT", "LIT", "FIN"),
    "states of the peace": ("POL", "CZE", "YUG", "ALB"),
    "Ukraine and Transcaucasia": ("UKR", "GEO", "ARM", "AZE"),
    "Arab kingdoms": ("HEJ", "SAU", "EGY", "IRQ"),
    "Franco's Spain": ("SPF",),
    "Manchukuo": ("MAN",),
    "Ireland": ("IRE",),
    "Italian empire in Ethiopia": ("IET",),
}
"""Receivers beside the USSR. Mongolia, Tuva, Khorezm, Bukhara and Slovakia are none: of them the record has six acts,
all of Moscow, whose creatures they were or, the last, its ally's."""

POOLED = (
    "great_power", "distance", "precedent_nearby", "precedent_of_powers", "wave", "lead_of_powers", "de_facto",
    "government", "rivals_rival", "rivalry", "both_members",
)  # fmt: skip
"""Motives that others than the USSR share. Their trade and their talks are in no table, and there were no claims of
this kind on them and no Comintern."""

WITHOUT = {
    "states of the peace": ("government",),
    "Ukraine and Transcaucasia": ("government", "rivals_rival"),
    "Arab kingdoms": ("government", "rivals_rival", "rivalry"),
    "Manchukuo": ("distance", "precedent_nearby"),
    "Ireland": ("rivals_rival", "rivalry"),
    "Italian empire in Ethiopia": ("government", "rivals_rival", "rivalry"),
}
"""Motives that a group has not: the colour of its governments, its rivals or its distances are in no table."""

NEAR = 1500.0
"""Kilometres: of the others the record holds the acts of great powers and neighbours, and those alone are at risk."""

LOOSE = 5.0
"""Each group's own prior is so many times as wide as the stated one, and is taken out again before pooling."""

START, END = "1919-01-01", "1939-12-31"


def widened(scenario: Scenario) -> Scenario:
    """Let more polities be recognised than in the model, and make those of one polity on one day one occasion."""
    members = tuple(dict.fromkeys([*scenario.groups["contested_polity"], *(x for g in GROUPS.values() for x in g)]))
    acts = tuple(
        row._replace(occasion=f"of {row.receiver}") if row.process == "recognise" else row
        for row in scenario.tables.acts
    )
    return replace(
        scenario,
        groups={**scenario.groups, "contested_polity": members},
        tables=replace(scenario.tables, acts=acts),
        _kept={},
    )


def at_risk(scenario: Scenario, receivers: tuple[str, ...]) -> NDArray[np.bool_]:
    """Give the pairs of the great powers, and of whoever lies near, with some receivers."""
    actors = scenario.tables.actor_ids
    pairs = np.zeros((len(actors), len(actors)), dtype=bool)
    powers = {row.actor for row in scenario.tables.attributes if row.attribute == "great_power" and row.value > 0}
    for receiver in receivers:
        near = {
            party
            for row in scenario.tables.dyads
            if row.attribute == "distance" and row.value <= NEAR and receiver in (row.sender, row.receiver)
            for party in (row.sender, row.receiver)
        }
        for sender in (powers | near) - {receiver}:
            pairs[actors.index(sender), actors.index(receiver)] = True
    return pairs


def group_fit(
    scenario: Scenario, name: str, receivers: tuple[str, ...], worlds: list[rp.History]
) -> tuple[GroupFit, rp.FitResult]:
    """Fit one group with a loose prior, and take that out again."""
    motives = [each for each in POOLED if each not in WITHOUT.get(name, ())]
    names = [f"recognise.{each}" for each in motives]
    loose = {each: (m, LOOSE * s) for each in names for m, s in [scenario.parameters[each].prior]}
    loose["recognise.constant"] = (scenario.parameters["recognise.constant"].prior[0], 10.0)
    pairs = at_risk(scenario, receivers)
    fits: list[rp.FitResult] = []

    def one(draw: int) -> rp.FitResult:
        fit = rp.fit(
            "recognise ~ constant + " + " + ".join(motives),
            worlds[draw],
            missing="leave out",
            unknown=["colour"] if "government" in motives else [],
            start=START,
            end=END,
            allowed=pairs,
            prior=loose,
        )
        fits.append(fit)
        return fit

    found = impute(one, len(worlds), 0, 0.95)
    print(f"\n{name}: {', '.join(receivers)}")
    print(found.to_frame()[["term", "estimate", "se"]].to_string(index=False, float_format=lambda x: f"{x:.2f}"))
    print(whose_cases(*fits))
    return likelihood_alone(found.names, found.coef, found.covariance, loose), found


def main() -> Learned:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--dry", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    scenario = rp.load("interwar")
    wide = widened(scenario)
    worlds = [
        record_history(
            completed(counted_once(wide, "recognise", draw), ["colour"], draw)[0],
            dates="draw",
            readings="draw",
            draw=draw,
        )
        for draw in range(arguments.draws)
    ]
    alone = learn(scenario, "recognise", imputations=arguments.draws)
    print(alone.summary())
    pooled = [f"recognise.{each}" for each in POOLED]
    stated = {name: scenario.parameters[name].prior for name in pooled}
    groups = [group_fit(wide, name, receivers, worlds)[0] for name, receivers in GROUPS.items()]
    prior_of_alone = dict(zip(alone.names, zip(alone.prior_mean, alone.prior_sd, strict=True), strict=True))
    own = likelihood_alone(alone.names, alone.mean, alone.covariance, prior_of_alone)
    spreads = np.array([stated[name][1] for name in pooled])
    found = pool(groups, own, pooled, stated, spreads)
    print("\nwhat the others and the stated prior say of the USSR, its error, and how far the others lie from it")
    parameters = dict(scenario.parameters)
    for k, name in enumerate(pooled):
        mean, error, scale = found.mean[k], found.covariance[k, k] ** 0.5, found.scale[k]
        print(f"{name:32} {mean:7.3f} {error:6.3f} {scale:6.3f}   stated {stated[name][0]:6.2f} {stated[name][1]:5.2f}")
        parameters[name] = replace(
            parameters[name], prior_value=mean, prior_range=(mean - NORMAL_95 * error, mean + NORMAL_95 * error)
        )
    told = learn(replace(scenario, parameters=parameters), "recognise", imputations=arguments.draws)
    told = replace(
        told,
        prior_mean=alone.prior_mean,
        prior_sd=alone.prior_sd,
        risk_set=f"{told.risk_set}; the others' recognition pooled towards it",
    )
    print("\nthe USSR, with the others as its prior")
    print(told.summary())
    print(loosened(scenario, alone, lambda each, draws: learn(each, "recognise", imputations=draws)))
    if not arguments.dry:
        print(f"written: {', '.join(write_learned(scenario, [told], 'estimates/recognise.py'))}")
    return told


if __name__ == "__main__":
    main()
