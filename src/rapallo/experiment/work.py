"""One chunk of runs, simulated and written down; the same wherever and in whatever order it is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from rapallo.engine.plan import Plan
    from rapallo.experiment.measuring import Row
    from rapallo.system.history import History

CHUNK = 20
"""Runs in a chunk, whatever the number of processes: the chunk is the unit of work, of writing and of resuming."""

DRAFT = ".draft"
"""How the name of a file ends that is being written."""

RECORD_CHUNK = -1
"""The chunk that holds the record."""

_PLANS: dict[str, Plan] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """All that a process needs to do any chunk of an ensemble.

    Parameters
    ----------
    token
        Names the ensemble within a process and those forked from it.
    scenario, calendar
        The model and its dated changes, without compiled parts.
    luck
        ``clock`` or ``date``.
    seed, runs
        Seed, and how many runs there are in all.
    measures
        Names of the measures to take of every run.
    keep
        ``acts`` (and series and measures) or ``measures`` alone.
    parts
        Folder of the part files.
    own
        Files of the user's own effects and measures.
    """

    token: str
    scenario: Any
    calendar: Any
    luck: str
    seed: int
    runs: int
    measures: tuple[str, ...]
    keep: str
    parts: Path
    own: tuple[Path, ...] = ()

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.runs // CHUNK)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that are kept; the last is written last, and says that a chunk is whole."""
        return ("acts", "series", "measures") if self.keep == "acts" else ("measures",)

    def part(self, table: str, chunk: int) -> Path:
        """Give the part file of one table of one chunk."""
        return self.parts / f"{table}-{'record' if chunk == RECORD_CHUNK else f'{chunk:06d}'}.arrow"

    def finished(self, chunk: int) -> bool:
        """Tell whether a chunk is done and written."""
        return self.part(self.tables[-1], chunk).exists()

    @property
    def done(self) -> int:
        """Number of runs that are done and written."""
        return sum(self.size(chunk) for chunk in range(self.chunks) if self.finished(chunk))

    def size(self, chunk: int) -> int:
        """Give the number of runs of a chunk."""
        return min(CHUNK, self.runs - chunk * CHUNK)


def make_ready(recipe: Recipe, say: Callable[[str], None] = lambda word: None) -> Plan:
    """Make the recipe's plan in this process, from the effects that are registered here.

    A plan holds addresses of compiled code, so that every process makes its own; one that was
    forked from a process that is ready is ready too.
    """
    if recipe.token not in _PLANS:
        # the kernel first: where it must be compiled, the effects can be compiled elsewhere meanwhile
        import_module("rapallo.engine.kernel")
        from rapallo.engine.plan import make_plan
        from rapallo.engine.simulate import prepared

        _PLANS[recipe.token] = prepared(make_plan(recipe.scenario, recipe.calendar, say).with_switches(recipe.luck))
    return _PLANS[recipe.token]


def make_ready_elsewhere(recipe: Recipe) -> Plan:
    """Do the same in a worker, which first reads the user's own effects and measures."""
    if recipe.token not in _PLANS:
        from rapallo.experiment.own_source import import_own

        for path in recipe.own:
            import_own(path)
    return make_ready(recipe)


def forget(recipe: Recipe) -> None:
    """Let go of the recipe's plan."""
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
        What to do; :func:`make_ready` has been called.
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
    from rapallo.engine.simulate import simulate_plan
    from rapallo.experiment.measuring import measured

    plan = _PLANS[recipe.token]
    first = chunk * CHUNK
    runs = range(first, first + recipe.size(chunk))
    histories = []
    for run in runs:
        if stopped():
            return False
        histories.append(simulate_plan(plan, recipe.seed, run))
        note(run - first + 1)
    write_parts(recipe, chunk, histories, runs, measured(histories, runs, recipe.measures))
    return True


def write_parts(
    recipe: Recipe, chunk: int, histories: Sequence[History], runs: Sequence[int], rows: Sequence[Row]
) -> None:
    """Write the part files of one chunk, the one that says that it is whole last."""
    from rapallo.experiment import columns

    if "acts" in recipe.tables:
        write_part(columns.acts_table(histories, runs), recipe.part("acts", chunk))
        write_part(columns.series_table(histories, runs), recipe.part("series", chunk))
    write_part(columns.measures_table(rows, recipe.measures), recipe.part("measures", chunk))


def write_part(table: pa.Table, path: Path) -> None:
    """Write one part file, whole or not at all."""
    import pyarrow as pa
    import pyarrow.ipc

    with (
        written_whole(path) as draft,
        pa.ipc.new_file(
            str(draft), table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4", unify_dictionaries=True)
        ) as writer,
    ):
        writer.write_table(table)


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
