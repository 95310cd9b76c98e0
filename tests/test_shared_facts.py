"""The interwar tables hold every fact of the curated tables, where it belongs, with its date, and each event once."""

from __future__ import annotations

import csv
import hashlib
import subprocess
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from rapallo.measures import tied_at
from rapallo.record.columns import RELATIONS_OF_ONE_EVENT
from rapallo.scenario.load import load
from rapallo.system.history import as_day

NO_FACTS = {"conflicts", "directions", "recognition_counts", "recognition_spells", "test_anchors"}
"""Tables about other tables: readings, directions, counts and what to score on. They hold no facts of their own."""

PLACES = {
    "claims": {"dyads", "attributes", "acts"},
    "comintern_subversion": {"acts"},
    "continental_bloc": {"acts"},
    "continental_bloc2": {"acts"},
    "council_seats": {"attributes"},
    "elections_governments": {"attributes", "acts"},
    "german_soviet_military": {"acts"},
    "governments_at_recognition": {"attributes"},
    "identity": {"identity"},
    "league": {"acts"},
    "negotiations": {"acts"},
    "organs": {"organs"},
    "persons": {"persons"},
    "recognition": {"acts"},
    "recognition_others": {"acts"},
    "reparations": {"attributes", "acts"},
    "rivals": {"dyads"},
    "soviet_foreign_trade": {"dyads", "attributes"},
    "text_claims": {"text_claims"},
    "treaties": {"acts"},
}
"""Curated table to the tables of the scenario that its facts belong in."""

BOTH = {
    "CLM017": "the waiver of 1986: the act, and the claim that it brings to nothing",
    "RPA036": "Austria's debt: what became of it, and that nothing regular was paid",
}
"""Facts that are an act and a number at once."""

OTHER_DATES = {
    "COM012": "one row for three republics: each coup bears its own days, all within the row's span",
    "GOV036": "dated by the riots; the row itself gives the day of the new cabinet, which is the colour's",
    "MIL020": "a contract, then a school: the row gives both dates",
    "MIL035": "one row for a ground with two beginnings: an agreement and the work itself",
    "NEG022": "a boycott: its beginning in two readings, and its cause, stand as acts of their own",
    "NEG027": "an offer and its refusal, within the row's span",
    "NEG053": "an offer and its refusal, at the two ends of the row's span",
    "PER032": "one row for three persons: each has a row here, with the years that the row's text gives him",
    "RPA031": "a conference: the sums of its agreement hold from its last day",
    "NEG062": "steps of a trade war, by those who took them, within the row's span",
}
"""Facts whose rows bear other dates than the curated table's one, and why."""

YEAR_ENDS = {
    "FIN": (range(1917, 1918), "the Soviet decree of 31 December 1917; the counts begin with the peace of 1920"),
    "GEO": (range(1920, 1921), "recognised by treaty; the counts leave out polities without a COW code"),
    "KHO": (range(1920, 1925), "recognised by treaty; the counts leave out polities without a COW code"),
    "BUK": (range(1921, 1925), "recognised by treaty; the counts leave out polities without a COW code"),
    "TUV": (range(1926, 1942), "recognised by treaty; the counts leave out polities without a COW code"),
    "CAN": (range(1924, 1927), "recognised as part of the Empire; not among the counts' spells"),
    "BEL": (range(1941, 1942), "restored with the exile government; the counts' spells end at the break"),
    "YUG": (range(1941, 1942), "restored with the exile government; the counts' spells end at the break"),
}
"""Who has relations with the USSR at the end of which years here and not in the counts, and why."""

YEAR_ENDS_THERE = {
    "SAU": (
        range(1924, 1926),
        "the counts take the agency at the Hejaz of Hussein for relations; recognition is of 1926",
    ),
}
"""The same the other way round."""


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def interwar():
    return load("interwar")


@pytest.fixture(scope="module")
def tables(interwar):
    """The scenario's tables as another program reads them."""
    return {path.stem: rows_of(path) for path in interwar.folder.glob("*.csv")}


