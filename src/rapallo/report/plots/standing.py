"""How many ties of one actor stand in each run, at many dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.record.time import to_day

if TYPE_CHECKING:
    from rapallo.experiment.ensemble import Ensemble

EVE = 1.0 / 1024.0
"""Part of a day by which a moment comes before the midnight that ends it."""


def month_ends(start: str, end: str) -> NDArray[np.float64]:
    """Give the last instant of each month of a span, in days since 1900-01-01; and of the span.

    Parameters
    ----------
    start, end
        First and last day, as ISO dates.
    """
    first, last = to_day(start), to_day(end) + 1.0
    year, month = int(start[:4]), int(start[5:7])
    days: list[float] = []
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        day = to_day(f"{year:04d}-{month:02d}-01")
        if day >= last:
            return np.array([*days, last - EVE])
        if day > first:
            days.append(day - EVE)


def standing(ensemble: Ensemble, layer: str, actor: str, days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count the ties of one actor in a lasting layer that stand at each date, in every run.

    Every run opens with the ties that the record has at its first day.

    Returns
    -------
    ndarray
        Runs × dates.
    """
    record = ensemble.record
    start = to_day(ensemble.manifest["span"]["from"])
    opening = record.count_at(layer, [start - EVE], receiver=actor)[0]
    acts = ensemble.acts(layer=layer)
    acts = acts[(acts["run"] >= 0) & acts["change"].isin(["form", "end"])]
    if not record.scenario.layers[layer].mutual:
        acts = acts[acts["receiver"] == actor]
    else:
        acts = acts[(acts["sender"] == actor) | (acts["receiver"] == actor)]
    steps = np.where(acts["change"].to_numpy() == "form", 1.0, -1.0)
    found: NDArray[np.float64] = opening + counted(
        acts["run"].to_numpy(), acts["time"].to_numpy(), steps, len(ensemble), days
    )
    return found


def counted(
    run: NDArray[Any], time: NDArray[np.float64], steps: NDArray[np.float64], runs: int, days: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sum steps up to and at each date, in every run; runs × dates."""
    sums = np.zeros((runs, len(days) + 1))
    np.add.at(sums, (run, np.searchsorted(days, time, side="left")), steps)
    found: NDArray[np.float64] = np.cumsum(sums, axis=1)[:, :-1]
    return found
