"""What is finished is never lost, and what is resumed ends with the bytes of what never stopped."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal

import pandas as pd
import pytest

from rapallo.errors import RapalloError
from rapallo.experiment.ensemble import ensemble, open_ensemble
from rapallo.experiment.run_folder import Interrupted
from tests.experiment.orders import NAMES, StopAfter, digests, left_over, pair

RUNS = 110


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "runs"
    ensemble(pair(), RUNS, seed=5, jobs=1, folder=folder, measures=NAMES)
    return folder


def go(folder, **options):
    return ensemble(pair(), **{"runs": RUNS, "seed": 5, "jobs": 1, "folder": folder, "measures": NAMES, **options})


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 1)])
def test_interrupted_and_resumed_is_the_same(whole, tmp_path, before, after):
    folder = tmp_path / "runs"
    with pytest.raises(Interrupted) as stop:
        go(folder, jobs=before, progress=StopAfter(45))
    assert 20 <= stop.value.done < RUNS
    assert stop.value.done == 20 * len(list((folder / "parts").glob("measures-0*.parquet")))
    assert not list(folder.rglob("*.draft"))
    assert not list(folder.glob("*.parquet"))
    with pytest.raises(RapalloError, match="not finished"):
        open_ensemble(folder)
    started = []
    go(folder, jobs=after, resume=True, progress=lambda each: started.append((each.stage, each.done)))
    assert dict(reversed(started))["simulating"] == stop.value.done  # what was finished is not done again
    assert digests(folder) == digests(whole)
    assert left_over(folder) == []
    assert json.loads((folder / "manifest.json").read_text())["times"]["interruptions"] == 1


def test_an_interruption_while_the_tables_are_written_loses_nothing(whole, tmp_path):
    folder = tmp_path / "runs"

    def stop(progress):
        if progress.stage == "writing":
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        go(folder, progress=stop)
    assert stopped.value.done == RUNS
    go(folder, resume=True)
    assert digests(folder) == digests(whole)


def test_an_interruption_without_a_folder_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(KeyboardInterrupt) as stop:
        go(None, progress=StopAfter(45))
    assert not isinstance(stop.value, Interrupted)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_worker_loses_nothing(whole, tmp_path):
    folder = tmp_path / "runs"
    killed = []

    def kill(progress):
        if progress.stage == "simulating" and progress.done >= 5 and not killed:
            killed.append(multiprocessing.active_children()[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    go(folder, jobs=2, progress=kill)
    assert killed
    assert digests(folder) == digests(whole)


def test_workers_that_die_again_and_again_are_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr("rapallo.experiment.work.do_chunk", lambda *arguments: os._exit(9))
    with pytest.raises(RapalloError, match="died 3 times"):
        go(tmp_path / "runs", jobs=2)


def failing(monkeypatch, wrong):
    from rapallo.engine import simulate as engine

    true = engine.simulate_plan

    def simulate_plan(plan, seed, run=0):
        if wrong(run):
            raise RapalloError(f"run {run} of seed {seed}, 1924-02-01: the weight is not a finite number")
        return true(plan, seed, run)

    monkeypatch.setattr(engine, "simulate_plan", simulate_plan)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failing_run_is_recorded_and_does_not_take_the_others_with_it(whole, tmp_path, monkeypatch, jobs):
    failing(monkeypatch, lambda run: run in (3, 47))
    made = go(tmp_path / "runs", jobs=jobs)
    failures = made.failures()
    assert failures["run"].tolist() == [3, 47]
    assert failures["stage"].tolist() == ["simulating", "simulating"]
    assert failures["seed"].tolist() == [made.manifest["seed"]] * 2
    assert failures["message"][1].startswith("run 47 of seed")
    acts, sound = (pd.read_parquet(folder / "acts.parquet") for folder in (tmp_path / "runs", whole))
    pd.testing.assert_frame_equal(acts, sound[~sound["run"].isin([3, 47])].reset_index(drop=True))
    assert made.measure("ties_begun").values["value"].isna().to_numpy().nonzero()[0].tolist() == [3, 47]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_whole_chunk_that_fails_does_not_take_the_others_with_it(whole, tmp_path, monkeypatch, jobs):
    failing(monkeypatch, lambda run: 40 <= run < 60)
    made = go(tmp_path / "runs", jobs=jobs)
    assert made.failures()["run"].tolist() == list(range(40, 60))
    acts, sound = (pd.read_parquet(folder / "acts.parquet") for folder in (tmp_path / "runs", whole))
    pd.testing.assert_frame_equal(acts, sound[~sound["run"].between(40, 59)].reset_index(drop=True))


def test_where_every_run_fails_there_is_no_ensemble(whole, tmp_path, monkeypatch):
    failing(monkeypatch, lambda run: True)
    with pytest.raises(RapalloError, match=r"run 0 of seed 5.*all 110 runs failed"):
        go(tmp_path / "runs", jobs=2)
    failures = pd.read_parquet(tmp_path / "runs" / "failures.parquet")
    assert failures["run"].tolist() == list(range(110)) and set(failures["stage"]) == {"simulating"}
    monkeypatch.undo()
    go(tmp_path / "runs", resume=True)
    assert digests(tmp_path / "runs") == digests(whole)


@pytest.mark.skipif(os.name != "posix", reason="limits on the size of files are set by POSIX")
def test_a_full_disk_leaves_nothing_half_written(whole, tmp_path):
    import resource

    folder = tmp_path / "runs"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    small = []

    def fill(progress):
        if progress.stage == "simulating" and progress.done >= 25 and not small:
            small.append(1)
            resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, before[1]))

    try:
        with pytest.raises(RapalloError, match=r"cannot be written to.*20 of 110 runs are finished"):
            go(folder, progress=fill)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert small
    assert not list(folder.rglob("*.draft"))
    go(folder, resume=True)
    assert digests(folder) == digests(whole)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"seed": 6}, "seed: 5 there, 6 now"),
        ({"runs": 111}, "runs: 110 there, 111 now"),
        ({"luck": "date"}, "luck: 'clock' there, 'date' now"),
        ({"end": "1929-12-31"}, "span: to: '1930-01-01' there, '1929-12-31' now"),
        ({"keep": "measures"}, "keeps: 'acts' there, 'measures' now"),
        ({"measures": NAMES[:2]}, "measures: "),
    ],
)
def test_other_runs_are_not_resumed(whole, options, named):
    before = digests(whole)
    with pytest.raises(RapalloError, match="would not be the same") as refused:
        go(whole, resume=True, **options)
    assert named in str(refused.value)
    assert digests(whole) == before


def test_other_parameters_scenarios_and_versions_are_not_resumed(whole, tmp_path, monkeypatch):
    changed = pair().with_parameters({"end_tie.constant": 0.2})
    with pytest.raises(RapalloError, match=r"parameters: end_tie\.constant: value: 0\.1 there, 0\.2 now"):
        ensemble(changed, RUNS, seed=5, folder=whole, measures=NAMES, resume=True)
    with pytest.raises(RapalloError, match="scenario: name: 'pair' there, 'triad' now"):
        ensemble("triad", RUNS, seed=5, folder=whole, measures=(), resume=True)
    monkeypatch.setattr("rapallo.__version__", "99.0")
    with pytest.raises(RapalloError, match=r"rapallo: version: .* there, '99.0' now"):
        go(whole, resume=True)


def test_complete_runs_are_not_made_again(whole):
    before = (whole / "acts.parquet").stat().st_mtime_ns
    go(whole, resume=True)
    assert (whole / "acts.parquet").stat().st_mtime_ns == before


def test_nothing_is_overwritten(whole, tmp_path):
    with pytest.raises(RapalloError, match="holds runs already"):
        go(whole)
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(RapalloError, match="no empty folder"):
        go(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


@pytest.mark.skipif(os.name != "posix", reason="folders are locked on POSIX only")
def test_two_at_once_do_not_share_a_folder(tmp_path):
    refused = []

    def second(progress):
        if progress.stage == "writing":
            with pytest.raises(RapalloError, match="another process is at work") as error:
                go(tmp_path / "runs", resume=True, progress=lambda each: None)
            refused.append(str(error.value))

    go(tmp_path / "runs", progress=second)
    assert len(refused) == 1
