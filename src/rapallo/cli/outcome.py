"""How a command ends: its exit code, and what a person reads where something went wrong."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar, cast

import typer

from rapallo.errors import RapalloError

WRONG = 2
"""Exit code where the user can mend it: a mistake in the data, in an option, in a name."""

BROKEN = 1
"""Exit code where only the programmers can."""

INTERRUPTED = 130

DEBUG = "RAPALLO_DEBUG"
"""Environment variable that asks for tracebacks, as ``--debug`` does."""

Command = TypeVar("Command", bound=Callable[..., None])


def told(command: Command) -> Command:
    """Let a command end with a message and an exit code, never with a traceback that was not asked for."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except typer.Exit:
            raise
        except RapalloError as error:
            _explain(str(error), error)
            raise typer.Exit(WRONG) from None
        except KeyboardInterrupt as error:
            say("", error.args[0] if error.args else "interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # whoever read the output has seen enough; nothing more may be written, not even at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except Exception as error:
            _explain(
                f"this should not happen: {type(error).__name__}: {error}\n"
                f"It is a fault in Rapallo, not in what you gave it. Please report it with the command you used;\n"
                f"the same command with {DEBUG}=1 before it shows where it happened.",
                error,
            )
            raise typer.Exit(BROKEN) from None

    return cast(Command, run)


def say(*lines: str) -> None:
    """Write lines to standard error."""
    for line in lines:
        print(line, file=sys.stderr)


def debugging() -> bool:
    """Tell whether tracebacks were asked for."""
    return os.environ.get(DEBUG, "") not in ("", "0")


def _explain(message: str, error: Exception) -> None:
    if debugging():
        import traceback

        traceback.print_exception(error)
    say(f"rapallo: {message}")
