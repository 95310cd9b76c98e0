"""Many runs of one scenario, and the record beside them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.experiment.manifest import read_manifest
from rapallo.experiment.measure_of_runs import MeasureOfRuns
from rapallo.experiment.scratch import Scratch, folder_or_scratch
from rapallo.experiment.stored_measures import StoredMeasures

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.plans import Plans
    from rapallo.experiment.progress import Watch
    from rapallo.report.warrant import Warrant
    from rapallo.scenario.scenario import Scenario
    from rapallo.system.history import History


CHANCE = "chance"
"""What is uncertain where not asked otherwise."""


class Ensemble:
    """Many runs of one scenario, read from their folder when they are asked for.

    Parameters
    ----------
    folder
        The folder of the runs, complete.
    scenario
        The scenario, where it is loaded already.
    scratch
        What holds the folder, where it is temporary.
    """

    def __init__(self, folder: Path, scenario: Scenario | None = None, scratch: Scratch | None = None) -> None:
        self.folder, self.scratch = folder, scratch
        self.manifest = read_manifest(folder)
        self._scenario = scenario
        self._plans: Plans | None = None
        self._measures = StoredMeasures(folder, self.manifest)

    def __len__(self) -> int:
        return int(self.manifest["runs"])

    def __repr__(self) -> str:
        span = self.manifest["span"]
        return (
            f"<Ensemble of {len(self)} runs of {self.manifest['scenario']['name']!r}, seed {self.manifest['seed']}, "
            f"{span['from']} to {span['to']}>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.table().to_html(index=False, na_rep='')}"

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures taken."""
        return self._measures.names

    @property
    def scenario(self) -> Scenario:
        """The scenario, with the parameters that the runs were made with.

        Raises
        ------
        RapalloError
            If the scenario's folder is gone or no longer what it was.
        """
        if self._scenario is None:
            from rapallo.experiment.scenario_of import scenario_of

            self._scenario = scenario_of(self.folder, self.manifest)
        return self._scenario

    @property
    def record(self) -> History:
        """The record, over its whole span."""
        return self.scenario.record

    def measure(self, name: str) -> MeasureOfRuns:
        """Give what a measure gave in every run, and in the record.

        Raises
        ------
        UnknownNameError
            If the measure was not taken of these runs.
        """
        return self._measures.measure(name)

    def run(self, number: int) -> History:
        """Give one run as a history: simulated again, the same to the last bit.

        Raises
        ------
        RapalloError
            If there is no such run, or the scenario has been changed since.
        """
        if not 0 <= number < len(self):
            raise RapalloError(f"there is no run {number}; they are numbered 0 to {len(self) - 1}")
        from rapallo.engine.simulate import simulate_plan
        from rapallo.experiment.draws import read_draws
        from rapallo.experiment.plans import Plans
        from rapallo.scenario.timeline import span

        manifest = self.manifest
        if self._plans is None:
            within = span(self.scenario, manifest["span"]["from"], manifest["span"]["to"])
            self._plans = Plans(self.scenario, None, *within, manifest["luck"], manifest["seed"])
        drawn = read_draws(manifest.get("uncertain", CHANCE), manifest.get("crossed", False)).of(number)
        return simulate_plan(self._plans.plan(None, drawn.parameters, drawn.sources), manifest["seed"], drawn.chance)

    def acts(self, run: int | Sequence[int] | None = None, **which: str) -> pd.DataFrame:
        """Give acts of runs and of the record (run -1) as a table.

        Parameters
        ----------
        run
            Only these runs.
        which
            Only acts with this ``layer``, ``process``, ``change``, ``organ``, ``sender``,
            ``receiver`` or ``origin``.

        Raises
        ------
        RapalloError
            If only measures were kept.
        UnknownNameError
            For a column that is not there.
        """
        return self._table("acts", run, which)

    def failures(self) -> pd.DataFrame:
        """Give the runs that failed: run, seed, stage and message; their measures are NaN, and they have no acts."""
        import pyarrow.parquet

        from rapallo.experiment.columns import FAILURES
        from rapallo.experiment.run_folder import FAILURES as NAME

        path = self.folder / f"{NAME}.parquet"
        table = pyarrow.parquet.read_table(path) if path.exists() else FAILURES.empty_table()
        return table.to_pandas()

    def series(self, run: int | Sequence[int] | None = None, **which: str) -> pd.DataFrame:
        """Give yearly flows and stocks of runs and of the record (run -1) as a table; takes what :meth:`acts` takes."""
        return self._table("series", run, which)

    def table(self) -> pd.DataFrame:
        """Give the measures at a glance: median and the middle nine tenths of the runs, and the record.

        A yearly measure is shown at a third and two thirds of the span and at its end, a measure by
        actor as the number of actors that have an answer.
        """
        return self._measures.table()

    def summary(self) -> str:
        """Say what the runs are and what they show, in a screenful of text."""
        manifest = self.manifest
        drawn = ", ".join(manifest.get("uncertain", [CHANCE]))
        about = [
            f"{manifest['scenario']['title']}",
            f"{len(self)} histories from {manifest['span']['from']} to {manifest['span']['to']}, "
            f"seed {manifest['seed']}, {manifest['luck']} luck, drawn: {drawn}",
            f"dates by the rule {manifest['rules']['dates']!r}, readings by {manifest['rules']['readings']!r}",
            _origins(manifest["parameters"]),
        ]
        return "\n".join([*about, "", self.table().to_string(index=False, na_rep="")])

    def report(self) -> Path:
        """Write ``report.html`` into the folder: one file that opens offline; gives its path."""
        from rapallo.report.html import write_report

        write_report(self.folder)
        return self.folder / "report.html"

    def warrant(self) -> Warrant:
        """Give the warrant card: what the runs rest on, what they assume, and what would turn them."""
        from rapallo.report.warrant import ensemble_warrant

        return ensemble_warrant(self)

    def _table(self, name: str, run: int | Sequence[int] | None, which: dict[str, str]) -> pd.DataFrame:
        import pyarrow.parquet

        from rapallo.experiment.columns import SCHEMAS

        path = self.folder / f"{name}.parquet"
        if not path.exists():
            raise RapalloError(f"these runs kept measures alone; make them with keep='acts' to see their {name}")
        wanted: list[tuple[str, str, Any]] = []
        if run is not None:
            wanted.append(("run", "in", [run] if isinstance(run, int) else list(run)))
        for column, value in which.items():
            if column not in SCHEMAS[name].names:
                raise UnknownNameError(f"column of {name}", column, SCHEMAS[name].names)
            wanted.append((column, "==", value))
        return pyarrow.parquet.read_table(path, filters=wanted or None).to_pandas()


