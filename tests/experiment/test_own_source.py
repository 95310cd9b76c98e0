"""A user's own effects and measures reach every worker, and stay with the runs."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from rapallo.effects import effect
from rapallo.errors import RapalloError
from rapallo.experiment.ensemble import ensemble, open_ensemble
from rapallo.experiment.own_source import import_own, own_sources
from rapallo.measures import measure
from rapallo.scenario.load import BUILT_IN, load
from tests.experiment.orders import digests

LIMIT = 0.25


@effect(reads="tie", changes="pair", unit="tie", settings={"least": 0.0})
def own_leaning(view, sender, receiver):
    """A state leans to whoever it is tied to already."""
    return max(LIMIT + math.sqrt(view.tie[sender, receiver]), view.least)


def doubled(number):
    return 2.0 * number


@measure(unit="acts")
def twice_the_acts(history):
    """Twice the number of acts."""
    return doubled(float(np.sum(history.time > 0)))


OWN_FILE = '''
from rapallo import effect, measure

SHARE = 0.5

@effect(reads="tie", changes="pair")
def filed_leaning(view, sender, receiver):
    """An effect from a file of the user's own."""
    return SHARE

@measure(unit="acts")
def filed_acts(history):
    """How many acts there are."""
    return float(len(history))
'''


def scenario_with(name: str, folder: Path):
    """The scenario ``pair``, its formations moved by an effect of the user's own."""
    shutil.copytree(BUILT_IN / "pair", folder)
    text = (folder / "scenario.toml").read_text()
    first, second = text.split("[processes.end_tie]")
    (folder / "scenario.toml").write_text(f"{first}effects.{name} = {{}}\n\n[processes.end_tie]{second}")
    with (folder / "parameters.toml").open("a") as file:
        file.write(f'\n[form_tie.{name}]\nvalue = 0.8\nrange = [0, 1]\norigin = "assumed"\nwhy = "for a test"\n')
    return load(folder)


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_they_reach_workers_that_were_not_forked(tmp_path, monkeypatch, method):
    model = scenario_with("own_leaning", tmp_path / "mine")
    names = ("twice_the_acts",)
    ensemble(model, 60, seed=3, jobs=1, folder=tmp_path / "one", measures=names)
    monkeypatch.setattr("rapallo.experiment.pool.start_method", lambda: method)
    two = ensemble(model, 60, seed=3, jobs=2, folder=tmp_path / "two", measures=names)
    assert digests(tmp_path / "two") == digests(tmp_path / "one")
    assert sorted(path.name for path in (two.folder / "own").iterdir()) == [
        "effect_own_leaning.py",
        "measure_twice_the_acts.py",
    ]
    lengths = two.acts()["run"].value_counts()
    assert two.measure("twice_the_acts").values["value"].tolist() == [2.0 * lengths.get(run, 0) for run in range(60)]


def test_the_text_is_kept_whole_with_what_it_leans_on(tmp_path):
    texts, untold = own_sources(scenario_with("own_leaning", tmp_path / "mine"), ["twice_the_acts"])
    assert untold == []
    kept = texts["effect_own_leaning.py"]
    assert "LIMIT = 0.25" in kept
    assert "import math as math" in kept
    assert "reads=('tie',), changes='pair', unit='tie'" in kept
    assert "settings={'least': 0.0}" in kept
    assert "return max(LIMIT + math.sqrt(view.tie[sender, receiver]), view.least)" in kept
    assert "import numpy as np" in texts["measure_twice_the_acts.py"]
    assert "def doubled(number):" in texts["measure_twice_the_acts.py"]


def test_what_leans_on_more_than_text_stays_in_one_process(tmp_path):
    words = {"held": 1.0}

    @measure(unit="1")
    def leaning_on_a_dictionary(history):
        """A number from around."""
        return words["held"]

    said = []
    made = ensemble(
        "pair",
        60,
        seed=1,
        jobs=2,
        folder=tmp_path / "runs",
        measures=("leaning_on_a_dictionary",),
        progress=lambda each: said.append(each.word),
    )
    assert made.manifest["times"]["jobs"] == 1
    assert any("'leaning_on_a_dictionary' (it uses 'words' from outside itself)" in word for word in said)
    assert set(made.measure("leaning_on_a_dictionary").values["value"]) == {1.0}


def test_a_file_of_ones_own_is_kept_whole_and_opens_again(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(OWN_FILE)
    import_own(file)
    model = scenario_with("filed_leaning", tmp_path / "mine")
    made = ensemble(model, 25, seed=3, jobs=1, folder=tmp_path / "runs", measures=("filed_acts",), own=[file])
    assert (tmp_path / "runs" / "own" / "mine.py").read_text() == OWN_FILE
    opened = open_ensemble(tmp_path / "runs")
    assert len(opened.run(24)) == made.measure("filed_acts").values.loc[24, "value"]


def test_another_text_is_not_resumed(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(OWN_FILE)
    import_own(file)
    model = scenario_with("filed_leaning", tmp_path / "mine")
    ensemble(model, 3, folder=tmp_path / "runs", jobs=1, measures=("filed_acts",), own=[file])
    file.write_text(OWN_FILE.replace("0.5", "0.6"))
    import_own(file)
    with pytest.raises(RapalloError, match=r"own: mine\.py: "):
        ensemble(model, 3, folder=tmp_path / "runs", jobs=1, measures=("filed_acts",), own=[file], resume=True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = 1\ny = 1 / 0\n", r"mine\.py:2: ZeroDivisionError"),
        ("def f(:\n", r"mine\.py:1: "),
        ("from rapallo import effect\n@effect()\ndef bare(view, s, r):\n    return 1.0\n", "has no docstring"),
        ("import absent_library\n", r"mine\.py:1: ModuleNotFoundError"),
    ],
)
def test_a_file_that_fails_says_where(tmp_path, text, says):
    (tmp_path / "mine.py").write_text(text)
    with pytest.raises(RapalloError, match=says):
        import_own(tmp_path / "mine.py")


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(RapalloError, match="there is no file"):
        import_own(tmp_path / "absent.py")
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(RapalloError, match=r"must end in \.py"):
        import_own(tmp_path / "notes.txt")
