"""Plots: data in, figure out; one plot, one file. Matplotlib is imported when the first is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from rapallo.estimate.residuals import Residuals
    from rapallo.experiment.measure_of_runs import MeasureOfRuns


def plot_measure(measure: MeasureOfRuns, **options: Any) -> Figure:
    """Draw a measure of runs by its shape; takes what :func:`rapallo.report.plots.measure.plot_measure` takes."""
    from rapallo.report.plots import measure as drawing

    return drawing.plot_measure(measure, **options)


def plot_uncertainty(table: pd.DataFrame, measure: str, unit: str, **options: Any) -> Figure:
    """Draw a split variance; takes what :func:`rapallo.report.plots.uncertainty.plot_uncertainty` takes."""
    from rapallo.report.plots import uncertainty as drawing

    return drawing.plot_uncertainty(table, measure, unit, **options)


def plot_timeline(timeline: pd.DataFrame, **options: Any) -> Figure:
    """Draw what becomes of the record's acts in a changed world."""
    from rapallo.report.plots import counterfactual_timeline as drawing

    return drawing.plot_timeline(timeline, **options)


def plot_exponentials(values: pd.DataFrame, **options: Any) -> Figure:
    """Draw the exponentials of the record's luck, process by process."""
    from rapallo.report.plots import exponentials as drawing

    return drawing.plot_exponentials(drawing.exponentials_data(values), **options)


def plot_residuals(residuals: Residuals, **options: Any) -> Figure:
    """Draw residuals; takes what :func:`rapallo.report.plots.residuals.plot_residuals` takes."""
    from rapallo.report.plots import residuals as drawing

    return drawing.plot_residuals(residuals, **options)


def plot_sweep(table: pd.DataFrame, columns: list[str], measure: str, unit: str, **options: Any) -> Figure:
    """Draw a measure by setting; takes what :func:`rapallo.report.plots.sweep.plot_sweep` takes."""
    from rapallo.report.plots import sweep as drawing

    return drawing.plot_sweep(table, columns, measure, unit, **options)
