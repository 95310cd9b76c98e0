"""How often the record lies within the runs, in words."""

import numpy as np
import pandas as pd

from rapallo.experiment.measure_of_runs import MeasureOfRuns
from rapallo.report.inside import inside, spans

NAN = float("nan")


def measure(values, record, shape="yearly"):
    dates = pd.DatetimeIndex([f"{1921 + k}-12-31" for k in range(len(record))])
    frame = pd.DataFrame(np.array(values, dtype=float), columns=dates)
    return MeasureOfRuns("states", "How many.", "states", shape, frame, pd.Series(record, index=dates, dtype=float))


def test_years_outside_are_named_by_side_and_the_farthest_with_its_numbers():
    runs = np.repeat(np.arange(1.0, 22.0)[:, None], 6, axis=1)  # nine of ten: 2 to 20, the middle run 11
    assert inside(measure(runs, [1, 1, -9, 11, 21, NAN])) == (
        "The record lies within nine runs of ten in 1 of 5 years, below them in 1921-23, above them in 1925; it is "
        "below the middle run in 3 and above it in 1. Farthest out is 1923: -9 in the record, 2 to 20 in the runs."
    )


def test_where_all_lie_inside_no_year_is_farthest_out():
    text = inside(measure([[1, 1], [2, 2], [3, 3]], [2, 1.5]))
    assert text == (
        "The record lies within nine runs of ten in 2 of 2 years; it is below the middle run in 1 and above it in none."
    )


def test_there_is_nothing_to_say_where_there_is_nothing_to_compare():
    assert inside(measure([[1, 1]], [NAN, NAN])) == ""
    assert inside(measure([[NAN, NAN]], [1, 1])) == ""
    assert inside(measure([[1, 1]], [1, 1], shape="actor")) == ""


def test_spans_join_three_years_and_more():
    assert spans([1930]) == "1930"
    assert spans([1921, 1922]) == "1921 and 1922"
    assert spans([1921, 1922, 1923, 1930]) == "1921-23 and 1930"
