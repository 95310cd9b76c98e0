"""How often the record lies within the runs' band, in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from rapallo.report.lines import number

if TYPE_CHECKING:
    from rapallo.experiment.measure_of_runs import MeasureOfRuns


def inside(measure: MeasureOfRuns) -> str:
    """Say in how many years the record lies in the middle nine tenths of the runs, and where it parts from them most.

    Parameters
    ----------
    measure
        A yearly measure of some runs.

    Returns
    -------
    str
        Sentences; empty where the measure is of another shape, or no year has both a number of the record and a run.
    """
    record = measure.record.to_numpy(dtype=float)
    values = measure.values.to_numpy(dtype=float)
    both = np.isfinite(record) & np.isfinite(values).any(axis=0)
    if measure.shape != "yearly" or not both.any():
        return ""
    years = [date.year for date, known in zip(measure.values.columns, both, strict=True) if known]
    record = record[both]
    low, median, high = np.nanquantile(values[:, both], (0.05, 0.5, 0.95), axis=0)
    under, over = record < low, record > high
    within = len(years) - int(under.sum() + over.sum())
    said = [f"The record lies within nine runs of ten in {within} of {len(years)} years"]
    for side, word in ((under, "below"), (over, "above")):
        if side.any():
            said.append(f"{word} them in {spans([year for year, out in zip(years, side, strict=True) if out])}")
    lower, higher = int((record < median).sum()), int((record > median).sum())
    text = f"{', '.join(said)}; it is below the middle run in {lower or 'none'} and above it in {higher or 'none'}."
    if not (under | over).any():
        return text
    far = int(np.argmax(np.maximum(low - record, record - high)))
    unit, whole = measure.unit, bool((values[np.isfinite(values)] == np.round(values[np.isfinite(values)])).all())
    worst, least, most = (number(float(each[far]), unit, whole=whole) for each in (record, low, high))
    return f"{text} Farthest out is {years[far]}: {worst} in the record, {least} to {most} in the runs."


def spans(years: Sequence[int]) -> str:
    """Write ascending years, those that follow each other as a span.

    Examples
    --------
    >>> spans([1921, 1924, 1925, 1926, 1930, 1931])
    '1921, 1924-26, 1930 and 1931'
    """
    parts: list[str] = []
    for _, group in groupby(enumerate(years), lambda each: each[1] - each[0]):
        run = [year for _, year in group]
        parts += [f"{run[0]}-{run[-1] % 100:02d}"] if len(run) > 2 else [str(year) for year in run]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
