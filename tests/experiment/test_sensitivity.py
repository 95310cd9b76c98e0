"""What an answer hangs on, and what only luck makes of it."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy import stats

import rapallo as rp
from rapallo.errors import MissingExtraError, RapalloError
from rapallo.experiment.noise import jackknife, paired, threshold
from rapallo.experiment.run_folder import Interrupted
from rapallo.experiment.sensitivity import sensitivity
from rapallo.experiment.variants import variants
from rapallo.scenario.intervention import read_intervention
from rapallo.scenario.load import load
from rapallo.scenario.timeline import span, timeline
from tests.experiment.orders import StopAfter, digests, pair

HERE = {"runs": 12, "end": "1923-12-31", "jobs": 1, "facts": "GOV0[45]*"}


@pytest.fixture(scope="module")
def interwar():
    return load("interwar")


# ---------------------------------------------------------------- noise


def test_the_threshold_is_students_quantile_for_so_many_effects():
    for effects, observations in ((1, 12), (7, 20), (560, 50), (293, 10)):
        exact = stats.t.isf(0.025 / effects, observations - 1)
        assert threshold(effects, observations) == pytest.approx(exact, rel=0.12 if observations < 20 else 0.02)


def test_luck_alone_makes_something_stand_out_in_one_of_twenty():
    generator = np.random.default_rng(3)
    limit = threshold(40, 30)
    alarms = 0
    for _ in range(400):
        found = [paired(each) for each in generator.standard_normal((40, 30))]
        alarms += any(abs(difference) > limit * error for difference, error, _, _ in found)
    assert 6 <= alarms <= 36  # 20 are expected; outside for one of a thousand seeds


def test_the_jackknife_takes_off_what_noise_adds_to_a_square():
    """Mean squares of twenty effects that are zero, or three: noise adds its variance, the jackknife takes it off."""
    generator = np.random.default_rng(8)
    for true in (0.0, 3.0):
        raw, corrected, stated = [], [], []
        square = lambda answers: (np.diff(answers.reshape(20, 2), axis=1) ** 2).mean(keepdims=True)[0]  # noqa: E731
        for _ in range(200):
            numbers = generator.standard_normal((40, 50)) + np.tile([0.0, true], 20)[:, None]
            found = jackknife(numbers, square)
            raw.append(square(numbers.mean(axis=1))[0])
            corrected.append(found.corrected[0])
            stated.append(found.error[0])
        assert np.mean(raw) - true**2 == pytest.approx(2 / 50, rel=0.25)
        assert abs(np.mean(corrected) - true**2) < 4 * np.std(corrected) / 200**0.5
        # the error is right where there is an effect, and too large, on the safe side, where there is none
        low, high = (0.9, 1.8) if true == 0.0 else (0.8, 1.25)
        assert low < np.mean(stated) / np.std(corrected) < high


# ---------------------------------------------------------------- variants of the record


def test_a_fact_is_moved_to_either_bound_of_its_date(interwar):
    row = next(row for row in interwar.tables.attributes if row.date.text == "1922-04" or row.date.precision == "month")
    for bound in ("earliest", "latest"):
        made = read_intervention(interwar, f"move {row.id} to its {bound}")
        found = {each.date.earliest for each in made.apply(interwar).tables.attributes if each.id == row.id}
        assert getattr(row.date, bound) in found
        assert ("early" if bound == "earliest" else "late") in made.sentences(interwar)[0]


def test_a_reading_whose_name_has_spaces_can_be_taken(interwar):
    made = read_intervention(interwar, "read CLM002 as read as francs").apply(interwar)
    assert {row.value for row in made.tables.dyads if row.id == "CLM002"} == {3749.5}


def test_every_variant_changes_the_calendar_and_what_is_passed_over_does_not(interwar):
    start, end = span(interwar)
    found = variants(interwar, start, end, facts="GOV04*")
    usual = timeline(interwar)
    assert {(each.fact, each.kind) for each in found.made} >= {("GOV045", "read otherwise")}
    for each in found.made:
        changed = timeline(each.change.apply(interwar))
        assert len(changed) != len(usual) or any(
            not np.array_equal(getattr(changed, name), getattr(usual, name)) for name in ("time", "value", "sender")
        ) or any(
            not np.array_equal(changed.opening.attributes[name], usual.opening.attributes[name])
            for name in usual.opening.attributes
        )  # fmt: skip
        assert each.source or each.look_up
    decided = variants(interwar, start, end, facts="REC037")  # the model decides it itself
    assert not decided.made and decided.unread


# ---------------------------------------------------------------- answers


@pytest.fixture(scope="module")
def claims(interwar, tmp_path_factory):
    folder = tmp_path_factory.mktemp("claims") / "facts"
    return sensitivity(interwar, "recognised_by", folder=folder, **HERE)


def test_a_variants_difference_is_that_of_the_two_worlds(interwar, claims):
    table = claims.table
    assert set(table["kind"]) <= {"read otherwise", "dropped", "at its earliest", "at its latest"}
    row = table.iloc[0]
    words = claims.sweep.settings.query("fact == @row.fact and kind == @row.kind")["change"].iloc[0]
    changed = rp.ensemble(
        read_intervention(interwar, words).apply(interwar),
        12,
        end="1923-12-31",
        jobs=1,
        luck="date",
        measures=["recognised_by"],
        keep="measures",
    )
    base = claims.sweep.measure("recognised_by").loc[0]["1923-12-31"].to_numpy()
    difference = changed.measure("recognised_by").values.iloc[:, -1].to_numpy() - base
    assert row["difference"] == pytest.approx(difference.mean())
    assert row["error"] == pytest.approx(difference.std(ddof=1) / 12**0.5)
    ranked = table[table["rank"] > 0]
    limit = threshold(len(table), 12)
    assert (ranked["difference"].abs() > limit * ranked["error"]).all()
    rest = table[table["rank"] == 0]
    assert (rest["difference"].abs() <= limit * rest["error"]).all()
    assert "hangs on" in claims.plot().axes[0].get_title(loc="left")


def test_it_goes_on_where_it_was_stopped(interwar, claims, tmp_path):
    with pytest.raises(Interrupted):
        sensitivity(interwar, "recognised_by", folder=tmp_path / "s", progress=StopAfter(13), **HERE)
    again = sensitivity(interwar, "recognised_by", folder=tmp_path / "s", resume=True, **HERE)
    assert digests(again.sweep.folder) == digests(claims.sweep.folder)
    assert again.table.equals(claims.table)


def test_what_changes_nothing_at_first_is_run_no_further_and_the_rest_as_often_as_asked(interwar, tmp_path):
    how = {"end": "1922-12-31", "jobs": 1, "facts": "[DG][YO]*000*", "folder": tmp_path / "s"}
    found = sensitivity(interwar, "recognised_by", runs=26, **how)
    assert found.runs == 26 and found.sweep.manifest["runs"] == 20 and found.further.manifest["runs"] == 26
    assert 0 < found.unmoved < len(found.table)
    still = found.table[found.table["runs"] == 20]
    assert len(still) == found.unmoved and (still[["difference", "error", "changed", "rank"]] == 0).all().all()
    assert (found.table[found.table["runs"] == 26]["changed"] > 0).all()
    # the first histories are the same, whichever folder they lie in
    both = [each.measure("recognised_by")["1922-12-31"] for each in (found.sweep, found.further)]
    assert both[0].loc[0].tolist() == both[1].loc[0].tolist()[:20]
    again = sensitivity(interwar, "recognised_by", runs=26, resume=True, **how)
    assert again.table.equals(found.table) and not len(found.failures())


@pytest.mark.parametrize("measure", ["recognised_by", "capability_balance", "soviet_trade", "polarisation"])
def test_histories_that_end_with_the_day_asked_about_give_the_same_answer(interwar, measure):
    how = {"seed": 4, "jobs": 1, "luck": "date", "measures": [measure], "keep": "measures"}
    long, short = (
        rp.ensemble(interwar, 3, end=end, **how).measure(measure).values for end in ("1925-06-30", "1923-12-31")
    )
    # but for rounding: a measure may sum over all of its years at once
    assert long[short.columns[-1]].tolist() == pytest.approx(short.iloc[:, -1].tolist(), rel=1e-12)


@pytest.mark.parametrize(("method", "samples"), [("morris", 6), ("sobol", 16)])
def test_parameters_are_ranked_by_what_they_move(method, samples, tmp_path):
    order = {"samples": samples, "runs": 20, "jobs": 1, "seed": 2}
    found = sensitivity(pair(), "ties_begun", method, folder=tmp_path / "one", **order)
    assert set(found.table["parameter"]) == set(pair().parameters)
    assert (found.table["rank"] > 0).all()
    assert found.table["effect"].is_monotonic_decreasing
    assert len(found.sweep) == samples * (3 if method == "morris" else 4)
    again = sensitivity(pair(), "ties_begun", method, folder=tmp_path / "two", **order)
    assert digests(again.sweep.folder) == digests(found.sweep.folder)
    assert found.plot().axes[0].get_yticklabels()[0].get_text() in set(pair().parameters)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"measure": "recognised"}, "no measure is called"),
        ({"method": "moris"}, "did you mean 'morris'"),
        ({"facts": "NONE*"}, "nothing can be varied"),
        ({"runs": 2}, "cannot state their own noise"),
        ({"method": "morris", "parameters": "recognize.*"}, "no parameter is like"),
        ({"method": "sobol"}, "screen them with morris"),
        ({"at": "1899-12-31", "facts": "GOV045"}, "key of measure"),
    ],
)
def test_what_cannot_be_asked_is_said(interwar, options, says, tmp_path):
    asked = {
        "measure": "recognised_by",
        "folder": tmp_path / "s",
        "runs": 10,
        "end": "1921-12-31",
        "jobs": 1,
        **options,
    }
    with pytest.raises(RapalloError, match=says):
        sensitivity(interwar, **asked)
    assert not (tmp_path / "s").exists()


def test_without_salib_one_line_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'rapallo\[sensitivity\]'"):
        sensitivity(pair(), "ties_begun", "morris", folder=tmp_path / "s")
