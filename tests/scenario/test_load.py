import math
from dataclasses import fields, replace

import pytest

from rapallo.errors import UnknownNameError
from rapallo.record.folder import Folder
from rapallo.scenario.condition import read_condition
from rapallo.scenario.load import BUILT_IN, built_in, load, load_folder
from rapallo.system.memory import Memory
from rapallo.system.process import Motive
from rapallo.system.quantity import Quantity
from tests.scenario.folders import edited, files_of, report

EVERYTHING = """
[layers.pact]
says = "{sender} and {receiver} have a secret pact"
mutual = true
covert = true

[layers.war]
says = "{sender} makes war on {receiver}"

[layers.member]
says = "{sender} belongs to {receiver}"

[layers.finding]
says = "{sender} finds {receiver} in breach"
lasting = false

[attributes.council]
says = "a seat on the council"
unit = "1"

[attributes.envoys]
says = "envoys in office"
unit = "persons"
counts = "envoy"

[attributes.skill]
says = "what has been learnt"
unit = "lessons"
written = true

[dyads.trade]
says = "exports of the sender to the receiver"
unit = "million"
rule = "log-linear"
written = true

[dyads.obligation]
says = "what members owe"
unit = "1"
written = true

[flows.trade]
says = "{sender} exports to {receiver}"
senders = "state"
receivers = ["ARC", "BOR"]
allowed = ["recognition", "not war reversed", "sender.power"]
noise = true
system = 2
effects.constant = {}

[stocks.learning]
says = "armies learn"
writes = "skill"
senders = "state"
receivers = "state"
retention = true
effects.constant = {}

[institutions.union]
says = "a union of states"
actor = "DUN"
membership = "member"
council = "council"
restricts = "council"
forbids = ["quarrel"]

[institutions.union.rules.answer]
trigger = { layer = "war", when = ["not receiver.council"], after = 10 }
finding = "majority"
layer = "finding"
obligation = "obligation"
obliges = 2
active = false
vote.constant = {}
"""
NUMBERS = "".join(
    f'\n[{name}]\nvalue = {value}\nrange = [-5, 5]\norigin = "assumed"\nwhy = "a test"\n'
    for name, value in [
        ("trade.constant", 1),
        ("trade.noise", 0.5),
        ("learning.constant", 2),
        ("learning.retention", 0.9),
        ("union.answer.constant", -1),
    ]
)


def everything(old="", new=""):
    files = files_of()
    text = EVERYTHING.replace(old, new) if old else EVERYTHING
    assert (text != EVERYTHING) == bool(old)
    files["scenario.toml"] += text.encode()
    files["parameters.toml"] += NUMBERS.encode()
    return files


@pytest.fixture(scope="module")
def template():
    return load("template")


def test_what_comes_with_it():
    assert {"interwar", "pair", "template", "triad"} <= set(built_in())


@pytest.mark.parametrize("name", ["pair", "triad", "template", "interwar"])
def test_every_built_in_scenario_loads(name):
    scenario = load(name)
    assert scenario.name == name
    assert scenario.folder == BUILT_IN / name
    assert repr(scenario).startswith(f"<Scenario {name!r}: {len(scenario.tables.actor_ids)} actors")
    for process in scenario.processes.values():
        for motive in (*process.motives, *process.rate, *process.consent):
            assert motive.parameter in scenario.parameters


def test_head(template):
    assert template.title == "Five invented states"
    assert (template.start, template.end) == ("1920-01-01", "1929-12-31")
    assert template.systems == {1: "Wave of recognition", 2: "Quarrels"}
    assert list(template.layers) == ["recognition", "dispute"]


def test_nouns(template):
    recognition, dispute = template.layers.values()
    assert (recognition.mutual, recognition.lasting, recognition.covert, recognition.views) == (
        True,
        True,
        False,
        False,
    )
    assert (dispute.mutual, dispute.lasting) == (False, False)
    assert template.quantities["power"] == Quantity(
        "power", "actor", "share of the five states' resources", "share", "step", 0.0, missing="unknown"
    )
    assert template.quantities["border"].mutual
    assert template.quantities["border"].shape == "pair"
    assert template.memories["recent_disputes"] == Memory("recent_disputes", "dispute", "form", "pair", 2.0)


