"""The record's own luck in another world: what is told of each act, and that it is kept whole on disk."""

from __future__ import annotations

import gc
import hashlib

import numpy as np
import pytest

import rapallo as rp
from rapallo.experiment.counterfactual_tables import KEPT, LOST, MOVED, OPEN, CounterfactualTables, verdict
from rapallo.experiment.progress import Progress
from rapallo.experiment.run_folder import Interrupted
from rapallo.scenario.load import BUILT_IN
from tests.cli.commands import rapallo_

TEMPLATE = BUILT_IN / "template"
LUCKS = ("clock", "date")


def ask(change, folder, scenario="triad", **more):
    return rp.counterfactual(scenario, change, **{"draws": 30, "seed": 3, "jobs": 1, "folder": folder, **more})


@pytest.fixture(scope="module")
def labour(tmp_path_factory):
    changes = ["no-labour-1924", "drop REC046", "add 1 years to REC033", "forbid recognition NOR-USSR until 1925-06-01"]
    return rp.counterfactual(
        "interwar", changes, draws=8, seed=7, end="1926-12-31", jobs=1, folder=tmp_path_factory.mktemp("labour") / "x"
    )


def test_shares_add_up_and_verdicts_follow_from_them(labour):
    acts = labour.acts()
    assert len(acts) > 300
    for luck in LUCKS:
        shares = acts[[f"{luck}_{name}" for name in ("kept", "sooner", "later", "lost")]].sum(axis=1)
        assert np.allclose(shares, 1.0)
    told = acts.apply(lambda row: verdict([row["clock_fate"], row["date_fate"]]), axis=1)
    assert (told == acts["verdict"]).all()
    assert {KEPT, MOVED, f"{OPEN}: whether"} <= set(acts["verdict"])


def test_nothing_moves_before_the_change(labour):
    acts = labour.acts()
    before = acts[(acts["date"] < "1924-01-01")]
    assert len(before) > 100
    assert (before["verdict"] == KEPT).all()
    gained = labour.gained(0.0)
    assert all((gained[f"{luck}_low"][gained[f"{luck}_share"] > 0] >= "1924-01-22").all() for luck in LUCKS)


def test_a_dropped_act_of_the_models_own_goes_and_may_come_later(labour):
    act = labour.acts().set_index("id").loc["REC046"]
    assert act["touched"]
    for luck in LUCKS:
        assert act[f"{luck}_kept"] == act[f"{luck}_sooner"] == 0.0


def test_a_moved_act_comes_on_its_new_day_where_it_comes(labour):
    act = labour.acts().set_index("id").loc["REC033"]
    assert act["touched"]
    assert act["date_later"] == act["clock_later"] == 1.0
    assert act["date_median"] == act["clock_high"] == "1925-06-18"


def test_a_forbidden_act_does_not_come_while_it_is_forbidden(labour):
    position = labour.tables.position("REC030")
    for luck in LUCKS:
        times = labour.tables.times[luck][:, position]
        assert not (times < labour.scenario.record.time[position] + 400).any()


def test_impossible_acts_are_listed_with_reasons(labour):
    listed = labour.impossible.set_index("id")
    assert listed.loc["ROT035", "reason"] == "the condition 'receiver.contested' does not hold"
    assert (listed["reason"] != "").all()
    roles = labour.acts().set_index("act")["role"]
    assert (roles.loc[listed["act"]] == "held").all()


def test_why_names_the_terms_that_differ(labour):
    why = labour.why("REC024")
    top = why.terms.iloc[0]
    assert (top["motive"], why.before > why.after) == ("government", True)
    assert top["difference"] == pytest.approx(np.log(why.after / why.before))
    assert "forbidden" in labour.why("REC030").refused_after
    row = labour.gained(0.0).iloc[0]
    luck = max(LUCKS, key=lambda each: row[f"{each}_share"])
    assert row["receiver"] in str(labour.why_gained(row, luck))


