import re

import pytest

from rapallo.record.folder import Folder
from rapallo.scenario.load import load, load_folder
from tests.scenario.folders import edited, files_of


@pytest.fixture(scope="module")
def words():
    return load("template").explain()


def test_three_lengths(words):
    line, summary, everything = repr(words), words.summary, str(words)
    assert line.count("\n") == 0
    assert summary.count("\n") < everything.count("\n")
    assert "3 things may happen" in line
    assert "quarrel: X quarrels with Y" in summary


def test_what_is_fixed(words):
    fixed = "\n".join(words.fixed)
    assert "5 actors (5 state); entering within the span: ELY; leaving: COR" in fixed
    assert "power, share of the five states' resources (share): 6 recorded values" in fixed
    assert "it halves every 2 years" in fixed


def test_each_motive_has_its_sign_number_and_origin(words):
    (quarrel,) = [each for each in words.may_happen if each.name == "quarrel"]
    constant, border, recognition = quarrel.motives
    assert (border.sign, border.settled) == ("raises", True)
    assert (recognition.sign, recognition.settled) == ("lowers", False)
    assert "+1 [0 to 2], assumed; one more (unit of the pair's value) means times 2.72" in str(border)
    assert "though its range holds both signs" in str(recognition)
    assert "the baseline, 0.0498 where all else is zero" in str(constant)


def test_the_mask_is_told(words):
    recognise = words.may_happen[0]
    assert recognise.when == "X and Y exist; no tie stands between them yet"
    files = edited(files_of(), "scenario.toml", ("allowed = [] ", 'allowed = ["border", "not sender.power"] '))
    told = load_folder(Folder("x", contents=files)).explain().may_happen[0].when
    assert told.endswith("border from X to Y; X has no power")


def test_every_effect_of_the_interwar_order_is_told():
    scenario = load("interwar")
    told = str(scenario.explain())
    for process in scenario.processes.values():
        for motive in process.motives:
            assert re.search(rf"^ +{motive.name}\b", told, re.MULTILINE), motive
    assert len(scenario.explain().may_happen) == len(scenario.yearly) + len(scenario.votes) + sum(
        not process.given for process in scenario.processes.values()
    )


def test_html_holds_no_markup_of_the_scenarios():
    files = edited(files_of(), "scenario.toml", ('title = "Five', 'title = "<b>Five</b> & "\nsays2 = "Five'))
    files = edited(files, "scenario.toml", ("says2 =", "#"))
    page = load_folder(Folder("x", contents=files)).explain()._repr_html_()
    assert "&lt;b&gt;Five&lt;/b&gt; &amp;" in page
    assert page.count("<details>") == page.count("</details>") == 3
