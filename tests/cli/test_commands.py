"""Every other command: what it prints, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import typer.testing

from rapallo.cli.main import app
from rapallo.cli.outcome import told
from tests.cli.commands import COMMAND, environment, rapallo_

COMMANDS = (
    "run",
    "sweep",
    "backtest",
    "sensitivity",
    "uncertainty",
    "check",
    "facts",
    "explain",
    "claims",
    "new",
    "measures",
    "effects",
    "version",
)


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Give a way to run a command in this process."""
    monkeypatch.chdir(tmp_path)
    runner = typer.testing.CliRunner()
    return lambda *arguments: runner.invoke(app, [str(each) for each in arguments])


def test_help_imports_nothing_heavy(tmp_path):
    heavy = ("numpy", "pandas", "numba", "pyarrow", "matplotlib", "rich.progress")
    code = f"import sys, rapallo.cli.main; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_help_names_every_command(run):
    done = run("--help")
    assert done.exit_code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in done.output
        assert run(name, "--help").exit_code == 0
    assert "..." not in done.output.split("Commands:")[1]


def test_an_unknown_command_ends_with_2(run):
    assert run("rnu").exit_code == 2


def test_check_passes_a_sound_scenario(run, tmp_path):
    assert run("new", "mine").exit_code == 0
    done = run("check", "./mine")
    assert done.exit_code == 0
    assert "<Scenario 'mine': 5 actors" in done.output
    assert "nothing is wrong" in done.output


def test_check_lists_every_problem_at_once(run, tmp_path):
    run("new", "mine")
    acts = tmp_path / "mine" / "acts.csv"
    lines = acts.read_text("utf-8").splitlines()
    heading = lines[0].split(",")
    for number, (column, wrong) in {1: ("date", "Jul-22"), 2: ("sender", "ATLANTIS"), 3: ("source", "nobody")}.items():
        cells = lines[number].split(",")
        cells[heading.index(column)] = wrong
        lines[number] = ",".join(cells)
    acts.write_text("\n".join(lines) + "\n", "utf-8")
    done = run("check", "./mine")
    assert done.exit_code == 2
    for line, column in ((2, "date"), (3, "sender"), (4, "source")):
        assert f"acts.csv:{line} [{column}]: " in done.stdout
    assert "problems in 1 file of" in done.stderr
    assert "Traceback" not in done.output


def test_new_overwrites_nothing(run, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letters.txt").write_text("mine")
    done = run("new", "mine")
    assert done.exit_code == 2
    assert "nothing is overwritten" in done.stderr
    assert [each.name for each in (tmp_path / "mine").iterdir()] == ["letters.txt"]


def test_new_says_how_to_go_on(run):
    assert "rapallo run ./mine" in run("new", "mine").output


def test_facts_show_sources_and_count_what_they_rest_on(run):
    done = run("facts", "pair", "--about", "ARC", "--from", "1922", "--to", "1924-03")
    assert done.exit_code == 0
    assert [line for line in done.output.splitlines() if line.startswith("19")] == [
        "1922-05-17  Borland ends it  [PAIR002]",
        "1924-02-01  The tie is formed again  [PAIR003]",
    ]
    assert "    source: " in done.output
    assert done.output.splitlines()[-1] == "2 facts: 2 invented"


def test_facts_as_json_hold_the_same(run):
    found = json.loads(run("facts", "pair", "--from", "1922-05", "--to", "1922", "--json").stdout)
    assert [each["id"] for each in found] == ["PAIR002"]
    assert found[0]["sources"][0]["key"] == "invented"
    assert found[0]["earliest"] == found[0]["latest"] == "1922-05-17"


def test_a_lead_is_no_source(run):
    done = run("facts", "interwar", "--about", "REICHSWEHR")
    assert done.exit_code == 0
    blocks = [block for block in done.output.split("]\n") if "; background, " in block]
    assert blocks
    for block in blocks:
        head, *rest = block.split("\n")
        own = [line for line in rest if line.startswith("    ") and not line.startswith("        ")]
        assert "background" in head
        assert not any(line.strip().startswith("source:") for line in own)
        assert any(line.strip().startswith("look up in:") for line in own)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("facts", "pair", "--about", "Arcadja"), "Arcadia"),
        (("facts", "pair", "--layer", "ti"), "did you mean 'tie'"),
        (("facts", "pair", "--from", "Jul-22"), "spreadsheet"),
        (("explain", "interwra"), "did you mean 'interwar'"),
        (("effects", "recipocity"), "did you mean 'reciprocity'"),
        (("claims", "pair"), "codes no text"),
        (("claims", "interwar", "--runs", "absent"), "holds no runs"),
    ],
)
def test_what_is_not_there_ends_with_2(run, arguments, says):
    done = run(*arguments)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stderr.startswith("rapallo: ")


def test_explain_says_what_moves_a_process(run):
    done = run("explain", "pair")
    assert done.exit_code == 0
    assert "form_tie: X forms a tie with Y" in done.output
    assert "-0.7 [-2 to 0.5], assumed" in done.output


def test_claims_show_every_sentence_with_its_place_in_the_model(run):
    from rapallo.scenario.load import load

    model = load("interwar")
    done = run("claims", "interwar")
    assert done.exit_code == 0
    for row in model.tables.text_claims:
        assert f"{row.paraphrase}  [{row.id}]" in done.output
    assert done.output.count("    the record: ") == len(model.tables.text_claims)
    assert "the model: narkomindel (organ)" in done.output
    assert "recognise (process)" in done.output
    broken = [row for row in model.tables.text_claims if row.kind == "broken-off"]
    assert done.output.count("(it breaks off here, and is not completed)") == len(broken)


def test_measures_and_effects_are_listed(run):
    assert "recognised_by (states)" in run("measures").output
    assert "recognised_by" not in run("measures", "pair").output
    listed = run("effects").output
    assert "\nreciprocity\n" in listed
    one = run("effects", "reciprocity").output
    assert "def reciprocity(view, sender, receiver):" in one


def test_version_is_printed(run):
    import rapallo

    assert run("version").output.startswith(f"rapallo {rapallo.__version__}\n")


def test_whoever_stops_reading_gets_no_traceback(tmp_path):
    reader = f"{' '.join(COMMAND)} facts interwar | head -1"
    done = subprocess.run(reader, shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_a_terminal_without_cyrillic_shows_question_marks(tmp_path):
    done = rapallo_("facts", "interwar", "--about", "TRE031", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()


def test_a_fault_of_ours_is_told_in_few_words(monkeypatch, capsys):
    @told
    def faulty():
        raise ZeroDivisionError("by nothing")

    monkeypatch.delenv("RAPALLO_DEBUG", raising=False)
    with pytest.raises(typer.Exit) as ended:
        faulty()
    assert ended.value.exit_code == 1
    message = capsys.readouterr().err
    assert "ZeroDivisionError: by nothing" in message
    assert "report it" in message
    assert "Traceback" not in message
    monkeypatch.setenv("RAPALLO_DEBUG", "1")
    with pytest.raises(typer.Exit):
        faulty()
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_ends_with_130(capsys):
    @told
    def slow():
        raise KeyboardInterrupt

    with pytest.raises(typer.Exit) as ended:
        slow()
    assert ended.value.exit_code == 130
    assert capsys.readouterr().err.strip() == "interrupted"
