"""From histories to columns: acts, yearly series and measures as Arrow tables, ready to be written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rapallo.system.history import CHANGES, ORIGINS, History

RECORD = -1
"""The record's number among the runs."""

_EPOCH_1900 = -25_567
"""1900-01-01 in days since 1970-01-01, which Arrow's dates count from."""

_NAME = pa.dictionary(pa.int16(), pa.string())

ACTS = pa.schema(
    [
        ("run", pa.int32()),
        ("act", pa.int32()),
        ("date", pa.date32()),
        ("time", pa.float64()),
        ("process", _NAME),
        ("layer", _NAME),
        ("change", _NAME),
        ("organ", _NAME),
        ("sender", _NAME),
        ("receiver", _NAME),
        ("occasion", pa.int32()),
        ("origin", _NAME),
        ("id", pa.string()),
    ]
)
"""One row an act; ``act`` is its position in its history, ``time`` days since 1900-01-01."""

SERIES = pa.schema(
    [
        ("run", pa.int32()),
        ("series", _NAME),
        ("year", pa.int16()),
        ("sender", _NAME),
        ("receiver", _NAME),
        ("value", pa.float64()),
    ]
)
"""One row a year's flow between two actors, or a year's stock of one (then without receiver)."""

MEASURES = pa.schema(
    [
        ("run", pa.int32()),
        ("measure", _NAME),
        ("key", pa.string()),
        ("value", pa.float64()),
    ]
)
"""One row a key of a measure (a year, an actor, …) in one run."""

FAILURES = pa.schema(
    [
        ("run", pa.int32()),
        ("seed", pa.uint64()),
        ("stage", pa.string()),
        ("message", pa.string()),
    ]
)
"""One row a run that failed: while doing what, and what was wrong."""

SETTING = pa.field("setting", pa.int32())
"""First column of a sweep's tables."""

REPEATING = ["setting", "run", "process", "layer", "change", "organ", "sender", "receiver", "origin"]
REPEATING += ["series", "year", "measure", "key"]
"""Columns whose values repeat, and which a dictionary makes small."""

SCHEMAS = {"acts": ACTS, "series": SERIES, "measures": MEASURES, "failures": FAILURES}


def schema(table: str, many: bool) -> pa.Schema:
    """Give the schema of a table, of an ensemble or of a sweep."""
    return SCHEMAS[table].insert(0, SETTING) if many else SCHEMAS[table]


def of_setting(table: pa.Table, setting: int) -> pa.Table:
    """Say of every row of a table which setting of a sweep it is of."""
    return table.add_column(0, SETTING, pa.array(np.full(table.num_rows, setting, dtype=np.int32)))


def failures_table(failures: Sequence[tuple[int, str, str]], seed: int) -> pa.Table:
    """Lay the runs that failed out as one table: run, stage and message of each."""
    return pa.table(
        {
            "run": [run for run, _, _ in failures],
            "seed": [seed] * len(failures),
            "stage": [stage for _, stage, _ in failures],
            "message": [message for _, _, message in failures],
        },
        schema=FAILURES,
    )


def acts_table(histories: Sequence[History], runs: Sequence[int]) -> pa.Table:
    """Lay the acts of some histories out as one table, in the order given."""
    if not histories:
        return ACTS.empty_table()
    first = histories[0]
    organs, decides = _organs(first)
    time = np.concatenate([each.time for each in histories])
    process = np.concatenate([each.process for each in histories])
    organ = np.concatenate([_organ_codes(each, organs, decides) for each in histories])
    columns = {
        "run": np.repeat(np.asarray(runs, dtype=np.int32), [len(each) for each in histories]),
        "act": np.concatenate([np.arange(len(each), dtype=np.int32) for each in histories]),
        "date": pa.array((np.floor(time) + _EPOCH_1900).astype(np.int32)).cast(pa.date32()),
        "time": time,
        "process": _named(process, first.processes),
        "layer": _named(np.concatenate([each.layer for each in histories]), first.layers),
        "change": _named(np.concatenate([each.change for each in histories]), CHANGES),
        "organ": _named(organ, organs),
        "sender": _named(np.concatenate([each.sender for each in histories]), first.actors),
        "receiver": _named(np.concatenate([each.receiver for each in histories]), first.actors),
        "occasion": np.concatenate([each.occasion for each in histories]).astype(np.int32),
        "origin": _named(np.concatenate([each.origin for each in histories]), ORIGINS),
        "id": pa.concat_arrays([_ids(each) for each in histories]),
    }
    return pa.table(columns, schema=ACTS)


