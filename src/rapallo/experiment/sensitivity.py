"""Which facts, readings and parameters an answer hangs on: one at a time over the record, or over all parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.experiment.noise import jackknife, paired, threshold
from rapallo.experiment.progress import Progress, Watch, one_line

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.sweep import Sweep
    from rapallo.experiment.variants import Variants
    from rapallo.report.warrant import Warrant
    from rapallo.scenario.scenario import Scenario

METHODS = ("facts", "morris", "sobol")
"""One at a time over the record; Morris' elementary effects or Sobol' indices over parameters."""

FIRST = 20
"""Histories after which a variant that has changed the answer in none of them is run no further."""

INDEPENDENT = (
    "Each number goes through its own range, every value alike, whatever the others are: how those of one fit err "
    "together has no part in it."
)
"""What the methods over parameters take for granted."""

FURTHER = "further"
"""Folder, within that of the runs, of the variants that are run on."""

FEWEST_RUNS = 10
"""Runs of each setting below which no error of a difference is stated."""


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """What an answer hangs on.

    Parameters
    ----------
    sweep
        The runs: setting 0 is the scenario as it is, or the first point of the sample. Of variants of the record the
        ``FIRST`` histories.
    measure, at, unit
        The answer: a measure, the key at which it was taken, and its unit.
    method
        One of ``METHODS``.
    table
        One row for each variant or parameter, those that can be told from noise first, by size;
        ``rank`` is 0 where noise could have made it.
    noise
        The smallest effect that could have been told from noise: a typical one.
    passed_over
        Variants of the record that no run reads; points of the sample that failed.
    further
        All histories of the variants that changed the answer in one of those; the others were run no further.
    """

    sweep: Sweep
    measure: str
    at: str
    unit: str
    method: str
    table: pd.DataFrame
    noise: float
    passed_over: tuple[str, ...]
    further: Sweep | None = None

    @property
    def unmoved(self) -> int:
        """How many variants changed the answer in none of the first histories, and were run no further."""
        return len(self.sweep) - len(self.further) if self.further is not None else 0

    @property
    def runs(self) -> int:
        """Histories of each setting."""
        return int((self.further or self.sweep).manifest["runs"])

    def failures(self) -> pd.DataFrame:
        """Give the runs that failed: what was set in words, run, seed, stage and message."""
        import pandas as pd

        made = [each for each in (self.sweep, self.further) if each is not None]
        found = [each.failures().assign(change=lambda rows, of=each: _changes(of, rows)) for each in made]
        return pd.concat(found, ignore_index=True).drop_duplicates(["change", "run"]).drop(columns="setting")

    def __repr__(self) -> str:
        told = int((self.table["rank"] > 0).sum())
        of = "variants of the record" if self.method == "facts" else "parameters"
        return f"<Sensitivity of {self.measure!r} at {self.at}: {told} of {len(self.table)} {of} stand out of noise>"

    def __str__(self) -> str:
        more = "" if self.method == "facts" else f"\n{INDEPENDENT}"
        return f"{self!r}\n{self.table[self.table['rank'] > 0].to_string(index=False)}{more}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.table.to_html(index=False)}"

    def warrant(self) -> Warrant:
        """Give the warrant card: what the answer rests on, what it assumes, and what was tried."""
        from rapallo.experiment.scenario_of import scenario_of
        from rapallo.report.warrant import sensitivity_warrant

        return sensitivity_warrant(self, scenario_of(self.sweep.folder, self.sweep.manifest))

    def plot(self, **options: Any) -> Any:
        """Draw a tornado of what stands out, with its sources; gives a Matplotlib figure."""
        from rapallo.report.plots import plot_sensitivity

        return plot_sensitivity(self, **options)


def sensitivity(
    scenario: Scenario | str | Path,
    measure: str,
    method: str = "facts",
    runs: int | None = None,
    seed: int = 0,
    *,
    at: str | None = None,
    facts: str = "*",
    parameters: str | Sequence[str] = "*",
    samples: int | None = None,
    start: str | float | None = None,
    end: str | float | None = None,
    luck: str = "date",
    jobs: int | None = None,
    scheduler: str | None = None,
    dask: bool = False,
    folder: str | Path | None = None,
    resume: bool = False,
    own: Sequence[str | Path] = (),
    progress: Watch | None = None,
) -> Sensitivity:
    """Ask which single fact, reading or parameter changes an answer most.

    Parameters
    ----------
    scenario
        The scenario, its name or its folder.
    measure
        The answer. A measure by actor is taken as the number of actors that have an answer.
    method
        ``facts``: every rival reading taken, every fact of low certainty dropped and moved to
        either bound of its date, one at a time. ``morris`` and ``sobol``: all parameters at once
        over their ranges, by SALib.
    runs
        Histories of each setting; all settings share their luck run by run. 50 for facts, 20 else.
    seed
        Names the luck, and the sample.
    at
        Key of the measure; its last year where not given. Of a yearly measure the histories end there.
    facts
        Pattern of the facts' ids, ``GOV*``.
    parameters
        Patterns of the parameters' names, ``recognise.*``.
    samples
        Trajectories of ``morris`` (10 where not given), or the base size of ``sobol`` (64).
    start, end, luck, jobs, scheduler, dask, folder, resume, own, progress
        As for a sweep.

    Raises
    ------
    MissingExtraError
        For ``morris`` and ``sobol``, if SALib is not installed.
    RapalloError
        If there is nothing to vary, or as for a sweep.

    Notes
    -----
    An effect is ranked only where it is larger than luck alone would make any of so many in one of
    twenty repetitions. For a fact that is told by the paired standard error of its difference. One
    that changes the answer in none of the first twenty histories is run no further: of those that
    change it in a seventh of all histories, one in twenty is overlooked so. For a parameter it is
    told by the mean square of its elementary effects (or its total index), from which the jackknife
    takes what luck adds; ``effect`` is the root of what is left (or the index), ``luck_error`` its
    error from luck, ``sample_error`` SALib's from the points of the sample.
    """
    from rapallo.experiment.make_runs import loaded
    from rapallo.measures import get_measure, taken_of

    if method not in METHODS:
        raise UnknownNameError("method of sensitivity", method, METHODS)
    watch = progress or one_line() or (lambda each: None)
    watch(Progress("loading", 0, 0, "reading the scenario"))
    model = loaded(scenario)
    taken = get_measure(measure)
    if at is not None:
        _look_for_key(model, taken, at, start, end)
    number = runs if runs is not None else 50 if method == "facts" else 20
    if number < FEWEST_RUNS:
        raise RapalloError(f"{number} runs cannot state their own noise; ask for {FEWEST_RUNS} or more of each setting")
    last = at if at is not None and taken.shape == "yearly" else end
    how: dict[str, Any] = {
        "seed": seed,
        "measures": [measure],
        "acts": False,
        "start": start,
        "end": last,
        "luck": luck,
        "uncertain": "chance",
        "jobs": jobs,
        "scheduler": scheduler,
        "dask": dask,
        "folder": folder,
        "resume": resume,
        "own": own,
        "watch": watch,
    }
    if method == "facts":
        from rapallo.experiment.variants import variants
        from rapallo.scenario.timeline import span

        watch(Progress("loading", 0, 0, "looking which facts a run reads"))
        found = variants(model, *span(model, start, last), taken_of(taken, model), facts)
        if not found.made:
            raise RapalloError("no rival reading and no fact of low certainty is read by a run; nothing can be varied")
        made, key, numbers, further = _run_facts(model, found, number, how, at)
        table, noise = _rank_facts(found, numbers)
        return Sensitivity(made, measure, key, taken.unit, method, table, noise, found.unread, further)
    from rapallo.experiment.parameter_samples import Sample, make_sample

    patterns = [parameters] if isinstance(parameters, str) else list(parameters)
    sample: Sample = make_sample(model, method, patterns, samples, seed)
    made, key, numbers = _run_sample(model, sample, number, how, at)
    table, noise, failed = _rank_parameters(model, sample, numbers)
    return Sensitivity(made, measure, key, taken.unit, method, table, noise, failed)


def _look_for_key(model: Scenario, measure: Any, at: str, start: str | float | None, end: str | float | None) -> None:
    """Refuse a key that the measure will not have, before anything is run: the record's keys are those of the runs."""
    from rapallo.experiment.record_within import record_within
    from rapallo.measures import long
    from rapallo.scenario.timeline import span

    keys = [str(key) for key in long(measure(record_within(model.record, *span(model, start, end))))[0]]
    if measure.shape == "actor" or at not in keys:
        raise UnknownNameError(f"key of measure {measure.name!r}", at, [] if measure.shape == "actor" else keys)


