"""An occasion counts once, however many ties it makes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapallo.scenario.resolution import resolve, uniform

if TYPE_CHECKING:
    from rapallo.record.rows import ActRow
    from rapallo.scenario.scenario import Scenario


def counted_once(scenario: Scenario, process: str, draw: int | None, seed: int = 0) -> Scenario:
    """Leave one act of each occasion to a process; the others are carried out, and are no cases.

    Five powers that recognise on one day in one note did not decide five times, and none of them
    followed the others. Acts of one fact or one occasion that bear one date are such; which of them
    stands for all is drawn, or is the first of the table where ``draw`` is ``None``.
    """
    parties: dict[tuple[str, str], dict[tuple[str, str], None]] = {}
    for row in scenario.tables.acts:
        if row.process == process:
            parties.setdefault(_occasion(row), {})[row.sender, row.receiver] = None
    stands = {}
    for occasion, pairs in parties.items():
        share = 0.0 if draw is None else uniform(seed, draw, process, *occasion)
        stands[occasion] = list(pairs)[int(share * len(pairs))]
    acts = tuple(
        row._replace(process="")
        if row.process == process and (row.sender, row.receiver) != stands[_occasion(row)]
        else row
        for row in scenario.tables.acts
    )
    return replace(scenario, tables=replace(scenario.tables, acts=acts), _kept={})


def ties_an_occasion(scenario: Scenario, process: str, pairs: NDArray[np.bool_], first: float, last: float) -> float:
    """Give how many ties an occasion of a process makes on average, among some pairs and between two days.

    A simulation makes ties one by one, so that its level is that of ties, though an occasion counts once.
    """
    index = {name: k for k, name in enumerate(scenario.tables.actor_ids)}
    sizes: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for row in scenario.tables.acts:
        if row.process == process and row.receiver and pairs[index[row.sender], index[row.receiver]]:
            if first <= resolve(row.date, "begins") <= last:
                sizes.setdefault(_occasion(row), set()).add((row.sender, row.receiver))
    return sum(map(len, sizes.values())) / len(sizes) if sizes else 1.0


def _occasion(row: ActRow) -> tuple[str, str]:
    return row.occasion or row.id, row.date.text
