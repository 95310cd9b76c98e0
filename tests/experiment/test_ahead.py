"""Compiling ahead: a second process fills the cache, and nothing depends on it."""

from __future__ import annotations

import os

from rapallo.experiment import ahead
from rapallo.experiment.make_runs import Order, make_recipe
from tests.experiment.orders import pair


def recipe(tmp_path):
    order = Order(3, 0, None, None, "clock", 1, (), "acts", False, ())
    return make_recipe(pair(), order, tmp_path)[0]


def test_an_empty_cache_is_filled_by_a_second_process(tmp_path, monkeypatch):
    monkeypatch.setenv("RAPALLO_CACHE", str(tmp_path / "cache"))
    assert ahead.never_compiled()
    with ahead._start(recipe(tmp_path)) as child:
        assert child.wait(timeout=120) == 0
    compiled = list((tmp_path / "cache" / "effects").rglob("*.nbi"))
    assert [path.name.split("_")[0] for path in compiled] == ["constant"]


def test_a_kernel_newer_than_its_text_is_not_compiled_again(tmp_path, monkeypatch):
    monkeypatch.setenv("RAPALLO_CACHE", str(tmp_path))
    kernel = tmp_path / "kernel" / "0" / "run.nbi"
    kernel.parent.mkdir(parents=True)
    kernel.touch()
    assert not ahead.never_compiled()
    os.utime(kernel, (0, 0))
    assert ahead.never_compiled()


def test_nothing_depends_on_the_second_process(tmp_path, monkeypatch):
    monkeypatch.setattr(ahead, "never_compiled", lambda: True)
    monkeypatch.setattr(ahead, "_CHILD", "raise SystemExit(3)")
    with ahead.effects_beside(recipe(tmp_path)):
        pass
    monkeypatch.setattr(ahead.sys, "executable", str(tmp_path / "no_python"))
    with ahead.effects_beside(recipe(tmp_path)):
        pass
