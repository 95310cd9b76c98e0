"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a built-in scenario, or a folder.")]

OwnFiles = Annotated[
    list[Path] | None,
    typer.Option("--with", metavar="FILE", help="A Python file with effects or measures of your own; may be repeated."),
]
