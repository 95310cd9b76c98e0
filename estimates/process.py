"""What every script of this folder does with its process: learn, print, doubt, write."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from entries import write_learned
from numpy.typing import NDArray

import rapallo as rp
from rapallo.estimate.learn import learn
from rapallo.estimate.learned import Learned
from rapallo.estimate.relative import learn_relative
from rapallo.scenario.parameter import NORMAL_95
from rapallo.scenario.scenario import Scenario

DRAWS = 5
FEW = 2
"""Draws for the doubt about the priors."""


def estimate(
    process: str, script: str, said: str | None, pairs: Sequence[tuple[str, str]] | None = None, **choices: Any
) -> Learned:
    """Learn a process from the built-in record, say how it went and how much hangs on the priors, and write it.

    Parameters
    ----------
    process
        Its name.
    script
        The script's file.
    said
        The script's first words.
    pairs
        Senders and receivers to whom the fit keeps, where not to all; ``*`` stands for everybody.
    choices
        Handed on to :func:`rapallo.estimate.learn.learn`.
    """

    def told(scenario: Scenario, draws: int) -> Learned:
        kept = {} if pairs is None else {"allowed": among(scenario, pairs)}
        return learn(scenario, process, imputations=draws, **kept, **choices)

    return learnt(told, script, said)


def estimate_selection(process: str, script: str, said: str | None, pairs: Sequence[tuple[str, str]]) -> Learned:
    """Learn from a record that is a selection: whom and in what order, never how often.

    Parameters
    ----------
    process, script, said
        As for :func:`estimate`.
    pairs
        Senders and receivers whose acts the record follows; ``*`` stands for everybody.
    """

    def told(scenario: Scenario, draws: int) -> Learned:
        says = " and ".join(f"{sender} to {receiver}".replace("*", "anybody") for sender, receiver in pairs)
        return learn_relative(scenario, process, among(scenario, pairs), says, imputations=draws)

    return learnt(told, script, said)


def among(scenario: Scenario, pairs: Sequence[tuple[str, str]]) -> NDArray[np.bool_]:
    """Give some pairs as a table of all."""
    actors = np.array(scenario.tables.actor_ids)
    found = np.zeros((len(actors), len(actors)), dtype=bool)
    for sender, receiver in pairs:
        found |= np.outer((actors == sender) | (sender == "*"), (actors == receiver) | (receiver == "*"))
    return found


def learnt(told: Callable[[Scenario, int], Learned], script: str, said: str | None) -> Learned:
    """Learn, print, doubt, write."""
    parser = argparse.ArgumentParser(description=said)
    parser.add_argument("--draws", type=int, default=DRAWS, help="of dates, readings and what is unknown")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    scenario = rp.load("interwar")
    found = told(scenario, arguments.draws)
    print(found.summary())
    print(loosened(scenario, found, told))
    if not arguments.dry:
        changed = write_learned(scenario, [found], f"estimates/{Path(script).name}")
        print(f"written: {', '.join(changed) or 'nothing has changed'}")
    return found


def loosened(scenario: Scenario, found: Learned, told: Callable[[Scenario, int], Learned]) -> str:
    """Say where the estimate hangs on the prior: with every prior twice as wide, what moves by more than its spread."""
    parameters = dict(scenario.parameters)
    for name in found.names:
        each = parameters[name]
        mean, sd = each.prior
        parameters[name] = replace(
            each, prior_value=mean, prior_range=(mean - 2.0 * NORMAL_95 * sd, mean + 2.0 * NORMAL_95 * sd)
        )
    before, after = (told(each, FEW) for each in (scenario, replace(scenario, parameters=parameters)))
    moved = [
        f"{name} {one:.2f} to {other:.2f}"
        for name, one, other, sd in zip(before.names, before.mean, after.mean, before.sd, strict=True)
        if abs(other - one) > sd
    ]
    return f"with priors twice as wide, moved by more than a standard deviation: {', '.join(moved) or 'none'}"
