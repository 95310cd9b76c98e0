"""Plots: data in, figure out; one plot, one file. Matplotlib is imported when the first is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rapallo.experiment.measure_of_runs import MeasureOfRuns


def plot_measure(measure: MeasureOfRuns, **options: Any) -> Figure:
    """Draw a measure of runs by its shape; takes what :func:`rapallo.report.plots.measure.plot_measure` takes."""
    from rapallo.report.plots import measure as drawing

    return drawing.plot_measure(measure, **options)