def test_measures_are_paired_with_the_record_as_it_was_lived(labour):
    table = labour.table(["recognised_by"])
    base = labour.tables.values("recognised_by", "record")
    record = labour.scenario.record
    assert set(table["luck"]) == set(LUCKS)
    for luck in LUCKS:
        difference = labour.tables.values("recognised_by", luck) - base
        early = [key for key in base.columns if key < "1924-01-01"]
        assert (difference[early] == 0).all().all()
        assert (difference.loc[:, "1924-12-31"] < 0).all()
    assert base.loc[0, "1925-12-31"] == record.count_at("recognition", ["1926-01-01"], receiver="USSR")[0]


def test_a_history_of_a_draw_bears_the_records_ids(labour):
    history = labour.history("date", 2)
    position = labour.tables.position("REC039")
    times = labour.tables.times["date"][2]
    ids = dict(zip(history.ids[history.ids != ""], history.time[history.ids != ""], strict=True))
    kept = [act for act in labour.tables.roles if times[act] == labour.scenario.record.time[act]]
    assert len(kept) > 250
    mine = [act for act in kept if labour.tables.roles[act] in ("decided", "held")]
    assert all(labour.scenario.record.ids[act] in ids for act in mine)
    assert position in labour.tables.roles


def test_no_change_is_no_difference(tmp_path):
    same = ask("scale begin_support.reciprocity by 1", tmp_path / "x")
    assert (same.acts()["verdict"] == KEPT).all()
    assert len(same.gained(0.0)) == 0
    assert [line for line in same.says() if "7 stay as they were" in line]


def test_a_record_with_intervals_readings_and_a_conference(tmp_path):
    found = ask("drop ACT002 alone; read ACT005 as b", tmp_path / "x", TEMPLATE)
    acts = found.acts()
    assert set(acts["role"]) >= {"decided"}
    one = acts[(acts["id"] == "ACT002")].iloc[0]
    assert one["touched"] and one["clock_kept"] == one["date_kept"] == 0.0
    loose = found.tables.bounds[found.tables.position("ACT003")]
    assert loose[1] - loose[0] == 7.0  # within its interval an act counts as kept


def test_the_same_seed_gives_the_same_bytes_however_many_processes(tmp_path):
    for name, jobs in (("one", 1), ("two", 2)):
        ask("scale begin_support.reciprocity by 3", tmp_path / name, jobs=jobs)
    digests = [
        {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted((tmp_path / name).glob("*.parquet"))
        }
        for name in ("one", "two")
    ]
    assert digests[0] == digests[1]
    assert set(digests[0]) == {"fates.parquet", "gained.parquet", "densities.parquet", "measures.parquet"}


def test_what_was_interrupted_goes_on_and_comes_out_the_same(tmp_path):
    def stop(progress: Progress) -> None:
        if progress.stage == "simulating" and progress.done >= 15:
            raise KeyboardInterrupt

    change = "scale begin_support.reciprocity by 3"
    with pytest.raises(Interrupted) as told:
        ask(change, tmp_path / "x", progress=stop)
    assert told.value.done == 10
    with pytest.raises(rp.RapalloError, match="--resume"):
        ask(change, tmp_path / "x")
    with pytest.raises(rp.RapalloError, match="seed: 3 there, 4 now"):
        ask(change, tmp_path / "x", resume=True, seed=4)
    found = ask(change, tmp_path / "x", resume=True)
    whole = ask(change, tmp_path / "y")
    assert found.acts().equals(whole.acts())
    assert (tmp_path / "x" / "fates.parquet").read_bytes() == (tmp_path / "y" / "fates.parquet").read_bytes()