def _run_facts(
    model: Scenario, found: Variants, runs: int, how: dict[str, Any], at: str | None
) -> tuple[Sweep, str, NDArray[np.float64], Sweep | None]:
    """Run every variant a few times, and on those that then differ; gives the answers by variant and run."""
    every = list(range(len(found.made)))
    made, key, first = _run_variants(model, found, every, min(runs, FIRST), how, at)
    if runs <= FIRST:
        return made, key, first, None
    # a history that failed is no history without a change
    moved = [k for k in every if not (first[k + 1] == first[0]).all()]
    folder = None if how["folder"] is None else Path(how["folder"]) / FURTHER
    on = {**how, "folder": folder, "resume": how["resume"] and folder is not None and folder.exists()}
    further, key, rest = _run_variants(model, found, moved, runs, on, at)
    numbers = np.full((len(every) + 1, runs), np.nan)
    numbers[:, :FIRST] = first
    numbers[[0, *(k + 1 for k in moved)]] = rest
    return made, key, numbers, further


def _run_variants(
    model: Scenario, found: Variants, which: Sequence[int], runs: int, how: dict[str, Any], at: str | None
) -> tuple[Sweep, str, NDArray[np.float64]]:
    from rapallo.experiment.sweep import Worlds, run_grid
    from rapallo.experiment.work import World

    changes = tuple(found.made[k].change for k in which)
    worlds = tuple(World(change=k) for k in range(-1, len(changes)))
    settings = [{"fact": "", "kind": "as it is", "change": ""}]
    settings += [
        {"fact": each.fact, "kind": each.kind, "change": each.change.name} for each in (found.made[k] for k in which)
    ]
    made = run_grid(model, Worlds(worlds, changes), settings, runs, **how)
    return made, *_numbers(made, at)


