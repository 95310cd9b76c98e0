"""``rapallo counterfactual SCENARIO --if INTERVENTION``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rapallo.cli.options import OwnFiles, ScenarioName
from rapallo.cli.outcome import INTERRUPTED, say, told
from rapallo.errors import UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.counterfactual import Counterfactual
    from rapallo.scenario.scenario import Scenario

LINES = 60
"""Sentences printed; all of them are in ``answer.txt``."""


@told
def counterfactual(
    scenario: ScenarioName,
    change: Annotated[
        list[str] | None,
        typer.Option("--if", help="An intervention's name, or a change in words; may be given more than once."),
    ] = None,
    draws: Annotated[int, typer.Option(help="How often what the record leaves open is drawn.")] = 200,
    seed: Annotated[int, typer.Option(help="Names all that the record leaves open.")] = 0,
    start: Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD.")] = None,
    luck: Annotated[
        str, typer.Option(help="'clock', 'date', or 'both': where they disagree, nothing is settled.")
    ] = "both",
    within: Annotated[
        float, typer.Option(help="Days by which an act may miss its recorded date and still be kept.")
    ] = 0.0,
    readings: Annotated[
        str,
        typer.Option(help="How many readings of the record that might turn it to try, nearest first; 'all'; 0."),
    ] = "3",
    why: Annotated[list[str] | None, typer.Option("--why", help="Ids of acts to explain in both worlds.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Processes that work.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to keep it in.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what was begun.")] = False,
    own: OwnFiles = None,
) -> None:
    """Ask "and if not?" of the record's own luck.

    What would have become of the record's own acts in another world.

    Without --if, lists the interventions that the scenario names.
    """
    from rapallo.cli.how_many import how_many
    from rapallo.cli.run_bar import RunBar
    from rapallo.cli.vacancies import answered
    from rapallo.engine.plan import LUCKS
    from rapallo.experiment.counterfactual import counterfactual as ask
    from rapallo.experiment.own_source import import_own
    from rapallo.experiment.progress import Progress
    from rapallo.experiment.run_folder import Interrupted
    from rapallo.measures import measures
    from rapallo.scenario.intervention import interventions, read_intervention
    from rapallo.scenario.load import load

    nearest = how_many(readings)
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
    if luck not in (*LUCKS, "both"):
        raise UnknownNameError("luck", luck, (*LUCKS, "both"))
    _look_for(model, why or [], start, end)
    made = read_intervention(model, answered(model, change))
    bar = RunBar()

    def before(impossible: pd.DataFrame, luck: pd.DataFrame) -> None:
        bar.stop()
        _print_before(made.says, made.sentences(model), impossible, luck)

    try:
        found = ask(
            model,
            made,
            draws,
            seed,
            start=start,
            end=end,
            lucks=LUCKS if luck == "both" else (luck,),
            jobs=jobs,
            folder=_folder(model.name, change, out, resume),
            resume=resume,
            own=own or [],
            within=within,
            before=before,
            progress=bar,
        )
        if nearest != 0:
            bar(Progress("loading", 0, 0, "trying readings of the record that might turn it"))
            found = found.try_readings(nearest, jobs=jobs, progress=bar)
    except Interrupted as stop:
        bar.stop()
        say(f"interrupted: {stop.done} of {stop.total} draws are kept in {stop.folder}; go on with --resume")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        bar.stop()
    _draw(found)
    _print(found, why or [])


def _look_for(model: Scenario, facts: list[str], start: str | None, end: str | None) -> None:
    """Refuse to explain what is no act of the record within the span, before anything is run."""
    from rapallo.scenario.timeline import span

    first, last = span(model, start, end)
    record = model.record
    acts = record.acts(since=first, until=last)
    inside = set(acts["id"].astype(str))
    for fact in facts:
        if fact not in inside:
            raise UnknownNameError("dated act of the record within the span", fact, inside - {""})


def _folder(name: str, change: list[str], out: Path | None, resume: bool) -> Path:
    from rapallo.experiment.run_folder import latest_folder, new_folder

    if out is not None:
        return out
    short = re.sub(r"[^A-Za-z0-9]+", "-", " ".join(change)).strip("-")[:60]
    wanted = Path("runs") / f"{name}-counterfactual-{short}"
    return latest_folder(wanted) if resume else new_folder(wanted)


def _draw(found: Counterfactual) -> None:
    """Leave the two pictures beside the tables."""
    from rapallo.report.plots.canvas import to_svg

    for name, figure in (("timeline", found.plot()), ("luck", found.plot_luck())):
        (found.folder / f"{name}.svg").write_text(to_svg(figure), "utf-8")


def _print_before(says: str, sentences: tuple[str, ...], impossible: pd.DataFrame, luck: pd.DataFrame) -> None:
    """Print what must be known before the answer: what is changed, and where the model and the record part."""
    print(says or "")
    for sentence in sentences:
        print(f"  · {sentence}")
    if len(impossible):
        print(f"\nActs of the record that the model cannot make ({len(impossible)}); they stand as they are:\n")
        print(impossible[["id", "date", "process", "sender", "receiver", "reason"]].to_string(index=False))
    wrong = luck[luck["verdict"] == "misfitted"]
    if len(wrong):
        print(f"\nThe record's luck does not look like luck in {len(wrong)} of {len(luck)} processes:\n")
        print(wrong[["process", "acts", "expected", "p"]].to_string(index=False, float_format=lambda x: f"{x:.3g}"))
        print("\nWhat is said of their acts rests on weights that do not fit the record.", flush=True)


def _print(found: Counterfactual, why: list[str]) -> None:
    from rapallo.cli.figures import figure, short

    print(f"\nThe record comes back under its own luck, act by act. {len(found)} draws of what it leaves open:\n")
    for line in found.says(LINES):
        print(f"  {line}")
    table = found.table()
    if len(table):
        print("\nMeasures, changed world less record:\n")
        for world in ("record", "changed"):
            table[world] = [figure(value, unit) for value, unit in zip(table[world], table["unit"], strict=True)]
        shown = table[["measure", "at", "luck", "record", "changed", "difference", "low", "high", "same_sign"]]
        print(shown.to_string(index=False, float_format=short))
    for fact in why:
        for act in found.tables.positions(fact):
            for luck in found.tables.lucks:
                print(f"\n{found.why(act, luck)}")
    print(f"\n{found.warrant()}")
    print(f"\ntables, draws and pictures: {found.folder}")
    say("writing the report")
    print(f"report: {found.report()}")
