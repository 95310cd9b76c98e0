"""Running the command as a person does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import rapallo

SOURCE = Path(rapallo.__file__).parent.parent
COMMAND = [sys.executable, "-m", "rapallo.cli.main"]


def environment(**more: str) -> dict[str, str]:
    """The environment, with this source first."""
    path = os.pathsep.join([str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", **more}


def rapallo_(*arguments, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=environment(**more),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