def _run_sample(
    model: Scenario, sample: Any, runs: int, how: dict[str, Any], at: str | None
) -> tuple[Sweep, str, NDArray[np.float64]]:
    from rapallo.experiment.sweep import Worlds, run_grid
    from rapallo.experiment.work import World

    worlds = tuple(
        World(tuple(zip(sample.names, (float(each) for each in point), strict=True))) for point in sample.points
    )
    settings = [{"point": k} for k in range(len(worlds))]
    made = run_grid(model, Worlds(worlds), settings, runs, about=sample.about(), **how)
    return made, *_numbers(made, at)


def _changes(made: Sweep, failures: pd.DataFrame) -> list[str]:
    settings = made.settings.astype(str).agg(" ".join, axis=1)
    return [settings[k] for k in failures["setting"]]


def _numbers(made: Sweep, at: str | None) -> tuple[str, NDArray[np.float64]]:
    """Give the answer by setting and run, NaN where a run failed."""
    wide = made.measure(made.measures[0])
    shape = made.manifest["measures"][0]["shape"]
    if shape == "actor":
        answer, key = wide.notna().sum(axis=1).astype(float), "actors with an answer"
        failed = made.failures()
        answer.loc[list(zip(failed["setting"], failed["run"], strict=True))] = np.nan
    else:
        key = str(at) if at is not None else str(wide.columns[-1])
        answer = wide[key]
    return key, answer.unstack("run").to_numpy(dtype=float)


def _rank_facts(found: Variants, numbers: NDArray[np.float64]) -> tuple[pd.DataFrame, float]:
    import pandas as pd

    rows = []
    for variant, values in zip(found.made, numbers[1:], strict=True):
        difference, error, changed, runs = paired(values - numbers[0])
        rows.append(
            {
                "fact": variant.fact,
                "title": variant.title,
                "kind": variant.kind,
                "difference": difference,
                "error": error,
                "changed": changed,
                "base": float(np.nanmean(numbers[0])),
                "certainty": variant.certainty,
                "source": "; ".join(variant.source),
                "look_up": "; ".join(variant.look_up),
                "says": variant.says,
                "runs": runs,
            }
        )
    table = pd.DataFrame(rows)
    limit = [threshold(len(table), runs) for runs in table["runs"]]
    return _ranked(table, table["difference"].abs(), table["error"] * limit)


def _rank_parameters(
    model: Scenario, sample: Any, numbers: NDArray[np.float64]
) -> tuple[pd.DataFrame, float, tuple[str, ...]]:
    import pandas as pd

    whole = np.isfinite(numbers).all(axis=1).reshape(-1, sample.block).all(axis=1)
    keep = np.repeat(whole, sample.block)
    if whole.sum() < 2:
        raise RapalloError("too many points of the sample failed; narrow the ranges of the parameters")
    effect = jackknife(numbers[keep], lambda answers: sample.strengths(answers, keep))
    strength, strength_error = sample.as_effect(effect.corrected, effect.error)
    size, own = sample.size(numbers[keep].mean(axis=1), keep)
    rows = []
    for place, name in enumerate(sample.names):
        parameter = model.parameters[name]
        rows.append(
            {
                "parameter": name,
                **{column: float(values[place]) for column, values in size.items()},
                "effect": float(strength[place]),
                "luck_error": float(strength_error[place]),
                "sample_error": float(own[place]),
                "low": parameter.low,
                "high": parameter.high,
                "value": parameter.value,
                "origin": parameter.origin,
                "source": "; ".join(parameter.cites),
                "says": parameter.why,
            }
        )
    table = pd.DataFrame(rows)
    limit = threshold(len(table), effect.groups) * effect.error
    failed = tuple(f"block {k} of the sample" for k in np.flatnonzero(~whole))
    ranked, noise = _ranked(table, pd.Series(effect.corrected), pd.Series(limit))
    return ranked, float(sample.as_effect(np.array([noise]), np.zeros(1))[0][0]), failed


def _ranked(table: pd.DataFrame, size: pd.Series[float], limit: pd.Series[float]) -> tuple[pd.DataFrame, float]:
    """Put what stands out of noise first, by size, and number it; what does not keeps rank 0."""
    told = (size > limit) & (size > 0)
    order = sorted(range(len(table)), key=lambda k: (not told.iloc[k], -abs(size.iloc[k]), k))
    found = table.iloc[order].reset_index(drop=True)
    count = int(told.sum())
    found.insert(0, "rank", [k + 1 if k < count else 0 for k in range(len(found))])
    positive = limit[limit > 0]
    return found, float(positive.median()) if len(positive) else 0.0
