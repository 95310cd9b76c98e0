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

Uncertain = Annotated[
    str, typer.Option(help="What runs draw: any of chance, parameters and sources, separated by commas.")
]

Seed = Annotated[int, typer.Option(help="Names all the luck: the same seed gives the same histories.")]

StartDay = Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD; the scenario's own if not given.")]

LastDay = Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD.")]

Jobs = Annotated[
    int | None, typer.Option(help="Processes that simulate; as many as there are processors if not given.")
]

Resume = Annotated[bool, typer.Option("--resume", help="Go on with what was begun by the same command.")]

Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler, tcp://host:port, whose workers simulate.")
]

Dask = Annotated[bool, typer.Option("--dask", help="Start a Dask cluster on this machine, of --jobs processes.")]
