"""One state, two organs: each decides acts of its own, and each can be switched off without the other."""

import numpy as np
import pyarrow as pa
import pytest

import rapallo as rp
from rapallo.engine.simulate import simulate
from rapallo.experiment.columns import acts_table
from rapallo.scenario.intervention import read_intervention

SPAN = {"start": "1921-01-01", "end": "1930-12-31"}
DIPLOMACY = ("recognise", "refuse_talks", "offer_talks", "conclude_treaty", "break_relations", "denounce_treaty")
SECOND_TRACK = ("subvert", "instigate_rising")


@pytest.fixture(scope="module")
def interwar():
    return rp.load("interwar")


def runs(scenario):
    return [simulate(scenario, 3, run, **SPAN) for run in range(6)]


@pytest.fixture(scope="module")
def usual(interwar):
    return runs(interwar)


def table(histories):
    return acts_table(histories, range(len(histories))).to_pandas()


def words(column):
    return ["" if each is None else each for each in pa.array(column).to_pylist()]


def test_every_soviet_act_has_the_organ_that_decided_it(interwar, usual):
    acts = table([interwar.record, *usual])
    soviet = acts[(acts.sender == "USSR") & acts.process.notna()]
    organs = soviet.groupby("process", observed=True).organ.agg(lambda each: set(each.dropna()))
    assert {name: organs[name] for name in organs.index if name in DIPLOMACY} == {
        name: {"narkomindel"} for name in organs.index if name in DIPLOMACY
    }
    assert {"recognise", "conclude_treaty", "offer_talks", "refuse_talks"} <= set(organs.index)
    assert all(organs[name] == {"comintern"} for name in SECOND_TRACK)
    assert organs["exchange_officers"] == {"rvs"}
    assert organs["enter_dispute"] == {"politburo"}
    german = acts[(acts.sender == "DEU") & acts.process.notna()]
    assert set(german[german.process == "exchange_officers"].organ) == {"reichswehr"}
    assert set(german[german.process == "open_talks"].organ) == {"ministry"}


def test_the_state_that_exposes_is_the_one_that_acts(interwar, usual):
    acts = table([interwar.record, *usual])
    exposed = acts[(acts.layer == "exposure") & acts.process.notna()]
    assert len(exposed[exposed.run > 0]) and set(exposed.receiver) == {"USSR"}
    assert "USSR" not in set(exposed.sender) and set(exposed.organ) == {"ministry"}


def test_the_table_and_the_history_name_the_same_organs(usual):
    for run in usual[:2]:
        assert run.acts().organ.tolist() == words(table([run]).organ)


@pytest.mark.parametrize(
    ("organ", "silent", "heard"),
    [("narkomindel", DIPLOMACY, SECOND_TRACK), ("comintern", SECOND_TRACK, ("offer_talks",))],
)
def test_one_organ_falls_silent_and_the_other_goes_on(interwar, usual, organ, silent, heard):
    made = read_intervention(interwar, f"off {organ} since 1924-01-01").apply(interwar)
    acts, before = table(runs(made)), table(usual)
    later = acts[(acts.sender == "USSR") & (acts.date.astype(str) >= "1924-01-01") & (acts.origin == "simulated")]
    assert organ not in set(later.organ) and not set(later.process) & set(silent)
    assert set(heard) & set(later.process)
    others = acts[(acts.sender != "USSR") & (acts.date.astype(str) >= "1924-01-01")]
    assert {"open_talks", "recognise", "conclude_alliance"} <= set(others.process)
    first = [each[each.date.astype(str) < "1924-01-01"] for each in (acts, before)]
    np.testing.assert_array_equal(first[0].time, first[1].time)
    assert words(first[0].process) == words(first[1].process)


def test_the_model_in_words_says_who_decides(interwar):
    said = str(interwar.explain())
    assert "for USSR the narkomindel decides" in said
    assert "the army of X decides; for DEU the reichswehr decides, for USSR the rvs decides" in said


def test_an_actor_is_looked_at_by_any_of_its_names(usual):
    run = usual[0]
    seen = [run.view(name).at("1925-06-01") for name in ("GBR", "UK", "Великобритания")]
    assert len({repr(each) for each in seen}) == 1 and "GBR" in repr(seen[0])
    with pytest.raises(rp.errors.UnknownNameError, match="Britain"):
        run.view("Britian")