def open_ensemble(folder: str | Path) -> Ensemble:
    """Open a folder of runs that is complete.

    Nothing in it is run or imported until a single run is asked for; then the user's own effects
    that were kept with the runs are.

    Raises
    ------
    RapalloError
        If the folder holds no runs, or not all of them yet.
    """
    path = Path(folder)
    manifest = read_manifest(path)
    if not manifest["times"].get("finished"):
        raise RapalloError(f"the runs in {str(path)!r} are not finished; go on with --resume (in Python, resume=True)")
    return Ensemble(path)


def ensemble(
    scenario: Scenario | str | Path,
    runs: int = 200,
    seed: int = 0,
    *,
    start: str | float | None = None,
    end: str | float | None = None,
    luck: str = "clock",
    jobs: int | None = None,
    folder: str | Path | None = None,
    measures: Sequence[str] | None = None,
    keep: str = "acts",
    resume: bool = False,
    own: Sequence[str | Path] = (),
    uncertain: str | Sequence[str] = CHANCE,
    progress: Watch | None = None,
) -> Ensemble:
    """Simulate many histories of a scenario.

    Run 17 of seed 5 is the same history alone, among 20 or among 2,000, in one process or in many.

    Parameters
    ----------
    scenario
        A loaded scenario, or the name of a built-in one, or a folder.
    runs, seed
        How many, and the name of all their luck.
    start, end
        First and last day (both included); the scenario's own where not given.
    luck
        ``clock`` or ``date``.
    jobs
        Processes that simulate; as many as there are processors where not given.
    folder
        Where to leave manifest, acts, series and measures. Where not given they live in a
        temporary folder for as long as the result does.
    measures
        Names of the measures to take; the scenario's where not given.
    keep
        ``acts`` (with series and measures) or ``measures`` alone.
    resume
        Go on with the runs that are in ``folder``; it ends with the same bytes as if it had never stopped.
    own
        Python files of your own effects and measures, already imported, to be kept with the runs.
    uncertain
        What runs draw, of ``chance``, ``parameters`` and ``sources``: run k has draw k of each
        that is named, and what is not named stays as it is. ``chance`` is luck; ``parameters``
        come from their estimates' errors or their ranges; ``sources`` are days within the bounds
        of dates, and rival readings by their certainty.
    progress
        Called with a :class:`~rapallo.experiment.progress.Progress` as work goes on. Where not
        given, a person at a terminal or in a notebook sees one line.

    Raises
    ------
    RapalloError
        If something asked for is not there or not possible, every run fails, the disk is full, or
        what is to be resumed would not give the same runs. A run that fails is recorded
        (``failures``) and the others go on.
    Interrupted
        If it is interrupted and ``folder`` was given; it is a ``KeyboardInterrupt``.

    Examples
    --------
    >>> ensemble("pair", runs=3, seed=1, jobs=1)
    <Ensemble of 3 runs of 'pair', seed 1, 1920-01-01 to 1930-01-01>
    """
    from rapallo.experiment.draws import read_draws
    from rapallo.experiment.make_runs import Order, make_runs

    files = tuple(Path(each) for each in own)
    draws = read_draws(uncertain)
    order = Order(runs, seed, start, end, luck, jobs, measures, keep, resume, files, draws)
    order.check()
    if resume and folder is None:
        raise RapalloError("there is nothing to resume without a folder; name the one that holds the runs")
    with folder_or_scratch(folder, "runs") as (home, scratch):
        return Ensemble(home, make_runs(scenario, order, home, progress), scratch)


def _origins(parameters: dict[str, Any]) -> str:
    """Count the parameters by where they come from."""
    counts: dict[str, int] = {}
    for each in parameters.values():
        counts[each["origin"]] = counts.get(each["origin"], 0) + 1
    told = ", ".join(f"{count} {origin}" for origin, count in sorted(counts.items()))
    return f"{len(parameters)} parameters: {told}" if told else "no parameters"
