"""``rapallo claims SCENARIO``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rapallo.cli.facts import works
from rapallo.cli.options import ScenarioName
from rapallo.cli.outcome import told
from rapallo.errors import RapalloError

if TYPE_CHECKING:
    from rapallo.experiment.ensemble import Ensemble
    from rapallo.record.facts import Fact
    from rapallo.scenario.scenario import Scenario

_KINDS = {
    "mechanism": "mechanism: the model has it at work",
    "fact": "fact",
    "measure": "measure: computed, not assumed",
    "evaluation": "evaluation: a judgement, on which facts bear and which they do not settle",
}


@told
def claims(
    scenario: ScenarioName,
    runs: Annotated[
        Path | None, typer.Option(help="A folder of runs: show what they make of each claim's measure.")
    ] = None,
) -> None:
    """Show the text behind a scenario.

    Sentence by sentence: what it claims, in paraphrase; what the record says, with its facts; where the claim sits in
    the model; and the measure by which runs can be set beside it.
    """
    from rapallo.cli.loading import loaded
    from rapallo.record.facts import facts

    model = loaded(scenario)
    rows = model.tables.text_claims
    if not rows:
        raise RapalloError(f"scenario {model.name!r} codes no text: it has no text_claims.csv")
    made = _opened(runs, model)
    known: dict[str, Fact] = {}
    for fact in facts(model.tables):
        known.setdefault(fact.id, fact)
    for row in rows:
        print("\n".join(_claim(row, model, known, made)))
        print()


def _claim(row: Any, model: Scenario, known: dict[str, Fact], made: Ensemble | None) -> Iterator[str]:
    system = ", ".join(_system(number, model) for number in row.system.replace(";", " ").split())
    yield f"{row.sentence}  {row.paraphrase}  [{row.id}]"
    yield f"    {_KINDS.get(row.kind, row.kind)}" + (f"; system {system}" if system else "")
    if row.asserts:
        yield f"    it would have to be so: {row.asserts}"
    yield f"    the record: {row.verdict or 'nothing is said'}" + (f". {row.note}" if row.note else "")
    for name in row.fact_ids:
        fact = known.get(name)
        if fact is not None:
            yield f"        {fact.date}  {fact.says}  [{fact.id}; {fact.basis}, certainty {fact.certainty}]"
            yield from works(fact.sources, () if fact.sources else fact.look_up, model.tables.sources, " " * 12)
    yield "    in the model: " + (", ".join(_placed(name, model) for name in row.model) if row.model else "nowhere")
    for name in row.measure:
        yield from _measure(name, made)
    if not row.measure:
        yield "    no measure shows it"


def _system(number: str, model: Scenario) -> str:
    title = model.systems.get(int(number), "") if number.isdigit() else ""
    return f"{number} ({title})" if title else number


def _placed(name: str, model: Scenario) -> str:
    """Give a name with the kind of thing in the model that bears it; other words as they are."""
    kind = _kind(name, model)
    return f"{name} ({kind})" if kind else name


def _kind(name: str, model: Scenario) -> str:
    for kind, names in (
        ("process", model.processes),
        ("layer", model.layers),
        ("memory", model.memories),
        ("flow or stock", model.yearly),
        ("institution", model.institutions),
    ):
        if name in names:
            given = kind == "process" and model.processes[name].given
            return f"{kind}, given by the record" if given else kind
    if name in model.quantities:
        return "attribute" if model.quantities[name].shape == "actor" else "number of a pair"
    for actor, organs in model.tables.organ_names.items():
        if name in organs:
            return f"organ of {actor}"
    return "actor" if name in model.tables.spells else ""


def _measure(name: str, made: Ensemble | None) -> Iterator[str]:
    from rapallo.measures import get_measure

    measure = get_measure(name)
    unit = f" ({measure.unit})" if measure.unit else ""
    yield f"    the simulation: {name}{unit}. {measure.says}"
    if made is not None and name in made.measures:
        from rapallo.cli.figures import figure

        table = made.table()
        for row in table[table["measure"] == name].itertuples():
            where = f"{row.at}: " if row.at else ""
            low, median, high, record = (figure(each, row.unit) for each in (row.low, row.median, row.high, row.record))
            yield f"        {where}{median} [{low} to {high}] in 90 of 100 runs; record {record}"


def _opened(runs: Path | None, model: Scenario) -> Ensemble | None:
    if runs is None:
        return None
    from rapallo.experiment.ensemble import open_ensemble

    made = open_ensemble(runs)
    stated = made.manifest["scenario"]
    if stated["fingerprint"] != model.fingerprint:
        raise RapalloError(
            f"the runs in {str(runs)!r} are of scenario {stated['name']!r} as it was then, not of this one"
        )
    return made
