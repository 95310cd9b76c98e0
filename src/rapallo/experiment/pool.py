"""Chunks over worker processes: a dead worker's chunk is done again, an interruption loses nothing finished."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from rapallo.errors import RapalloError

TICK = 0.1
"""Seconds between two looks at how far the workers are."""

DEATHS = 3
"""How often in a row workers may die without finishing a chunk before it is given up."""


class Work(Protocol):
    """What is done in chunks: an ensemble's runs, a backtest's origins."""

    def finished(self, chunk: int) -> bool:
        """Tell whether a chunk is done and written."""

    def size(self, chunk: int) -> int:
        """Give the number of runs of a chunk."""

    def where(self, chunk: int) -> str:
        """Name a chunk, for a message."""

    def ready_elsewhere(self) -> None:
        """Get a worker ready."""

    def do(self, chunk: int, note: Callable[[int], None], stopped: Callable[[], bool]) -> bool:
        """Do a chunk and write it; ``note`` is told how many of its runs are done, ``stopped`` whether to give up."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a chunk failed in a worker, as plain data: not every exception survives the way between processes."""

    kind: str
    message: str
    number: int | None = None
    details: str = ""

    def raised(self) -> Exception:
        """Give the exception to raise in the parent."""
        if self.kind == "user":
            return RapalloError(self.message)
        if self.kind == "system":
            return OSError(self.number, self.message)
        error = RuntimeError(self.message)
        error.add_note(self.details)
        return error


def run_chunks(
    work: Work, todo: Sequence[int], jobs: int, tick: Callable[[int], None], meanwhile: Callable[[], None]
) -> None:
    """Do chunks, in this process or in several.

    Parameters
    ----------
    work
        What is to be done; this process is ready for it.
    todo
        Chunks to do.
    jobs
        Number of processes that simulate.
    tick
        Told now and then how many runs of ``todo`` are done.
    meanwhile
        Work of this process that is done while others simulate, or afterwards; asked for again, it does nothing.

    Raises
    ------
    RapalloError
        If a run fails in a way the user can mend, or workers die again and again.
    OSError
        If a part file cannot be written.
    """
    jobs = min(jobs, len(todo))
    if jobs <= 1:
        done = 0
        for chunk in todo:
            work.do(chunk, _onward(tick, done), _never)
            done += work.size(chunk)
        meanwhile()
        return
    left, deaths, done = list(todo), 0, 0
    while left:
        _one_pool(work, left, jobs, _onward(tick, done), meanwhile)
        still = [chunk for chunk in left if not work.finished(chunk)]
        done += sum(work.size(chunk) for chunk in left) - sum(work.size(chunk) for chunk in still)
        deaths = deaths + 1 if len(still) == len(left) else 0
        if deaths >= DEATHS:
            raise RapalloError(
                f"worker processes died {deaths} times without finishing {work.where(still[0])}; perhaps "
                "memory ran out. What is finished is kept: go on with --resume and fewer --jobs"
            )
        left = still
    meanwhile()


def start_method() -> str:
    """Say how workers start: forked where that is quick and safe, else from a fresh interpreter.

    A fork takes 10 ms and inherits everything compiled, but must not be made beside other threads.
    """
    if sys.platform == "linux" and threading.active_count() == 1:
        return "fork"
    return "forkserver" if sys.platform == "linux" else "spawn"


def _one_pool(
    work: Work, todo: Sequence[int], jobs: int, tick: Callable[[int], None], meanwhile: Callable[[], None]
) -> None:
    """Do chunks with one set of workers; where a worker dies, chunks are left undone."""
    method = start_method()
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["rapallo.engine.kernel", "rapallo.experiment.pool"])
    board = context.RawArray("q", 1 + len(todo))
    with _guarded():
        executor = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(work, board))
        try:
            waiting = {executor.submit(_work, chunk, place): chunk for place, chunk in enumerate(todo, start=1)}
        except BrokenProcessPool:
            waiting = {}
    try:
        if method != "fork" and waiting:
            _lend_a_hand(work, todo, board, waiting, tick)
        busy = False
        while waiting:
            finished, _ = wait(waiting, timeout=TICK, return_when=FIRST_COMPLETED)
            for future in finished:
                del waiting[future]
                _look_at(future)
            done = sum(board[1:])
            tick(done)
            if done and not busy:  # not before the first run can be shown
                busy = True
                meanwhile()
    finally:
        board[0] = 1
        executor.shutdown(wait=True, cancel_futures=True)


def _lend_a_hand(
    work: Work, todo: Sequence[int], board: Any, waiting: dict[Future[Any], int], tick: Callable[[int], None]
) -> None:
    """Do the last chunk here while the workers are still starting, so that the first results come at once."""
    last = next(reversed(waiting))
    if not last.cancel():
        return
    place = len(todo)

    def note(done: int) -> None:
        board[place] = done
        tick(sum(board[1:]))

    work.do(waiting.pop(last), note, _never)


def _look_at(future: Future[Failure | None]) -> None:
    """Raise what a chunk failed of; that its worker died is no failure of the chunk."""
    try:
        failure = future.result()
    except BrokenProcessPool:
        return
    if failure is not None:
        raise failure.raised()


def _never() -> bool:
    return False


def _onward(tick: Callable[[int], None], before: int) -> Callable[[int], None]:
    """Give a tick that counts on from what was done before."""
    return lambda runs: tick(before + runs)


@contextmanager
def _guarded() -> Iterator[None]:
    """Let an interruption wait while workers start: they inherit deafness to it, for the parent alone decides."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_HELD: list[Any] = []


def _begin(work: Work, board: Any) -> None:
    """Set a worker up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _HELD[:] = [work, board]


def _end_with_parent() -> None:
    """End a worker whose parent was killed: nobody else would."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(chunk: int, place: int) -> Failure | None:
    """Do one chunk in a worker."""
    work, board = _HELD

    def note(done: int) -> None:
        board[place] = done

    try:
        work.ready_elsewhere()
        work.do(chunk, note, lambda: bool(board[0]))
    except RapalloError as error:
        return Failure("user", str(error))
    except OSError as error:
        return Failure("system", f"{error.strerror or error}", error.errno)
    except Exception as error:
        return Failure("unexpected", f"{type(error).__name__}: {error}", details=traceback.format_exc())
    return None
