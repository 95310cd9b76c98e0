"""A comparison's page and card: what it says is what the two worlds hold, and what it rests on is counted."""

import re
from dataclasses import replace

import numpy as np
import pyarrow.parquet
import pytest

import rapallo as rp
from rapallo.experiment.comparison_folder import open_comparison
from rapallo.experiment.coupling import coupling_of, parting
from rapallo.report.comparison_html import command, render_comparison
from rapallo.report.plots.state_shifts import draw_state_shifts, state_shifts_data
from rapallo.report.plots.two_worlds import two_worlds_data
from rapallo.report.warrant import ensemble_warrant, rival_readings
from rapallo.scenario.intervention import read_intervention
from rapallo.scenario.load import load
from rapallo.scenario.positivity import positivity
from rapallo.system.history import as_day
from tests.report.test_html import Page


@pytest.fixture(scope="module")
def both(interwar, tmp_path_factory):
    home = tmp_path_factory.mktemp("both") / "pairs"
    return rp.compare(interwar, "no-labour-1924", 12, 7, end="1925-12-31", luck="both", jobs=1, folder=home)


def test_the_folder_holds_what_was_asked_and_opens_again(both):
    again = open_comparison(both.folder)
    assert again.intervention.changes == both.intervention.changes
    assert again.table().equals(both.table())
    assert again.other.base.manifest["luck"] == "clock" and again.base.manifest["luck"] == "date"
    # the changed world is made again of the scenario's folder and the changes
    assert again.changed.scenario.fingerprint == both.changed.scenario.fingerprint
    assert again.changed.run(3).time.tobytes() == both.changed.run(3).time.tobytes()
    kept = pyarrow.parquet.read_table(both.folder / "measures.parquet").to_pandas()
    assert list(kept["measure"]) == list(both.table()["measure"])
    with pytest.raises(rp.RapalloError, match="go on with --resume"):
        open_comparison(both.folder / "changed" / "nowhere")


def test_the_page_states_the_change_its_limits_and_every_measure(both):
    text = render_comparison(both)
    page = Page()
    page.feed(text)
    assert not page.closed_wrongly and not page.stack
    assert all(each.startswith("data:") or each.startswith("#") for each in page.fetched)
    assert {"found", "table", "acts", "warrant", "verbs", "what-is-claimed", "again"} <= set(page.ids)
    assert both.intervention.says in text and "look up Gorodetsky" in text
    assert "The changes lie within what the record has seen" in text
    body = re.sub(r"<[^>]+>", " ", text)
    for name in both.base.measures:
        assert name.replace("_", " ") in body
    row = both.table(["recognised_by"]).iloc[0]
    assert f"{abs(row['difference']):.2f}".rstrip("0").rstrip(".") in body
    assert 'rapallo compare interwar --if "colour of GBR = -1 from 1924-01-22 to 1924-11-04" --runs 12' in command(both)


def test_a_change_beyond_the_data_says_so(both, interwar):
    made = read_intervention(interwar, "set recognise.claims = -9")
    text = render_comparison(replace(both, intervention=made, sentences=made.sentences(interwar)))
    assert "The change leaves the range of the data" in text and "Here the model goes beyond its data." in text


def test_states_that_move_are_drawn_with_the_shares_of_the_table(both):
    data = state_shifts_data(both, "recognition_dates")
    dates = both.dates()
    assert data.rows and data.still + len(data.rows) == len(dates)
    for row in data.rows:
        line = dates.loc[row.actor]
        assert (row.sooner, row.later, row.gained, row.lost) == tuple(line[["sooner", "later", "gained", "lost"]])
    assert len(draw_state_shifts(data).axes) == 2
    curve = two_worlds_data(both, "recognised_by")
    assert curve.begins == pytest.approx(1923.06, abs=0.01)
    assert np.allclose(curve.mean, both.difference("recognised_by").mean())


def test_the_card_counts_what_the_answer_rests_on(both, interwar):
    card = both.warrant()
    assert card.verb == "compare" and card.beyond == 0 and len(card.grounds) == len(both.base.measures)
    origins = {}
    for each in interwar.parameters.values():
        origins[each.origin] = origins.get(each.origin, 0) + 1
    assert all(number <= origins.get(origin, 0) for origin, number in card.whole.numbers.items())
    assert sum(card.whole.numbers.values()) > 200
    assert card.whole.rows.rows > max(ground.rows.rows for ground in card.grounds) > 0
    assert any("never come under date luck" in each for each in card.luck)
    text = str(card)
    assert text.count("\n  What kind of claim this is\n") == 1 and "docs/claims.md" in text
    plain = ensemble_warrant(both.base)
    assert plain.verb == "simulate" and "association" in plain.claim


