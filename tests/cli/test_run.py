"""``rapallo run``: a folder of runs, a table, and a way on after an interruption."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.commands import COMMAND, environment, rapallo_
from tests.experiment.orders import digests

OWN = '''
from rapallo import measure

@measure(unit="ties", needs="tie")
def ties_formed(history):
    """How many ties are formed."""
    return float(len(history.select(layer="tie", change="form")))
'''


@pytest.fixture
def mine(tmp_path):
    """A scenario of a user's own that reports a measure of a file of their own."""
    import shutil

    from rapallo.scenario.load import BUILT_IN

    shutil.copytree(BUILT_IN / "pair", tmp_path / "mine")
    path = tmp_path / "mine" / "scenario.toml"
    path.write_text(path.read_text().replace("measures = []", 'measures = ["ties_formed"]'))
    (tmp_path / "own.py").write_text(OWN)
    return tmp_path


def test_it_leaves_a_folder_and_shows_a_table(mine):
    done = rapallo_("run", "./mine", "--runs", 45, "--seed", 3, "--with", "own.py", "--no-report", cwd=mine)
    assert done.returncode == 0, done.stderr
    assert "A pair: 45 histories, 1920-01-01 to 1930-01-01, seed 3" in done.stdout
    row = next(line for line in done.stdout.splitlines() if "ties_formed" in line)
    median, low, to, high, record = row.split()[2:7]
    assert row.split()[1] == "ties"
    assert to == "to"
    assert int(low) <= int(median) <= int(high)
    assert record == "3"
    folder = mine / "rapallo-runs" / "mine-seed3"
    assert f"runs: {folder.relative_to(mine)}" in done.stdout
    assert sorted(each.name for each in folder.iterdir()) == [
        "acts.parquet",
        "manifest.json",
        "measures.parquet",
        "own",
        "series.parquet",
    ]
    assert (folder / "own" / "own.py").read_text() == OWN
    assert "reading the scenario" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_run_takes_a_new_folder(mine):
    for _ in range(2):
        assert rapallo_("run", "pair", "--runs", 3, "--no-report", cwd=mine).returncode == 0
    assert sorted(each.name for each in (mine / "rapallo-runs").iterdir()) == ["pair-seed0", "pair-seed0-2"]
    assert digests(mine / "rapallo-runs" / "pair-seed0") == digests(mine / "rapallo-runs" / "pair-seed0-2")


def begun(mine, *arguments):
    """Start a command, and wait until some of its runs are finished."""
    child = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=mine,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    parts = mine / "rapallo-runs" / "mine-seed0" / "parts"
    deadline = time.monotonic() + 120
    while not list(parts.glob("measures-0*.parquet")):
        assert time.monotonic() < deadline and child.poll() is None
        time.sleep(0.01)
    return child, parts


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up as Linux lists them")
def test_ctrl_c_and_a_killed_command_leave_what_is_finished_and_resume_goes_on(mine):
    arguments = ["run", "./mine", "--runs", "2000", "--jobs", "2", "--no-report"]
    child, parts = begun(mine, *arguments, "--with", "own.py")
    os.killpg(child.pid, signal.SIGINT)  # a terminal sends it to the workers too
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert "histories are finished and kept in rapallo-runs/mine-seed0" in err
    assert "the same command with --resume" in err
    assert "Traceback" not in out + err
    kept = len(list(parts.glob("measures-0*.parquet")))
    assert 0 < kept < 100

    child, parts = begun(mine, *arguments, "--resume")  # the file given with --with is read from the folder
    while len(list(parts.glob("measures-0*.parquet"))) < kept + 2:
        time.sleep(0.01)
    workers = processes_of(child.pid)
    assert len(workers) == 2
    child.kill()
    child.communicate(timeout=60)
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in workers):  # nobody is left to work for nobody
        assert time.monotonic() < deadline
        time.sleep(0.05)

    done = rapallo_(*arguments, "--resume", cwd=mine)
    assert done.returncode == 0, done.stderr
    whole = rapallo_(*arguments, "--with", "own.py", "--out", "whole", "--jobs", 1, cwd=mine)
    assert whole.returncode == 0, whole.stderr
    assert digests(mine / "rapallo-runs" / "mine-seed0") == digests(mine / "whole")
    manifest = json.loads((mine / "rapallo-runs" / "mine-seed0" / "manifest.json").read_text())
    assert manifest["times"]["interruptions"] == 2
    assert not parts.exists()


