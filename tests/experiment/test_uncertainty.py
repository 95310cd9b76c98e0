"""Chance, parameters and sources, apart."""

from __future__ import annotations

import numpy as np
import pytest

import rapallo as rp
from rapallo.errors import RapalloError, UnknownNameError
from rapallo.experiment.drawn_parameters import drawn_parameters, is_uncertain
from rapallo.experiment.draws import Draws, read_draws
from rapallo.experiment.uncertainty import split_variance
from rapallo.scenario.load import load
from rapallo.scenario.timeline import timeline
from tests.experiment.orders import NAMES, digests, pair


@pytest.fixture(scope="module")
def interwar():
    return load("interwar")


# ---------------------------------------------------------------- the split, against a sum that is known


def test_the_split_is_unbiased_and_states_its_own_error():
    """A polynomial of three normals whose parts are known; each estimate lies within four of its errors."""
    generator = np.random.default_rng(11)
    blocks = 4000
    one, two, three = (generator.standard_normal((blocks, 2)) for _ in range(3))
    values = np.empty((blocks, 8))
    for place in range(8):
        x, y, z = one[:, place & 1], two[:, place >> 1 & 1], three[:, place >> 2 & 1]
        values[:, place] = 3.0 * x + 2.0 * y + 0.0 * z + 1.5 * x * z + 0.5 * x * y * z
    truth = {"x": 9.0, "y": 4.0, "z": 0.0, "x × y": 0.0, "x × z": 2.25, "y × z": 0.0, "x × y × z": 0.25, "all": 15.5}
    rows = {row["part"]: row for row in split_variance(values, ["x", "y", "z"])}
    assert list(rows) == list(truth)
    for part, variance in truth.items():
        assert abs(rows[part]["variance"] - variance) < 4 * rows[part]["error"], part
        assert abs(rows[part]["share"] - variance / 15.5) < 4 * max(rows[part]["share_error"], 1e-12), part
    assert rows["x"]["error"] < 0.5
    assert rows["all"]["share"] == pytest.approx(1.0)


def test_its_error_is_the_spread_of_its_estimates():
    generator = np.random.default_rng(5)
    found = []
    for _ in range(300):
        x, y = generator.standard_normal((2, 60, 2))
        values = np.stack([2.0 * x[:, place & 1] + y[:, place >> 1] for place in range(4)], axis=1)
        found.append([(row["variance"], row["error"]) for row in split_variance(values, ["x", "y"])])
    estimates = np.array(found)
    np.testing.assert_allclose(estimates[:, :, 0].mean(axis=0), [4.0, 1.0, 0.0, 5.0], atol=0.15)
    stated, true = estimates[:, [0, 1, 3], 1].mean(axis=0), estimates[:, [0, 1, 3], 0].std(axis=0)
    np.testing.assert_allclose(stated, true, rtol=0.2)


# ---------------------------------------------------------------- draws


def test_runs_of_a_block_cross_two_draws_of_each():
    draws = Draws(True, True, True, crossed=True)
    block = [draws.of(run) for run in range(8, 16)]
    assert len(set(block)) == 8
    assert {each.chance for each in block} == {each.sources for each in block} == {2, 3}
    assert [each.sources for each in block] == [2, 2, 2, 2, 3, 3, 3, 3]


def test_parameters_are_drawn_by_name_within_their_range_or_by_their_error(interwar):
    from dataclasses import replace

    interwar = replace(interwar, correlated=())
    first, again, other = (drawn_parameters(interwar, 4, draw) for draw in (1, 1, 2))
    assert first == again != other
    for name, value in first.items():
        parameter = interwar.parameters[name]
        if parameter.standard_error is None:
            assert parameter.low <= value <= parameter.high
        else:  # six errors: one draw in five hundred million lies further off
            assert abs(value - parameter.value) < 6 * parameter.standard_error
    assert len({parameter.standard_error is None for parameter in interwar.parameters.values()}) == 2
    few = {name: interwar.parameters[name] for name in list(interwar.parameters)[:3]}
    alone = drawn_parameters(replace(interwar, parameters=few), 4, 1)
    assert alone == {name: first[name] for name in alone}  # whatever other parameters there are
    name = next(
        name for name, each in interwar.parameters.items() if is_uncertain(each) and each.standard_error is None
    )
    low, high = interwar.parameters[name].low, interwar.parameters[name].high
    places = np.sort([(drawn_parameters(replace(interwar, parameters={name: interwar.parameters[name]}), 0, draw).get(
        name, interwar.parameters[name].value) - low) / (high - low) for draw in range(400)])  # fmt: skip
    # Kolmogorov and Smirnov's distance to the uniform; above 0.082 in one of a hundred seeds
    assert np.abs(places - (np.arange(400) + 0.5) / 400).max() < 0.082


