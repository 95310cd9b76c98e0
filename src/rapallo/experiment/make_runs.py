"""The making of an ensemble: from what was asked for to a complete folder."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rapallo.engine.ahead import compiled_beside
from rapallo.engine.plan import LUCKS
from rapallo.errors import RapalloError, UnknownNameError
from rapallo.experiment.draws import LUCK_ALONE, Draws
from rapallo.experiment.manifest import make_manifest
from rapallo.experiment.measuring import chosen_measures
from rapallo.experiment.own_source import FOLDER as OWN
from rapallo.experiment.own_source import own_sources
from rapallo.experiment.plans import RULES
from rapallo.experiment.pool import run_chunks
from rapallo.experiment.progress import Pace, Progress, Watch, one_line
from rapallo.experiment.run_folder import PARTS, RunFolder
from rapallo.experiment.work import RECORD_CHUNK, Recipe, forget, make_ready, tables_of, write_part

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario

KEEPS = ("acts", "measures")

MOST_RUNS = 10_000_000

_ENGINE = "getting the engine ready (the first time takes half a minute)"


Spread = Callable[..., None]
"""What does chunks, given the recipe and the chunks, ``tick`` and ``meanwhile``; see :func:`run_chunks`."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for; the parameters of :func:`~rapallo.experiment.ensemble.ensemble`."""

    runs: int
    seed: int
    start: str | float | None
    end: str | float | None
    luck: str
    jobs: int | None
    measures: Sequence[str] | None
    keep: str
    resume: bool
    own: tuple[Path, ...]
    draws: Draws = LUCK_ALONE

    def check(self) -> None:
        """Refuse what cannot be.

        Raises
        ------
        RapalloError
            Naming what is wrong and what would be right.
        """
        if not 1 <= self.runs <= MOST_RUNS:
            raise RapalloError(f"{self.runs} runs were asked for; ask for 1 to {MOST_RUNS:,}")
        if not 0 <= self.seed < 2**64:
            raise RapalloError(f"the seed is {self.seed}; it lies between 0 and 2**64 - 1")
        if self.jobs is not None and self.jobs < 1:
            raise RapalloError(f"{self.jobs} jobs were asked for; ask for 1 or more")
        if self.luck not in LUCKS:
            raise UnknownNameError("luck", self.luck, LUCKS)
        if self.keep not in KEEPS:
            raise UnknownNameError("way of keeping runs", self.keep, KEEPS)


def make_runs(scenario: Scenario | str | Path, order: Order, folder: Path, progress: Watch | None) -> Scenario:
    """Fill a folder with runs, or go on filling it; gives the scenario.

    Raises
    ------
    RapalloError
        As :func:`~rapallo.experiment.ensemble.ensemble` says.
    Interrupted
        If it is interrupted once the folder is begun.
    """
    watch = progress or one_line() or _nobody
    watch(Progress("loading", 0, order.runs, "reading the scenario"))
    model = loaded(scenario)
    recipe, texts, untold = make_recipe(model, order, folder)
    carry_out(RunFolder(folder, make_manifest(recipe, RULES, texts)), recipe, texts, untold, order, watch)
    return model


def carry_out(
    place: RunFolder,
    recipe: Recipe,
    texts: Mapping[str, str],
    untold: Sequence[str],
    order: Order,
    watch: Watch,
    spread: Spread | None = None,
) -> None:
    """Fill a folder by a recipe, or go on filling it.

    Parameters
    ----------
    place, recipe
        Where, and what.
    texts, untold
        The user's own effects and measures, and what of them cannot reach another process.
    order
        What was asked for.
    watch
        Told how far it is.
    spread
        What does the chunks; the processes of this machine where not given.
    """
    total = recipe.total
    place.look(order.resume)
    if place.complete:
        watch(Progress("done", total, total))
        return
    if untold and spread is not None:
        raise RapalloError(f"{untold[0]} cannot reach a worker; write it into a file and import that")
    for what in untold:
        watch(Progress("compiling", 0, total, f"{what} cannot reach another process: all runs are made in this one"))
    jobs = 1 if untold else order.jobs or processors()
    try:
        watch(Progress("compiling", 0, total, _ENGINE))
        with compiled_beside(recipe.scenario, recipe.start, recipe.end - 1.0):
            make_ready(recipe, lambda word: watch(Progress("compiling", 0, total, word)))
        _fill(place, recipe, texts, jobs, watch, spread or partial(run_chunks, jobs=jobs))
    finally:
        forget(recipe)
    watch(Progress("done", total, total))


def processors() -> int:
    """Give the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _fill(place: RunFolder, recipe: Recipe, texts: Mapping[str, str], jobs: int, watch: Watch, spread: Spread) -> None:
    """Simulate what is missing and write the tables."""
    total = recipe.total
    with place.filling(texts, jobs, lambda: recipe.done, total):
        _simulate(place, recipe, watch, spread)
        watch(Progress("writing", total, total, "writing the tables"))
        place.merge(recipe)


def _simulate(place: RunFolder, recipe: Recipe, watch: Watch, spread: Spread) -> None:
    todo = [chunk for chunk in range(recipe.chunks) if not recipe.finished(chunk)]
    total = recipe.total
    kept = total - sum(recipe.size(chunk) for chunk in todo)
    pace = Pace()

    def tick(done: int) -> None:
        watch(Progress("simulating", kept + done, total, left=pace.left(kept + done, total)))

    def record() -> None:
        """Write the record's parts; in one process the runs are made by now, and a failure of them all comes first."""
        place.refuse_where_all_failed(recipe)
        _write_record(recipe)

    tick(0)
    spread(recipe, todo, tick=tick, meanwhile=record)
    place.refuse_where_all_failed(recipe)


def _write_record(recipe: Recipe) -> None:
    """Write the record's parts: all its acts, and its measures over the span of the runs."""
    if recipe.finished(RECORD_CHUNK):
        return
    from rapallo.experiment.measuring import measured
    from rapallo.experiment.record_within import record_within

    record = recipe.scenario.record
    rows = measured([record_within(record, recipe.start, recipe.end)], [RECORD_CHUNK], recipe.measures)
    for name, table in tables_of(recipe, [record], [RECORD_CHUNK], rows, world=-1 if recipe.many else None).items():
        write_part(table, recipe.part(name, RECORD_CHUNK))


def loaded(scenario: Scenario | str | Path) -> Scenario:
    """Give a scenario, loaded by its name or folder where it is not yet."""
    if not isinstance(scenario, (str, Path)):
        return scenario
    from rapallo.measures import measures
    from rapallo.scenario.load import load

    return load(scenario, [each.name for each in measures()])


def make_recipe(model: Scenario, order: Order, folder: Path) -> tuple[Recipe, dict[str, str], list[str]]:
    """Give the recipe of an ensemble, and the user's own: what can reach another process, and what cannot."""
    from rapallo.scenario.timeline import span

    start, end = span(model, order.start, order.end)
    names = chosen_measures(model, order.measures)
    texts, untold = own_sources(model, names, order.own)
    recipe = Recipe(
        token=uuid.uuid4().hex,
        # without what it has cached: plans hold addresses of compiled code, which mean nothing elsewhere
        scenario=replace(model, _kept={}),
        start=start,
        end=end,
        luck=order.luck,
        seed=order.seed,
        runs=order.runs,
        measures=names,
        keep=order.keep,
        parts=folder / PARTS,
        own=tuple(folder / OWN / name for name in texts),
        draws=order.draws,
    )
    return recipe, texts, untold


def _nobody(progress: Progress) -> None:
    """Watch nothing."""