def test_the_card_says_of_a_span_that_it_leaves_the_scenarios_own(interwar, tmp_path):
    made = rp.ensemble(interwar, runs=1, start="1920-06-01", end="1921-01-31", jobs=1, folder=tmp_path / "early")
    assert "1920-06-01 to 1921-01-31, leaves the scenario's own, 1921-01-01 to 1939" in " ".join(made.warrant().seen)
    made = rp.ensemble(interwar, runs=1, start="1921-01-01", end="1921-01-31", jobs=1, folder=tmp_path / "within")
    assert not made.warrant().seen
    assert np.isnan(made.measure("soviet_trade").values.to_numpy()).all()  # no year ends in it


def test_rival_readings_are_those_that_a_run_reads(interwar):
    found = {each.fact: each for each in rival_readings(interwar, ["recognised_by"])}
    assert found["DYD0003"].others and found["DYD0003"].taken not in found["DYD0003"].others
    for each in found.values():
        changed = read_intervention(interwar, each.way)
        assert changed.sentences(interwar)
    # MIL032 is an act that the model decides: no run reads when the record has it
    assert "MIL032" not in found


def test_positivity_counts_what_the_record_holds(interwar):
    def seen(text):
        return positivity(interwar, read_intervention(interwar, text))

    (labour,) = seen("colour of GBR = -1 from 1924-01-22 to 1924-11-04")
    assert not labour.beyond and re.search(r"GBR had colour = -1 for 1\d\.\d years", labour.says)
    (never,) = seen("colour of GBR = 7 from 1924-01-22")
    assert never.beyond and "outside what is recorded of anybody" in never.says
    (rivals,) = seen("drop RIV001")
    assert not rivals.beyond and "has stood in the record before: 0" in rivals.says
    template = load("template")
    (power,) = positivity(template, read_intervention(template, "drop POW_ELY"))
    assert power.beyond and "No power of 0, which stands in its place, is recorded" in power.says
    (act,) = seen("drop REC024")
    assert not act.beyond and act.says == "Without REC024 things stood so in the record until 1924-02-01."
    (off,) = seen("off cooperate_secretly")
    assert off.beyond and "no time without it" in off.says
    assert [each.beyond for each in seen("set recognise.claims = -9")] == [True]
    (force,) = seen("force recognise GBR-USSR on 1923-06-01")
    assert not force.beyond and "1924-02-01" in force.says


def test_coupling_of_what_is_known():
    rng = np.random.default_rng(1)
    luck = rng.normal(size=4000)
    found = coupling_of(luck, luck + 0.1 * rng.normal(size=4000))
    # variances 1 and 1.01 against 0.01: 201; the error of the ratio at this size is about 2 %
    assert found["coupling"] == pytest.approx(201, rel=0.15)
    assert found["best"] > found["coupling"]
    stranger = coupling_of(luck, rng.normal(size=4000))
    assert stranger["coupling"] == pytest.approx(1.0, abs=0.1)
    same = coupling_of(luck, luck.copy())
    assert same["coupling"] == np.inf and same["unmoved"] == 1.0


def test_parting_says_when_and_how_much(both):
    found = parting(both, as_day("1924-01-22"))
    assert found.kept + found.moved + found.lost == pytest.approx(1.0)
    first = both.first_difference()
    assert found.parted == pytest.approx((first != "").mean())
    assert str(found).startswith("Of the acts after the change")