@pytest.fixture(scope="module")
def facts(shared):
    return {path.stem: rows_of(path) for path in sorted((shared / "facts").glob("*.csv"))}


@pytest.fixture(scope="module")
def places(tables):
    found = defaultdict(set)
    for name, rows in tables.items():
        for row in rows:
            found[row.get("id", "")].add(name)
    return found


def test_every_curated_table_is_dealt_with(facts):
    assert set(facts) == set(PLACES) | NO_FACTS


@pytest.mark.parametrize("table", PLACES)
def test_every_fact_is_there_and_only_where_it_belongs(table, facts, places):
    wrong = {}
    for row in facts[table]:
        found = places[row["id"]]
        if not found or not found <= PLACES[table] or (len(found) > 1) != (row["id"] in BOTH):
            wrong[row["id"]] = sorted(found)
    assert wrong == {}


@pytest.mark.parametrize("table", sorted(set(PLACES) - {"identity", "text_claims", "governments_at_recognition"}))
def test_dates_are_those_of_the_curated_table(table, facts, tables):
    here = defaultdict(set)
    for name in ("acts", "attributes", "dyads"):
        for row in tables[name]:
            here[row["id"]].add(row["date"])
    for name in ("organs", "persons"):
        for row in tables[name]:
            here[row["id"]].add(row["from"] if row["from"] == row["to"] else f"{row['from']}/{row['to']}")
    wrong = {}
    for row in facts[table]:
        found, date = here[row["id"]], row["date"]
        begins, _, ends = date.partition("/")
        spell = bool(ends) and PLACES[table] != {"acts"} and begins in found and found <= {begins, ends}
        if date not in found and not spell and row["id"] not in OTHER_DATES:
            wrong[row["id"]] = (date, sorted(found))
    assert wrong == {}


def test_the_other_dates_are_still_other(facts, tables):
    dates = {row["id"]: row["date"] for name in PLACES for row in facts[name] if "date" in row}
    here = defaultdict(set)
    for name in ("acts", "attributes"):
        for row in tables[name]:
            here[row["id"]].add(row["date"])
    for row in tables["persons"]:
        here[row["id"]].add(f"{row['from']}/{row['to']}")
    assert [name for name in OTHER_DATES if here[name] == {dates[name]}] == []


def test_governments_take_office_when_the_table_says(facts, tables):
    here = defaultdict(set)
    for row in tables["attributes"]:
        here[row["id"]].add(row["date"])
    expected = {row["id"]: {row["gov_start"], row["date"]} for row in facts["governments_at_recognition"]}
    assert {name: here[name] for name, dates in expected.items() if not here[name] & dates} == {}


def test_text_claims_and_links_are_the_curated_ones(facts, tables):
    claims = {row["id"]: row for row in tables["text_claims"]}
    said = ("sentence", "kind", "paraphrase", "asserts", "verdict")
    for row in facts["text_claims"]:
        mine = claims[row["id"]]
        assert {name: mine[name] for name in said} == {name: row[name] for name in said}
        # the names of observables among them are no facts: they stand in the note
        ids = {each for each in row["fact_ids"].split(";") if each[-1:].isdigit()}
        assert {each for each in mine["fact_ids"].split(";") if each} == ids
    links = {row["id"]: row for row in tables["identity"]}
    for row in facts["identity"]:
        mine = (links[row["id"]]["canonical"], links[row["id"]]["member"], links[row["id"]]["relation"])
        theirs = (row["canonical_id"], row["member_id"], row["relation"])
        if row["type"] != "event":  # a reading of a name in the text
            theirs = (row["canonical_id"], "TXT035", f"name reading, {row['relation']}")
        assert mine == theirs


