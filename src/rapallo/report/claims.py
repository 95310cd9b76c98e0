"""The text behind a scenario, sentence by sentence: its claims, what the record says of them, and the model."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapallo.record.facts import Fact, facts

if TYPE_CHECKING:
    from rapallo.experiment.ensemble import Ensemble
    from rapallo.record.rows import ClaimRow
    from rapallo.scenario.scenario import Scenario

BROKEN_OFF = "broken-off"

VERDICTS = {
    "supported": "the sources bear it out",
    "contested": "the sources disagree with it in part",
    "contradicted": "the sources speak against it",
    "evaluative": "a judgement, which sources cannot settle",
    "truncated": "the sentence breaks off; only the part that stands can be set beside the sources",
}
"""What each verdict of ``text_claims.csv`` means, in words: it is the sources' word on the text, not the text's."""


@dataclass(frozen=True, slots=True)
class ModelPart:
    """Where a claim sits in the model.

    Parameters
    ----------
    name
        As the scenario has it.
    kind
        ``process``, ``layer``, ``recorded number``, ``simulated number``, ``memory``, ``organ``,
        ``actor``, ``institution`` or ``not modelled``.
    says
        What it is, in words.
    numbers
        Full names of the parameters that belong to it (a process) or weigh it (what effects read).
    origins
        How many of these are estimated, published, assumed.
    """

    name: str
    kind: str
    says: str
    numbers: tuple[str, ...]
    origins: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        if self.kind == "not modelled":
            return "not modelled"
        counts = ", ".join(f"{count} {origin}" for origin, count in self.origins)
        moved = {"process": "moved by", "institution": "moved by", "organ": "decides by"}.get(self.kind, "weighed by")
        about = f": {moved} {counts} {'number' if len(self.numbers) == 1 else 'numbers'}" if counts else ""
        return f"{self.name} ({self.kind}){about}"


@dataclass(frozen=True, slots=True)
class Found:
    """What a measure of the runs gives.

    Parameters
    ----------
    measure, says, unit
        The measure's.
    lines
        One text for each moment or actor shown: the median run, the middle nine tenths, the record.
        Empty where no runs were given, or the measure was not taken of them.
    """

    measure: str
    says: str
    unit: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of the text.

    Parameters
    ----------
    id, sentence, kind
        Its id, the number of its sentence, and what it is: mechanism, fact, measure, evaluation or
        broken-off.
    text
        The text, in paraphrase; one that breaks off stays broken off.
    asserts
        What it comes to.
    verdict, verdict_says, note
        What the sources say of it: a word, its meaning, and the reasons.
    facts
        The facts of the record that bear on it, with their sources and rival readings.
    missing
        Ids of facts that the record does not have.
    system
        Title of the system it belongs to, or an empty string.
    model
        Where it sits in the model.
    found
        What the simulation makes of it.
    """

    id: str
    sentence: str
    kind: str
    text: str
    asserts: str
    verdict: str
    verdict_says: str
    note: str
    facts: tuple[Fact, ...]
    missing: tuple[str, ...]
    system: str
    model: tuple[ModelPart, ...]
    found: tuple[Found, ...]

    @property
    def broken_off(self) -> bool:
        """Whether the sentence breaks off in the text."""
        return self.kind == BROKEN_OFF

    def row(self) -> dict[str, str]:
        """Give the claim in one row of plain texts, for a table."""
        return {
            "id": self.id,
            "sentence": self.sentence,
            "kind": self.kind,
            "text": self.text,
            "record": self.verdict,
            "facts": ";".join(fact.id for fact in self.facts),
            "model": ";".join(part.name for part in self.model),
            "simulation": "; ".join(line for each in self.found for line in each.lines),
        }

    def __str__(self) -> str:
        head = f"{self.id}  sentence {self.sentence}, {self.kind}" + (f"  [{self.system}]" if self.system else "")
        lines = [head, f"  the text, in paraphrase: {self.text}"]
        if self.broken_off:
            lines.append("    (it breaks off here, and is not completed)")
        lines.append(f"  the record: {self.verdict}, {self.verdict_says}. {self.note}")
        lines += [f"    {fact}" for fact in self.facts]
        if self.missing:
            lines.append(f"    not in the record: {', '.join(self.missing)}")
        lines.append(f"  the model: {'; '.join(map(str, self.model)) or 'not modelled'}")
        for each in self.found:
            lines.append(f"  the simulation: {each.measure}: {each.says}")
            lines += [f"    {line}" for line in each.lines or ("no runs to take it of",)]
        return "\n".join(lines)


