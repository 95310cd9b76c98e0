"""Which doubtful readings bear on an answer: those that enter a weight of an act in which two worlds differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.variants import Variant
    from rapallo.scenario.scenario import Scenario


def bearing(scenario: Scenario, variants: Sequence[Variant], differing: pd.DataFrame) -> list[int]:
    """Count, for each variant, the differing acts whose process reads what it touches, of one of its parties.

    Parameters
    ----------
    scenario
        Whose processes.
    variants
        Readings of the record, otherwise.
    differing
        Acts that are not the same in two worlds: ``process``, ``sender``, ``receiver`` and ``time`` (days since
        1900-01-01). An act before a variant's first day is not counted.

    Notes
    -----
    What it counts enters a weight directly. A variant that counts nothing may still act at a remove: through an act
    that is the same in both worlds, or a measure that reads it.
    """
    reads = {name: read_by(scenario, name) for name in scenario.processes}
    counts = differing.groupby(["process", "sender", "receiver"])["time"].apply(sorted).to_dict()
    found = []
    for variant in variants:
        total = 0
        for (process, sender, receiver), times in counts.items():
            mine = reads.get(process, frozenset())
            if any(what in mine and {sender, receiver} & set(whom) for what, *whom in variant.touches):
                total += sum(time >= variant.since for time in times)
        found.append(total)
    return found


def read_by(scenario: Scenario, process: str) -> frozenset[str]:
    """Name all that a process' declaration mentions, and what its effects read by their own names."""
    from rapallo.effects import get_effect

    model = scenario.processes[process]
    effects = {motive.effect for motive in (*model.motives, *model.rate, *model.consent)}
    return frozenset({*re.findall(r"\w+", repr(model)), *(name for each in effects for name in get_effect(each).reads)})
