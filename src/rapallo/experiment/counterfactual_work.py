"""The draws of a counterfactual: the record's luck with what it leaves open, drawn, run and written down in chunks."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from rapallo.engine.plan import LUCKS
from rapallo.errors import RapalloError
from rapallo.experiment.fates import fates, kind_in_words
from rapallo.experiment.measuring import measured
from rapallo.experiment.pool import Failure, start_method
from rapallo.experiment.work import message_of, write_part

if TYPE_CHECKING:
    from rapallo.engine.abduct import Abduction
    from rapallo.engine.changed_world import ChangedWorld
    from rapallo.engine.recorded_world import RecordedWorld
    from rapallo.engine.replay import Replayed
    from rapallo.system.history import History

CHUNK = 10
"""Draws in a chunk, whatever the number of processes."""

RECORD_WORLD = "record"
"""The name of the world in which nothing is changed, among the lucks."""

WORLDS = (RECORD_WORLD, *LUCKS)

_NAME = pa.dictionary(pa.int16(), pa.string())
_LUCK = pa.dictionary(pa.int8(), pa.string())

SCHEMAS = {
    "fates": pa.schema([("draw", pa.int32()), ("luck", _LUCK), ("act", pa.int32()), ("time", pa.float64())]),
    "gained": pa.schema(
        [
            ("draw", pa.int32()),
            ("luck", _LUCK),
            *((name, _NAME) for name in ("process", "layer", "change", "sender", "receiver")),
            ("time", pa.float64()),
        ]
    ),
    "densities": pa.schema([("draw", pa.int32()), ("log_density", pa.float64())]),
    "measures": pa.schema(
        [("draw", pa.int32()), ("world", _LUCK), ("measure", _NAME), ("key", pa.string()), ("value", pa.float64())]
    ),
}
"""What is kept of each draw; the last table is written last, and says that a chunk is whole."""

FAILURES = "failures"
"""The table of the draws that failed; there is none where none did."""

FAILED = pa.schema([("draw", pa.int32()), ("seed", pa.uint64()), ("stage", pa.string()), ("message", pa.string())])
"""One row a draw that failed: while doing what, and what was wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """All that a process needs to make any chunk of draws.

    Parameters
    ----------
    token
        Names the task within a process and those forked from it.
    scenario, changed
        The model and the changed model, without compiled parts.
    start, end
        The span, in days.
    seed, draws
        Seed, and how many draws there are.
    lucks
        Kinds of luck to run.
    measures
        Measures to take.
    parts
        Folder of the part files.
    own
        Files of the user's own effects and measures.
    """

    token: str
    scenario: Any
    changed: Any
    start: str | float | None
    end: str | float | None
    seed: int
    draws: int
    lucks: tuple[str, ...]
    measures: tuple[str, ...]
    parts: Path
    own: tuple[Path, ...] = ()

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.draws // CHUNK)

    def draws_of(self, chunk: int) -> range:
        """Give the draws of a chunk."""
        return range(chunk * CHUNK, min(self.draws, (chunk + 1) * CHUNK))

    def part(self, table: str, chunk: int) -> Path:
        """Give the part file of one table of one chunk."""
        return self.parts / f"{table}-{chunk:06d}.parquet"

    def finished(self, chunk: int) -> bool:
        """Tell whether a chunk is done and written."""
        return self.part(list(SCHEMAS)[-1], chunk).exists()


@dataclass(frozen=True, slots=True, eq=False)
class Worlds:
    """The record's world and the changed one, laid out in this process."""

    task: Task
    record: RecordedWorld
    changed: ChangedWorld

    def abduct(self, draw: int) -> tuple[Abduction, History]:
        """Read the luck off the record; what the record leaves open has the draw's name."""
        from rapallo.engine.abduct import ImpossibleActs, abduct

        try:
            return abduct(self.record, self.task.seed, draw)
        except ImpossibleActs as found:
            record = self.record.record
            acts = [self.record.firings[place][0] for place in found.positions]
            shown = ", ".join(" ".join(kind_in_words(record, act)) for act in acts[:3])
            raise RapalloError(
                f"draw {draw}: {len(acts)} acts of the record ({shown}) are possible or not by yearly flows that are "
                "not recorded; their luck cannot be read off. Name the record's flows, or let the process be given"
            ) from None

    def replay(self, luck: Abduction, kind: str, draw: int) -> Replayed:
        """Run the changed world under the luck of a draw."""
        from rapallo.engine.replay import replay_luck

        return replay_luck(self.changed, luck, self.record.cases, kind, self.task.seed, draw)

    def replay_record(self, luck: Abduction, kind: str, draw: int) -> Replayed:
        """Run the record's own world under it: nothing may differ."""
        from rapallo.engine.changed_world import same_world
        from rapallo.engine.replay import replay_luck

        return replay_luck(same_world(self.record), luck, self.record.cases, kind, self.task.seed, draw)


