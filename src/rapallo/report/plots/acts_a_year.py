"""How many acts of each layer there are in a year, in the runs and in the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapallo.measures.coverage import covered
from rapallo.measures.yearly import occasions
from rapallo.record.time import to_day
from rapallo.report.plots.band import band_of
from rapallo.report.plots.canvas import WIDE
from rapallo.report.plots.measure import MeasureData
from rapallo.report.plots.small_measures import SmallMeasures, draw_small_measures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.ensemble import Ensemble


def years_of(ensemble: Ensemble) -> NDArray[np.int64]:
    """Give the years of the runs' span."""
    span = ensemble.manifest["span"]
    return np.arange(int(span["from"][:4]), int(span["to"][:4]) + 1)


def edges_of(ensemble: Ensemble) -> NDArray[np.float64]:
    """Give the edges of those years in days, one more than years; the first and last are the span's."""
    span, years = ensemble.manifest["span"], years_of(ensemble)
    edges = np.array([to_day(f"{year}-01-01") for year in [*years.tolist(), int(years[-1]) + 1]])
    edges[0], edges[-1] = max(edges[0], to_day(span["from"])), min(edges[-1], to_day(span["to"]) + 1.0)
    return edges


def counts_of_runs(ensemble: Ensemble, layers: Sequence[str], actor: str = "") -> NDArray[np.float64]:
    """Count acts that form a tie or are an event, by run and year; acts of one occasion count once.

    Parameters
    ----------
    ensemble
        The runs.
    layers
        Layers whose acts are added up.
    actor
        Only acts in which this actor has a part.

    Returns
    -------
    ndarray
        Runs × years.
    """
    edges = edges_of(ensemble)
    counts = np.zeros((len(ensemble), len(edges) - 1))
    for layer in layers:
        rows = ensemble.acts(layer=layer, change="form")
        rows = rows[rows["run"] >= 0]
        if actor:
            rows = rows[(rows["sender"] == actor) | (rows["receiver"] == actor)]
        rows = rows[(rows["occasion"] < 0) | ~rows.duplicated(["run", "occasion"])]
        place = np.searchsorted(edges, rows["time"].to_numpy(), side="right") - 1
        np.add.at(counts, (rows["run"].to_numpy(), np.clip(place, 0, len(edges) - 2)), 1.0)
    return counts


def acts_a_year_data(ensemble: Ensemble) -> SmallMeasures:
    """Count the acts of each layer that the model changes, year by year."""
    record, years, edges = ensemble.record, years_of(ensemble), edges_of(ensemble)
    panels = []
    for layer in dict.fromkeys(process.layer for process in ensemble.scenario.processes.values()):
        acts = record.select(layer=layer, change="form", since=float(edges[0]), until=float(edges[-1]))
        times = record.time[occasions(record, acts)]
        stated = np.histogram(times, bins=edges)[0].astype(float)
        stated[~covered(record, layer, edges[:-1], edges[1:])] = np.nan
        counts = counts_of_runs(ensemble, [layer])
        panels.append(
            MeasureData(
                name=layer,
                unit="acts a year",
                shape="yearly",
                keys=tuple(years.tolist()),
                band=band_of(counts, years),
                answered=np.ones(len(years)),
                record=stated,
                values=np.empty(0),
            )
        )
    return SmallMeasures(tuple(panels))


def draw_acts_a_year(data: SmallMeasures, width: float = WIDE) -> Figure:
    """Draw one small panel a layer."""
    return draw_small_measures(data, width)
