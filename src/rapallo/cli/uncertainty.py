"""``rapallo uncertainty SCENARIO --measure MEASURE``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rapallo.cli.options import Jobs, LastDay, OwnFiles, Resume, ScenarioName, Seed, StartDay, Uncertain
from rapallo.cli.outcome import told

if TYPE_CHECKING:
    import pandas as pd


@told
def uncertainty(
    scenario: ScenarioName,
    measure: Annotated[
        list[str] | None, typer.Option(help="A measure to split; may be repeated. The scenario's if not given.")
    ] = None,
    change: Annotated[str | None, typer.Option("--if", help="In a changed world: an intervention.")] = None,
    uncertain: Uncertain = "chance,parameters,sources",
    runs: Annotated[int, typer.Option(help="How many histories.")] = 800,
    seed: Seed = 0,
    start: StartDay = None,
    end: LastDay = None,
    luck: Annotated[str, typer.Option(help="'clock' or 'date'.")] = "clock",
    jobs: Jobs = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results.")] = None,
    resume: Resume = False,
    own: OwnFiles = None,
) -> None:
    """Split a spread: chance, parameters, sources.

    Shows the share of each, and of what they do only together, with its error; leaves the runs' measures,
    uncertainty.csv and a picture for each measure in a folder.
    """
    from rapallo.cli.loading import loaded
    from rapallo.cli.stated import state
    from rapallo.cli.watched import kept_files, settled_folder, watched
    from rapallo.experiment.uncertainty import uncertainty as split
    from rapallo.report.plots.canvas import to_svg

    folder = settled_folder(scenario, "uncertainty", seed, out, resume)
    files = kept_files(folder, own, resume)
    model = loaded(scenario)
    if change:
        state(model, [change])
    with watched() as bar:
        found = split(
            model,
            measure,
            runs,
            seed,
            uncertain=uncertain,
            intervention=change,
            start=start,
            end=end,
            luck=luck,
            jobs=jobs,
            folder=folder,
            resume=resume,
            own=files,
            progress=bar,
        )
    import pandas as pd

    print(f"{found!r}, seed {seed}, {luck} luck")
    tables = {name: found.table(name) for name in found.ensemble.measures}
    for name, table in tables.items():
        print(f"\n{name}")
        print(_shown(table))
        (folder / f"uncertainty-{name}.svg").write_text(to_svg(found.plot(name)), "utf-8")
    whole = pd.concat([table.assign(measure=name) for name, table in tables.items()])
    whole.to_csv(folder / "uncertainty.csv", index=False)
    failed = found.ensemble.failures()
    if len(failed):
        print(f"\n{len(failed)} runs failed and their blocks are left out; the first: {failed['message'].iloc[0]}")
    print(
        "\nA share with its standard error in brackets. Chance is luck; parameters are drawn from their estimates'\n"
        "errors, those of one fit together where it is known how they err, or from their assumed ranges; sources are\n"
        "dates within their bounds, and rival readings by their certainty."
    )
    print(f"\n{found.ensemble.warrant()}")
    print(f"\nresults: {folder}")


def _shown(table: pd.DataFrame) -> str:
    """Lay shares out, a line for each of a few keys."""
    keys = list(dict.fromkeys(table["at"]))
    if len(keys) > 6:
        keys = [keys[round(k * (len(keys) - 1) / 5)] for k in range(6)]
    lines = []
    for key in keys:
        rows = table[table["at"] == key]
        whole = rows[rows["part"] == "all"].iloc[0]
        label = key.date().isoformat() if hasattr(key, "date") else "" if key == "value" else str(key)
        spread = max(0.0, whole["variance"]) ** 0.5
        lines.append(f"{label}  standard deviation {spread:.3g}, from {int(whole['blocks'])} blocks".strip())
        if not whole["variance"] > 0:
            continue
        for row in rows[rows["part"] != "all"].itertuples():
            lines.append(f"    {row.part:32s} {100 * row.share:6.1f} %  ({100 * row.share_error:.1f})")
    return "\n".join(lines)
