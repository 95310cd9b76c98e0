"""From ``scenario.toml`` to the nouns of the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, get_args

from rapallo.errors import Problem
from rapallo.scenario.section import NAME, Section, shown
from rapallo.scenario.toml_file import TomlFile
from rapallo.system.history import CHANGES as ALL_CHANGES
from rapallo.system.institution import Finding, Institution, Rule, Trigger
from rapallo.system.layer import Layer
from rapallo.system.memory import By, Memory
from rapallo.system.process import CHANGES, Motive, Process, Weighting, Yearly
from rapallo.system.quantity import Quantity, Unrecorded
from rapallo.system.quantity import Rule as Interpolation

FILE = "scenario.toml"
RESERVED = ("rate", "consent", "noise", "retention", "shock")
"""Names that no effect may stand under: they are part of parameters' names."""


@dataclass(slots=True)
class Model:
    """What ``scenario.toml`` says, before its names are checked."""

    title: str = ""
    says: str = ""
    start: str = ""
    end: str = ""
    measures: tuple[str, ...] = ()
    systems: dict[int, str] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    quantities: dict[str, Quantity] = field(default_factory=dict)
    memories: dict[str, Memory] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    yearly: dict[str, Yearly] = field(default_factory=dict)
    institutions: dict[str, Institution] = field(default_factory=dict)
    votes: dict[str, tuple[Motive, ...]] = field(default_factory=dict)


def parse_model(file: TomlFile, problems: list[Problem]) -> Model:
    """Read every key of ``scenario.toml``; what is wrong with one becomes a problem with its line."""
    top = Section(file, (), file.data, problems)
    model = Model(title=top.text("title"), says=top.text("says"), start=top.day("start"), end=top.day("end"))
    if model.start and model.end and model.end <= model.start:
        top.problem("end", f"the end {model.end} does not come after the start {model.start}", "exchange the two")
    model.measures = top.texts("measures")
    _systems(top.section("systems"), model)
    groups = top.section("groups")
    for name, _ in groups.items():
        model.groups[name] = groups.texts(name)
        if not NAME.fullmatch(name):
            groups.problem(name, f"{shown(name)} is not a name", "use letters, digits and _, beginning with a letter")
        elif not model.groups[name]:
            groups.problem(name, "the group has no members", "list actors, or take it away")
    groups.done()
    _files(top.section("files"), model)
    for name, section in top.sections("layers"):
        model.layers[name] = Layer(
            name=name,
            says=section.text("says"),
            mutual=section.flag("mutual"),
            covert=section.flag("covert"),
            lasting=section.flag("lasting", True),
            views=section.flag("views"),
        )
        section.done()
    for kind, shape in (("attributes", "actor"), ("dyads", "pair")):
        for name, section in top.sections(kind):
            if name in model.quantities:
                section.problem("", f"{name!r} is the name of an attribute already", "give the pair's another name")
            model.quantities[name] = _quantity(name, shape, section)
    for name, section in top.sections("memories"):
        model.memories[name] = Memory(
            name=name,
            layer=section.name("layer"),
            change=section.choice("change", ALL_CHANGES, "form"),
            by=_as(section.choice("by", get_args(By))),
            half_life=_positive(section, "half_life", infinite=True),
            process=section.name("process", ""),
            weight=section.name("weight", ""),
            **({"negligible": _positive(section, "negligible")} if section.has("negligible") else {}),
        )
        section.done()
    for name, section in top.sections("processes"):
        model.processes[name] = _process(name, section)
    for kind in ("flow", "stock"):
        for name, section in top.sections(f"{kind}s"):
            if name in model.yearly:
                section.problem("", f"{name!r} is the name of a flow already", "give the stock another name")
            model.yearly[name] = _yearly(name, kind, section)
    for name, section in top.sections("institutions"):
        model.institutions[name] = _institution(name, section, model.votes)
    top.done()
    return model


def _as(word: str) -> Any:
    """Let a word that was checked against the choices pass for their literal type."""
    return word


def _positive(section: Section, key: str, *, infinite: bool = False) -> float:
    value = section.number(key, infinite=infinite)
    if value <= 0:
        section.problem(key, f"{value:g} is not above zero", "write a number above zero")
    return value


def _systems(section: Section, model: Model) -> None:
    for key, title in section.items():
        if not key.isdecimal() or not isinstance(title, str) or len(key) > 6:
            section.problem(key, "a system is a number and its title", 'write 1 = "title"')
        else:
            model.systems[int(key)] = title
    section.done()


