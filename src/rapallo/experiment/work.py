"""One chunk of runs, simulated and written down; the same wherever and in whatever order it is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rapallo.errors import RapalloError
from rapallo.experiment.draws import LUCK_ALONE, Draws

if TYPE_CHECKING:
    import pyarrow as pa

    from rapallo.experiment.measuring import Row
    from rapallo.experiment.plans import Plans

CHUNK = 20
"""Runs in a chunk, whatever the number of processes: the chunk is the unit of work, of writing and of resuming."""

DRAFT = ".draft"
"""How the name of a file ends that is being written."""

RECORD_CHUNK = -1
"""The chunk that holds the record."""

_PLANS: dict[str, dict[int, Plans]] = {}
"""Of each recipe that this process is ready for: the plans of each intervention."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """One version of the scenario: what is set, and what is changed.

    Parameters
    ----------
    values
        Parameters that are set.
    change
        Index of the intervention among the recipe's, or -1 for none.
    """

    values: tuple[tuple[str, float], ...] = ()
    change: int = -1


AS_IT_IS = World()
"""The scenario as it stands."""


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """All that a process needs to do any chunk of an ensemble or a sweep.

    Parameters
    ----------
    token
        Names it within a process and those forked from it.
    scenario
        The model before any change, without compiled parts.
    start, end
        First day, and the day after the last, as days since 1900-01-01.
    luck
        ``clock`` or ``date``.
    seed, runs
        Seed, and how many runs there are of each world.
    measures
        Names of the measures to take of every run.
    keep
        ``acts`` (and series and measures) or ``measures`` alone.
    parts
        Folder of the part files.
    own
        Files of the user's own effects and measures.
    changes
        Interventions that worlds make.
    worlds
        The versions of the scenario. Runs of one number have the same luck in all of them.
    many
        Whether the tables say which world a row is of, as those of a sweep do.
    draws
        What each run draws beside its luck.
    """

    token: str
    scenario: Any
    start: float
    end: float
    luck: str
    seed: int
    runs: int
    measures: tuple[str, ...]
    keep: str
    parts: Path
    own: tuple[Path, ...] = ()
    changes: tuple[Any, ...] = ()
    worlds: tuple[World, ...] = (AS_IT_IS,)
    many: bool = False
    draws: Draws = LUCK_ALONE

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return len(self.worlds) * -(-self.runs // CHUNK)

    @property
    def total(self) -> int:
        """Number of runs of all worlds."""
        return len(self.worlds) * self.runs

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that are kept; the last is written last, and says that a chunk is whole."""
        return ("acts", "series", "measures") if self.keep == "acts" else ("measures",)

    def part(self, table: str, chunk: int) -> Path:
        """Give the part file of one table of one chunk."""
        return self.parts / f"{table}-{'record' if chunk == RECORD_CHUNK else f'{chunk:06d}'}.parquet"

    def finished(self, chunk: int) -> bool:
        """Tell whether a chunk is done and written."""
        return self.part(self.tables[-1], chunk).exists()

    @property
    def done(self) -> int:
        """Number of runs that are done and written."""
        return sum(self.size(chunk) for chunk in range(self.chunks) if self.finished(chunk))

    def of(self, chunk: int) -> tuple[int, range]:
        """Give the world of a chunk, and its runs."""
        world, place = divmod(chunk, -(-self.runs // CHUNK))
        return world, range(place * CHUNK, min((place + 1) * CHUNK, self.runs))

    def size(self, chunk: int) -> int:
        """Give the number of runs of a chunk."""
        return len(self.of(chunk)[1])

    def where(self, chunk: int) -> str:
        """Name a chunk, for a message."""
        setting, runs = self.of(chunk)
        return f"runs {runs[0]} and after" + (f" of setting {setting}" if self.many else "")

    def ready_elsewhere(self) -> None:
        """Get a worker ready."""
        make_ready_elsewhere(self)

    def do(self, chunk: int, note: Callable[[int], None], stopped: Callable[[], bool]) -> bool:
        """Simulate a chunk and write it, as :func:`do_chunk` does."""
        return do_chunk(self, chunk, note, stopped)


def make_ready(recipe: Recipe, say: Callable[[str], None] = lambda word: None) -> Plans:
    """Lay the recipe's first world out in this process, with the effects that are registered here.

    A plan holds addresses of compiled code, so that every process makes its own; one that was
    forked from a process that is ready is ready too.
    """
    if recipe.token not in _PLANS:
        # the kernel first: where it must be compiled, the effects can be compiled elsewhere meanwhile
        import_module("rapallo.engine.kernel")
        _PLANS[recipe.token] = {}
    plans = plans_of(recipe, recipe.worlds[0].change, say)
    plans.plan(dict(recipe.worlds[0].values))
    return plans


def plans_of(recipe: Recipe, change: int, say: Callable[[str], None] = lambda word: None) -> Plans:
    """Give the plans of one of the recipe's interventions, those of the last few being kept."""
    from rapallo.experiment.plans import HELD, Plans

    held = _PLANS[recipe.token]
    if change not in held:
        made = recipe.changes[change] if change >= 0 else None
        held[change] = Plans(recipe.scenario, made, recipe.start, recipe.end, recipe.luck, recipe.seed, say)
        for old in list(held)[:-HELD]:
            del held[old]
    return held[change]


def make_ready_elsewhere(recipe: Recipe) -> None:
    """Make a worker ready that was not forked: it first reads the user's own effects and measures."""
    if recipe.token in _PLANS:
        return
    from rapallo.experiment.own_source import import_own

    for path in recipe.own:
        import_own(path)
    import_module("rapallo.engine.kernel")
    _PLANS[recipe.token] = {}


def forget(recipe: Recipe) -> None:
    """Let go of the recipe's plans."""
    _PLANS.pop(recipe.token, None)


def do_chunk(
    recipe: Recipe,
    chunk: int,
    note: Callable[[int], None] = lambda done: None,
    stopped: Callable[[], bool] = lambda: False,
) -> bool:
    """Simulate the runs of one chunk and write its part files.

    Parameters
    ----------
    recipe
        What to do; this process is ready for it.
    chunk
        Which chunk.
    note
        Told after each run how many of the chunk are done.
    stopped
        Asked before each run whether to give up.

    Returns
    -------
    bool
        False if it gave up; nothing is written then.
    """
    made = make_chunk(recipe, chunk, note, stopped)
    if made is None:
        return False
    for table, rows in made.items():
        write_part(rows, recipe.part(table, chunk))
    return True


def make_chunk(
    recipe: Recipe,
    chunk: int,
    note: Callable[[int], None] = lambda done: None,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, pa.Table] | None:
    """Simulate the runs of one chunk; gives its tables, the one that says that it is whole last.

    A run that fails is left out of the other tables and recorded in the table of failures, with
    the stage at which it failed.
    """
    from rapallo.engine.simulate import simulate_plan
    from rapallo.experiment.measuring import measured

    which, runs = recipe.of(chunk)
    world = recipe.worlds[which]
    values = dict(world.values)
    histories, kept, rows = [], [], []
    failures: list[Failed] = []
    for run in runs:
        if stopped():
            return None
        stage = "setting up"
        try:
            drawn = recipe.draws.of(run)
            plan = plans_of(recipe, world.change).plan(values, drawn.parameters, drawn.sources)
            stage = "simulating"
            history = simulate_plan(plan, recipe.seed, drawn.chance)
            if not recipe.draws.of_luck_alone:
                history = replace(history, label=f"run {run}", facts={**history.facts, "drawn": drawn._asdict()})
            stage = "measuring"
            rows += measured([history], [run], recipe.measures)
            kept.append(run)
            histories.append(history if recipe.keep == "acts" else None)
        except (MemoryError, OSError):
            raise
        except Exception as error:
            failures.append(Failed(run, stage, message_of(error)))
        note(run - runs[0] + 1)
    return tables_of(recipe, histories, kept, rows, failures, which if recipe.many else None)


class Failed(NamedTuple):
    """A run that failed: its number, while doing what, and what was wrong."""

    run: int
    stage: str
    message: str


def message_of(error: Exception) -> str:
    """Say what was wrong with a run that failed."""
    return str(error) if isinstance(error, RapalloError) else f"{type(error).__name__}: {error}"


def tables_of(
    recipe: Recipe,
    histories: Sequence[Any],
    runs: Sequence[int],
    rows: Sequence[Row],
    failures: Sequence[Failed] = (),
    world: int | None = None,
) -> dict[str, pa.Table]:
    """Lay out the tables of one chunk, the one that says that it is whole last."""
    from rapallo.experiment import columns

    made = {"failures": columns.failures_table(failures, recipe.seed)} if failures else {}
    if "acts" in recipe.tables:
        made["acts"] = columns.acts_table(histories, runs)
        made["series"] = columns.series_table(histories, runs)
    made["measures"] = columns.measures_table(rows, recipe.measures)
    if world is None:
        return made
    return {name: columns.of_setting(table, world) for name, table in made.items()}


def write_part(table: pa.Table, path: Path) -> None:
    """Write one part file, whole or not at all."""
    with written_whole(path) as draft:
        write_parquet(table, draft)


def write_parquet(table: pa.Table, to: Any) -> None:
    """Write one table to a file or a stream, the same bytes for the same rows."""
    import pyarrow.parquet

    from rapallo.experiment.columns import REPEATING

    pyarrow.parquet.write_table(
        table,
        to if not isinstance(to, Path) else str(to),
        version="2.6",
        compression="zstd",
        use_dictionary=[name for name in table.schema.names if name in REPEATING],
        row_group_size=max(1, table.num_rows),
    )


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a draft beside a file; it takes the file's place when all has gone well, and is removed otherwise."""
    draft = path.with_name(f".{path.name}.{os.getpid()}{DRAFT}")
    try:
        yield draft
        with draft.open("rb+") as handle:
            os.fsync(handle.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Make a renaming last through a loss of power, where the system lets a folder be opened."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
