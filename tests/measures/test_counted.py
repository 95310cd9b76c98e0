"""A run's flows are summed over the pairs that the record knows, and what the record doubts is not taken for known."""

from dataclasses import replace

import numpy as np
import pytest

from rapallo.experiment.record_within import record_within
from rapallo.measures import flow_per_year
from rapallo.measures.counted import counted
from rapallo.scenario.load import load
from rapallo.system.history import as_day

FIRST, LAST = 1921, 1939


@pytest.fixture(scope="module")
def record():
    return record_within(load("interwar").record, as_day(f"{FIRST}-01-01"), as_day(f"{LAST + 1}-01-01"))


@pytest.fixture(scope="module")
def run(record):
    """Every pair trades a dollar in every year."""
    actors, ussr = np.arange(len(record.actors)), record.code("actor", "USSR")
    others = actors[actors != ussr]
    years = np.arange(FIRST, LAST + 1).repeat(len(others))
    seller = np.tile(others, LAST + 1 - FIRST)
    trade = {
        "year": years,
        "sender": seller.astype(np.int16),
        "receiver": np.full(len(years), ussr, dtype=np.int16),
        "value": np.ones(len(years)),
    }
    return replace(record, ids=None, series={"trade": trade})


def stated(record, year):
    rows = record.series["trade"]
    return int(((rows["year"] == year) & (rows["receiver"] == record.code("actor", "USSR"))).sum())


def test_a_run_is_counted_over_the_sellers_of_whom_the_record_states_sales_in_that_year(record, run):
    sums = dict(zip(range(FIRST, LAST + 1), flow_per_year(run, "trade", receiver="USSR"), strict=True))
    assert {year: sums[year] for year in range(FIRST, 1939)} == {
        year: stated(record, year) for year in range(FIRST, 1939)
    }
    assert sums[1930] < sums[1929] < len(record.actors) - 1


def test_a_year_that_the_record_does_not_cover_counts_those_of_the_last_one_that_it_does(record, run):
    assert 0 < stated(record, 1939) < stated(record, 1938)  # too few to add up, as the coverage table says
    assert flow_per_year(run, "trade", receiver="USSR")[-1] == stated(record, 1938)


def test_a_sum_with_a_figure_that_the_record_doubts_is_not_known(record, run):
    doubted = {
        row.date.text for row in record.scenario.tables.dyads if row.attribute == "trade" and row.certainty == "low"
    }
    assert doubted == {"1925", "1929", "1930", "1931", "1932", "1939"}
    imports = flow_per_year(record, "trade", receiver="USSR")
    assert [FIRST + int(k) for k in np.flatnonzero(np.isnan(imports))] == [1925, *range(1929, 1933), 1939]
    assert np.isfinite(flow_per_year(run, "trade", receiver="USSR")).all()
    # exports to Britain were not doubted in 1925
    assert np.isfinite(flow_per_year(record, "trade", sender="USSR")[1925 - FIRST])
    share = record.measure("german_trade_share")
    assert np.isnan(share["1929-12-31"]) and share["1928-12-31"] == pytest.approx(97 / 399)


def test_the_record_counts_all_that_it_states(record):
    rows, _ = counted(record, "trade")
    covered = record.series["trade"]["year"] < 1939
    assert rows[covered].all()


def test_without_recorded_figures_every_pair_counts(run):
    tables = run.scenario.tables
    bare = replace(tables, dyads=tuple(row for row in tables.dyads if row.attribute != "trade"))
    rows, doubted = counted(replace(run, scenario=replace(run.scenario, tables=bare)), "trade")
    assert rows.all() and not doubted.any()
