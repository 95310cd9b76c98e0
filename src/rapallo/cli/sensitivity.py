"""``rapallo sensitivity SCENARIO --measure MEASURE``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rapallo.cli.options import Dask, Jobs, LastDay, OwnFiles, Resume, ScenarioName, Scheduler, Seed, StartDay
from rapallo.cli.outcome import told


@told
def sensitivity(
    scenario: ScenarioName,
    measure: Annotated[str, typer.Option(help="The answer: a measure.")],
    method: Annotated[
        str, typer.Option(help="'facts': readings and uncertain facts one at a time; 'morris' or 'sobol': parameters.")
    ] = "facts",
    at: Annotated[str | None, typer.Option(help="Key of the measure, 1926-12-31; its last if not given.")] = None,
    facts: Annotated[str, typer.Option(help="Only facts whose id is like this: 'GOV*'.")] = "*",
    parameter: Annotated[
        list[str] | None, typer.Option(help="Only parameters like this: 'recognise.*'; may be repeated.")
    ] = None,
    samples: Annotated[int | None, typer.Option(help="Trajectories of morris, or base size of sobol.")] = None,
    runs: Annotated[
        int | None, typer.Option(help="Histories of each variant (50 for facts, 20 for parameters).")
    ] = None,
    seed: Seed = 0,
    start: StartDay = None,
    end: LastDay = None,
    luck: Annotated[str, typer.Option(help="'date' keeps the variants in step longest; 'clock'.")] = "date",
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    dask: Dask = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the results.")] = None,
    resume: Resume = False,
    own: OwnFiles = None,
) -> None:
    """Ask which fact or parameter matters most.

    Every rival reading and every fact of low certainty, one at a time, or all parameters over their ranges; under
    common luck, and ranked only where noise could not have done it. Leaves sensitivity.csv and a tornado plot.
    """
    from rapallo.cli.watched import kept_files, settled_folder, watched
    from rapallo.experiment.sensitivity import FIRST, INDEPENDENT
    from rapallo.experiment.sensitivity import sensitivity as ask
    from rapallo.report.plots.canvas import to_svg

    folder = settled_folder(scenario, f"sensitivity-{method}", seed, out, resume)
    files = kept_files(folder, own, resume)
    with watched() as bar:
        found = ask(
            scenario,
            measure,
            method,
            runs,
            seed,
            at=at,
            facts=facts,
            parameters=parameter or "*",
            samples=samples,
            start=start,
            end=end,
            luck=luck,
            jobs=jobs,
            scheduler=scheduler,
            dask=dask,
            folder=folder,
            resume=resume,
            own=files,
            progress=bar,
        )
    found.table.to_csv(folder / "sensitivity.csv", index=False)
    (folder / "sensitivity.svg").write_text(to_svg(found.plot()), "utf-8")
    told_apart = found.table[found.table["rank"] > 0]
    of = "variants of the record" if method == "facts" else "parameters"
    print(f"{measure}{'' if found.at == 'value' else ', ' + found.at}, in {found.unit or 'its unit'}")
    each = f"{found.runs} histories each" if not found.unmoved else f"{FIRST} or {found.runs} histories each"
    print(f"{len(found.table)} {of}, {each} under common luck, seed {seed}, {luck} luck\n")
    if method == "facts":
        print(f"as it is: {found.table['base'].iloc[0]:.3g}")
    for row in told_apart.head(25).itertuples():
        if method == "facts":
            works = row.source or (f"look up in {row.look_up}" if row.look_up else "no source")
            print(f"{row.rank:4d}  {row.difference:+.3g} ± {1.96 * row.error:.2g}  {row.says}  [{works}]")
        else:
            error = 1.96 * (row.luck_error**2 + row.sample_error**2) ** 0.5
            where = f"{row.origin}, {row.low:g} to {row.high:g}"
            print(f"{row.rank:4d}  {row.effect:.3g} ± {error:.2g}  {row.parameter}  ({where})")
    rest = len(found.table) - len(told_apart) - found.unmoved
    if not rest and not len(told_apart):
        print("none of them changes the answer in any history")
    elif not len(told_apart):
        print("nothing stands out of noise; more --runs would tell more")
    if found.unmoved:
        print(f"\n{found.unmoved} change the answer in none of the first {FIRST} histories, and were run no further.")
    if rest:
        print(f"{rest} are not told apart from noise and have no rank: a typical one must exceed {found.noise:.2g}.")
    if found.passed_over:
        what = "readings and facts of low certainty are read by no run" if method == "facts" else "failed"
        print(f"{len(found.passed_over)} {what}.")
    if method != "facts":
        print(INDEPENDENT)
    failed = found.failures()
    if len(failed):
        print(f"{len(failed)} runs failed (failures.parquet).")
    print(f"\n{found.warrant()}")
    print(f"\nresults: {folder}")