def failing(monkeypatch, unread=(), unlived=()):
    """Let the luck of some draws be unreadable, and others fail in the changed world under date luck."""
    from rapallo.engine import abduct
    from rapallo.experiment.counterfactual_work import Worlds

    read, live = abduct.abduct, Worlds.replay

    def luck_of(world, seed, run=0, capacity=1 << 20):
        if seed == 3 and run in unread:
            raise rp.RapalloError(f"run {run} of seed {seed}: no number")
        return read(world, seed, run, capacity)

    def replay(worlds, luck, kind, draw):
        if draw in unlived and kind == "date":
            raise ValueError(f"draw {draw}")
        return live(worlds, luck, kind, draw)

    monkeypatch.setattr(abduct, "abduct", luck_of)
    monkeypatch.setattr(Worlds, "replay", replay)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failing_draw_is_recorded_and_does_not_take_the_others_with_it(tmp_path, monkeypatch, jobs):
    change = "scale begin_support.reciprocity by 3"
    sound = ask(change, tmp_path / "sound")
    failing(monkeypatch, unread=(0,), unlived=(13, 25))
    # what is patched here reaches a worker only where it is forked
    monkeypatch.setattr("rapallo.experiment.counterfactual_work.start_method", lambda: "fork")
    found = ask(change, tmp_path / "some", jobs=jobs)
    left = [draw for draw in range(30) if draw not in (0, 13, 25)]
    failures = found.failures()
    assert failures["draw"].tolist() == [0, 13, 25] and failures["seed"].tolist() == [3] * 3
    wanted = ["reading the record's luck off", *["running the changed world under date luck"] * 2]
    assert failures["stage"].tolist() == wanted
    assert failures["message"].tolist() == ["run 0 of seed 3: no number", "ValueError: draw 13", "ValueError: draw 25"]
    for luck in LUCKS:
        assert np.array_equal(found.tables.times[luck][left], sound.tables.times[luck][left], equal_nan=True)
        fate = found.acts()
        shares = fate[[f"{luck}_{name}" for name in ("kept", "sooner", "later", "lost")]].sum(axis=1)
        assert np.allclose(shares, 1.0)
        for row in fate.to_dict("records"):
            assert found.tables.typical_draw(row["act"], luck) in left
            lost = np.isnan(sound.tables.times[luck][left, row["act"]])
            assert row[f"{luck}_lost"] == pytest.approx(sound.tables.weights[left][lost].sum() / sum_of(sound, left))
    assert found.tables.weights[[0, 13, 25]].tolist() == [0.0] * 3
    told = "3 of 30 draws failed and are left out (failures.parquet); the first, draw 0, while reading the record's"
    assert any(line.startswith(told) for line in found.says())
    assert told in str(found.warrant()).replace("\n    ", " ") and "3 of 30 draws failed" in found.report().read_text(
        "utf-8"
    )
    assert len(found.exponentials())
    assert len(sound.failures()) == 0 and not any("failed" in line for line in sound.says())


def sum_of(found, draws):
    return found.tables.weights[draws].sum()


def test_where_every_draw_fails_there_is_no_answer_and_resuming_begins_anew(tmp_path, monkeypatch):
    change = "scale begin_support.reciprocity by 3"
    with monkeypatch.context() as patched:
        failing(patched, unread=range(30))
        with pytest.raises(rp.RapalloError, match=r"run 0 of seed 3: no number \(all 30 draws failed\)"):
            ask(change, tmp_path / "none")
    with monkeypatch.context() as patched:
        failing(patched, unlived=range(30))
        with pytest.raises(rp.RapalloError, match=r"ValueError: draw 0 \(all 30 draws failed\)"):
            ask(change, tmp_path / "x")
    found = ask(change, tmp_path / "x", resume=True)
    assert len(found.failures()) == 0 and found.acts().equals(ask(change, tmp_path / "y").acts())


def test_without_a_folder_the_draws_live_as_long_as_the_answer():
    found = ask("scale begin_support.reciprocity by 3", None, draws=5)
    folder = found.folder
    other = found.try_readings(1, 5, jobs=1)
    del found
    gc.collect()
    assert folder.exists() and len(other.tables.times["date"]) == 5
    del other
    gc.collect()
    assert not folder.exists()
    with pytest.raises(rp.RapalloError, match="nothing to resume"):
        ask("scale begin_support.reciprocity by 3", None, resume=True)


