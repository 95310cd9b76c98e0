"""Ways to damage a scenario's files, by chance.

A *named* damage must be refused, and the file that was damaged must be among those named. *Noise* may
leave a scenario that loads; it must load whole, or be refused with a report.
"""

import csv
import io
import random
from collections.abc import Callable

from rapallo.errors import Problem, ScenarioError
from rapallo.record.folder import LARGEST_FILE, Folder
from rapallo.scenario.load import load_folder
from rapallo.scenario.scenario import Scenario

Files = dict[str, bytes]
Damage = Callable[[Files, random.Random], str]
"""Damages the files in place; gives the name of the file that must be named."""

HUGE = bytes(LARGEST_FILE + 1)
DATES = [
    "Jul-22",
    "01/02/1924",
    "1924-13-01",
    "1924-02-31",
    "1924-2-1",
    "8798",
    "c. 1926",
    "1927/1926",
    "192X",
    "[1926,]",
]
TABLES_WITH_DATES = {"acts.csv": "date", "attributes.csv": "date", "dyads.csv": "date", "actors.csv": "from"}
NAMES = {
    "acts.csv": ["sender", "receiver", "layer", "process", "change", "organ"],
    "attributes.csv": ["actor", "attribute", "unit"],
    "dyads.csv": ["sender", "receiver", "attribute", "unit"],
    "coverage.csv": ["table", "about"],
    "identity.csv": ["canonical", "member"],
    "persons.csv": ["actor"],
}
SOURCED = ["actors.csv", "organs.csv", "persons.csv", "acts.csv", "attributes.csv", "dyads.csv"]
TABLES = [*SOURCED, "coverage.csv", "identity.csv"]
GARBAGE = [
    "",
    "0",
    "-1",
    "nan",
    "1e400",
    "\U0001f600",
    "'; --",
    "{sender}",
    "=1+1",
    "\\",
    "..",
    "../x",
    "None",
    "a" * 300,
    "][",
]


def rows_of(files: Files, file: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(files[file].decode(), newline="")))


def put(files: Files, file: str, rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    files[file] = text.getvalue().encode()


def set_cell(files: Files, file: str, column: str, value: str, chance: random.Random, filled: bool = False) -> str:
    rows = rows_of(files, file)
    place = rows[0].index(column)
    row = chance.choice([row for row in rows[1:] if row[place] or not filled])
    row[place] = value
    put(files, file, rows)
    return file


def misspelt(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word) + 1)
    return word[:place] + chance.choice("qxzQXZ") + word[place:]


def wrong_date(files: Files, chance: random.Random) -> str:
    file = chance.choice(list(TABLES_WITH_DATES))
    return set_cell(files, file, TABLES_WITH_DATES[file], chance.choice(DATES), chance)


def unknown_name(files: Files, chance: random.Random) -> str:
    file = chance.choice(list(NAMES))
    rows = rows_of(files, file)
    place = rows[0].index(chance.choice(NAMES[file]))
    filled = [row for row in rows[1:] if row[place]]
    row = chance.choice(filled)
    row[place] = misspelt(row[place], chance)
    put(files, file, rows)
    return file


def no_source(files: Files, chance: random.Random) -> str:
    return set_cell(files, chance.choice(SOURCED), "source", "", chance)


def unknown_source(files: Files, chance: random.Random) -> str:
    return set_cell(files, chance.choice(SOURCED), "source", misspelt("invented", chance), chance)


def wrong_word(files: Files, chance: random.Random) -> str:
    return set_cell(
        files, chance.choice(SOURCED), chance.choice(["basis", "certainty"]), misspelt("low", chance), chance
    )


def no_number(files: Files, chance: random.Random) -> str:
    value = chance.choice(["", "many", "1,5", "1 000", "25%", "inf", "NaN", "1e999", "−3", "0x10", "1_000", "#REF!"])
    return set_cell(files, chance.choice(["attributes.csv", "dyads.csv"]), "value", value, chance)