_READY: dict[str, Worlds] = {}


def make_ready(task: Task, say: Callable[[str], None] = lambda word: None) -> Worlds:
    """Lay both worlds out in this process; one that was forked from a process that is ready is ready too."""
    if task.token not in _READY:
        import_module("rapallo.engine.relive").engine()
        from rapallo.engine.abduct import possible_world
        from rapallo.engine.changed_world import changed_world
        from rapallo.scenario.timeline import timeline

        calendar = timeline(task.scenario, task.start, task.end)
        world = possible_world(task.scenario, task.scenario.record, calendar, say)
        after = timeline(task.changed, task.start, task.end)
        changed = changed_world(world, task.changed, after, task.changed.record, say)
        _READY[task.token] = Worlds(task, world, changed)
    return _READY[task.token]


def forget(task: Task) -> None:
    """Let go of what was laid out."""
    _READY.pop(task.token, None)


def do_chunk(task: Task, chunk: int, note: Callable[[], None] = lambda: None) -> None:
    """Make the draws of one chunk and write its part files.

    A draw that fails is left out of the other tables and recorded in the table of failures, with the stage at which
    it failed.
    """
    worlds = _READY[task.token]
    record = worlds.record.record
    found: dict[str, list[Any]] = {name: [] for name in SCHEMAS}
    failed: list[tuple[int, int, str, str]] = []
    for draw in task.draws_of(chunk):
        stage = ["setting up"]
        try:
            for name, made in _draw(worlds, draw, stage).items():
                found[name] += made
        except (MemoryError, OSError):
            raise
        except Exception as error:
            failed.append((draw, task.seed, stage[0], message_of(error)))
        note()
    if failed:
        columns = dict(zip(FAILED.names, zip(*failed, strict=True), strict=True))
        write_part(
            pa.table({name: list(column) for name, column in columns.items()}, FAILED), task.part(FAILURES, chunk)
        )
    tables = {
        "fates": _fates_table(found["fates"], len(record)),
        "gained": _gained_table(found["gained"]),
        "densities": pa.table(
            {"draw": [row[0] for row in found["densities"]], "log_density": [row[1] for row in found["densities"]]},
            schema=SCHEMAS["densities"],
        ),
        "measures": _measures_table(found["measures"], task.measures),
    }
    for name in SCHEMAS:
        write_part(tables[name], task.part(name, chunk))


