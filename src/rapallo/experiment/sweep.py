"""Many settings of one scenario, each run many times under the same luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.experiment.manifest import make_manifest, read_manifest
from rapallo.experiment.progress import Progress, Watch, one_line
from rapallo.experiment.scratch import Scratch, folder_or_scratch

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.grid import Grid
    from rapallo.experiment.work import World
    from rapallo.report.warrant import Warrant
    from rapallo.scenario.intervention import Intervention
    from rapallo.scenario.scenario import Scenario


class Sweep:
    """Runs of many settings, read from their folder when they are asked for.

    Parameters
    ----------
    folder
        The folder, complete.
    scratch
        What holds the folder, where it is temporary.
    """

    def __init__(self, folder: Path, scratch: Scratch | None = None) -> None:
        self.folder, self.scratch = folder, scratch
        self.manifest = read_manifest(folder)
        if "settings" not in self.manifest:
            raise RapalloError(f"{str(folder)!r} holds one ensemble, not a sweep; open it with open_ensemble")
        if not self.manifest["times"].get("finished"):
            raise RapalloError(f"the sweep in {str(folder)!r} is not finished; go on with --resume")

    def __len__(self) -> int:
        return len(self.manifest["settings"])

    def __repr__(self) -> str:
        return (
            f"<Sweep of {len(self)} settings × {self.manifest['runs']} runs of {self.manifest['scenario']['name']!r}, "
            f"seed {self.manifest['seed']}>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.settings.to_html()}"

    @property
    def settings(self) -> pd.DataFrame:
        """What is set in each setting, by its number."""
        import pandas as pd

        return pd.DataFrame(self.manifest["settings"], index=pd.RangeIndex(len(self), name="setting"))

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures taken."""
        return tuple(each["name"] for each in self.manifest["measures"])

    def _named(self, name: str | None) -> str:
        """Give the name of a measure that was taken, the first where none is named."""
        if not self.measures:
            raise RapalloError("this sweep took no measures; name some with measures=[…] (--measure)")
        if name is not None and name not in self.measures:
            raise UnknownNameError("measure of this sweep", name, self.measures)
        return name or self.measures[0]

    def measure(self, name: str) -> pd.DataFrame:
        """Give what a measure gave in every run: setting and run × key. NaN is no answer, or a run that failed.

        Raises
        ------
        UnknownNameError
            If the measure was not taken.
        """
        import pandas as pd
        import pyarrow.parquet

        name = self._named(name)
        rows = pyarrow.parquet.read_table(
            self.folder / "measures.parquet",
            columns=["setting", "run", "key", "value"],
            filters=[("measure", "==", name), ("setting", ">=", 0)],
        ).to_pandas()
        wide = rows.pivot(index=["setting", "run"], columns="key", values="value")
        every = pd.MultiIndex.from_product([range(len(self)), range(self.manifest["runs"])], names=["setting", "run"])
        wide = wide.reindex(every)
        wide.columns = pd.Index(["value" if key == "" else str(key) for key in wide.columns], name="key")
        return wide

    def table(self, name: str | None = None, at: str | None = None) -> pd.DataFrame:
        """Give one measure by setting.

        Parameters
        ----------
        name
            The measure; the first that was taken where not given.
        at
            The key: a date of a yearly measure, an actor. The last where not given.

        Returns
        -------
        pandas.DataFrame
            What is set, and over the runs the ``mean``, its ``error``, the quantiles ``low``,
            ``median`` and ``high`` (5, 50 and 95 %), the ``share`` of runs with an answer, and the
            mean paired ``difference`` from setting 0 with its ``difference_error``: runs of one
            number share their luck.

        Raises
        ------
        UnknownNameError
            If there is no such measure or key.
        """
        import numpy as np

        wide = self.measure(self._named(name))
        key = wide.columns[-1] if at is None else str(at)
        if key not in wide.columns:
            raise UnknownNameError("key of this measure", key, wide.columns)
        numbers = wide[key].unstack("run").to_numpy(dtype=float)
        rows = []
        for values in numbers:
            known = values[np.isfinite(values)]
            paired = (values - numbers[0])[np.isfinite(values - numbers[0])]
            low, median, high = np.quantile(known, (0.05, 0.5, 0.95)) if len(known) else (np.nan,) * 3
            rows.append(
                {
                    "mean": known.mean() if len(known) else np.nan,
                    "error": _error(known),
                    "low": low,
                    "median": median,
                    "high": high,
                    "share": len(known) / len(values),
                    "difference": paired.mean() if len(paired) else np.nan,
                    "difference_error": _error(paired),
                }
            )
        found = self.settings
        return found.assign(at=key, **{column: [row[column] for row in rows] for column in rows[0]})

    def acts(self, setting: int | None = None, run: int | None = None) -> pd.DataFrame:
        """Give acts, of one setting or run where asked.

        Raises
        ------
        RapalloError
            If only measures were kept.
        """
        import pyarrow.parquet

        path = self.folder / "acts.parquet"
        if not path.exists():
            raise RapalloError("this sweep kept measures alone; make it with acts=True (--acts) to see its acts")
        which = [("setting", "==", setting)] if setting is not None else [("setting", ">=", 0)]
        which += [("run", "==", run)] if run is not None else []
        return pyarrow.parquet.read_table(path, filters=which).to_pandas()

    def failures(self) -> pd.DataFrame:
        """Give the runs that failed: setting, run, seed, stage and message."""
        import pyarrow.parquet

        from rapallo.experiment.columns import schema

        path = self.folder / "failures.parquet"
        table = pyarrow.parquet.read_table(path) if path.exists() else schema("failures", many=True).empty_table()
        return table.to_pandas()

    def warrant(self) -> Warrant:
        """Give the warrant card: what the answer rests on, what it assumes, and where it leaves the data."""
        from rapallo.experiment.scenario_of import scenario_of
        from rapallo.report.warrant import sweep_warrant

        return sweep_warrant(self, scenario_of(self.folder, self.manifest))

    def plot(self, name: str | None = None, at: str | None = None, **options: Any) -> Any:
        """Draw one measure by setting; gives a Matplotlib figure."""
        from rapallo.report.plots import plot_sweep

        measure = self._named(name)
        unit = next(each["unit"] for each in self.manifest["measures"] if each["name"] == measure)
        return plot_sweep(self.table(measure, at), list(self.settings.columns), measure, unit, **options)