def no_unit(files: Files, chance: random.Random) -> str:
    return set_cell(files, chance.choice(["attributes.csv", "dyads.csv"]), "unit", "", chance)


def tie_before_actor(files: Files, chance: random.Random) -> str:
    rows = rows_of(files, "acts.csv")
    place, receiver = rows[0].index("date"), rows[0].index("receiver")
    chance.choice([row for row in rows[1:] if row[receiver] == "ELY"])[place] = f"1920-{chance.randint(1, 12):02d}"
    put(files, "acts.csv", rows)
    return "acts.csv"


def tie_after_actor(files: Files, chance: random.Random) -> str:
    rows = rows_of(files, "acts.csv")
    place, sender = rows[0].index("date"), rows[0].index("sender")
    chance.choice([row for row in rows[1:] if row[sender] == "COR"])[place] = f"{chance.randint(1927, 1929)}"
    put(files, "acts.csv", rows)
    return "acts.csv"


def end_without_beginning(files: Files, chance: random.Random) -> str:
    rows = [row for row in rows_of(files, "acts.csv") if row[0] != "ACT001"]
    put(files, "acts.csv", rows)
    return "acts.csv"


def form_while_it_stands(files: Files, chance: random.Random) -> str:
    rows = rows_of(files, "acts.csv")
    row = list(chance.choice([row for row in rows[1:] if row[0] in ("ACT002", "ACT004")]))
    row[0], row[1] = "ACT900", f"{chance.randint(1923, 1929)}"
    put(files, "acts.csv", [*rows, row])
    return "acts.csv"


def circle(files: Files, chance: random.Random) -> str:
    rows = rows_of(files, "acts.csv")
    place = rows[0].index("depends_on")
    ids = [row[0] for row in rows[1:]]
    start = chance.randrange(len(ids))
    members = list(dict.fromkeys(ids[start:] + ids[:start]))[: chance.randint(1, 4)]
    for name, target in zip(members, [*members[1:], members[0]], strict=True):
        rows[1 + ids.index(name)][place] = target
    put(files, "acts.csv", rows)
    return "acts.csv"


def disagreeing_rows(files: Files, chance: random.Random) -> str:
    rows = rows_of(files, "acts.csv")
    row = list(chance.choice(rows[1:]))
    row[1] = "1910"
    put(files, "acts.csv", [*rows, row])
    return "acts.csv"


def other_encoding(files: Files, chance: random.Random) -> str:
    file = chance.choice(["actors.csv", "persons.csv"])
    files[file] = (
        files[file].decode().encode(chance.choice(["cp1251", "koi8-r", "utf-16", "utf-8-sig", "cp866", "utf-32"]))
    )
    return file


def raw_byte(files: Files, chance: random.Random) -> str:
    file = chance.choice(list(files))
    place = chance.randrange(len(files[file]))
    files[file] = files[file][:place] + bytes([chance.choice([0x00, 0xFF, 0xC0, 0x81, 0x07])]) + files[file][place:]
    return file


def other_separator(files: Files, chance: random.Random) -> str:
    file = chance.choice(TABLES)
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=chance.choice(";\t|"), lineterminator="\n").writerows(rows_of(files, file))
    files[file] = text.getvalue().encode()
    return file


def ragged(files: Files, chance: random.Random) -> str:
    file = chance.choice(TABLES)
    rows = rows_of(files, file)
    row = chance.choice(rows[1:])
    if chance.random() < 0.5:
        row.insert(chance.randrange(len(row)), "x")
    else:
        del row[chance.randrange(len(row))]
    put(files, file, rows)
    return file


def wrong_heading(files: Files, chance: random.Random) -> str:
    file = chance.choice(TABLES)
    rows = rows_of(files, file)
    place = chance.randrange(len(rows[0]))
    rows[0][place] = chance.choice([misspelt(rows[0][place], chance), rows[0][place - 1], "", f" {rows[0][place]}"])
    put(files, file, rows)
    return file


