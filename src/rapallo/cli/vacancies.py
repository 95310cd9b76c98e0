"""What stands in the place of what is dropped: asked of a person at a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from rapallo.cli.outcome import say

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario


def answered(model: Scenario, changes: list[str]) -> list[str]:
    """Ask what stands in the place of each number that a change drops; where nobody can be asked, what was before does.

    Returns
    -------
    list of str
        The changes, a ``drop`` with the answer written behind it.
    """
    from rapallo.scenario.change import Drop
    from rapallo.scenario.intervention import read_intervention

    found = list(changes)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return found
    for change in read_intervention(model, changes).changes:
        vacancies = change.vacancies(model) if isinstance(change, Drop) and "value" not in change.parts else []
        for each in vacancies[:1]:
            say(str(each))
            told = typer.prompt("What stands in its place? (Enter: what was before)", default="", err=True).strip()
            if told:
                found = [text.replace(change.text, with_answer(change.text, told)) for text in found]
    return found


def with_answer(text: str, told: str) -> str:
    """Write an answer into a ``drop``.

    Examples
    --------
    >>> with_answer("drop GOV006 alone", "0")
    'drop GOV006 for 0 alone'
    """
    head, alone, _ = text.partition(" alone")
    return f"{head} for {told}{alone}"
