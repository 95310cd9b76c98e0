"""Plots: data in, figure out; one plot, one file. Matplotlib is imported when the first is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rapallo.errors import UnknownNameError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from rapallo.estimate.goodness import GoodnessOfFit
    from rapallo.estimate.residuals import Residuals
    from rapallo.experiment.backtest_result import Backtest
    from rapallo.experiment.measure_of_runs import MeasureOfRuns
    from rapallo.experiment.sensitivity import Sensitivity


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


OF_BACKTEST = ("differences", "calibration", "transforms")
"""What can be drawn of a backtest."""


def plot_backtest(backtest: Backtest, of: str = OF_BACKTEST[0]) -> Figure:
    """Draw one of ``OF_BACKTEST``, both calendars beside each other."""
    from rapallo.report.plots.calibration import calibration_data, draw_calibration
    from rapallo.report.plots.score_differences import draw_score_differences, score_differences_data
    from rapallo.report.plots.transforms import draw_transforms, transforms_data

    if of == "differences":
        return draw_score_differences(score_differences_data(backtest))
    if of == "calibration":
        return draw_calibration(calibration_data(backtest))
    if of == "transforms":
        return draw_transforms(transforms_data(backtest))
    raise UnknownNameError("plot of a backtest", of, OF_BACKTEST)


def plot_sensitivity(found: Sensitivity, **options: Any) -> Figure:
    """Draw a tornado; takes what :func:`rapallo.report.plots.sensitivity.plot_sensitivity` takes."""
    from rapallo.report.plots import sensitivity as drawing

    return drawing.plot_sensitivity(found, **options)


def plot_goodness_of_fit(fit: GoodnessOfFit, **options: Any) -> Figure:
    """Draw the record against runs of a fitted model."""
    from rapallo.report.plots import goodness_of_fit as drawing

    return drawing.plot_goodness_of_fit(fit, **options)