def open_quote(files: Files, chance: random.Random) -> str:
    file = chance.choice(TABLES)
    lines = files[file].decode().split("\n")
    place = chance.randrange(1, len(lines) - 1)
    lines[place] = '"' + lines[place].replace('"', "")
    files[file] = "\n".join(lines).encode()
    return file


def blanks_and_missing(files: Files, chance: random.Random) -> str:
    file = chance.choice(list(NAMES))
    rows = rows_of(files, file)
    place = rows[0].index(chance.choice(NAMES[file]))
    row = chance.choice([row for row in rows[1:] if row[place]])
    row[place] = chance.choice([f"{row[place]} ", f"\u00a0{row[place]}", "NA", "NULL", "#N/A", "NaN"])
    put(files, file, rows)
    return file


def broken_toml(files: Files, chance: random.Random) -> str:
    file = chance.choice(["scenario.toml", "parameters.toml"])
    lines = files[file].decode().split("\n")
    marks = [(row, place) for row, line in enumerate(lines) if not line.startswith("#")
             for place, letter in enumerate(line.split("#")[0]) if letter in '"[]{}=']  # fmt: skip
    row, place = chance.choice(marks)
    lines[row] = lines[row][:place] + lines[row][place + 1 :]
    files[file] = "\n".join(lines).encode()
    return file


def unknown_key(files: Files, chance: random.Random) -> str:
    file = chance.choice(["scenario.toml", "parameters.toml"])
    lines = files[file].decode().split("\n")
    keyed = [
        row
        for row, line in enumerate(lines)
        if " = " in line and not line.startswith(("#", "effects", "rate", "1", "2"))
    ]
    row = chance.choice(keyed)
    lines[row] = chance.choice("xyz") + lines[row]
    files[file] = "\n".join(lines).encode()
    return file


def idle_parameter(files: Files, chance: random.Random) -> str:
    text = files["parameters.toml"].decode()
    heading = chance.choice([line for line in text.split("\n") if line.startswith("[")])
    files["parameters.toml"] = text.replace(heading, f"{heading[:-1]}x]").encode()
    return "parameters.toml"


def wrong_value(files: Files, chance: random.Random) -> str:
    lines = files["parameters.toml"].decode().split("\n")
    row = chance.choice([row for row, line in enumerate(lines) if line.startswith(("value", "range", "origin", "why"))])
    key = lines[row].split(" = ")[0]
    lines[row] = (
        f"{key} = {chance.choice(['nan', 'inf', '[]', '{}', 'true', '1e999', '9' * 400, '[1, 2, 3]', '1979-05-27'])}"
    )
    files["parameters.toml"] = "\n".join(lines).encode()
    return "parameters.toml"


def broken_sources(files: Files, chance: random.Random) -> str:
    text = files["sources.bib"].decode()
    entry = "@misc{invented, title = {Again}, why = {twice}}"
    old, new = chance.choice(
        [("why =", "wy ="), ("title =", "titel ="), ("never were}\n}", "never were\n}"), ("}\n}", f"}}\n}}\n{entry}")]
    )
    files["sources.bib"] = text.replace(old, new).encode()
    return "sources.bib"


def path_that_leaves(files: Files, chance: random.Random) -> str:
    path = chance.choice(
        ["../acts.csv", "/etc/passwd", "a/../../b.csv", "C:/acts.csv", "~/acts.csv", "..", "\\\\host\\x.csv"]
    )
    text = files["scenario.toml"].decode().replace("[systems]", f"[files]\nacts = '{path}'\n[systems]")
    files["scenario.toml"] = text.encode()
    return path.replace("\\\\", "\\\\")


def missing_file(files: Files, chance: random.Random) -> str:
    file = chance.choice(["scenario.toml", "parameters.toml", "actors.csv", "acts.csv", "sources.bib"])
    del files[file]
    return file


