"""A grid of settings gives the same bytes wherever it is run, whoever dies, and wherever it is resumed."""

from __future__ import annotations

import gc
import os
import signal
import sys

import numpy as np
import pytest

import rapallo as rp
from rapallo.errors import MissingExtraError, RapalloError, UnknownNameError
from rapallo.experiment.run_folder import Interrupted
from rapallo.experiment.sweep import Sweep, sweep
from tests.experiment.orders import NAMES, StopAfter, digests, pair

VALUES = {"form_tie.constant": [-1.0, 0.0, 0.5]}
RUNS = 90
TOTAL = 2 * 3 * RUNS


def go(folder, **options):
    named = {"values": VALUES, "interventions": ["off end_tie since 1925-01-01"], "runs": RUNS, "seed": 5, "jobs": 1}
    return sweep(pair(), **{**named, "measures": NAMES, "acts": True, "folder": folder, **options})


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return go(tmp_path_factory.mktemp("whole") / "sweep")


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as made:
        yield made


# ---------------------------------------------------------------- what is in it


def test_every_setting_is_the_ensemble_of_its_scenario_under_the_same_luck(whole):
    assert len(whole) == 6
    assert whole.settings["if"].tolist()[:4] == ["as it is"] * 3 + ["off end_tie since 1925-01-01"]
    changed = pair().with_parameters({"form_tie.constant": 0.5})
    one = rp.ensemble(changed, RUNS, seed=5, jobs=1, luck="date", measures=NAMES)
    np.testing.assert_array_equal(
        whole.measure("ties_begun").loc[2, "value"].to_numpy(), one.measure("ties_begun").values["value"].to_numpy()
    )
    ours, theirs = whole.acts(setting=2), one.acts()
    theirs = theirs[theirs["run"] >= 0]
    np.testing.assert_array_equal(ours["time"].to_numpy(), theirs["time"].to_numpy())
    table = whole.table("ties_begun")
    assert table["difference"].iloc[0] == 0.0
    assert table["mean"].tolist()[:3] == sorted(table["mean"].tolist()[:3])
    both = whole.measure("ties_begun")["value"].unstack("run")
    paired = (both.loc[2] - both.loc[0]).to_numpy()
    assert table["difference"].iloc[2] == pytest.approx(paired.mean())
    assert table["difference_error"].iloc[2] == pytest.approx(paired.std(ddof=1) / RUNS**0.5)
    yearly = whole.measure("tied")
    assert yearly.shape == (6 * RUNS, len(one.measure("tied").values.columns))
    assert whole.plot("ties_begun").axes[0].get_yticklabels()[0].get_text().startswith("as it is")


def test_an_intervention_comes_after_what_is_set(tmp_path):
    made = sweep(
        pair(),
        {"form_tie.constant": [0.0, 1.0]},
        ["scale form_tie.constant by 0.5"],
        runs=4,
        jobs=1,
        measures=NAMES,
        folder=tmp_path / "s",
    )
    half = sweep(pair(), {"form_tie.constant": [0.0, 0.5]}, runs=4, jobs=1, measures=NAMES, folder=tmp_path / "h")
    np.testing.assert_array_equal(made.measure("ties_begun").loc[3], half.measure("ties_begun").loc[1])


def test_measures_alone_are_kept_where_acts_are_not_asked_for(tmp_path):
    made = go(tmp_path / "sweep", runs=4, acts=False)
    assert sorted(path.name for path in made.folder.iterdir() if path.is_file()) == [
        "manifest.json",
        "measures.parquet",
    ]
    with pytest.raises(RapalloError, match="--acts"):
        made.acts()
    with pytest.raises(RapalloError, match="not a sweep"):
        Sweep(rp.ensemble(pair(), 2, jobs=1, folder=tmp_path / "one").folder)


# ---------------------------------------------------------------- the same bytes


def test_two_processes_write_the_bytes_of_one(whole, tmp_path):
    assert digests(go(tmp_path / "two", jobs=2).folder) == digests(whole.folder)


def test_a_cluster_writes_the_same_bytes_though_a_worker_is_killed(whole, tmp_path, cluster):
    killed = []

    def kill(progress):
        if progress.stage == "simulating" and progress.done >= 20 and not killed:
            killed.append((next(iter(cluster.workers.values())).process.process.pid, progress.done))
            os.kill(killed[0][0], signal.SIGKILL)

    made = go(tmp_path / "cluster", scheduler=cluster.scheduler_address, progress=kill)
    assert killed and killed[0][1] < TOTAL - 60
    assert digests(made.folder) == digests(whole.folder)


def test_begun_here_it_goes_on_on_a_cluster(whole, tmp_path, cluster):
    with pytest.raises(Interrupted) as stop:
        go(tmp_path / "sweep", progress=StopAfter(130))
    assert 100 <= stop.value.done < stop.value.total == TOTAL
    parts = sorted((tmp_path / "sweep" / "parts").glob("measures-0*.parquet"))
    import pandas as pd

    assert sum(part["run"].nunique() for part in map(pd.read_parquet, parts)) == stop.value.done
    made = go(tmp_path / "sweep", resume=True, scheduler=cluster.scheduler_address)
    assert digests(made.folder) == digests(whole.folder)
    assert not (made.folder / "parts").exists()


