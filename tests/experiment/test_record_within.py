"""The record as far as a span reaches."""

from __future__ import annotations

import numpy as np

from rapallo.experiment.record_within import record_within
from rapallo.system.history import as_day
from tests.experiment.orders import pair


def test_it_holds_the_acts_of_the_span_and_opens_with_the_ties_that_stood():
    record = pair().record
    within = record_within(record, as_day("1922-01-01"), as_day("1925-01-01"))
    assert list(within.ids) == ["PAIR002", "PAIR003", "PAIR004"]
    assert within.initial["tie"].tolist() == [[False, True], [True, False]]  # formed in March 1921
    days = ["1922-01-01", "1922-12-31", "1924-06-01", "1924-12-31"]
    assert within.count_at("tie", days).tolist() == record.count_at("tie", days).tolist() == [1, 0, 1, 0]
    assert len(within.at("1924-06-01").ties("tie")) == 1
    assert len(within.at("1923-06-01").ties("tie")) == 0
    assert (within.start, within.end) == (as_day("1922-01-01"), as_day("1925-01-01"))
    assert len(within.extra["title"]) == 3


def test_a_span_beyond_the_record_adds_nothing():
    record = pair().record
    within = record_within(record, record.start - 500, record.end + 500)
    np.testing.assert_array_equal(within.time, record.time)
    assert not within.initial["tie"].any()