def test_the_card_says_what_readings_were_tried_and_what_was_not(both, interwar, tmp_path):
    from rapallo.experiment.ensemble import ensemble
    from rapallo.experiment.variants import variants
    from rapallo.scenario.timeline import span

    assert "none was tried" in str(both.warrant())
    with pytest.raises(rp.RapalloError, match="1 pairs tell nothing"):
        both.try_readings(2, 1)
    off = "forbid recognition *-USSR until 1924-12-01"
    both = rp.compare(interwar, off, 8, 7, end="1924-12-31", jobs=1, folder=tmp_path / "pairs")
    tried = both.try_readings(2, 6, facts="DYD000*", jobs=1)
    found = tried.tried
    assert found.pairs == 6 and 0 < len(found.table) <= 2 and found.read >= found.bearing >= len(found.table)
    assert found.table["bearing"].min() > 0
    said = tried.warrant().tried
    assert f"{found.read + found.unread} single readings" in said[0] and "Tried, 6 pairs each" in said[1]
    assert said == dict(tried.warrant().parts())["Readings of the record that may turn it"]
    # what the effect is otherwise is that of both worlds, read otherwise, run by run
    row = found.table.iloc[0].to_dict()
    made = variants(interwar, *span(interwar), facts=row["fact"]).made
    way = next(each.change for each in made if each.kind == row["kind"])
    worlds = [
        ensemble(
            world.apply(interwar),
            6,
            7,
            end="1924-12-31",
            luck="date",
            jobs=1,
            measures=[row["measure"]],
        )
        for world in (way, way + read_intervention(interwar, off))
    ]
    values = [each.measure(row["measure"]).values for each in worlds]
    key = np.datetime64(row["at"]) if row["at"] else "value"
    paired = values[1][key].to_numpy(float) - values[0][key].to_numpy(float)
    assert row["otherwise"] == pytest.approx(paired.mean())
    assert row["change"] == pytest.approx((paired - both.difference(row["measure"])[key].to_numpy(float)[:6]).mean())


def test_a_reading_turns_an_answer_where_chance_cannot():
    from rapallo.experiment.turned_by import _Change, _turns

    def change(before, after, error, width=0.5):
        return _Change("m", "", before, after, after - before, error, width, 40)

    assert _turns(change(2.0, -0.1, 0.1), 10) == "the other sign"
    assert _turns(change(2.0, -0.1, 1.0), 10) == ""  # luck could have done it
    assert _turns(change(2.0, 1.2, 0.1), 10) == "beyond its interval"
    assert _turns(change(2.0, 1.7, 0.01), 10) == ""  # within the interval
    assert _turns(change(2.0, 0.0, 0.0), 10) == "no effect at all"
    # among more readings luck alone makes a larger change
    assert _turns(change(2.0, 1.2, 0.2), 1) and not _turns(change(2.0, 1.2, 0.2), 1000)


def test_a_reading_bears_on_what_reads_it_of_its_own_parties(interwar):
    import pandas as pd

    from rapallo.experiment.bearing import bearing, read_by
    from rapallo.experiment.variants import variants
    from rapallo.scenario.timeline import span

    assert {"colour", "claims"} <= read_by(interwar, "recognise")
    made = variants(interwar, *span(interwar), facts="GOV045").made
    (rival,) = [each for each in made if each.kind == "read otherwise"]
    (what, whom), *_ = rival.touches
    assert what == "colour"
    late = as_day("1938-01-01")
    acts = pd.DataFrame(
        [("recognise", whom, "USSR", late), ("recognise", "MEX" if whom != "MEX" else "GBR", "USSR", late)],
        columns=["process", "sender", "receiver", "time"],
    )
    assert bearing(interwar, [rival], acts) == [1]
    assert bearing(interwar, [rival], acts.assign(time=-1e6)) == [0]


def test_a_counterfactual_has_its_page_and_card(tmp_path):
    from rapallo.report.counterfactual_html import render_counterfactual

    scenario = rp.load("triad")
    process = next(iter(scenario.processes))
    number = next(name for name in scenario.parameters if name.startswith(process))
    found = rp.counterfactual(scenario, f"scale {number} by 2", draws=6, jobs=1, folder=tmp_path / "if")
    text = render_counterfactual(found)
    page = Page()
    page.feed(text)
    assert not page.closed_wrongly and not page.stack
    assert {"found", "acts", "luck", "warrant", "verbs", "what-is-claimed", "again"} <= set(page.ids)
    acts = found.acts()
    kept = int((acts["verdict"] == "kept").sum())
    assert f"{kept} of {len(acts)} acts stay under every luck" in text
    card = found.warrant()
    assert card.verb == "counterfactual" and len(card.assumes) == 4
    assert any("comes back under its own luck" in each for each in card.held)
    assert found.report().read_text("utf-8") == text