def test_processes_and_motives(template):
    recognise = template.processes["recognise"]
    assert (recognise.organ, recognise.layer, recognise.change, recognise.weighting) == (
        "ministry", "recognition", "form", "choice",
    )  # fmt: skip
    assert recognise.senders == "state"
    assert recognise.system == (1,)
    assert recognise.rate == (
        Motive("constant", "constant", (), (), "recognise.rate.constant"),
        Motive("wave", "sender_value", (("attribute", "power"),), (), "recognise.rate.wave"),
    )
    assert [motive.parameter for motive in recognise.consent] == ["recognise.consent.quarrels"]
    assert template.processes["break_relations"].change == "end"


def test_parameters(template):
    wave = template.parameters["recognise.transitivity"]
    assert (wave.value, wave.low, wave.high, wave.origin) == (0.7, 0.0, 1.5, "assumed")
    assert wave.why == "partners of partners are recognised sooner: the wave"
    assert set(template.parameters) == {
        motive.parameter
        for process in template.processes.values()
        for motive in (*process.motives, *process.rate, *process.consent)
    }


def test_an_estimates_range_is_its_interval():
    old = 'value = 1.0\nrange = [0.0, 2.0]\norigin = "assumed"\nwhy = "neighbours'
    fit = 'fit = { model = "rem", date = 1990-01-01 }'
    new = f'value = 1.0\nstandard_error = 0.5\norigin = "estimated"\n{fit}\nwhy = "neighbours'
    scenario = load_folder(Folder("x", contents=edited(files_of(), "parameters.toml", (old, new))))
    parameter = scenario.parameters["quarrel.border"]
    assert (parameter.low, parameter.high) == pytest.approx((1 - 1.959964 * 0.5, 1 + 1.959964 * 0.5))
    assert parameter.standard_error == 0.5
    assert dict(parameter.fit)["model"] == "rem"


def test_flows_stocks_and_institutions():
    scenario = load_folder(Folder("x", contents=everything()))
    trade, learning = scenario.yearly.values()
    assert (trade.kind, trade.writes, trade.noise, trade.retention) == ("flow", "trade", "trade.noise", "")
    assert (trade.receivers, trade.system) == (("ARC", "BOR"), (2,))
    assert trade.allowed == ("recognition", "not war reversed", "sender.power")
    assert (learning.kind, learning.writes, learning.retention) == ("stock", "skill", "learning.retention")
    union = scenario.institutions["union"]
    (rule,) = union.rules
    assert (union.actor, union.membership, union.council, union.forbids) == ("DUN", "member", "council", ("quarrel",))
    assert (rule.finding, rule.layer, rule.obligation, rule.obliges, rule.active) == (
        "majority", "finding", "obligation", 2.0, False,
    )  # fmt: skip
    assert (rule.trigger.layer, rule.trigger.change, rule.trigger.after, rule.trigger.when) == (
        "war", "form", 10.0, ("not receiver.council",),
    )  # fmt: skip
    assert scenario.votes["union.answer"][0].parameter == "union.answer.constant"
    assert scenario.quantities["envoys"].counts == "envoy"
    words = str(scenario.explain())
    for part in (
        "not in force",
        "X exports to Y",
        "0.9 of it is kept",
        "persons of the kind 'envoy'",
        "votes on a case",
    ):
        assert part in words


