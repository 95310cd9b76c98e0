"""A folder of runs with known answers: some runs are the record itself, in others nothing happens at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from rapallo.experiment.columns import acts_table, measures_table, series_table
from rapallo.experiment.manifest import make_manifest, write_manifest
from rapallo.experiment.measuring import chosen_measures, measured
from rapallo.experiment.record_within import record_within
from rapallo.experiment.work import Recipe
from rapallo.scenario.scenario import Scenario
from rapallo.scenario.timeline import timeline
from rapallo.system.history import History

RULES = {"dates": "begins", "readings": "most certain"}


def without_acts(history: History) -> History:
    """Give a history of the same span and opening in which nobody does anything and nothing is traded."""
    names = ("time", "process", "layer", "change", "sender", "receiver", "occasion", "origin")
    return replace(
        history,
        **{name: getattr(history, name)[:0] for name in names},
        ids=None if history.ids is None else history.ids[:0],
        extra={name: values[:0] for name, values in history.extra.items()},
        series={},
    )


def write_runs(
    folder: Path,
    scenario: Scenario,
    copies: int,
    empty: int,
    start: str,
    end: str,
    names: tuple[str, ...] | None = None,
) -> Path:
    """Write runs of a scenario: first copies of the record within the span, then runs without any act."""
    calendar = timeline(scenario, start, end)
    measures = chosen_measures(scenario, names)
    recipe = Recipe(
        token="known",
        scenario=scenario,
        start=calendar.start,
        end=calendar.end,
        luck="clock",
        seed=0,
        runs=copies + empty,
        measures=measures,
        keep="acts",
        parts=folder / "parts",
    )
    folder.mkdir(parents=True, exist_ok=True)
    record = scenario.record
    within = record_within(record, calendar.start, calendar.end)
    as_run = replace(within, ids=None, extra={}, series=_within(record, start, end))
    histories = [as_run] * copies + [replace(without_acts(within), ids=None, extra={})] * empty
    runs = list(range(copies + empty))
    rows = measured([within], [-1], measures) + measured(histories, runs, measures)
    tables = {
        "acts": _joined(acts_table([record], [-1]), acts_table(histories, runs)),
        "series": _joined(series_table([record], [-1]), series_table(histories, runs)),
        "measures": measures_table(rows, measures),
    }
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    write_manifest(folder, make_manifest(recipe, RULES, {}), {"finished": "at last", "seconds": 0.0})
    return folder


def _within(record: History, start: str, end: str) -> dict:
    """Give the record's flows of the years of a span."""
    found = {}
    for name, series in record.series.items():
        keep = (series["year"] >= int(start[:4])) & (series["year"] <= int(end[:4]))
        found[name] = {column: np.asarray(values)[keep] for column, values in series.items()}
    return found


def _joined(*tables):
    import pyarrow as pa

    return pa.concat_tables(tables).unify_dictionaries()
