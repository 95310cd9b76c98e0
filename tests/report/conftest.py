"""Runs of the interwar order whose answers are known."""

from __future__ import annotations

import pytest

from rapallo.experiment.ensemble import Ensemble
from rapallo.scenario.load import load
from tests.report.runs import write_runs

START, END = "1921-01-01", "1939-12-31"


@pytest.fixture(scope="session")
def interwar():
    return load("interwar")


@pytest.fixture(scope="session")
def folder(interwar, tmp_path_factory):
    """Three runs that are the record, and one in which nothing happens."""
    return write_runs(tmp_path_factory.mktemp("runs") / "known", interwar, 3, 1, START, END)


@pytest.fixture(scope="session")
def known(folder, interwar):
    return Ensemble(folder, interwar)


@pytest.fixture(scope="session")
def alike(interwar, tmp_path_factory):
    """Two runs that are the record: every band is the record's line."""
    return Ensemble(write_runs(tmp_path_factory.mktemp("runs") / "alike", interwar, 2, 0, START, END), interwar)
