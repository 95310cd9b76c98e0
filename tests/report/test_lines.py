"""Measures in a few lines of text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rapallo.experiment.measure_of_runs import MeasureOfRuns
from rapallo.report.lines import ANSWERED, in_words


def made(shape, values, record, labels, unit="states"):
    frame = pd.DataFrame(np.asarray(values, dtype=float), columns=labels)
    return MeasureOfRuns("made", "What is made.", unit, shape, frame, pd.Series(np.asarray(record, float), labels))


def test_a_number_says_its_band_and_the_record():
    (line,) = in_words(made("number", [[1], [2], [3]], [9], ["value"]))
    assert str(line) == "2 (1.1 to 2.9) states; record 9"
    assert line.inside is False


def test_a_silent_record_is_neither_inside_nor_outside():
    (line,) = in_words(made("number", [[1], [np.nan]], [np.nan], ["value"]))
    assert str(line) == "1 (1 to 1) states in 50% of the runs; the record has none"
    assert line.inside is None


def test_no_answer_at_all_is_said():
    (line,) = in_words(made("number", [[np.nan]], [4], ["value"]))
    assert str(line) == "no run has an answer; record 4"


def test_a_yearly_measure_is_told_at_a_third_two_thirds_and_the_end():
    labels = pd.DatetimeIndex([f"{year}-12-31" for year in range(1921, 1940)])
    lines = in_words(made("yearly", [np.arange(19)], np.arange(19), labels))
    assert [line.at for line in lines] == ["1927", "1933", "1939"]
    assert [line.record for line in lines] == [6, 12, 18] and all(line.inside for line in lines)


def test_of_a_measure_by_actor_those_asked_for_are_told_recorded_ones_first():
    labels = ["AAA", "BBB", "CCC"]
    measure = made("actor", [[1922, 1923, np.nan], [1924, 1923, np.nan]], [np.nan, 1923.5, np.nan], labels, "year")
    assert [line.at for line in in_words(measure, {"AAA", "BBB", "CCC"})] == ["BBB", "AAA"]
    (whole,) = in_words(measure)
    assert (whole.at, whole.median, whole.record) == (ANSWERED, 2.0, 1.0)


@pytest.mark.parametrize(
    ("values", "text"), [([[0.5], [0.25]], "0.38"), ([[1], [2]], "1.5"), ([[1234], [1234]], "1,234")]
)
def test_numbers_are_written_as_a_person_would(values, text):
    (line,) = in_words(made("number", values, [0], ["value"]))
    assert str(line).startswith(text + " (")