def _files(section: Section, model: Model) -> None:
    for key, name in section.items():
        if not isinstance(name, str):
            section.problem(key, "a file is named by text", f'write {key} = "name.csv"')
        else:
            model.files[key] = name
    section.done()


def _quantity(name: str, shape: str, section: Section) -> Quantity:
    made = Quantity(
        name=name,
        shape=_as(shape),
        says=section.text("says"),
        unit=section.text("unit"),
        rule=_as(section.choice("rule", get_args(Interpolation), "step")),
        default=section.number("default", 0.0),
        mutual=section.flag("mutual") if shape == "pair" else False,
        written=section.flag("written"),
        missing=section.text("missing", "unknown"),
        counts=section.text("counts", "") if shape == "actor" else "",
        unrecorded=_as(section.choice("unrecorded", get_args(Unrecorded), "default")) if shape == "pair" else "default",
    )
    section.done()
    return made


def _motives(section: Section, key: str, prefix: str) -> tuple[Motive, ...]:
    """Read the effects below ``key``; their parameters are ``prefix`` and their names."""
    found = []
    for name, each in section.sections(key):
        if name in RESERVED:
            each.problem("", f"an effect may not stand under {name!r}", "give it another name, and effect = …")
        reads = each.section("reads")
        bindings = tuple((slot, reads.name(slot)) for slot in reads.values)
        reads.done()
        settings = each.section("settings")
        values = tuple((setting, settings.number(setting)) for setting in settings.values)
        settings.done()
        found.append(Motive(name, each.name("effect", name), bindings, values, f"{prefix}.{name}"))
        each.done()
    return tuple(found)


def _process(name: str, section: Section) -> Process:
    given = section.flag("given")
    process = Process(
        name=name,
        says=section.text("says"),
        organ=section.name("organ", "ministry"),
        layer=section.name("layer"),
        change=section.choice("change", CHANGES, "form"),
        weighting=_as(section.choice("weighting", get_args(Weighting), "intensity" if given else None)),
        senders=section.who("senders"),
        receivers=section.who("receivers"),
        allowed=section.texts("allowed"),
        motives=_motives(section, "effects", name),
        rate=_motives(section, "rate", f"{name}.rate"),
        consent=_motives(section, "consent", f"{name}.consent"),
        given=given,
        system=section.counts("system"),
    )
    section.done()
    return process


def _yearly(name: str, kind: str, section: Section) -> Yearly:
    flow = kind == "flow"
    yearly = Yearly(
        name=name,
        says=section.text("says"),
        kind=_as(kind),
        writes=section.name("writes", name),
        senders=section.who("senders"),
        receivers=section.who("receivers"),
        allowed=section.texts("allowed"),
        motives=_motives(section, "effects", name),
        noise=f"{name}.noise" if flow and section.flag("noise") else "",
        retention=f"{name}.retention" if not flow and section.flag("retention") else "",
        system=section.counts("system"),
    )
    section.done()
    return yearly


def _institution(name: str, section: Section, votes: dict[str, tuple[Motive, ...]]) -> Institution:
    rules = []
    for rule_name, rule in section.sections("rules"):
        trigger = rule.section("trigger")
        rules.append(
            Rule(
                name=rule_name,
                trigger=Trigger(
                    layer=trigger.name("layer"),
                    change=trigger.choice("change", ALL_CHANGES, "form"),
                    when=trigger.texts("when"),
                    after=trigger.number("after", 0.0),
                    ends_with=trigger.choice("ends_with", ("end", *ALL_CHANGES, ""), "end"),
                ),
                finding=_as(rule.choice("finding", get_args(Finding))),
                layer=rule.name("layer"),
                obligation=rule.name("obligation"),
                obliges=rule.number("obliges", 1.0),
                active=rule.flag("active", True),
                shock=f"{name}.{rule_name}.shock" if rule.flag("shock") else "",
            )
        )
        if rules[-1].trigger.after < 0:
            trigger.problem("after", "a finding cannot come before the act", "write days, zero or more")
        trigger.done()
        votes[f"{name}.{rule_name}"] = _motives(rule, "vote", f"{name}.{rule_name}")
        rule.done()
    institution = Institution(
        name=name,
        says=section.text("says"),
        actor=section.name("actor", ""),
        membership=section.name("membership", ""),
        council=section.name("council", ""),
        rules=tuple(rules),
        restricts=section.name("restricts", ""),
        forbids=section.texts("forbids"),
    )
    section.done()
    return institution
