"""``rapallo new DIR``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rapallo.cli.outcome import told


@told
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")],
) -> None:
    """Write a small scenario to start from."""
    from rapallo.scenario.new import new as write

    made = write(folder)
    print(f"{made} holds a small scenario:")
    for file in sorted(made.iterdir()):
        print(f"  {file.name}")
    # a bare name would mean a built-in scenario
    place = str(made) if len(made.parts) > 1 else f"./{made}"
    print(f"Try it: rapallo check {place}   then: rapallo run {place}")
