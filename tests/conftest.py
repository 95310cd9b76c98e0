"""What several parts of the tests need."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data that stay outside the project: ``RAPALLO_SHARED``, or ``shared`` beside the repository."""
    named = os.environ.get("RAPALLO_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}: set RAPALLO_SHARED to where the anchors lie")
    return folder