def test_an_estimate_is_drawn_from_its_error_within_the_bounds_of_its_kind(interwar):
    from dataclasses import replace

    interwar = replace(interwar, correlated=())
    update = next(each for each in interwar.yearly.values() if each.retention)
    share = replace(interwar.parameters[update.retention], value=0.95, standard_error=0.1, origin="estimated")
    one = replace(interwar, parameters={share.name: share})
    values = np.array([drawn_parameters(one, 0, draw)[share.name] for draw in range(300)])
    assert values.max() <= 1.0
    assert 0.06 < values.std() < 0.09  # the normal cut off half an error above its middle has 0.071
    weight = replace(interwar.parameters["recognise.claims"], value=2.0, standard_error=0.1, origin="estimated")
    many = replace(interwar, parameters={weight.name: weight})
    values = np.array([drawn_parameters(many, 0, draw)[weight.name] for draw in range(300)])
    assert abs(values.mean() - 2.0) < 0.02
    assert 0.085 < values.std() < 0.115


def test_a_draw_of_the_sources_moves_what_is_open_and_keeps_what_is_not(interwar):
    usual = timeline(interwar)
    drawn = [timeline(interwar, dates="draw", readings="by certainty", seed=3, draw=draw) for draw in (1, 1, 2)]
    assert drawn[0].time.tobytes() == drawn[1].time.tobytes() != drawn[2].time.tobytes()
    open_ones = {row.id for row in interwar.tables.attributes if row.date.earliest != row.date.latest or row.reading}
    exact = {row.id for row in interwar.tables.attributes} - open_ones
    rows = [{(fact, time) for fact, time in zip(each.facts, each.time, strict=True) if fact in exact} for each in drawn]
    assert len(rows[0]) > 50
    assert (
        rows[0]
        == rows[2]
        == {(fact, time) for fact, time in zip(usual.facts, usual.time, strict=True) if fact in exact}
    )


# ---------------------------------------------------------------- runs


def test_what_is_drawn_gives_the_same_bytes_in_one_process_and_in_two(tmp_path):
    for jobs in (1, 2):
        rp.ensemble(
            pair(), 45, seed=2, jobs=jobs, measures=NAMES, folder=tmp_path / str(jobs), uncertain="chance,parameters"
        )
    assert digests(tmp_path / "1") == digests(tmp_path / "2")
    one = rp.open_ensemble(tmp_path / "1")
    history = one.run(7)
    rows = one.acts(run=7)
    np.testing.assert_array_equal(rows["time"].to_numpy(), history.time)
    parameters = one.scenario.parameters
    assert any(history.scenario.parameters[name].value != parameters[name].value for name in parameters)


def test_without_chance_and_without_draws_every_run_is_the_same():
    runs = rp.ensemble("interwar", 3, end="1921-12-31", jobs=1, uncertain="sources", measures=["recognised_by"])
    acts = runs.acts()
    counts = acts[acts["run"] >= 0].groupby("run").size()
    assert len(counts) == 3
    alone = rp.ensemble(pair(), 3, jobs=1, uncertain=["parameters"])
    assert len(alone) == 3
    with pytest.raises(RapalloError, match="nothing is uncertain"):
        rp.ensemble(pair(), 3, uncertain="")
    with pytest.raises(UnknownNameError, match="did you mean 'parameters'"):
        read_draws("parameter")


def test_an_intervention_is_made_after_the_draw(tmp_path):
    name = next(iter(pair().parameters))
    both = rp.compare(pair(), f"set {name} = -0.5", 4, jobs=1, folder=tmp_path / "set", uncertain="chance,parameters")
    changed, base = both.changed.run(2), both.base.run(2)
    assert changed.scenario.parameters[name].value == -0.5
    assert base.scenario.parameters[name].value == pytest.approx(
        {**{name: pair().parameters[name].value}, **drawn_parameters(pair(), 0, 2)}[name]
    )
    others = [each for each in pair().parameters if each != name]
    for other in others:
        assert changed.scenario.parameters[other].value == base.scenario.parameters[other].value


def test_uncertainty_splits_a_measure_of_runs(tmp_path):
    found = rp.uncertainty(pair(), NAMES, runs=164, jobs=1, folder=tmp_path / "split", uncertain="chance,parameters")
    assert len(found.ensemble) == 164
    table = found.table("ties_begun")
    assert table["part"].tolist() == ["chance", "parameters", "chance × parameters", "all"]
    values = found.ensemble.measure("ties_begun").values["value"].to_numpy()
    assert table["variance"].iloc[-1] == pytest.approx(values.var(ddof=1), rel=0.35)
    assert table["variance"].iloc[:-1].sum() == pytest.approx(table["variance"].iloc[-1])
    assert set(found.table("tied")["at"]) == set(found.ensemble.measure("tied").values.columns)
    figure = found.plot("tied")
    assert {text.get_text() for text in figure.legends[0].get_texts()} == {
        "chance",
        "parameters",
        "chance × parameters",
    }
    with pytest.raises(RapalloError, match="leaves nothing to split"):
        rp.uncertainty(pair(), NAMES, uncertain="chance")
    with pytest.raises(RapalloError, match="too few"):
        rp.uncertainty(pair(), NAMES, runs=20)
