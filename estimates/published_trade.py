"""Soviet trade as COW Trade 4.0 has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from published import actor_numbers, actor_then, rows_of

from rapallo.record.edtf import read_date
from rapallo.record.rows import DyadRow
from rapallo.scenario.scenario import Scenario

RUSSIA = 365
TABLE = "trade_dyadyear.csv"
SUSPECT = {
    **{("soviet_exports", year, "DEU"): "about 4.2 times too small" for year in range(1929, 1933)},
    **{("soviet_imports", year, "DEU"): "about 4.2 times too small" for year in range(1929, 1933)},
    ("soviet_imports", 1925, "GBR"): "takes domestic exports only",
}
"""What the data sets' own description calls wrong: German trade of 1929 to 1932, and British exports of 1925."""


def with_trade(scenario: Scenario, folder: Path, years: tuple[int, int]) -> tuple[Scenario, list[str]]:
    """Put the trade of the data set in the place of the record's.

    Values are whole millions of current dollars, ``flow1`` what the first imports from the second. An empty cell is
    unknown and makes no row. Gives the scenario, and what was left out and why.
    """
    names = actor_numbers(scenario)
    template = next(row for row in scenario.tables.dyads if row.attribute == "trade")
    made: list[DyadRow] = []
    left: list[str] = []
    for row in rows_of(folder, TABLE):
        sides, year = [int(row["ccode1"]), int(row["ccode2"])], int(row["year"])
        if RUSSIA not in sides or not years[0] <= year <= years[1]:
            continue
        number = sides[0] if sides[1] == RUSSIA else sides[1]
        partner = actor_then(names.get(number, ()), scenario, f"{year}-12-31")
        if partner is None:
            left.append(f"{number} in {year}, no such actor then")
            continue
        bought, sold = ("flow1", "flow2") if sides[0] == RUSSIA else ("flow2", "flow1")
        for flow, column, (sender, receiver) in (
            ("soviet_imports", bought, (partner, "USSR")),
            ("soviet_exports", sold, ("USSR", partner)),
        ):
            if row[column]:
                made.append(
                    template._replace(
                        id=f"COW{year}.{sender}.{receiver}",
                        sender=sender,
                        receiver=receiver,
                        date=read_date(str(year)),
                        value=float(row[column]),
                        note=SUSPECT.get((flow, year, partner), ""),
                    )
                )
    rows = (*(row for row in scenario.tables.dyads if not _traded(row, years)), *made)
    return replace(scenario, tables=replace(scenario.tables, dyads=rows), _kept={}), left


def compared(scenario: Scenario, made: Scenario, years: tuple[int, int]) -> Iterator[str]:
    """Say where the record's trade and that of the data set differ."""
    ours, theirs = (
        {(int(r.date.text), r.sender, r.receiver): r.value for r in each.tables.dyads if _traded(r, years)}
        for each in (scenario, made)
    )
    yield f"{len(theirs)} flows in the data set, {len(ours)} in the record, {years[0]} to {years[1]}"
    for words, keys in (
        ("in the record only", [key for key in ours if key not in theirs]),
        ("in the data set only", [key for key in theirs if key not in ours]),
        ("of another value", [key for key in ours if theirs.get(key, ours[key]) != ours[key]]),
    ):
        yield f"  {words}: {'; '.join(f'{a} to {b} {year}' for year, a, b in sorted(keys)) or 'none'}"


def _traded(row: DyadRow, years: tuple[int, int]) -> bool:
    return row.attribute == "trade" and row.date.text.isdigit() and years[0] <= int(row.date.text) <= years[1]