def _draw(worlds: Worlds, draw: int, stage: list[str]) -> dict[str, list[Any]]:
    """Make one draw: the rows of each table; ``stage`` says all the while what is being done."""
    task = worlds.task
    found: dict[str, list[Any]] = {name: [] for name in SCHEMAS}
    stage[0] = "reading the record's luck off"
    luck, lived = worlds.abduct(draw)
    found["densities"].append((draw, luck.log_density))
    histories = [(RECORD_WORLD, lived)]
    for kind in task.lucks:
        stage[0] = f"running the changed world under {kind} luck"
        replayed = worlds.replay(luck, kind, draw)
        histories.append((kind, replayed.history))
        times, gained = fates(worlds.record, worlds.changed, replayed)
        found["fates"].append((draw, kind, times))
        history = replayed.history
        found["gained"] += [(draw, kind, *kind_in_words(history, k), float(history.time[k])) for k in gained]
    stage[0] = "measuring"
    rows = measured([history for _, history in histories], [draw] * len(histories), task.measures)
    for place, row in enumerate(rows):
        found["measures"].append((histories[place // max(1, len(task.measures))][0], row))
    return found


def _coded(values: Sequence[str], kind: pa.DataType) -> pa.Array:
    return pa.array(values, type=pa.string()).dictionary_encode().cast(kind)


def _fates_table(rows: list[tuple[int, str, Any]], acts: int) -> pa.Table:
    return pa.table(
        {
            "draw": np.repeat(np.array([row[0] for row in rows], dtype=np.int32), acts),
            "luck": _coded(np.repeat([row[1] for row in rows], acts).tolist(), _LUCK),
            "act": np.tile(np.arange(acts, dtype=np.int32), len(rows)),
            "time": np.concatenate([row[2] for row in rows]) if rows else np.empty(0),
        },
        schema=SCHEMAS["fates"],
    )


def _gained_table(rows: list[tuple[Any, ...]]) -> pa.Table:
    names = ("process", "layer", "change", "sender", "receiver")
    return pa.table(
        {
            "draw": pa.array([row[0] for row in rows], type=pa.int32()),
            "luck": _coded([row[1] for row in rows], _LUCK),
            **{name: _coded([row[2 + k] for row in rows], _NAME) for k, name in enumerate(names)},
            "time": pa.array([row[7] for row in rows], type=pa.float64()),
        },
        schema=SCHEMAS["gained"],
    )


def _measures_table(rows: list[tuple[str, Any]], names: tuple[str, ...]) -> pa.Table:
    lengths = [len(row[3]) for _, row in rows]
    return pa.table(
        {
            "draw": np.repeat(np.array([row[0] for _, row in rows], dtype=np.int32), lengths),
            "world": _coded(np.repeat(np.array([world for world, _ in rows], dtype=object), lengths).tolist(), _LUCK),
            "measure": _coded(
                np.repeat(np.array([names[row[1]] for _, row in rows], dtype=object), lengths).tolist(), _NAME
            ),
            "key": pa.array([key for _, row in rows for key in row[2]], type=pa.string()),
            "value": np.concatenate([row[3] for _, row in rows]).astype(float) if rows else np.empty(0),
        },
        schema=SCHEMAS["measures"],
    )


_HELD: list[Any] = []


def _begin(task: Task, board: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _HELD[:] = [task, board]


def _work(chunk: int, place: int) -> Failure | None:
    task, board = _HELD

    def note() -> None:
        board[place] += 1

    try:
        if task.token not in _READY:
            from rapallo.experiment.own_source import import_own

            for path in task.own:
                import_own(path)
            make_ready(task)
        do_chunk(task, chunk, note)
    except RapalloError as error:
        return Failure("user", str(error))
    except OSError as error:
        return Failure("system", f"{error.strerror or error}", error.errno)
    except Exception as error:
        return Failure("unexpected", f"{type(error).__name__}: {error}", details=traceback.format_exc())
    return None


def do_chunks(task: Task, todo: Sequence[int], jobs: int, tick: Callable[[int], None]) -> None:
    """Make chunks of draws, here or in several processes.

    Parameters
    ----------
    task
        What to do; this process is ready for it.
    todo
        Chunks.
    jobs
        Number of processes.
    tick
        Told how many draws of ``todo`` are done.

    Raises
    ------
    RapalloError
        If the worlds cannot be laid out, or a worker dies.
    """
    if min(jobs, len(todo)) <= 1:
        done = [0]

        def one() -> None:
            done[0] += 1
            tick(done[0])

        for chunk in todo:
            do_chunk(task, chunk, one)
        return
    import multiprocessing

    context = multiprocessing.get_context(start_method())
    board = context.RawArray("q", len(todo))
    executor = ProcessPoolExecutor(min(jobs, len(todo)), mp_context=context, initializer=_begin, initargs=(task, board))
    try:
        waiting = {executor.submit(_work, chunk, place) for place, chunk in enumerate(todo)}
        while waiting:
            finished, waiting = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
            for each in finished:
                failure = each.result()
                if failure is not None:
                    raise failure.raised()
            tick(sum(board))
    except BrokenProcessPool:
        raise RapalloError(
            "a worker process died; perhaps memory ran out. What is finished is kept: go on with --resume and fewer "
            "--jobs"
        ) from None
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