def test_recognition_goes_the_way_that_was_settled(facts, interwar, tables):
    code = {row["cow"]: row["id"] for row in tables["actors"] if row["cow"]}
    name = {each: row["id"] for row in tables["actors"] for each in (row["name_en"], *row["aliases"].split(";"))}
    recognised = defaultdict(set)
    for row in tables["acts"]:
        if row["layer"] in ("recognition", "de_facto"):
            recognised[row["id"]].add((row["sender"], row["receiver"]))
    wrong, seen = {}, 0
    for row in facts["directions"]:
        sides = [code.get(row[f"{side}_ccode"]) or name.get(row[side]) for side in ("sender", "receiver")]
        sender, receiver = sides
        found = recognised[row["recognition_id"]]
        if (sender, receiver) in found:
            seen += 1
        elif (receiver, sender) in found:
            wrong[row["id"]] = (row["recognition_id"], sender, receiver)
    assert wrong == {}
    assert seen >= 70


def test_year_end_counts_differ_only_where_explained(facts, interwar):
    history = interwar.record
    named = {}
    for row in interwar.tables.actors:
        for each in (row.name_en, *row.aliases):
            named.setdefault(each, row.id)
    ends = [as_day(f"{int(row['year']) + 1}-01-01") - 0.01 for row in facts["recognition_counts"]]
    ties = tied_at(history, ["recognition"], ends)[:, history.actors.index("USSR")]
    here_only, there_only = defaultdict(set), defaultdict(set)
    for row, tied in zip(facts["recognition_counts"], ties, strict=True):
        theirs = {named[each] for each in row["partners"].split(";") if each}
        assert len(theirs) == int(row["states_with_relations"])
        ours = {history.actors[each] for each in np.flatnonzero(tied)}
        for actor in ours - theirs:
            here_only[actor].add(int(row["year"]))
        for actor in theirs - ours:
            there_only[actor].add(int(row["year"]))
    assert dict(here_only) == {actor: set(years) for actor, (years, _) in YEAR_ENDS.items()}
    assert dict(there_only) == {actor: set(years) for actor, (years, _) in YEAR_ENDS_THERE.items()}


def test_no_background_row_has_a_source(tables):
    sourced = [name for name, rows in tables.items() if rows and "basis" in rows[0]]
    assert {"acts", "actors", "attributes", "dyads", "organs", "persons"} <= set(sourced)
    for name in sourced:
        for row in tables[name]:
            assert (row["basis"] == "background") == (not row["source"]), (name, row["id"])
            assert row["source"] or row["look_up"], (name, row["id"])
            assert row["basis"] != "background" or row["certainty"] == "low", (name, row["id"])


def test_background_stays_background(facts, tables):
    """No row was made better than the curated table knew it: what was not read there cites no page here."""
    known = {row["id"]: row["basis"] for name in PLACES for row in facts[name] if row.get("basis")}
    better = Counter()
    for name in ("acts", "attributes", "dyads", "organs", "persons"):
        for row in tables[name]:
            if known.get(row["id"]) == "background" and row["basis"] in ("read", "read_partial", "read_conflict"):
                better[row["id"]] += 1
    assert better == {}


def test_every_event_occurs_once(interwar, tables):
    """No two acts that are one event change one layer of one pair in the same way."""
    root: dict[str, str] = {}

    def event(fact: str) -> str:
        while root.setdefault(fact, fact) != fact:
            fact = root[fact]
        return fact

    for row in tables["identity"]:
        if row["relation"] in RELATIONS_OF_ONE_EVENT:
            root[event(row["member"])] = event(row["canonical"])
    mutual = {name for name, layer in interwar.layers.items() if layer.mutual}
    changed = defaultdict(set)
    for row in tables["acts"]:
        if row["layer"] != "context":
            pair = (row["sender"], row["receiver"])
            pair = tuple(sorted(pair)) if row["layer"] in mutual else pair
            changed[event(row["id"]), row["layer"], row["change"], pair].add(row["id"])
    assert {key: ids for key, ids in changed.items() if len(ids) > 1} == {}
    assert len(changed) > 800