def series_table(histories: Sequence[History], runs: Sequence[int]) -> pa.Table:
    """Lay the yearly flows and stocks of some histories out as one table."""
    names = sorted({name for each in histories for name in each.series})
    if not names:
        return SERIES.empty_table()
    pieces = []
    for run, history in zip(runs, histories, strict=True):
        for code, name in enumerate(names):
            series = history.series.get(name)
            if series is None or not len(series["year"]):
                continue
            stated = ~np.isnan(series["value"])
            told = [np.asarray(series[column])[stated] for column in ("year", "sender", "receiver", "value")]
            pieces.append((np.full(len(told[0]), run), np.full(len(told[0]), code), *told))
    if not pieces:
        return SERIES.empty_table()
    run_of, name_of, year, sender, receiver, value = (np.concatenate(each) for each in zip(*pieces, strict=True))
    return pa.table(
        {
            "run": run_of.astype(np.int32),
            "series": _named(name_of, names),
            "year": year.astype(np.int16),
            "sender": _named(sender, histories[0].actors),
            "receiver": _named(receiver, histories[0].actors),
            "value": value.astype(float),
        },
        schema=SERIES,
    )


def measures_table(
    rows: Sequence[tuple[int, int, NDArray[Any], NDArray[np.float64]]], names: Sequence[str]
) -> pa.Table:
    """Lay measures out as one table.

    Parameters
    ----------
    rows
        Run, index of the measure in ``names``, its keys, and their values.
    names
        The measures.
    """
    if not rows:
        return MEASURES.empty_table()
    lengths = [len(values) for _, _, _, values in rows]
    return pa.table(
        {
            "run": np.repeat(np.array([run for run, _, _, _ in rows], dtype=np.int32), lengths),
            "measure": _named(np.repeat(np.array([which for _, which, _, _ in rows]), lengths), names),
            "key": pa.array(np.concatenate([keys for _, _, keys, _ in rows]), type=pa.string()),
            "value": np.concatenate([values for _, _, _, values in rows]).astype(float),
        },
        schema=MEASURES,
    )


def _named(codes: NDArray[Any], names: Sequence[str]) -> pa.DictionaryArray:
    """Encode codes by their names; a negative code is a null."""
    indices = pa.array(codes.astype(np.int16), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(names), type=pa.string()))


def _organs(history: History) -> tuple[list[str], NDArray[np.int16]]:
    """Give the short names of all organs, and the one that decides each process for each sender."""
    scenario = history.scenario
    decides = [[scenario.organ_of(process, actor) for actor in history.actors] for process in history.processes]
    recorded = {str(name) for name in history.extra.get("organ", ()) if name}
    names = sorted({*(organ for organs in decides for organ in organs), *recorded})
    codes = [[names.index(organ) for organ in organs] for organs in decides]
    return names, np.array(codes, dtype=np.int16).reshape(len(history.processes), len(history.actors))


def _organ_codes(history: History, names: list[str], decides: NDArray[np.int16]) -> NDArray[np.int16]:
    if "organ" in history.extra:
        return np.array([names.index(name) if name else -1 for name in history.organ], dtype=np.int16)
    if not decides.size:
        return np.full(len(history), -1, dtype=np.int16)
    return np.where(history.process >= 0, decides[history.process, history.sender], np.int16(-1))


def _ids(history: History) -> pa.Array:
    if history.ids is None:
        return pa.nulls(len(history), pa.string())
    return pa.array([str(each) or None for each in history.ids], type=pa.string())
