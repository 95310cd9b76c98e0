"""Refuse acts of a rate that were no options: its likelihood asks only who acted, and would not notice."""

from __future__ import annotations

import math

import numpy as np

from rapallo.errors import RapalloError
from rapallo.estimate.arrange import Choices
from rapallo.estimate.event_data import Changes, EventData


def check_pairs(data: EventData, acts: Changes, network: str, choices: Choices, what: str) -> None:
    """Refuse an act of a rate towards somebody whom it could not be done to.

    Parameters
    ----------
    data, acts, network
        The acts, and the network that they belong to.
    choices
        The span, the change and the pairs that are allowed.
    what
        What the acts are called.

    Raises
    ------
    RapalloError
        Naming the first such row.
    """
    low = -math.inf if choices.start is None else choices.start
    high = math.inf if choices.end is None else choices.end
    table, directed = data.networks[network].changes, data.networks[network].directed
    order, arrivals = (np.argsort(each.time, kind="stable") for each in (table, data.presence))
    tie, here = np.nan_to_num(data.networks[network].initial), data.present.copy()
    place = arrived = 0
    for act in np.argsort(acts.time, kind="stable"):
        time, first, second = float(acts.time[act]), int(acts.first[act]), int(acts.second[act])
        if not low <= time <= high:
            continue
        where = f"{what}, row {acts.row[act]} (time {time:g}): {data.actors[first]} → {data.actors[second]}"
        while arrived < len(arrivals) and data.presence.time[arrivals[arrived]] <= time:
            here[data.presence.first[arrivals[arrived]]] = data.presence.value[arrivals[arrived]] > 0
            arrived += 1
        if not here[second]:
            raise RapalloError(
                f"{where}: the receiver {data.actors[second]} is not present then; mend its presence or drop the row"
            )
        if choices.allowed is not None and not choices.allowed[first, second]:
            raise RapalloError(f"{where}: the pair lies outside the risk set (allowed)")
        while place < len(order) and table.time[order[place]] < time:
            k = order[place]
            for one, other in ((table.first[k], table.second[k]), (table.second[k], table.first[k]))[: 2 - directed]:
                tie[one, other] = np.nan_to_num(table.value[k]) + (tie[one, other] if table.adds[k] else 0.0)
            place += 1
        if choices.change == "form" and tie[first, second] > 0:
            raise RapalloError(
                f"{where}: the tie of {network} stands already; with change='form' a tie cannot form twice"
            )
        if choices.change == "end" and not tie[first, second] > 0:
            raise RapalloError(f"{where}: no tie of {network} stands that could end")
