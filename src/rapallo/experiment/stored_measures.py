"""The measures of an ensemble, read from ``measures.parquet``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import UnknownNameError
from rapallo.experiment.measure_of_runs import MeasureOfRuns

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

FILE = "measures.parquet"

HELD = 5_000_000
"""Rows up to which the file is read once and held; a larger one is read through for each measure."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

COLUMNS = ("measure", "at", "unit", "low", "median", "high", "record")


class StoredMeasures:
    """Measures of all runs and of the record.

    Parameters
    ----------
    folder
        The folder of the runs.
    manifest
        Its manifest.
    """

    def __init__(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        self.path = folder / FILE
        self.runs = int(manifest["runs"])
        self.about = {each["name"]: each for each in manifest["measures"]}
        self._all: pa.Table | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the measures, in order."""
        return tuple(self.about)

    def measure(self, name: str) -> MeasureOfRuns:
        """Give one measure of all runs.

        Raises
        ------
        UnknownNameError
            If it was not taken.
        """
        import pandas as pd

        if name not in self.about:
            raise UnknownNameError("measure of these runs", name, self.about)
        keys, numbers = self._numbers(name)
        shape = self.about[name]["shape"] or _shape(keys)
        if shape == "yearly":
            order = sorted(range(len(keys)), key=keys.__getitem__)
            keys, numbers = [keys[k] for k in order], numbers[:, order]
            labels: Any = pd.DatetimeIndex(np.array(keys, dtype="datetime64[s]"), name="date")
        else:
            labels = pd.Index(
                ["value"] if keys == [""] else keys, dtype=object, name="key" if keys == [""] else "actor"
            )
        frame = pd.DataFrame(numbers[1:], index=pd.RangeIndex(self.runs, name="run"), columns=labels)
        stated = self.about[name]
        return MeasureOfRuns(
            name, stated["says"], stated["unit"], shape, frame, pd.Series(numbers[0], labels, name="record")
        )

    def table(self) -> pd.DataFrame:
        """Give every measure at a glance, one to three rows each."""
        import pandas as pd

        rows = [row for name in self.names for row in _rows(self.measure(name))]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def _numbers(self, name: str) -> tuple[list[str], NDArray[np.float64]]:
        """Give the keys of a measure and its values, record first, then the runs in order."""
        import pyarrow.compute as pc

        rows = self._read(name)
        codes = pc.dictionary_encode(rows["key"].combine_chunks().cast("string"))
        if hasattr(codes, "combine_chunks"):
            codes = codes.combine_chunks()
        keys = codes.dictionary.to_pylist()
        numbers = np.full((self.runs + 1, len(keys)), np.nan)
        numbers[rows["run"].to_numpy() + 1, codes.indices.to_numpy()] = rows["value"].to_numpy()
        # a key that only the record has is no key of the runs
        in_runs = np.zeros(len(keys), dtype=bool)
        in_runs[codes.indices.to_numpy()[rows["run"].to_numpy() >= 0]] = True
        return [key for key, there in zip(keys, in_runs, strict=True) if there], numbers[:, in_runs]

    def _read(self, name: str) -> pa.Table:
        import pyarrow.compute as pc
        import pyarrow.parquet

        if self._all is None and pyarrow.parquet.read_metadata(self.path).num_rows <= HELD:
            self._all = pyarrow.parquet.read_table(self.path)
        if self._all is None:
            return pyarrow.parquet.read_table(self.path, filters=[("measure", "==", name)])
        return self._all.filter(pc.equal(self._all["measure"].cast("string"), name))


def _shape(keys: list[str]) -> str:
    if keys == [""]:
        return "number"
    return "yearly" if keys and all(_DATE.fullmatch(key) for key in keys) else "actor"


def _rows(measure: MeasureOfRuns) -> list[tuple[Any, ...]]:
    """Give the rows of the table for one measure."""
    if measure.shape == "actor":
        counts = measure.values.notna().sum(axis=1).to_numpy(dtype=float)
        stated = float(measure.record.notna().sum())
        return [(measure.name, "actors with an answer", "actors", *_three(counts), stated)]
    columns = list(range(measure.values.shape[1]))
    if measure.shape == "yearly" and len(columns) > 6:
        last = columns[-1]
        columns = [round(last / 3), round(2 * last / 3), last]
    elif measure.shape == "yearly":
        columns = columns[-1:]
    rows = []
    for column in columns:
        key = measure.values.columns[column]
        where = key.date().isoformat() if measure.shape == "yearly" else ""
        values = measure.values.iloc[:, column].to_numpy()
        rows.append((measure.name, where, measure.unit, *_three(values), float(measure.record.iloc[column])))
    return rows


def _three(values: NDArray[np.float64]) -> tuple[float, float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return np.nan, np.nan, np.nan
    low, median, high = np.quantile(known, (0.05, 0.5, 0.95), method="inverted_cdf")
    return float(low), float(median), float(high)