def test_own_effects_and_measures_reach_the_workers_of_a_cluster(tmp_path, cluster):
    from tests.experiment.test_own_source import scenario_with

    model = scenario_with("own_leaning", tmp_path / "mine")
    grid = {"values": {"form_tie.own_leaning": [0.0, 0.8]}, "runs": 40, "seed": 3, "measures": ["twice_the_acts"]}
    here = sweep(model, **grid, jobs=1, folder=tmp_path / "here")
    there = sweep(model, **grid, scheduler=cluster.scheduler_address, folder=tmp_path / "there")
    assert digests(there.folder) == digests(here.folder)
    means = here.table("twice_the_acts")["mean"]
    assert means[0] < means[1]


def test_a_worker_with_other_libraries_is_refused(tmp_path, monkeypatch, cluster):
    from rapallo.experiment import cluster as module

    ours = module.program()
    monkeypatch.setattr(module, "program", lambda: {**ours, "numpy": "1.0"})
    with pytest.raises(
        RapalloError, match=rf"a worker has numpy {ours['numpy']}, and here it is 1\.0; install the same"
    ):
        go(tmp_path / "sweep", scheduler=cluster.scheduler_address)
    monkeypatch.undo()
    assert len(go(tmp_path / "sweep", scheduler=cluster.scheduler_address, resume=True)) == 6


def test_a_run_that_fails_is_recorded_and_the_others_go_on(whole, tmp_path, monkeypatch):
    from rapallo.engine import simulate as engine

    true = engine.simulate_plan

    def failing(plan, seed, run=0):
        if run == 7 and plan.scenario.parameters["form_tie.constant"].value == 0.5:
            raise RapalloError(f"run {run} of seed {seed}: the weight is not a finite number")
        return true(plan, seed, run)

    monkeypatch.setattr(engine, "simulate_plan", failing)
    made = go(tmp_path / "sweep")
    failed = made.failures()
    assert failed[["setting", "run", "seed", "stage"]].to_numpy().tolist() == [
        [2, 7, 5, "simulating"],
        [5, 7, 5, "simulating"],
    ]
    ours, sound = made.measure("ties_begun")["value"], whole.measure("ties_begun")["value"]
    assert ours[ours.isna()].index.tolist() == [(2, 7), (5, 7)]
    assert ours.dropna().equals(sound.drop([(2, 7), (5, 7)]))


def test_a_sweep_without_a_folder_leaves_none(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = rp.sweep(pair(), {"form_tie.constant": [0.5, 1.0]}, runs=3, jobs=1)
    assert made.folder.parent == tmp_path and len(made.table("ties_begun")) == 2
    del made
    gc.collect()
    assert not list(tmp_path.iterdir())

    def broken(progress):
        if progress.stage == "simulating":
            raise RapalloError("stop")

    with pytest.raises(RapalloError, match="stop"):
        rp.sweep(pair(), {"form_tie.constant": [0.5, 1.0]}, runs=3, jobs=1, progress=broken)
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"values": {}, "interventions": []}, "the grid is empty"),
        ({"values": ["form_tie.constant"], "interventions": []}, "sets nothing"),
        ({"values": ["form_tie.constant="]}, "is given no value"),
        ({"values": {"form_tie.constant": [float("nan")]}}, "a finite number"),
        ({"values": ["form_tie.constant=1,x"]}, "no number"),
        ({"values": ["form_tie.constant=1,1"]}, "comes twice"),
        ({"values": {"form_tie.constnt": [1.0]}}, "did you mean 'form_tie.constant'"),
        ({"interventions": ["of end_tie"]}, "is no change"),
        ({"measures": ["tie_year"]}, "did you mean 'tie_years'"),
        ({"runs": 0}, "ask for 1"),
        ({"scheduler": "tcp://127.0.0.1:9"}, "no scheduler answers"),
        ({"scheduler": "nowhere"}, "no scheduler answers"),
        ({"resume": True, "folder": None}, "nothing to resume"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(tmp_path, options, says, monkeypatch):
    monkeypatch.setattr("rapallo.experiment.cluster.PATIENCE", 1)
    with pytest.raises(RapalloError, match=says):
        go(**{"folder": tmp_path / "sweep", **options})
    assert not (tmp_path / "sweep").exists()


def test_another_grid_cannot_go_on_with_this_one(tmp_path):
    with pytest.raises(Interrupted):
        go(tmp_path / "sweep", progress=StopAfter(45))
    with pytest.raises(RapalloError, match="cannot be resumed"):
        go(tmp_path / "sweep", resume=True, values={"form_tie.constant": [-1.0, 0.0, 0.25]})


def test_without_dask_one_line_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'rapallo\[cluster\]'"):
        go(tmp_path / "sweep", dask=True)
    assert not (tmp_path / "sweep").exists()


def test_a_measure_that_is_not_there_is_named(whole):
    with pytest.raises(UnknownNameError, match="did you mean 'tied'"):
        whole.table("teid")
    with pytest.raises(UnknownNameError, match="key of this measure"):
        whole.table("tied", at="1999-12-31")
