"""``rapallo compare SCENARIO --if INTERVENTION``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rapallo.cli.options import OwnFiles, ScenarioName, Uncertain
from rapallo.cli.outcome import INTERRUPTED, say, told


@told
def compare(
    scenario: ScenarioName,
    change: Annotated[
        list[str] | None,
        typer.Option("--if", help="An intervention's name, or a change in words; may be given more than once."),
    ] = None,
    runs: Annotated[int, typer.Option(help="How many pairs of histories.")] = 200,
    seed: Annotated[int, typer.Option(help="Names all the luck.")] = 0,
    start: Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD.")] = None,
    luck: Annotated[
        str, typer.Option(help="'date' keeps the two worlds in step longest; 'clock' lets readiness build up.")
    ] = "date",
    uncertain: Uncertain = "chance",
    jobs: Annotated[int | None, typer.Option(help="Processes that simulate.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to keep both worlds in.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what was begun in --out.")] = False,
    own: OwnFiles = None,
) -> None:
    """Ask "and if not?": two worlds, the same luck.

    Without --if, lists the interventions that the scenario names.
    """
    from rapallo.cli.run_bar import RunBar
    from rapallo.experiment.compare import compare as both
    from rapallo.experiment.make_runs import Interrupted
    from rapallo.experiment.own_source import import_own
    from rapallo.measures import measures
    from rapallo.scenario.intervention import interventions
    from rapallo.scenario.load import load

    for path in own or []:
        import_own(path)
    model = load(scenario, [each.name for each in measures()])
    if not change:
        shipped = interventions(model)
        if not shipped:
            print("This scenario names no interventions; say one in words: --if 'off PROCESS'")
        for each in shipped.values():
            print(f"{each.name}\n    {each.says}" + (f"\n    {each.debate}" if each.debate else ""))
        return
    bar = RunBar()
    try:
        found = both(
            model,
            change,
            runs,
            seed,
            start=start,
            end=end,
            luck=luck,
            jobs=jobs,
            folder=out,
            resume=resume,
            own=own or [],
            uncertain=uncertain,
            progress=bar,
        )
    except Interrupted as stop:
        bar.stop()
        say(f"interrupted: {stop.done} of {stop.total} histories of one world are kept in {stop.folder}")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        bar.stop()
    print(found.intervention.says or "")
    for sentence in found.sentences:
        print(f"  · {sentence}")
    print(f"\n{len(found.base)} pairs of histories, {luck} luck, seed {seed}; changed less base:\n")
    table = found.table()
    shown = table[["measure", "at", "base", "changed", "difference", "low", "high", "same_sign", "coupling"]]
    print(shown.to_string(index=False, float_format=lambda x: f"{x:.3g}"))
    print("\nActs a run, by process:\n")
    print(found.acts().to_string(float_format=lambda x: f"{x:.2f}"))
    if found.failed:
        print(f"\n{len(found.failed)} pairs are left out, for a run of theirs failed: {sorted(found.failed)[:10]}")
    print("\nThis is an intervention in a model: it holds under the model's form and its assumed numbers.")
    print(f"both worlds: {found.folder}")