def claims(scenario: Scenario, ensemble: Ensemble | None = None) -> list[Claim]:
    """Give the claims of the text behind a scenario, in the order of the text.

    Parameters
    ----------
    scenario
        The scenario; one without ``text_claims.csv`` has none.
    ensemble
        Runs of it, for what the simulation makes of each claim.
    """
    known: dict[str, list[Fact]] = {}
    for fact in facts(scenario.tables):
        known.setdefault(fact.id, []).append(fact)
    return [_claim(row, scenario, ensemble, known) for row in scenario.tables.text_claims]


def _claim(row: ClaimRow, scenario: Scenario, ensemble: Ensemble | None, known: dict[str, list[Fact]]) -> Claim:
    found = [fact for name in row.fact_ids for fact in known.get(name, ())]
    parties = {party for fact in found for party in fact.parties}
    return Claim(
        id=row.id,
        sentence=row.sentence,
        kind=row.kind,
        text=row.paraphrase,
        asserts=row.asserts,
        verdict=row.verdict,
        verdict_says=VERDICTS.get(row.verdict, "as the table has it"),
        note=row.note,
        facts=tuple(found),
        missing=tuple(name for name in row.fact_ids if name not in known),
        system=scenario.systems.get(int(row.system), "") if row.system.isdigit() else "",
        model=tuple(model_part(scenario, name) for name in row.model),
        found=tuple(_found(name, ensemble, parties) for name in row.measure),
    )


def model_part(scenario: Scenario, name: str) -> ModelPart:
    """Find a name in the model: what it is there, and which parameters belong to it or weigh it."""
    kind, says, numbers = _what(scenario, name)
    counts = Counter(scenario.parameters[each].origin for each in numbers)
    return ModelPart(name, kind, says, numbers, tuple(sorted(counts.items())))


def _what(scenario: Scenario, name: str) -> tuple[str, str, tuple[str, ...]]:
    tables = scenario.tables
    if name in scenario.processes:
        process = scenario.processes[name]
        motives = (*process.rate, *process.motives, *process.consent)
        says = process.says.format(sender="a sender", receiver="a receiver")
        return "process", says, tuple(each.parameter for each in motives)
    if name in scenario.layers:
        says = scenario.layers[name].says.format(sender="a sender", receiver="a receiver")
        return "layer", says, _weighing(scenario, name)
    if name in scenario.quantities:
        quantity = scenario.quantities[name]
        return ("simulated number" if quantity.written else "recorded number"), quantity.says, _weighing(scenario, name)
    if name in scenario.memories:
        memory = scenario.memories[name]
        return "memory", f"what acts of {memory.layer} leave behind", _weighing(scenario, name)
    if name in scenario.institutions:
        votes = [each for rule, each in scenario.votes.items() if rule.startswith(f"{name}.")]
        numbers = tuple(each.parameter for motives in votes for each in motives)
        return "institution", scenario.institutions[name].says, numbers
    for organ in tables.organs:
        if organ.organ == name or organ.id == name:
            decides = [each for key, each in scenario.processes.items() if organ.organ in scenario.deciders(key)]
            moved = [each for process in decides for each in (*process.rate, *process.motives, *process.consent)]
            return "organ", organ.name_en, tuple(each.parameter for each in moved)
    if name in tables.spells:
        return "actor", tables.spells[name][-1].name_en, ()
    return "not modelled", "", ()


def _weighing(scenario: Scenario, name: str) -> tuple[str, ...]:
    """Give the parameters of every motive that reads a layer, a quantity, or a memory of it."""
    from rapallo.effects.effect import get_effect

    names = {name} | {memory.name for memory in scenario.memories.values() if memory.layer == name}
    every = [(*p.rate, *p.motives, *p.consent) for p in scenario.processes.values()]
    every += [update.motives for update in scenario.yearly.values()]
    every += list(scenario.votes.values())
    return tuple(
        motive.parameter
        for motives in every
        for motive in motives
        if names & {dict(motive.reads).get(slot, slot) for slot in get_effect(motive.effect).reads}
    )


def _found(name: str, ensemble: Ensemble | None, parties: set[str]) -> Found:
    from rapallo.measures import get_measure
    from rapallo.report.lines import in_words

    about = get_measure(name)
    if ensemble is None or name not in ensemble.measures:
        return Found(name, about.says, about.unit, ())
    measure: Any = ensemble.measure(name)
    return Found(name, measure.says, measure.unit, tuple(str(each) for each in in_words(measure, parties)))