@pytest.mark.parametrize(
    ("old", "new", "column", "what"),
    [
        ('actor = "DUN"', 'actor = "DNU"', "institutions.union.actor", "no actor is called 'DNU'"),
        ('actor = "DUN"', "", "institutions.union.actor", "its rule 'answer' needs actor"),
        ('membership = "member"', 'membership = "pact"', "institutions.union.membership", "which 'pact' does not hold"),
        ('council = "council"\nrestricts', "restricts", "institutions.union.council", "needs council"),
        ('forbids = ["quarrel"]', 'forbids = ["quarel"]', "institutions.union.forbids", "no process"),
        ('restricts = "council"\n', "", "institutions.union.forbids", "says not to whom"),
        ('layer = "finding"', 'layer = "war"', "institutions.union.rules.answer.layer", "findings are events"),
        (
            'obligation = "obligation"', 'obligation = "border"',
            "institutions.union.rules.answer.obligation", "not declared as written",
        ),
        ("after = 10", "after = -1", "institutions.union.rules.answer.trigger.after", "cannot come before"),
        ('layer = "war", when', 'layer = "wra", when', "institutions.union.rules.answer.trigger.layer", "'wra'"),
        (
            'layer = "war", when', 'layer = "dispute", when',
            "institutions.union.rules.answer.trigger.ends_with", "no case would close",
        ),
        ('"not receiver.council"', '"nor council"', "institutions.union.rules.answer.trigger.when", "not a condition"),
        ('finding = "majority"', 'finding = "most"', "institutions.union.rules.answer.finding", "none of the words"),
        ('writes = "skill"', 'writes = "power"', "stocks.learning.writes", "not declared as written"),
        ('writes = "skill"', 'writes = "trade"', "stocks.learning.writes", "no attribute is called 'trade'"),
        ('counts = "envoy"', 'counts = "envoi"', "attributes.envoys.counts", "no kind of person is called 'envoi'"),
        ('"not war reversed"', '"not power reversed"', "flows.trade.allowed", "is called 'power'"),
        ("[stocks.learning]", "[stocks.quarrel]", "stocks.quarrel", "one of the processes already"),
        ("vote.constant = {}", "vote.consant = {}", "institutions.union.rules.answer.vote.consant", "no effect"),
        (
            "vote.constant = {}", 'vote.noise = { effect = "constant" }',
            "institutions.union.rules.answer.vote.noise", "may not stand under 'noise'",
        ),
    ],
)  # fmt: skip
def test_damage_to_flows_and_institutions_is_named(old, new, column, what):
    problems = report(everything(old, new))
    fitting = [each for each in problems if each.column == column and what in each.what]
    assert fitting, "\n".join(map(str, problems))
    assert fitting[0].line is not None


def test_measures_are_checked_against_those_there_are():
    files = edited(files_of(), "scenario.toml", ("measures = [] ", 'measures = ["brakes"] '))
    scenario = load_folder(Folder("x", contents=files))
    assert scenario.measures == ("brakes",)
    with pytest.raises(Exception, match="did you mean 'breaks'") as caught:
        load_folder(Folder("x", contents=files), measures=["breaks", "risings"])
    assert caught.value.problems[0].column == "measures"


def test_another_file_may_hold_a_table():
    files = edited(files_of(), "scenario.toml", ("[systems]", '[files]\nacts = "deeds.csv"\n[systems]'))
    files["deeds.csv"] = files.pop("acts.csv")
    scenario = load_folder(Folder("x", contents=files))
    assert len(scenario.tables.acts) == 9
    assert scenario.tables.files["acts"] == "deeds.csv"
    broken = edited(files, "deeds.csv", ("ACT002,1921-06", "ACT002,Jun-21"))
    assert [each.file for each in report(broken)] == ["deeds.csv"]


def test_with_parameters_changes_only_what_is_named(template):
    other = template.with_parameters({"quarrel.border": 2.0})
    assert other.parameters["quarrel.border"].value == 2.0
    assert template.parameters["quarrel.border"].value == 1.0
    same = replace(other, parameters=template.parameters)
    for each in fields(template):
        if each.compare:
            assert getattr(same, each.name) == getattr(template, each.name)
    with pytest.raises(UnknownNameError, match=r"did you mean 'quarrel.border'"):
        template.with_parameters({"quarrel.boarder": 2.0})


def test_conditions():
    assert str(read_condition("not alliance reversed")) == "not alliance reversed"
    assert read_condition("sender.power").side == "sender"
    for text in (
        "",
        "not",
        "a b",
        "not not a",
        "power.sender",
        "sender.power reversed",
        "a reversed b",
        "sender.",
        "a-b",
    ):
        assert read_condition(text) is None


def test_infinite_memories_never_fade():
    files = edited(files_of(), "scenario.toml", ("half_life = 2.0 ", "half_life = inf "))
    assert math.isinf(load_folder(Folder("x", contents=files)).memories["recent_disputes"].half_life)
