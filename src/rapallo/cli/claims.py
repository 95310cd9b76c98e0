"""``rapallo claims SCENARIO``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rapallo.cli.facts import works
from rapallo.cli.options import ScenarioName
from rapallo.cli.outcome import told
from rapallo.errors import RapalloError

if TYPE_CHECKING:
    from rapallo.experiment.ensemble import Ensemble
    from rapallo.record.sources import Source
    from rapallo.report.claims import Claim
    from rapallo.scenario.scenario import Scenario


@told
def claims(
    scenario: ScenarioName,
    runs: Annotated[
        Path | None, typer.Option(help="A folder of runs: show what they make of each claim's measure.")
    ] = None,
) -> None:
    """Show the text behind a scenario.

    Sentence by sentence: what it claims, in paraphrase; what the record says, with its facts and who says so;
    where the claim sits in the model; and the measure by which runs are set beside it.
    """
    from rapallo.cli.loading import loaded
    from rapallo.report.claims import claims as find

    model = loaded(scenario)
    found = find(model, _opened(runs, model))
    if not found:
        raise RapalloError(f"scenario {model.name!r} codes no text: it has no text_claims.csv")
    for claim in found:
        print("\n".join(_lines(claim, model.tables.sources)))
        print()
    if runs is None:
        print("With --runs FOLDER each claim is shown beside what the runs in the folder make of it.")


def _lines(claim: Claim, sources: Mapping[str, Source]) -> Iterator[str]:
    yield f"{claim.sentence}  {claim.text}  [{claim.id}]"
    if claim.broken_off:
        yield "    (it breaks off here, and is not completed)"
    yield f"    {claim.kind}" + (f"; system: {claim.system}" if claim.system else "")
    if claim.asserts:
        yield f"    it comes to: {claim.asserts}"
    yield f"    the record: {claim.verdict}, {claim.verdict_says}" + (f". {claim.note}" if claim.note else "")
    for fact in claim.facts:
        yield f"        {fact}"
        yield from works(fact.sources, () if fact.sources else fact.look_up, sources, " " * 12)
    if claim.missing:
        yield f"        not in the record: {', '.join(claim.missing)}"
    yield "    the model: " + ("; ".join(map(str, claim.model)) or "not modelled")
    for each in claim.found:
        yield f"    the simulation: {each.measure}. {each.says}"
        yield from (f"        {line}" for line in each.lines)
    if not claim.found:
        yield "    the simulation: no measure shows it"


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
