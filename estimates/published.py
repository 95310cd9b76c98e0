"""Where the published data sets lie, and the disputes as GML has them."""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rapallo.errors import RapalloError
from rapallo.record.edtf import read_date
from rapallo.record.rows import ActRow
from rapallo.scenario.scenario import Scenario

VARIABLE = "RAPALLO_DATA"


def add_option(parser: argparse.ArgumentParser) -> None:
    """Ask for the folder, which the environment may name too."""
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None,
        help=f"folder of the published data sets; by default what {VARIABLE} names, and else the record's own rows",
    )


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    """Read one table.

    Raises
    ------
    RapalloError
        If it is not there.
    """
    path = folder / name
    if not path.is_file():
        raise RapalloError(f"{folder} holds no {name}: name the folder of the published data sets with --data")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def actor_numbers(scenario: Scenario) -> dict[int, tuple[str, ...]]:
    """Give the actors that bear each COW number."""
    found: dict[int, list[str]] = {}
    for row in scenario.tables.actors:
        if row.cow.isdigit() and row.id not in found.setdefault(int(row.cow), []):
            found[int(row.cow)].append(row.id)
    return {number: tuple(names) for number, names in found.items()}


def with_disputes(scenario: Scenario, folder: Path, years: tuple[int, int]) -> tuple[Scenario, list[str]]:
    """Put the disputes of GML in the place of the record's.

    Sender is whoever stands on side A, as the data set has it; only originators count; a day that is
    not known is left open within its month. Gives the scenario, and what was left out and why.
    """
    names = actor_numbers(scenario)
    template = next(row for row in scenario.tables.acts if row.process == "enter_dispute")
    parties: dict[str, list[dict[str, str]]] = {}
    for row in rows_of(folder, "mids_gml_participants.csv"):
        if row["orig"] == "1":
            parties.setdefault(row["dispnum"], []).append(row)
    made: list[ActRow] = []
    left: list[str] = []
    for number, sides in parties.items():
        first = min(sides, key=_begins)
        if not years[0] <= int(first["styear"]) <= years[1]:
            continue
        for sender in (row for row in sides if row["sidea"] == "1"):
            for receiver in (row for row in sides if row["sidea"] == "0"):
                later = max((sender, receiver), key=_begins)
                pair = [
                    actor_then(names.get(int(row["ccode"]), ()), scenario, _date(later)) for row in (sender, receiver)
                ]
                if None in pair:
                    left.append(f"dispute {number}: {sender['ccode']} against {receiver['ccode']}, no such actor then")
                    continue
                made.append(
                    template._replace(
                        id=f"GML{int(number):04}",
                        date=read_date(_date(later)),
                        occasion=f"GML{int(number):04}",
                        sender=str(pair[0]),
                        receiver=str(pair[1]),
                        title=f"dispute {number}",
                        locator=f"dispute {number}",
                        note="",
                    )
                )
    acts = (*(row for row in scenario.tables.acts if row.process != "enter_dispute"), *made)
    return replace(scenario, tables=replace(scenario.tables, acts=acts), _kept={}), left


def compared(scenario: Scenario, made: Scenario) -> Iterator[str]:
    """Say where the record's disputes and those of the data set differ."""

    def ties(rows: Sequence[ActRow]) -> dict[tuple[int, str, str], str]:
        return {
            (int(row.id[3:]), row.sender, row.receiver): row.date.text for row in rows if row.process == "enter_dispute"
        }

    ours, theirs = ties(scenario.tables.acts), ties(made.tables.acts)
    turned = [key for key in ours if key not in theirs and (key[0], key[2], key[1]) in theirs]
    yield f"{len(theirs)} ties in the data set, {len(ours)} in the record; {len(turned)} turned about in the record"
    other = {
        "in the record only": [key for key in ours if key not in theirs and key not in turned],
        "in the data set only": [key for key in theirs if key not in ours and (key[0], key[2], key[1]) not in ours],
        "of another day": [key for key in ours if theirs.get(key, ours[key]) != ours[key]],
    }
    for words, keys in other.items():
        yield f"  {words}: {'; '.join(f'{n} {a}-{b}' for n, a, b in keys) or 'none'}"


def _begins(row: dict[str, str]) -> tuple[int, int, int]:
    return int(row["styear"]), int(row["stmon"]), int(row["stday"])


def _date(row: dict[str, str]) -> str:
    year, month, day = _begins(row)
    if month < 1:
        return f"{year:04}"
    return f"{year:04}-{month:02}" if day < 1 else f"{year:04}-{month:02}-{day:02}"


def actor_then(names: Sequence[str], scenario: Scenario, date: str) -> str | None:
    """Give which of some actors that bear one number did so on a day."""
    day = read_date(date).resolve("latest")
    for row in scenario.tables.actors:
        begins = row.begins is None or row.begins.earliest is None or row.begins.earliest <= day
        ends = row.ends is None or row.ends.latest is None or row.ends.latest >= day
        if row.id in names and begins and ends:
            return row.id
    return None
