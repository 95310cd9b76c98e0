"""A scenario's files as they would lie there had nobody written on after a day: rows deleted, text alone looked at."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterable

from rapallo.record.edtf import read_date
from rapallo.record.time import to_day

DATED = {"acts": "date", "attributes": "date", "dyads": "date"}
SPELLS = ("actors", "organs", "persons", "coverage")


def earlier(files: dict[str, bytes], day: str) -> dict[str, bytes]:
    """Delete every row that is dated, or public only, on a day or after it, and what leans on such rows.

    It is written apart from ``as_known`` and is blunter: what begins before the day stays here, and
    ``as_known`` has to judge it.
    """
    limit = to_day(day)
    tables = {name[:-4]: _rows(text) for name, text in files.items() if name.endswith(".csv")}
    for name in SPELLS:
        if name in tables:
            tables[name] = [row for row in tables[name] if not row["from"] or _begins(row["from"]) < limit]
            for row in tables[name]:
                row["to"] = row["to"] if row["to"] not in ("", "..") and _ends(row["to"]) < limit else ""
    for name, column in DATED.items():
        tables[name] = [row for row in tables.get(name, []) if _begins(row[column]) < limit]
    tables["acts"] = [row for row in tables["acts"] if _public_before(row.get("public_from", ""), limit)]
    for row in tables["acts"]:
        first, stretch, last = row["date"].partition("/")
        if stretch and last != ".." and _ends(last) >= limit:
            row["date"] = f"{first}/.."
    actors = {row["id"] for row in tables["actors"]}
    for name in (*DATED, *SPELLS[1:]):
        tables[name] = [row for row in tables.get(name, []) if _exist(row, actors)]
    facts = {row["id"] for name in (*DATED, "organs", "persons") for row in tables[name]}
    for row in (*tables["acts"], *tables["attributes"]):
        row["depends_on"] = ";".join(each for each in _split(row.get("depends_on")) if each.partition(":")[0] in facts)
        if "known_to" in row:
            row["known_to"] = ";".join(each for each in _split(row["known_to"]) if each in actors | {"all"})
    for row in tables["coverage"]:
        row["actors"] = ";".join(each for each in _split(row["actors"]) if each in actors)
    tables["identity"] = [row for row in tables.get("identity", []) if {row["canonical"], row["member"]} <= facts]
    tables.pop("text_claims", None)
    made = {name: text for name, text in files.items() if not name.endswith(".csv")}
    made |= {f"{name}.csv": _text(rows, files[f"{name}.csv"]) for name, rows in tables.items() if rows}
    made["scenario.toml"] = _without_actors(files["scenario.toml"].decode(), actors, _ids(files["actors.csv"])).encode()
    return made


def _rows(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode(), newline="")))


def _ids(text: bytes) -> set[str]:
    return {row["id"] for row in _rows(text)}


def _text(rows: Iterable[dict[str, str]], before: bytes) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, before.decode().split("\n", 1)[0].strip().split(","), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _begins(text: str) -> float:
    found = read_date(text).earliest
    return float("-inf") if found is None else found


def _ends(text: str) -> float:
    found = read_date(text).latest
    return float("inf") if found is None else found


def _public_before(text: str, limit: float) -> bool:
    return text != "not public" and (not text or _begins(text) < limit)


def _split(cell: str | None) -> list[str]:
    return [each for each in (cell or "").split(";") if each]


def _exist(row: dict[str, str], actors: set[str]) -> bool:
    named = [row.get(column, "") for column in ("actor", "sender", "receiver")]
    whose = _split(row.get("actors"))
    return all(not each or each in actors for each in named) and (not whose or any(each in actors for each in whose))


def _without_actors(text: str, left: set[str], all_of_them: set[str]) -> str:
    """Take the names of actors that are no longer there out of the model's lists."""
    assert tomllib.loads(text)
    for name in all_of_them - left:
        text = re.sub(rf'"{re.escape(name)}"(, ?)?', "", text)
    return text


TELLING = ("same_event", "part_of", "seat_of", "seat_end")


def without_later_decisions(files: dict[str, bytes], day: str) -> dict[str, bytes]:
    """Delete every later act that the model decides, every later number that it writes, and every number tied to one.

    Acts that the calendar holds (wars, context) and all other numbers stay.
    """
    limit = to_day(day)
    model = tomllib.loads(files["scenario.toml"].decode())
    given = {name for name, each in model["processes"].items() if each.get("given")}
    written = {name for kind in ("attributes", "dyads") for name, each in model[kind].items() if each.get("written")}
    tables = {name: _rows(files[f"{name}.csv"]) for name in ("acts", "attributes", "dyads", "identity", "text_claims")}

    def decided(row: dict[str, str]) -> bool:
        later = _begins(row["date"]) >= limit or not _public_before(row["public_from"], limit)
        return later and row["layer"] != "context" and row["process"] not in given

    gone = {row["id"] for row in tables["acts"] if decided(row)}
    formed = {(row["layer"], row["sender"], row["receiver"]) for row in tables["acts"] if decided(row)}
    formed |= {(layer, other, one) for layer, one, other in formed}  # a tie that binds both may lapse from either side
    tables["acts"] = [row for row in tables["acts"] if not decided(row)]
    tables["acts"] = [
        row
        for row in tables["acts"]
        if row["change"] == "form"
        or row["process"] not in given
        or (row["layer"], row["sender"], row["receiver"]) not in formed
        or _begins(row["date"]) < limit
    ]
    gone -= {row["id"] for row in tables["acts"]}
    while True:
        before = len(gone)
        gone |= {
            row["id"]
            for row in tables["attributes"]
            if {each.partition(":")[0] for each in _split(row["depends_on"])} & gone
        }
        for row in tables["identity"]:
            if row["relation"] in TELLING and {row["canonical"], row["member"]} & gone:
                gone |= {row["canonical"], row["member"]}
        if len(gone) == before:
            break
    for name in ("attributes", "dyads"):
        tables[name] = [
            row
            for row in tables[name]
            if not (_begins(row["date"]) >= limit and (row["attribute"] in written or row["id"] in gone))
        ]
    everything = [row for name in ("acts", "attributes", "dyads") for row in tables[name]]
    facts = {row["id"] for row in everything} | {
        row["id"] for name in ("organs", "persons") for row in _rows(files[f"{name}.csv"])
    }
    for row in (*tables["acts"], *tables["attributes"]):
        row["depends_on"] = ";".join(each for each in _split(row["depends_on"]) if each.partition(":")[0] in facts)
    tables["identity"] = [row for row in tables["identity"] if {row["canonical"], row["member"]} <= facts]
    tables.pop("text_claims")
    made = {name: text for name, text in files.items() if name != "text_claims.csv"}
    return made | {f"{name}.csv": _text(rows, files[f"{name}.csv"]) for name, rows in tables.items()}
