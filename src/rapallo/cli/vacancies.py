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
        The changes, a ``drop`` with the answer written behind it; what cannot be written there is one change more.
    """
    from rapallo.scenario.change import Drop
    from rapallo.scenario.intervention import read_intervention

    found = list(changes)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return found
    for change in read_intervention(model, changes).changes:
        vacancies = change.vacancies(model) if isinstance(change, Drop) else []
        own = [each for each in vacancies if each.own]
        for each in (*own[:1], *(each for each in vacancies if not each.own)):
            if each.told:
                continue
            say(str(each))
            answer = typer.prompt("What stands in its place? (Enter: what was before)", default="", err=True).strip()
            if not answer:
                continue
            if each.own and any(change.text in text for text in found):
                found = [text.replace(change.text, with_answer(change.text, answer)) for text in found]
            else:
                found.append(each.add.replace("NUMBER", answer))
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