def sweep(
    scenario: Scenario | str | Path,
    values: Mapping[str, Sequence[float]] | Sequence[str] = (),
    interventions: Sequence[str | Intervention] = (),
    runs: int = 100,
    seed: int = 0,
    *,
    measures: Sequence[str] | None = None,
    acts: bool = False,
    start: str | float | None = None,
    end: str | float | None = None,
    luck: str = "date",
    uncertain: str | Sequence[str] = "chance",
    jobs: int | None = None,
    scheduler: str | None = None,
    dask: bool = False,
    folder: str | Path | None = None,
    resume: bool = False,
    own: Sequence[str | Path] = (),
    progress: Watch | None = None,
) -> Sweep:
    """Run every setting of a grid many times, each run under the luck of its number.

    Parameters
    ----------
    scenario
        The scenario, its name or its folder.
    values
        Parameters and their values, ``{"recognise.claims": [0, -0.5, -1]}`` or
        ``["recognise.claims=0,-0.5,-1"]``; every combination is a setting.
    interventions
        Changed worlds, in each of which every combination is run too, beside the world as it is.
    runs, seed
        Runs of each setting, and the name of their luck. Settings share it, run by run.
    measures
        Names of the measures to take; the scenario's where not given.
    acts
        Keep every act, too.
    start, end, luck, uncertain, own, progress
        As for an ensemble. What is set is not drawn.
    jobs
        Processes that simulate on this machine.
    scheduler
        Address of a Dask scheduler whose workers simulate instead.
    dask
        Start a Dask cluster on this machine, of ``jobs`` worker processes.
    folder
        Where to leave manifest and tables. Where not given they live in a temporary folder for as long as the result
        does.
    resume
        Go on with what is in ``folder``, here or on any cluster; it ends with the same bytes.

    Raises
    ------
    MissingExtraError
        If a cluster is asked for and Dask is not installed.
    RapalloError
        If the grid is empty, something named is not there, or as for an ensemble.
    Interrupted
        If it is interrupted and ``folder`` was given; what is finished is kept.

    Notes
    -----
    Finished chunks of twenty runs lie as Parquet files in the folder's ``parts`` until all are
    there; then they become ``measures.parquet`` (and ``acts.parquet``), the same bytes wherever
    and in whatever order they were made. A run that fails is recorded and the others go on.
    """
    from rapallo.experiment.grid import make_grid
    from rapallo.experiment.make_runs import loaded
    from rapallo.experiment.reads_otherwise import simulated_world

    watch = progress or one_line() or (lambda each: None)
    watch(Progress("loading", 0, runs, "reading the scenario"))
    model = loaded(scenario)
    grid = make_grid(model, values, interventions)
    for each in grid.changes:
        simulated_world(model, each, start, end)  # what no run reads is refused before the first
    return run_grid(
        model,
        grid,
        grid.table(),
        runs,
        seed,
        measures=measures,
        acts=acts,
        start=start,
        end=end,
        luck=luck,
        uncertain=uncertain,
        jobs=jobs,
        scheduler=scheduler,
        dask=dask,
        folder=folder,
        resume=resume,
        own=own,
        watch=watch,
    )


