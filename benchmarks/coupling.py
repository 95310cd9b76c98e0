"""How much the shared luck couples two worlds: every shipped intervention, horizon, measure and kind of luck.

For each it gives the variance of the difference of independent runs over that of paired ones (1 is no
coupling), 1, 5, 10 and 15 years after the change, and what bounds it; and for each pair of worlds where
the luck lets go. ``--keep`` writes all of it, with the effects themselves, to a table::

    python benchmarks/coupling.py --runs 200
    python benchmarks/coupling.py --runs 200 --keep docs/interventions.csv
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import rapallo as rp
from rapallo.experiment.compare import Comparison
from rapallo.experiment.coupling import coupling_table, parting
from rapallo.scenario.intervention import interventions, read_intervention
from rapallo.system.history import as_day

HORIZONS = (1, 5, 10, 15)
SHOWN = ("recognised_by", "negotiations", "hidden_rearmament", "league_members", "polarisation")
WANTED = ("no-labour-1924", "recognised_by", "1926-12-31", 10.0)
"""The line that the project sets itself: this variance at least so many times smaller."""


def table_of(comparison: Comparison, scenario: rp.Scenario, luck: str) -> pd.DataFrame:
    """Give every measure at every horizon after the change: the effect, and how well it is coupled."""
    begins = int(comparison.intervention.begins(scenario)[:4])
    ends = int(scenario.end[:4])
    days = {h: f"{begins - 1 + h}-12-31" for h in HORIZONS if begins - 1 + h <= ends}
    found = coupling_table(comparison, tuple({*days.values(), WANTED[2]}))
    found.insert(0, "intervention", comparison.intervention.name)
    found.insert(1, "luck", luck)
    years = {day: h for h, day in days.items()}
    found["years"] = [years.get(at, 0) for at in found["at"]]
    medians = {}
    for name in set(found["measure"]):
        for world in ("base", "changed"):
            medians[name, world] = getattr(comparison, world).measure(name).values.median()
    for world in ("base", "changed"):
        found[world] = [
            float(medians[row.measure, world].loc[row.at or "value"] if row.at else medians[row.measure, world].iloc[0])
            for row in found.itertuples()
        ]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=None)
    parser.add_argument("--only", action="append", help="Only this intervention.")
    parser.add_argument("--keep", type=Path, help="Write everything to this CSV.")
    parser.add_argument("--within", help="A change of both worlds alike, to see what the coupling hangs on.")
    asked = parser.parse_args()
    began = time.monotonic()
    scenario = rp.load("interwar")
    if asked.within:
        scenario = read_intervention(scenario, asked.within).apply(scenario)
    shipped = {name: each for name, each in interventions(scenario).items() if not asked.only or name in asked.only}
    tables = []
    print("where the luck lets go\n")
    print(f"{'intervention':38} {'luck':6} {'recur':>6} {'moved':>6} {'lost':>6} {'picks':>6} {'part':>6} by")
    with TemporaryDirectory() as home:
        for luck in ("date", "clock"):
            # every comparison has the same base: one is enough
            base = rp.ensemble(scenario, asked.runs, asked.seed, luck=luck, jobs=asked.jobs, folder=Path(home) / luck)
            for name, each in shipped.items():
                changed = rp.ensemble(each.apply(scenario), asked.runs, asked.seed, luck=luck, jobs=asked.jobs)
                both = Comparison(each, each.sentences(scenario), base, changed, Path(home))
                p = parting(both, as_day(each.begins(scenario)))
                print(
                    f"{name:38} {luck:6} {p.kept:6.0%} {p.moved:6.0%} {p.lost:6.0%} {p.other:6.0%} {p.parted:6.0%} "
                    f"{p.first or 'fewer than half':16} least: {p.loose[0]} {p.loose[1]:.0%}",
                    flush=True,
                )
                found = table_of(both, scenario, luck)
                found["recur"], found["parted"], found["picks"] = p.kept, p.parted, p.other
                tables.append(found)
    table = pd.concat(tables, ignore_index=True)
    show(table)
    if asked.keep:
        keep(table, asked.keep, scenario, asked.runs, asked.seed)
    print(f"\n{asked.runs} runs a world, seed {asked.seed}, {time.monotonic() - began:.0f} s")


def show(table: pd.DataFrame) -> None:
    """Print the ratios, and the line that is wanted."""
    print("\nvariance of the difference, independent over paired; years after the change\n")
    print(f"{'intervention':38} {'luck':6} {'measure':18}" + "".join(f"{f'{h}y':>8}" for h in HORIZONS))
    indexed = table[table["years"] > 0].set_index(["intervention", "luck", "measure", "years"])["coupling"].sort_index()
    for name, luck in dict.fromkeys(zip(table["intervention"], table["luck"], strict=True)):
        mine = indexed.loc[name, luck]
        for measure in (*SHOWN, "median of all"):
            cells = ""
            for horizon in HORIZONS:
                values = mine.xs(horizon, level="years") if horizon in mine.index.get_level_values("years") else None
                if values is None:
                    cells += f"{'':>8}"
                else:
                    value = np.median(values) if measure not in SHOWN else values.get(measure, np.nan)
                    cells += f"{_figure(value):>8}"
            print(f"{name:38} {luck:6} {measure:18}{cells}")
    name, measure, day, goal = WANTED
    print(f"\n{name}, {measure} at {day}: at least {goal:g} is wanted")
    line = table[(table["intervention"] == name) & (table["measure"] == measure) & (table["at"] == day)]
    for row in line.itertuples():
        print(
            f"  {row.luck}: {row.coupling:.1f} (no pairing could give more than {row.best:.0f}); difference "
            f"{row.difference:+.2f} ± {row.error:.2f}, none at all in {row.unmoved:.0%} of the pairs; "
            f"{row.like_any:.1f} if all others differed alike"
        )


def keep(table: pd.DataFrame, path: Path, scenario: rp.Scenario, runs: int, seed: int) -> None:
    """Write the table, and on its first line what it was measured on."""
    columns = ["intervention", "luck", "measure", "at", "years", "base", "changed", "difference", "error"]
    columns += ["unmoved", "coupling", "best", "recur", "parted", "picks"]
    # what no pair of runs differs in is told by its absence
    wanted = table[((table["years"] > 0) | (table["at"] == "")) & (table["unmoved"] < 1.0)]
    text = wanted[columns].to_csv(index=False, float_format="%.4g", lineterminator="\n")
    head = f"# benchmarks/coupling.py; scenario {scenario.fingerprint}; {runs} runs; seed {seed}\n"
    path.write_text(head + text, encoding="utf-8")


def _figure(value: float) -> str:
    if np.isnan(value):
        return ""
    return "same" if np.isinf(value) else ">999" if value > 999 else f"{value:.3g}"


if __name__ == "__main__":
    main()
