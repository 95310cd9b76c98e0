"""Compiling ahead: a second process fills the cache, and nothing depends on it."""

from __future__ import annotations

from rapallo.engine import ahead
from rapallo.engine import layout as at
from rapallo.engine.kernel_cache import is_compiled
from tests.experiment.orders import pair


def test_an_empty_cache_is_filled_by_a_second_process(tmp_path, monkeypatch):
    monkeypatch.setenv("RAPALLO_CACHE", str(tmp_path / "cache"))
    assert not is_compiled()
    with ahead._start(pair(), None, None) as child:
        assert child.wait(timeout=240) == 0
    compiled = list((tmp_path / "cache" / "effects").rglob("*.nbi"))
    assert [path.name.split("_")[0] for path in compiled] == ["constant"]
    parts = {path.name.split("-")[0].split(".")[1] for path in (tmp_path / "cache" / "kernel").rglob("*.nbi")}
    assert parts == set(at.PARTS)
    assert not is_compiled()  # what calls them is left to the first


def test_what_is_wrong_with_a_scenario_is_left_to_the_first_process(tmp_path, monkeypatch):
    monkeypatch.setenv("RAPALLO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(at, "PARTS", ())
    with ahead._start(pair(), "no date", None) as child:
        assert child.wait(timeout=240) == 0


def test_nothing_depends_on_the_second_process(tmp_path, monkeypatch):
    monkeypatch.setattr(ahead, "is_compiled", lambda: False)
    monkeypatch.setattr(ahead, "_CHILD", "raise SystemExit(3)")
    with ahead.compiled_beside(pair(), None, None):
        pass
    monkeypatch.setattr(ahead.sys, "executable", str(tmp_path / "no_python"))
    with ahead.compiled_beside(pair(), None, None):
        pass
