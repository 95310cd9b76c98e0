"""What every script of this folder does with its process: learn, print, doubt, write."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from entries import write_learned

import rapallo as rp
from rapallo.estimate.learn import learn
from rapallo.estimate.learned import Learned
from rapallo.scenario.parameter import NORMAL_95
from rapallo.scenario.scenario import Scenario

DRAWS = 5


def estimate(process: str, script: str, said: str | None, **choices: Any) -> Learned:
    """Learn a process from the built-in record, say how it went and how much hangs on the priors, and write it.

    Parameters
    ----------
    process
        Its name.
    script
        The script's file.
    said
        The script's first words.
    choices
        Handed on to :func:`rapallo.estimate.learn.learn`.
    """
    parser = argparse.ArgumentParser(description=said)
    parser.add_argument("--draws", type=int, default=DRAWS, help="of dates, readings and what is unknown")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    scenario = rp.load("interwar")
    found = learn(scenario, process, imputations=arguments.draws, **choices)
    print(found.summary())
    print(loosened(scenario, found, **choices))
    if not arguments.dry:
        changed = write_learned(scenario, [found], f"estimates/{Path(script).name}")
        print(f"written: {', '.join(changed) or 'nothing has changed'}")
    return found


def loosened(scenario: Scenario, found: Learned, **choices: Any) -> str:
    """Say where the estimate hangs on the prior: with every prior twice as wide, what moves by more than its spread."""
    parameters = dict(scenario.parameters)
    for name in found.names:
        each = parameters[name]
        mean, sd = each.prior
        parameters[name] = replace(
            each, prior_value=mean, prior_range=(mean - 2.0 * NORMAL_95 * sd, mean + 2.0 * NORMAL_95 * sd)
        )
    wide = learn(replace(scenario, parameters=parameters), found.process, imputations=0, **choices)
    told = learn(scenario, found.process, imputations=0, **choices)
    moved = [
        f"{name} {before:.2f} to {after:.2f}"
        for name, before, after, sd in zip(told.names, told.mean, wide.mean, told.sd, strict=True)
        if abs(after - before) > sd
    ]
    return f"with priors twice as wide, moved by more than a standard deviation: {', '.join(moved) or 'none'}"
