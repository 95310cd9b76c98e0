"""Soviet trade by partner: gravity, without the rows that are suspect and with them, and with fixed effects.

``python estimates/trade.py --data FOLDER`` reads them from the data set, COW Trade 4.0, says where the record differs,
fits exports and imports and writes their numbers; without a folder it takes the record's own rows.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from entries import write_learned
from published import add_option
from published_trade import SUSPECT, compared, with_trade

import rapallo as rp
from rapallo.estimate.flows import Gravity, fit_gravity, flow_table, learn_flow
from rapallo.scenario.scenario import Scenario

FLOWS = {"soviet_exports": "receiver", "soviet_imports": "sender"}
WITHIN = ("goods", "recognition", "treaty", "exposures", "sanction")
"""Told from what changed with one partner against the others of the year: Britain and China were large partners before
anything was exposed there, treaties heaped up while the value of all trade fell, and the strong sold much in every
year, not only in years of need."""
HELD = ("agreement",)
"""Held as assumed: of trade agreements the record has a selection."""
YEARS = (1921, 1938)
MARKS = ("suspect", "takes domestic exports", "incomplete year")
"""How the notes begin of those rows of the record that it calls wrong or incomplete."""


def suspect_rows(flow: str, table: pd.DataFrame, marked: bool) -> frozenset[tuple[int, str]]:
    """Give the years and partners whose value is called wrong or incomplete: by the record's notes, or of the data."""
    bad = table[table["note"].str.startswith(MARKS)]
    own = frozenset(zip(bad["year"].astype(int), bad["partner"], strict=True))
    return own if marked else frozenset((year, partner) for each, year, partner in SUSPECT if each == flow)


def side_by_side(
    scenario: Scenario, flow: str, table: pd.DataFrame, suspect: frozenset[tuple[int, str]]
) -> Iterator[Any]:
    """Fit with and without the suspect rows, and without them with a level for each partner and year."""
    motives = [m.name for m in scenario.yearly[flow].motives]
    terms = [name for name in motives if name not in HELD and name != "claims"]
    kept = np.array([(y, p) not in suspect for y, p in zip(table["year"], table["partner"], strict=True)])
    assumed = scenario.parameters[f"{flow}.agreement"].value
    for name, rows, effects in (
        ("without suspect rows", table[kept], ()),
        ("with them", table, ()),
        ("without, partners and years apart", table[kept], ("partner", "year")),
    ):
        fixed = {"constant", "sizes", "need", "market"} if effects else set()
        # distance and the old trade go with the partner's own level
        chosen = [t for t in terms if t not in fixed and not (effects and t in ("distance", "old_trade"))]
        offset = rows["agreement"].to_numpy() * assumed
        yield name, fit_gravity(rows.reset_index(drop=True), chosen, offset=offset, effects=effects)


def printed(name: str, found: Gravity) -> dict[str, list[float]]:
    """Print one fit; gives estimates and errors."""
    errors = np.sqrt(np.diag(found.covariance))
    print(f"  {name}: {found.observations} rows, {found.partners} partners, residual spread {found.residual:.2f}")
    for term, value, error in zip(found.names, found.coef, errors, strict=True):
        print(f"    {term:16}{value:9.3f} ({error:.3f})")
    if found.dropped:
        print(f"    never varies: {', '.join(found.dropped)}")
    return {
        term: [round(float(value), 3), round(float(error), 3)]
        for term, value, error in zip(found.names, found.coef, errors, strict=True)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=5, help="of the claims that are unknown")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    add_option(parser)
    arguments = parser.parse_args()
    scenario = rp.load("interwar")
    world = scenario
    if arguments.data is not None:
        try:
            world, left = with_trade(scenario, arguments.data, YEARS)
        except rp.RapalloError as error:
            parser.error(str(error))
        print("\n".join([*compared(scenario, world, YEARS), f"  left out: {'; '.join(left) or 'none'}"]))
    tables: dict[str, Any] = {}
    for flow, side in FLOWS.items():
        table = flow_table(world, flow)
        table["partner"] = table[side]
        table = table[table["year"].between(*YEARS)]
        suspect = suspect_rows(flow, table, world is scenario)
        whole = table.drop(columns="claims", errors="ignore").notna().all(axis=1)
        print(f"{flow}: {len(table)} rows, {int((~whole).sum())} with something unknown")
        print(f"  suspect: {', '.join(f'{p} {y}' for y, p in sorted(suspect))}")
        tables[flow] = {
            name: printed(name, fit)
            for name, fit in side_by_side(world, flow, table[whole].reset_index(drop=True), suspect)
        }
        found = learn_flow(
            world, flow, without=suspect, years=YEARS, held=HELD, within=WITHIN, imputations=arguments.draws
        )
        found = replace(found, risk_set=f"{found.risk_set}, without {len(suspect)} suspect rows of COW Trade 4.0")
        print(found.summary())
        if not arguments.dry:
            print(
                f"written: {', '.join(write_learned(scenario, [found], 'estimates/trade.py')) or 'nothing has changed'}"
            )
    output = Path(__file__).parent / "output" / "trade.json"
    output.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
