"""The ``rapallo`` command."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from rapallo.cli.backtest import backtest
from rapallo.cli.check import check
from rapallo.cli.claims import claims
from rapallo.cli.compare import compare
from rapallo.cli.contest import contest
from rapallo.cli.counterfactual import counterfactual
from rapallo.cli.effects import effects
from rapallo.cli.explain import explain
from rapallo.cli.facts import facts
from rapallo.cli.measures import measures
from rapallo.cli.new import new
from rapallo.cli.outcome import DEBUG
from rapallo.cli.run import run
from rapallo.cli.sensitivity import sensitivity
from rapallo.cli.sweep import sweep
from rapallo.cli.uncertainty import uncertainty
from rapallo.cli.version import version

app = typer.Typer(
    help="A laboratory for systems of states: a sourced record in, a model that runs and explains itself out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for _command in (
    run,
    compare,
    backtest,
    counterfactual,
    sweep,
    contest,
    sensitivity,
    uncertainty,
    check,
    facts,
    explain,
    claims,
    new,
    measures,
    effects,
    version,
):
    app.command()(_command)


@app.callback()
def _common(
    debug: Annotated[bool, typer.Option("--debug", help=f"Show tracebacks; the same as {DEBUG}=1.")] = False,
) -> None:
    if debug:
        os.environ[DEBUG] = "1"


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # a terminal that knows no Cyrillic shows question marks rather than a traceback
            reconfigure(errors="replace")
    app(prog_name="rapallo")


if __name__ == "__main__":
    main()
