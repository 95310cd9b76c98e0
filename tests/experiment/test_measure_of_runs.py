"""Bands, shares and the table on screen, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rapallo.errors import RapalloError
from rapallo.experiment.columns import RECORD, measures_table
from rapallo.experiment.measure_of_runs import MeasureOfRuns
from rapallo.experiment.stored_measures import StoredMeasures

NAN = float("nan")


@pytest.fixture
def dates():
    values = pd.DataFrame({"FRA": [1.0, 2.0, NAN, 4.0], "USA": [NAN] * 4, "GBR": [3.0] * 4})
    record = pd.Series([2.0, NAN, 5.0], index=values.columns)
    return MeasureOfRuns("begun", "When it began.", "year", "actor", values, record)


def test_a_band_passes_over_runs_without_an_answer_and_says_how_many_have_one(dates):
    band = dates.band((0.0, 0.5, 1.0))
    assert band.loc["FRA"].tolist() == [1.0, 2.0, 4.0]
    assert band.loc["GBR"].tolist() == [3.0, 3.0, 3.0]
    assert band.loc["USA"].isna().all()
    assert dates.share.to_dict() == {"FRA": 0.75, "USA": 0.0, "GBR": 1.0}
    assert dates.frame().loc["FRA", "record"] == 2.0
    assert "4 runs × 3 actors, year" in repr(dates)


@pytest.mark.parametrize("levels", [(), (0.5, 1.5), (5, 95)])
def test_levels_are_quantiles(dates, levels):
    with pytest.raises(RapalloError, match="between 0 and 1"):
        dates.band(levels)


def stored(tmp_path, rows, names):
    import pyarrow.parquet

    rows = [(run, which, np.array(keys, dtype=object), np.array(values, float)) for run, which, keys, values in rows]
    pyarrow.parquet.write_table(measures_table(rows, names), tmp_path / "measures.parquet")
    about = [{"name": name, "says": "A sentence.", "unit": "ties", "shape": ""} for name in names]
    return StoredMeasures(tmp_path, {"runs": max(run for run, *_ in rows) + 1, "measures": about})


def test_a_yearly_measure_is_sorted_and_set_beside_the_record(tmp_path):
    keys = ["1921-12-31", "1920-12-31"]
    rows = [(RECORD, 0, ["1919-12-31", "1920-12-31"], [9.0, 1.0]), (0, 0, keys, [3.0, 2.0]), (1, 0, keys, [5.0, 4.0])]
    found = stored(tmp_path, rows, ["ties"]).measure("ties")
    assert found.shape == "yearly"
    assert [each.year for each in found.values.columns] == [1920, 1921]
    assert found.values.to_numpy().tolist() == [[2.0, 3.0], [4.0, 5.0]]
    np.testing.assert_array_equal(found.record.to_numpy(), [1.0, NAN])


def test_the_table_shows_numbers_years_and_actors(tmp_path):
    years = [f"{year}-12-31" for year in range(1920, 1930)]
    rows = []
    for run in range(RECORD, 20):
        rows += [
            (run, 0, [""], [float(run)]),
            (run, 1, years, [run * 100.0 + place for place in range(10)]),
            (run, 2, ["A", "B"], [1.0, NAN if run % 2 else 2.0]),
        ]
    table = stored(tmp_path, rows, ["number", "curve", "when"]).table()
    assert table["measure"].tolist() == ["number", "curve", "curve", "curve", "when"]
    assert table["at"].tolist() == ["", "1923-12-31", "1926-12-31", "1929-12-31", "actors with an answer"]
    number = table.iloc[0]
    assert (number["low"], number["median"], number["high"], number["record"]) == (0.0, 9.0, 18.0, -1.0)
    assert table.iloc[3][["low", "median", "high", "record"]].tolist() == [9.0, 909.0, 1809.0, -91.0]
    assert table.iloc[4][["low", "median", "high", "record"]].tolist() == [1.0, 1.0, 2.0, 1.0]


def test_a_file_too_large_to_hold_gives_the_same(tmp_path, monkeypatch):
    rows = [(run, which, [""], [run * 10.0 + which]) for run in range(RECORD, 5) for which in (0, 1)]
    held = stored(tmp_path, rows, ["one", "two"]).measure("two")
    monkeypatch.setattr("rapallo.experiment.stored_measures.HELD", 3)
    read = stored(tmp_path, rows, ["one", "two"]).measure("two")
    pd.testing.assert_frame_equal(read.values, held.values)
    assert read.values["value"].tolist() == [1.0, 11.0, 21.0, 31.0, 41.0]
    assert read.record.tolist() == [-9.0]
