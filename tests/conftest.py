"""What several parts of the tests need."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
BESIDE = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds ``pyproject.toml``."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data that stay outside the project: ``RAPALLO_SHARED``, or ``shared`` beside the repository."""
    named = os.environ.get("RAPALLO_SHARED")
    folder = Path(named) if named else BESIDE
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}: set RAPALLO_SHARED to where the shared data lie")
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a failure of every test that needs the shared data and is skipped although they are there, under CI."""
    report = yield
    needs = "shared" in getattr(item, "fixturenames", ())
    if report.skipped and needs and os.environ.get("CI") and BESIDE.is_dir():
        report.outcome = "failed"
        report.longrepr = f"skipped although {BESIDE} is there: {report.longrepr}"
    return report