def absurd_size(files: Files, chance: random.Random) -> str:
    file = chance.choice([*TABLES, "scenario.toml", "parameters.toml", "sources.bib"])
    if file.endswith(".csv") and chance.random() < 0.2:
        return set_cell(files, file, "note", "x" * 150_000, chance)
    files[file] = HUGE
    return file


NAMED: dict[str, Damage] = {
    damage.__name__: damage
    for damage in (
        wrong_date,
        unknown_name,
        no_source,
        unknown_source,
        wrong_word,
        no_number,
        no_unit,
        tie_before_actor,
        tie_after_actor,
        end_without_beginning,
        form_while_it_stands,
        circle,
        disagreeing_rows,
        other_encoding,
        raw_byte,
        other_separator,
        ragged,
        wrong_heading,
        open_quote,
        blanks_and_missing,
        broken_toml,
        unknown_key,
        idle_parameter,
        wrong_value,
        broken_sources,
        path_that_leaves,
        missing_file,
        absurd_size,
    )
}


def flipped_bytes(files: Files, chance: random.Random) -> str:
    file = chance.choice(list(files))
    data = bytearray(files[file])
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.choice([chance.randrange(256), chance.randrange(32, 127)])
    files[file] = bytes(data)
    return file


def moved_lines(files: Files, chance: random.Random) -> str:
    file = chance.choice(list(files))
    lines = files[file].split(b"\n")
    for _ in range(chance.randint(1, 3)):
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        what = chance.randrange(3)
        if what == 0:
            lines[one], lines[other] = lines[other], lines[one]
        elif what == 1:
            lines.insert(one, lines[other])
        elif len(lines) > 1:
            del lines[one]
    files[file] = b"\n".join(lines)
    return file


def garbage_cells(files: Files, chance: random.Random) -> str:
    file = chance.choice(TABLES)
    rows = rows_of(files, file)
    for _ in range(chance.randint(1, 4)):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = chance.choice([*GARBAGE, chance.choice(chance.choice(rows))])
    put(files, file, rows)
    return file


def cut_short(files: Files, chance: random.Random) -> str:
    file = chance.choice(list(files))
    files[file] = files[file][: chance.randrange(len(files[file]))]
    return file


def spliced(files: Files, chance: random.Random) -> str:
    file, other = chance.choice(list(files)), chance.choice(list(files))
    place, start = chance.randrange(len(files[file])), chance.randrange(len(files[other]))
    piece = files[other][start : start + chance.randint(1, 200)]
    files[file] = files[file][:place] + piece + files[file][place:]
    return file


def garbage_toml(files: Files, chance: random.Random) -> str:
    file = chance.choice(["scenario.toml", "parameters.toml"])
    lines = files[file].decode().split("\n")
    values = [
        "0",
        "-1",
        "nan",
        "inf",
        '""',
        '"x"',
        "[]",
        "[[]]",
        "{}",
        "true",
        "'{x'",
        "1979-05-27",
        "9" * 30,
        '["a", 1]',
        '["a"]',
    ]
    keyed = [row for row, line in enumerate(lines) if " = " in line]
    for row in chance.sample(keyed, chance.randint(1, 3)):
        lines[row] = f"{lines[row].split(' = ')[0]} = {chance.choice(values)}"
    files[file] = "\n".join(lines).encode()
    return file


NOISE: dict[str, Damage] = {
    damage.__name__: damage for damage in (flipped_bytes, moved_lines, garbage_cells, cut_short, spliced, garbage_toml)
}


def try_folder(files: Files) -> tuple[Scenario | None, tuple[Problem, ...]]:
    """Load a folder; what comes out is a scenario or a report, and the report is well formed."""
    try:
        scenario = load_folder(Folder("damaged", contents=files))
    except ScenarioError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.what, problem
            assert problem.file, problem
            assert str(problem), problem
            if problem.line is not None:
                data = files.get(problem.file, b"")
                lines = data.count(b"\n") + data.count(b"\r") + 1
                assert 1 <= problem.line <= lines, (problem, lines)
        return None, error.problems
    return scenario, ()