def stat_of(pid):
    """State and parent of a process; nothing where there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "", 0
    state, parent = text.rpartition(")")[2].split()[:2]
    return state, int(parent)


def processes_of(parent):
    """The processes that a process has started."""
    every = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    return [pid for pid in every if stat_of(pid)[1] == parent]


def alive(pid):
    """Whether a process is there and no zombie."""
    return stat_of(pid)[0] not in ("", "Z")


def test_resuming_other_runs_is_refused_with_the_difference(mine):
    assert rapallo_("run", "pair", "--runs", 3, "--out", "runs", "--no-report", cwd=mine).returncode == 0
    before = digests(mine / "runs")
    refused = rapallo_("run", "pair", "--runs", 3, "--seed", 1, "--out", "runs", "--resume", cwd=mine)
    assert refused.returncode == 2
    assert "seed: 0 there, 1 now" in refused.stderr
    refused = rapallo_("run", "pair", "--runs", 3, "--out", "runs", cwd=mine)
    assert refused.returncode == 2
    assert "go on with --resume" in refused.stderr
    assert digests(mine / "runs") == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "pare"), "did you mean 'pair'"),
        (("run", "pair", "--from", "1925-02-30"), "1925-02-30"),
        (("run", "pair", "--from", "1929-01-01", "--to", "1928-01-01"), "before it starts"),
        (("run", "pair", "--luck", "dat"), "did you mean 'date'"),
        (("run", "pair", "--runs", "0"), "ask for 1 to"),
        (("run", "pair", "--runs", "many"), "Invalid value for '--runs'"),
        (("run", "pair", "--with", "absent.py"), "there is no file"),
        (("run", "./mine"), "no measure is called 'ties_formd'"),
        (("run", "pair", "--out", "own.py"), "no empty folder"),
    ],
)
def test_what_cannot_be_ends_with_2_and_writes_nothing(mine, arguments, says):
    path = mine / "mine" / "scenario.toml"
    path.write_text(path.read_text().replace("ties_formed", "ties_formd"))
    before = sorted(each.name for each in mine.rglob("*"))
    done = rapallo_(*arguments, cwd=mine)
    assert done.returncode == 2, done.stdout
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert (
        sorted(each.name for each in mine.rglob("*") if each.name != "__pycache__" and each.suffix != ".pyc") == before
    )


def test_a_fault_of_ours_is_told_shortly_and_shown_on_request(mine):
    (mine / "own.py").write_text(OWN.replace("float(len(", "{}[(").replace('"form")))', '"form"))]'))
    broken = ("run", "./mine", "--runs", 3, "--with", "own.py", "--out", "runs")
    done = rapallo_(*broken, cwd=mine)
    assert done.returncode == 2  # a measure of the user's own is theirs to mend
    assert "measure 'ties_formed' fails on run 0 of seed 0" in done.stderr
    assert "Traceback" not in done.stderr
    shown = rapallo_("--debug", *broken, "--resume", cwd=mine)
    assert "Traceback" in shown.stderr


def test_the_report_is_written_where_it_is_asked_for(mine):
    done = rapallo_("run", "pair", "--runs", 3, "--out", "runs", cwd=mine)
    assert done.returncode == 0, done.stderr
    assert "report: runs/report.html" in done.stdout
    assert (mine / "runs" / "report.html").stat().st_size > 1000