@dataclass(frozen=True, slots=True)
class Worlds:
    """Versions of a scenario that are no grid: the worlds, and the interventions that they make."""

    worlds: tuple[World, ...]
    changes: tuple[Intervention, ...] = ()


def run_grid(
    model: Scenario,
    grid: Grid | Worlds,
    settings: Sequence[Mapping[str, Any]],
    runs: int,
    seed: int,
    *,
    measures: Sequence[str] | None,
    acts: bool,
    start: str | float | None,
    end: str | float | None,
    luck: str,
    uncertain: str | Sequence[str],
    jobs: int | None,
    scheduler: str | None,
    dask: bool,
    folder: str | Path | None,
    resume: bool,
    own: Sequence[str | Path],
    watch: Watch,
    about: Mapping[str, Any] | None = None,
) -> Sweep:
    """Run the worlds of a grid, or others; see :func:`sweep`.

    ``about`` goes into the manifest: what settles the settings where their rows do not say it.
    """
    from rapallo.experiment.draws import read_draws
    from rapallo.experiment.make_runs import MOST_RUNS, Order, carry_out, make_recipe
    from rapallo.experiment.plans import RULES
    from rapallo.experiment.run_folder import RunFolder

    if resume and folder is None:
        raise RapalloError("there is nothing to resume without a folder; name the one that holds the sweep")
    draws = read_draws(uncertain)
    files = tuple(Path(each) for each in own)
    keep = "acts" if acts else "measures"
    order = Order(runs, seed, start, end, luck, jobs, measures, keep, resume, files, draws)
    order.check()
    if len(settings) * runs > MOST_RUNS:
        raise RapalloError(f"{len(settings)} settings × {runs} runs are more than {MOST_RUNS:,} runs; ask for fewer")
    with folder_or_scratch(folder, "sweep") as (target, scratch):
        recipe, texts, untold = make_recipe(model, order, target)
        recipe = replace(recipe, changes=tuple(grid.changes), worlds=tuple(grid.worlds), many=True)
        manifest = make_manifest(recipe, RULES, texts) | {"settings": [dict(each) for each in settings]}
        manifest |= {"design": dict(about)} if about else {}
        place = RunFolder(target, manifest)
        place.look(resume)  # before a cluster is started
        if place.complete:
            return Sweep(target, scratch)
        spreading: Any = nullcontext(None)
        if dask or scheduler is not None:
            from rapallo.experiment.cluster import on_cluster

            watch(Progress("loading", 0, recipe.total, "asking for the cluster"))
            spreading = on_cluster(scheduler, None if scheduler is not None else jobs or _processors())
        with spreading as spread:
            carry_out(place, recipe, texts, untold, order, watch, spread)
        return Sweep(target, scratch)


def _processors() -> int:
    from rapallo.experiment.make_runs import processors

    return processors()


def _error(values: Any) -> float:
    """Give the standard error of a mean."""
    return float(values.std(ddof=1) / len(values) ** 0.5) if len(values) > 1 else float("nan")