def test_verdicts_in_words():
    assert verdict([KEPT]) == KEPT
    assert verdict([KEPT, LOST]) == f"{OPEN}: whether"
    assert verdict([KEPT, MOVED]) == f"{OPEN}: when"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"draws": 0}, "ask for 1 to"),
        ({"seed": -1}, "seed is -1"),
        ({"lucks": ("dates",)}, "dates"),
        ({"jobs": 0}, "1 or more"),
        ({"change": "off begin_support since 1931-01-01"}, "changes nothing before 1931-01-01, and the span ends on"),
        ({"change": "nothing"}, "this scenario names none"),
    ],
)
def test_what_cannot_be_is_refused(wrong, told, tmp_path):
    with pytest.raises(rp.RapalloError, match=told):
        ask(**{"change": "scale begin_support.reciprocity by 3", "folder": tmp_path / "x", **wrong})


def test_the_command_prints_sentences_and_leaves_a_folder(tmp_path):
    asked = ["counterfactual", "triad", "--if", "drop TRI002", "--draws", "20", "--jobs", "1", "--why", "TRI001"]
    done = rapallo_(*asked, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Borland returns it (TRI002) did not happen" in done.stdout
    assert "under clock luck" in done.stdout and "under date luck" in done.stdout
    assert "not determined by the record" in done.stdout
    assert "1920-06-01: ARC begins to support BOR" in done.stdout
    folder = tmp_path / "runs" / "triad-counterfactual-drop-TRI002"
    left = {path.name for path in folder.iterdir()}
    assert {"manifest.json", "answer.txt", "acts_of_the_record.csv", "luck.svg", "timeline.svg"} <= left
    assert "parts" not in left
    again = rapallo_("counterfactual", "triad", "--if", "drop TRI999", cwd=tmp_path)
    assert again.returncode == 2 and "TRI00" in again.stderr


def test_a_tolerance_of_days_lets_more_acts_stay_and_says_so(labour):
    """With the same draws, an act is kept where every likeliest day lies so near to its own date."""
    tables = labour.tables
    rows = labour.by_tolerance().set_index("days")
    assert list(rows.index) == [0.0, 7.0, 30.0, 90.0, 365.0]
    assert rows["kept"].is_monotonic_increasing and rows["kept"].iloc[0] < rows["kept"].iloc[-1]
    assert rows.sum(axis=1).nunique() == 1
    acts = labour.acts()
    decided = acts[acts["role"] != "given"]
    assert rows.loc[0.0, "kept"] == (decided["verdict"] == KEPT).sum()
    assert f"{rows.loc[30.0, 'kept']} within 30 days" in labour.says()[0]
    moved = next(
        act
        for act in decided["act"]
        if 0 < np.nanmin(np.abs(tables.times["clock"][:, act] - labour.scenario.record.time[act])) < 20
    )
    first, last = tables.bounds[moved]
    day = np.array([first - 30.5, first - 29.5, first - 0.5, first, last + 0.5, last + 30.5, last + 31.5, np.nan])
    assert tables.fate_of(moved, day).tolist() == [-1, -1, -1, 0, 0, 1, 1, 2]
    assert tables.fate_of(moved, day, 30.0).tolist() == [-1, 0, 0, 0, 0, 0, 1, 2]
    with pytest.raises(rp.RapalloError, match="give 0 or more"):
        ask("off form_tie", "nowhere", within=-1.0)


def test_the_card_says_which_readings_turn_a_verdict_and_what_was_not_tried(tmp_path):
    change = "scale recognise.rate.constant by 3"
    found = rp.counterfactual("template", change, draws=12, seed=3, jobs=1, folder=tmp_path / "if")
    assert "none was tried" in str(found.warrant()) or "None of the facts" in str(found.warrant())
    tried = found.try_readings(2, 6, jobs=1)
    card = tried.tried
    assert card.draws == 6 and 0 < len(card.tried) + len(card.refused) <= 2 and card.read >= card.bearing
    said = tried.warrant().tried
    assert f"{card.read + card.unread} single readings" in said[0] and "Tried, 6 draws each" in said[1]
    # the verdicts of the first draws are those of an answer with as few
    few = rp.counterfactual("template", change, draws=6, seed=3, jobs=1, folder=tmp_path / "few")
    first = CounterfactualTables(
        found.folder, found.scenario, found.tables.world, found.tables.changed, found.intervention, LUCKS, 6
    )
    assert first.acts.equals(few.acts())
