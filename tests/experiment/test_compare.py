"""The same luck in two worlds."""

import gc

import numpy as np
import pytest

import rapallo as rp


@pytest.fixture(scope="module")
def labour(tmp_path_factory):
    return rp.compare(
        "interwar", "no-labour-1924", runs=20, seed=7, end="1925-12-31", jobs=1, folder=tmp_path_factory.mktemp("both")
    )


def test_worlds_are_one_until_the_change_can_matter(labour):
    first = labour.first_difference()
    assert len(first) == 20
    assert (first[first != ""] >= "1924-01-22").all()
    assert (first != "").any()


def test_luck_is_shared_so_that_the_difference_varies_less_than_that_of_strangers(labour):
    table = labour.table(["recognised_by"])
    assert table["coupling"].min() > 2
    assert set(table["at"].astype(str).str[:4]) <= {"1921", "1922", "1923", "1924", "1925"}


def test_difference_is_the_changed_world_less_the_base(labour):
    difference = labour.difference("recognised_by")
    assert np.allclose(
        difference, labour.changed.measure("recognised_by").values - labour.base.measure("recognised_by").values
    )
    assert (difference.iloc[:, :3] == 0).all().all()


def test_acts_and_dates_add_up(labour):
    acts = labour.acts()
    assert (acts[["kept", "moved", "lost", "gained"]] >= 0).all().all()
    base = labour.base.acts()
    simulated = base[(base["run"] >= 0) & (base["origin"] == "simulated") & (base["process"] != "")]
    assert acts[["kept", "moved", "lost"]].sum().sum() * 20 == pytest.approx(len(simulated))
    dates = labour.dates()
    shares = dates[["sooner", "same", "later", "gained", "lost", "never"]].sum(axis=1)
    assert np.allclose(shares, 1.0)


def test_no_change_is_no_difference(tmp_path):
    same = rp.compare("interwar", "scale recognise.claims by 1", runs=3, end="1922-12-31", jobs=1, folder=tmp_path)
    assert (same.first_difference() == "").all()


def test_an_act_that_the_model_decides_cannot_be_dropped_from_a_simulation():
    with pytest.raises(rp.RapalloError, match=r"rapallo counterfactual interwar --if .drop REC065.*forbid or force it"):
        rp.compare("interwar", "drop REC065", runs=1)


def test_a_comparison_that_was_stopped_goes_on_to_the_same_bytes(tmp_path):
    from rapallo.experiment.comparison_folder import BASE

    scenario = rp.load("pair")
    change = f"scale {next(iter(scenario.parameters))} by 2"
    whole = rp.compare(scenario, change, runs=6, seed=3, jobs=1, folder=tmp_path / "whole")
    # stopped between the two worlds: one is there, the other not begun
    rp.ensemble(scenario, 6, 3, luck="date", jobs=1, folder=tmp_path / "again" / BASE)
    again = rp.compare(scenario, change, runs=6, seed=3, jobs=1, folder=tmp_path / "again", resume=True)
    for name in ("as-it-was/acts.parquet", "changed/acts.parquet", "acts.parquet", "measures.parquet"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert again.table().equals(whole.table())
    with pytest.raises(rp.RapalloError, match="go on with --resume"):
        rp.compare(scenario, change, runs=6, seed=3, jobs=1, folder=tmp_path / "again")


def test_what_no_process_decides_is_not_matched(labour):
    """A finding has no process; two of one voter on one accused must not be crossed with each other."""
    import pandas as pd

    from rapallo.experiment.paired_acts import paired_acts

    rows = [
        {
            "run": 0,
            "process": None,
            "change": "form",
            "sender": "AUL",
            "receiver": "JPN",
            "time": time,
            "origin": "simulated",
        }
        for time in (11586.0, 14383.0)
    ]
    rows += [{**rows[0], "process": "recognise", "time": time} for time in (9000.0, 9100.0, 9200.0)]
    table = pd.DataFrame(rows).astype({"process": "category"})
    later = table.assign(time=table["time"].where(table["time"] != 9100.0, 9150.0)).iloc[:-1]
    found = paired_acts(table, later)
    assert list(zip(found["time_base"], found["fate"], strict=True)) == [
        (9000.0, "kept"),
        (9100.0, "moved"),
        (9200.0, "lost"),
    ]
    same = paired_acts(labour.base.acts(), labour.base.acts())
    assert set(same["fate"]) == {"kept"}


def test_without_a_folder_both_worlds_live_as_long_as_anything_that_reads_them():
    both = rp.compare("template", "scale recognise.quarrels by 2", runs=3, luck="both", jobs=1)
    folder, base = both.folder, both.base
    tried = both.try_readings(1, 2, jobs=1)
    del both
    gc.collect()
    assert len(tried.other.base.acts()) and len(base.acts())
    del tried
    gc.collect()
    assert folder.exists() and len(base.acts())
    del base
    gc.collect()
    assert not folder.exists()


def test_what_fails_without_a_folder_leaves_none(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.raises(rp.RapalloError, match="ask for 1 to"):
        rp.compare("triad", "scale begin_support.reciprocity by 3", runs=0)
    with pytest.raises(rp.RapalloError, match="names no measures, so there is no spread to split"):
        rp.compare("triad", "scale begin_support.reciprocity by 3", runs=3, split=64)
    with pytest.raises(rp.RapalloError, match="nothing to resume"):
        rp.compare("triad", "scale begin_support.reciprocity by 3", runs=3, resume=True)
    with pytest.raises(rp.RapalloError, match="the span ends on 1925-12-31; give an earlier date"):
        rp.compare("triad", "off begin_support since 1926-01-01", runs=3, end="1925-12-31")
    assert list(tmp_path.iterdir()) == []