def test_no_file_of_the_shared_folder_is_carried_along(shared, repository):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, check=True).stdout
    mine = [repository / name.decode() for name in listed.split(b"\0") if name]

    def hashes(paths: list[Path]) -> dict[str, str]:
        texts = ((path, path.read_bytes().replace(b"\r\n", b"\n").strip()) for path in paths if path.is_file())
        return {hashlib.sha256(text).hexdigest(): path.name for path, text in texts if text}

    theirs = hashes([path for part in ("facts", "data") for path in (shared / part).rglob("*")])
    assert len(theirs) > 50
    assert {theirs[each]: name for each, name in hashes(mine).items() if each in theirs} == {}


TIES_OF_KINDS = {
    "friendship": "treaty",
    "treaty": "treaty",
    "convention": "treaty",
    "neutrality": "treaty",
    "nonaggression": "treaty",
    "neutrality_nonaggression": "treaty",
    "pact": "treaty",
    "alliance": "alliance",
    "mutual_assistance": "alliance",
    "guarantee": "alliance",
    "trade_agreement": "trade_agreement",
    "trade_treaty": "trade_agreement",
}
"""Kind of a treaty in the curated table to the layer of the tie that it makes."""

OTHER_TIES = {
    "TRE021": "Kars: the republics that sign are no actors any more",
    "TRE049": "renews the alliance of 1921, which stands",
    "TRE062": "credits under a trade agreement that stands",
    "TRE071": "defines aggression; binds to nothing more",
    "TRE072": "never ratified",
    "TRE075": "the Balkan pact binds to help: alliances",
    "TRE079": "a regime of the Straits",
    "TRE087": "adds to the pact of August, whose tie stands",
}
"""Treaties that make another tie, or none, and why."""


def test_every_treaty_makes_the_tie_of_its_kind(facts, tables):
    layers = defaultdict(set)
    for row in tables["acts"]:
        layers[row["id"]].add(row["layer"])
    kinds = {row["id"]: TIES_OF_KINDS[row["kind"]] for row in facts["treaties"] if row["kind"] in TIES_OF_KINDS}
    assert len(kinds) > 40
    assert {name for name, layer in kinds.items() if layer not in layers[name]} == set(OTHER_TIES)


def test_a_dispute_that_became_a_war_is_at_the_door_of_its_initiator(shared, tables):
    code = {row["cow"]: row["id"] for row in tables["actors"] if row["cow"]}
    with (shared / "data" / "wars_interstate_dyadyear.csv").open(newline="") as lines:
        began = {
            (row["warnum"], code.get(row["ccode1"]), code.get(row["ccode2"]))
            for row in csv.DictReader(lines)
            if row["initiator1"] == "1" and row["cowinteronset"] == "1" and 1919 <= int(row["year"]) <= 1939
        }
    named = [row for row in tables["acts"] if row["layer"] == "dispute" and "; war " in row["locator"]]
    assert {row["id"] for row in named} == {"MID0041", "MID0111", "MID0183", "MID0184", "MID0258", "MID1027"}
    for row in named:
        war = row["locator"].split("; war ")[1].split(",")[0]
        assert (war, row["sender"], row["receiver"]) in began
    fought = {frozenset(pair) for _, *pair in began}
    others = [row for row in tables["acts"] if row["layer"] == "dispute" and "highest hostility: war" in row["note"]]
    for row in others:
        if frozenset((row["sender"], row["receiver"])) in fought:
            assert any((row["sender"], row["receiver"]) == tuple(pair) for _, *pair in began), row["id"]


def test_every_state_of_the_system_is_an_actor(shared, tables):
    """Every member of the Correlates of War state system from 1917 to 1941, and the others that the order names."""
    codes = {row["cow"] for row in tables["actors"]}
    with (shared / "data" / "states.csv").open(newline="") as lines:
        members = [row for row in csv.DictReader(lines) if int(row["styear"]) <= 1941 and int(row["endyear"]) >= 1917]
    assert len(members) > 60
    assert {row["statenme"] for row in members if row["ccode"] not in codes} == set()
    non_members = {"DAN", "HEJ", "MAN", "UKR", "GEO", "ARM", "AZE", "KHO", "BUK", "TUV"}
    assert non_members <= {row["id"] for row in tables["actors"]}
