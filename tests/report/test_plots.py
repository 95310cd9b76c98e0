"""What is drawn, without a pixel: where the runs are the record, every band is the record's line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rapallo.measures import tied_at
from rapallo.record.time import to_day
from rapallo.report.plots import plot_measure
from rapallo.report.plots.acts_a_year import acts_a_year_data, counts_of_runs
from rapallo.report.plots.band import band_of, decimal
from rapallo.report.plots.canvas import NARROW, WIDE, to_svg
from rapallo.report.plots.german_trade import draw_german_trade, german_trade_data
from rapallo.report.plots.measure import measure_data
from rapallo.report.plots.rearmament import draw_rearmament, rearmament_data
from rapallo.report.plots.recognition_curve import draw_recognition_curve, recognition_curve_data
from rapallo.report.plots.recognition_dates import draw_recognition_dates, recognition_dates_data
from rapallo.report.plots.sanction_cases import draw_sanction_cases, sanction_cases_data
from rapallo.report.plots.secret_cooperation import (
    draw_secret_cooperation,
    knowledge,
    secret_cooperation_data,
)
from rapallo.report.plots.small_measures import draw_small_measures, small_measures_data
from rapallo.report.plots.soviet_trade import draw_soviet_trade, soviet_trade_data
from rapallo.report.plots.standing import counted, month_ends, standing
from rapallo.report.plots.two_tracks import draw_two_tracks, two_tracks_data


def same(band, values):
    values = np.asarray(values, dtype=float)
    for line in (band.low, band.lower, band.median, band.upper, band.high):
        np.testing.assert_allclose(line, values)


# ---------------------------------------------------------------- bands and counts by hand


def test_band_is_the_quantiles_of_the_runs_that_have_an_answer():
    runs = [[0.0, np.nan], [10.0, np.nan], [20.0, 3.0], [30.0, np.nan], [40.0, np.nan]]
    band = band_of(runs, [1921, 1922])
    assert (band.low[0], band.lower[0], band.median[0], band.upper[0], band.high[0]) == (2.0, 10.0, 20.0, 30.0, 38.0)
    assert band.median[1] == band.low[1] == 3.0
    assert np.isnan(band_of([[np.nan]], [0]).median[0])


def test_months_end_before_the_next_begins_and_the_span_ends_itself():
    days = month_ends("1923-11-15", "1924-02-10")
    assert [int(np.floor(day)) for day in days] == [
        to_day("1923-11-30"),
        to_day("1923-12-31"),
        to_day("1924-01-31"),
        to_day("1924-02-10"),
    ]


def test_steps_add_up_in_the_run_they_belong_to():
    days = np.array([10.0, 20.0, 30.0])
    run, time, steps = np.array([0, 0, 1]), np.array([5.0, 20.0, 29.0]), np.array([1.0, -1.0, 1.0])
    np.testing.assert_array_equal(counted(run, time, steps, 3, days), [[1, 0, 0], [0, 0, 1], [0, 0, 0]])


def test_decimal_years():
    np.testing.assert_allclose(decimal([to_day("1924-01-01"), to_day("1923-07-02") + 0.5]), [1924.0, 1923.5])


# ---------------------------------------------------------------- recognition


def test_curve_of_runs_that_are_the_record_is_the_record(alike):
    data = recognition_curve_data(alike)
    assert data.of == "USSR" and len(data.record) == 19 * 12
    same(data.band, data.record)
    # the measure counts the same at the ends of the years
    stated = alike.measure("recognised_by").record.to_numpy()
    np.testing.assert_array_equal(data.record[11::12], stated)


def test_run_without_acts_stays_where_the_span_opens(known):
    counts = standing(known, "recognition", "USSR", month_ends("1921-01-01", "1939-12-31"))
    record = known.record
    opening = tied_at(record, ["recognition"], [to_day("1921-01-01")])[0, record.code("actor", "USSR")].sum()
    assert (counts[3] == opening).all()
    assert (counts[0] == counts[2]).all() and counts[0].max() > opening


def test_great_powers_stand_at_their_acts(known):
    powers = {name: at for name, at, _ in recognition_curve_data(known).powers}
    assert 1924.08 < powers["Britain"] < 1924.09  # 1 February 1924
    assert {"Germany", "Britain", "Italy", "France", "Japan", "United States"} == set(powers)


def test_dates_of_runs_that_are_the_record_are_the_records(alike):
    data = recognition_dates_data(alike)
    assert len(data.recorded) > 25 and not data.unrecorded
    for row in data.recorded:
        assert row.never == 0.0
        np.testing.assert_allclose(row.quantiles, row.recorded)
        assert not row.earliest > row.recorded
    assert [row.recorded for row in data.recorded] == sorted(row.recorded for row in data.recorded)


def test_a_quarter_of_runs_without_recognition_is_shown_as_never(known):
    data = recognition_dates_data(known)
    britain = next(row for row in data.recorded if row.actor == "GBR")
    assert britain.never == 0.25
    low, lower, median, upper, high = britain.quantiles
    assert low == lower == median == upper == britain.recorded and np.isinf(high)
    assert britain.rivals  # other readings of its date stand beside it
    assert "Finland" in data.before and "Finland" not in {row.name for row in data.recorded}


def test_strips_run_off_to_the_right_and_say_how_many_never(known):
    data = recognition_dates_data(known)
    axes = draw_recognition_dates(data).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [row.name for row in data.recorded]
    shares = [text.get_text() for text in axes.texts]
    assert shares.count("25%") == len(data.recorded)
    ends = {line.get_xdata()[-1] for line in axes.lines if len(line.get_xdata()) == 2}
    assert max(ends) == data.last


# ---------------------------------------------------------------- trade


def test_trade_of_runs_that_are_the_record_is_the_record(alike):
    data = soviet_trade_data(alike)
    assert len(data.partners) == 8 and 0.5 < data.share < 1.0
    for partner in data.partners:
        same(partner.band, partner.record)
    sums = [np.nansum(partner.record) for partner in data.partners]
    assert sums == sorted(sums, reverse=True)


def test_trade_that_is_not_recorded_is_a_gap_not_nothing(alike):
    data = soviet_trade_data(alike)
    america = next(partner for partner in data.partners if partner.actor == "USA")
    assert np.isnan(america.record[list(data.years).index(1930)])  # the dataset lacks it
    axes = draw_soviet_trade(data).axes[data.partners.index(america)]
    drawn = next(line for line in axes.lines if line.get_label() == "the record")
    np.testing.assert_array_equal(np.isnan(drawn.get_ydata()), np.isnan(america.record))
    assert axes.get_title(loc="left") == "United States"


def test_reported_sales_are_the_tables_figures(known):
    data = german_trade_data(known)
    sellers = {actor: dict(zip(years, values, strict=True)) for actor, _, years, values in data.sellers}
    assert sellers["GBR"][1925] == 19257 and sellers["DEU"][1925] == 12382
    assert 1927 not in sellers["FRA"]
    assert any(not opened for _, _, opened in data.stated) and any(opened for _, _, opened in data.stated)
    france = next(line for line in draw_german_trade(data).axes[1].lines if np.nanmax(line.get_ydata()) < 2)
    assert np.isnan(france.get_ydata()[list(france.get_xdata()).index(1927)])


# ---------------------------------------------------------------- two tracks


def test_each_recorded_act_stands_in_its_year(alike):
    data = two_tracks_data(alike)
    for track in (data.diplomacy, data.exposure, data.subversion):
        years = [int(mark.at) for mark in track.marks]
        same(track.band, [years.count(year) for year in data.years])
    assert {mark.layer for mark in data.subversion.marks} == {"subversion", "rising"}
    assert any("Zinoviev" in mark.title and mark.date == "1924-10-25" for mark in data.exposure.marks)


def test_years_outside_the_coverage_are_hatched(alike):
    data = two_tracks_data(alike)
    assert set(range(1936, 1940)) <= set(data.exposure.silent) and 1924 not in data.exposure.silent
    between = draw_two_tracks(data).axes[1]
    assert sum(patch.get_hatch() is not None for patch in between.patches) == len(data.exposure.silent)
    assert [text.get_text() for text in between.texts] == [str(k + 1) for k in range(len(data.exposure.marks))]


def test_acts_of_one_occasion_count_once(alike):
    both = alike.acts(layer="finding", run=0)
    year = list(range(1921, 1940)).index(1935)
    assert (both["date"].astype(str).str[:4] == "1935").sum() > 10
    assert (
        counts_of_runs(alike, ["finding"])[0, year] == both[both["time"] < to_day("1936-01-01")]["occasion"].nunique()
    )


def test_acts_a_year_draw_every_layer_the_model_changes(alike):
    panels = {panel.name: panel for panel in acts_a_year_data(alike).panels}
    assert set(panels) == {process.layer for process in alike.scenario.processes.values()}
    stated = panels["exposure"].record
    np.testing.assert_array_equal(panels["exposure"].band.median[~np.isnan(stated)], stated[~np.isnan(stated)])
    assert np.isnan(stated[-1])


# ---------------------------------------------------------------- the secret

PAIR = ("DEU", "USSR")


@pytest.mark.parametrize(
    ("acts", "stood", "known"),
    [
        ([(1, "form", "DEU", "USSR")], [(1, 9)], []),
        ([(1, "form", "DEU", "USSR"), (4, "expose", "DEU", "USSR")], [(1, 9)], [(4, 9)]),
        ([(1, "form", "DEU", "USSR"), (4, "discover", "GBR", "USSR")], [(1, 9)], [(4, 9)]),
        ([(1, "form", "DEU", "USSR"), (4, "discover", "FRA", "USSR")], [(1, 9)], []),
        ([(2, "expose", "DEU", "USSR"), (3, "form", "DEU", "USSR")], [(3, 9)], []),
        ([(1, "form", "DEU", "USSR"), (4, "expose", "DEU", "CHN")], [(1, 9)], []),
        (
            [
                (1, "form", "DEU", "USSR"),
                (2, "expose", "DEU", "USSR"),
                (3, "end", "USSR", "DEU"),
                (5, "form", "DEU", "USSR"),
                (7, "discover", "GBR", "DEU"),
            ],
            [(1, 3), (5, 9)],
            [(2, 3), (7, 9)],
        ),
    ],
)
def test_knowledge_follows_finds_and_publications(acts, stood, known):
    found = knowledge(acts, PAIR, "GBR", 9)
    assert (list(found.stood), list(found.known)) == (stood, known)


def test_a_tie_that_stands_when_the_span_opens_is_known_only_if_it_was():
    assert knowledge([], PAIR, "GBR", 9, opens=0.0).known == ()
    assert knowledge([], PAIR, "GBR", 9, opens=0.0, known_then=True).known == ((0.0, 9),)


def test_knowledge_agrees_with_the_view_of_the_record(known):
    data = secret_cooperation_data(known)
    for date in ("1922-01-01", "1924-06-01", "1926-11-01", "1927-01-15", "1932-01-01", "1934-01-01"):
        at = decimal([to_day(date)])[0]
        ties = known.record.view("GBR").at(date).ties("cooperation")
        seen = {frozenset(pair) for pair in zip(ties["sender"], ties["receiver"], strict=True)}
        assert any(first <= at < last for first, last in data.could_know) == (frozenset(PAIR) in seen), date


def test_share_of_runs_in_which_london_knew(known, alike):
    data = secret_cooperation_data(known)
    stood = np.zeros(len(data.at), dtype=bool)
    for first, last in data.stood:
        stood |= (data.at >= first) & (data.at < last)
    np.testing.assert_allclose(data.true, 0.75 * stood)
    assert (data.known <= data.true).all() and data.known.max() == 0.75
    assert [date for _, date, _ in data.exposed] == ["1926-12-03"]
    assert secret_cooperation_data(alike).known.max() == 1.0
    curves = {line.get_label(): line for line in draw_secret_cooperation(data).axes[1].lines}
    np.testing.assert_array_equal(curves["Germany and the USSR work together"].get_ydata(), data.true)


# ---------------------------------------------------------------- sanctions, arms, other measures


def test_cases_count_states_once_and_the_record_is_the_runs(alike, known):
    cases = {(case.accused, case.date[:4]): case for case in sanction_cases_data(alike).cases}
    italy = cases["Italy", "1935"]
    assert italy.victims == "Ethiopia" and italy.found == (italy.record_found,) * 5
    assert italy.record_found > 40 and italy.sanctioned[2] == italy.record_sanctioned
    mixed = {(case.accused, case.date[:4]): case for case in sanction_cases_data(known).cases}
    assert mixed["Italy", "1935"].found_in == 0.75
    assert np.isnan(cases["Japan", "1931"].record_sanctioned)  # sanctions are covered from 1935


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.filterwarnings("error")
def test_one_case_alone_has_room_for_its_strip(known, width):
    data = sanction_cases_data(known)
    to_svg(draw_sanction_cases(replace(data, cases=data.cases[:1]), width))


def test_arms_show_no_record_where_it_states_none(known):
    data = rearmament_data(known)
    assert np.isnan(data.record_hidden).all()
    left, right = draw_rearmament(data).axes
    assert "the record states no figures" in [text.get_text() for text in left.texts]
    drawn = next(line for line in right.lines if line.get_label() == "the record")
    np.testing.assert_array_equal(drawn.get_ydata(), data.record_balance)


@pytest.mark.parametrize(
    ("name", "shape"), [("recognised_by", "yearly"), ("recognition_dates", "actor"), ("breaks", "number")]
)
def test_plot_measure_draws_by_shape(known, name, shape):
    measure = known.measure(name)
    data = measure_data(measure)
    assert data.shape == shape
    figure = plot_measure(measure)
    axes = figure.axes[0]
    assert axes.get_title(loc="left") == measure.says
    if shape == "yearly":
        drawn = next(line for line in axes.lines if line.get_label() == "the record")
        np.testing.assert_array_equal(drawn.get_ydata(), measure.record.to_numpy())
    elif shape == "actor":
        assert [label.get_text() for label in axes.get_yticklabels()] == list(data.keys)
        assert set(data.keys) == set(measure.record.dropna().index)
    else:
        heights = {round(bar.get_x() + bar.get_width() / 2): bar.get_height() for bar in axes.patches}
        assert heights == {0: 1, int(measure.record.iloc[0]): 3}
    assert "<svg" in figure._repr_svg_()


def test_small_panels_leave_out_measures_by_actor(known):
    data = small_measures_data(known, ["breaks", "recognition_dates", "risings"])
    assert [panel.name for panel in data.panels] == ["breaks", "risings"]
    assert len([axes for axes in draw_small_measures(data).axes if axes.get_visible()]) == 2


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize(
    ("data", "draw"),
    [
        (recognition_curve_data, draw_recognition_curve),
        (two_tracks_data, draw_two_tracks),
        (sanction_cases_data, draw_sanction_cases),
    ],
)
def test_the_same_figure_has_the_same_bytes(known, data, draw, width):
    first, second = (to_svg(draw(data(known), width)) for _ in range(2))
    assert first == second
    assert "<dc:date>" not in first
