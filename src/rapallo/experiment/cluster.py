"""Chunks over a Dask cluster: the same chunks as anywhere, so the same bytes, whoever dies on the way."""

from __future__ import annotations

import io
import platform
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.errors import MissingExtraError, RapalloError
from rapallo.experiment.manifest import LIBRARIES, code_fingerprint
from rapallo.experiment.pool import Failure
from rapallo.experiment.work import Recipe, make_chunk, make_ready_elsewhere, write_parquet, written_whole

if TYPE_CHECKING:
    from rapallo.experiment.make_runs import Spread

AHEAD = 3
"""Chunks that are asked for ahead of each thread of the cluster: results never pile up, workers never wait."""

UNWATCHED = {"distributed.worker.profile.enabled": False, "distributed.admin.system-monitor.gil.enabled": False}
"""Settings of a cluster of our own: nobody looks at its profiles, which are else taken a hundred times a second."""

PATIENCE = 10
"""Seconds to wait for a scheduler to answer."""


@dataclass(frozen=True, slots=True)
class Sent:
    """All that a worker needs: the recipe, the user's own files, and what the program must be like.

    Parameters
    ----------
    recipe
        Without paths of this machine.
    own
        The user's own effects and measures: file name to text.
    program
        The program's text and its libraries, which must be the worker's too.
    """

    recipe: Recipe
    own: dict[str, str]
    program: dict[str, str]


@cache
def program() -> dict[str, str]:
    """Describe what the bytes of a run depend on: the program's text and its libraries, read once a process."""
    return {
        "rapallo": code_fingerprint(),
        "python": ".".join(platform.python_version_tuple()[:2]),
        **{name: version(name) for name in LIBRARIES},
    }


@contextmanager
def on_cluster(scheduler: str | None = None, workers: int | None = None) -> Iterator[Spread]:
    """Give what spreads chunks over a cluster.

    Parameters
    ----------
    scheduler
        Address of a scheduler that runs already (``tcp://host:port``). Where not given, worker
        processes are started on this machine, and ended afterwards.
    workers
        How many worker processes to start on this machine.

    Raises
    ------
    MissingExtraError
        If Dask is not installed.
    RapalloError
        If no scheduler answers.
    """
    import logging

    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise MissingExtraError("a cluster needs Dask; install it with: pip install 'rapallo[cluster]'") from None
    cluster = None
    try:
        if scheduler is None:
            with import_module("dask").config.set(UNWATCHED):
                cluster = distributed.LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address=None,
                    silence_logs=logging.CRITICAL,
                )
        try:
            client = distributed.Client(cluster if cluster is not None else scheduler, timeout=PATIENCE)
        except (OSError, TimeoutError, ValueError) as error:
            raise RapalloError(
                f"no scheduler answers at {scheduler!r} ({error or type(error).__name__}); give the address that "
                "`dask scheduler` prints, such as tcp://host:8786"
            ) from None
        try:
            yield partial(run_chunks_on_cluster, client=client)
        finally:
            client.close()
    finally:
        if cluster is not None:
            cluster.close()


def run_chunks_on_cluster(
    recipe: Recipe, todo: Sequence[int], tick: Callable[[int], None], meanwhile: Callable[[], None], client: Any
) -> None:
    """Do chunks on a cluster; takes what :func:`rapallo.experiment.pool.run_chunks` takes, and a client.

    A chunk's tables come back as bytes and are written here, so that workers need no disk in
    common. The chunk of a worker that dies is done again by another.

    Raises
    ------
    RapalloError
        If a chunk fails in a way the user can mend, a worker runs another program, or one chunk
        brings down worker after worker.
    """
    distributed: Any = import_module("distributed")
    lost = (import_module("distributed.comm").CommClosedError, CancelledError)
    texts = {path.name: path.read_text("utf-8") for path in recipe.own}
    sent = Sent(replace(recipe, parts=Path(), own=()), texts, program())
    client.register_plugin(_keeper(sent), name=recipe.token)
    meanwhile()
    waiting = iter(todo)
    submit = partial(client.submit, _work, recipe.token, pure=False, retries=0)
    running: dict[Any, int] = {}
    done = 0

    def more(queue: Any) -> None:
        """Keep a few chunks asked for ahead of every thread that there is now."""
        while len(running) < max(4, AHEAD * sum(client.nthreads().values())):
            chunk = next(waiting, None)
            if chunk is None:
                return
            future = submit(chunk)
            running[future] = chunk
            queue.add(future)

    queue = distributed.as_completed([])
    try:
        more(queue)
        while running:
            future = next(queue)
            chunk = running.pop(future)
            try:
                answer = future.result()
            except lost:
                raise RapalloError(
                    f"the scheduler is gone. {recipe.done} of {recipe.total} runs are finished and kept: go on with "
                    "--resume, there or here"
                ) from None
            except distributed.scheduler.KilledWorker:
                raise RapalloError(
                    f"setting {recipe.of(chunk)[0]}, runs {recipe.of(chunk)[1][0]} and after brought down worker after "
                    "worker; perhaps memory ran out. What is finished is kept: go on with --resume"
                ) from None
            if isinstance(answer, Failure):
                raise answer.raised()
            for table, content in answer.items():
                with written_whole(recipe.part(table, chunk)) as draft:
                    draft.write_bytes(content)
            done += recipe.size(chunk)
            tick(done)
            more(queue)
    finally:
        _dismiss(client, list(running), recipe.token)


def _keeper(sent: Sent) -> Any:
    """Give the plugin that hands every worker, also one that comes later, what it needs."""
    plugin: Any = import_module("distributed").WorkerPlugin

    class Keeper(plugin):  # type: ignore[misc]
        def setup(self, worker: Any) -> None:
            from rapallo.experiment import cluster

            cluster.HELD[sent.recipe.token] = sent

        def teardown(self, worker: Any) -> None:
            from rapallo.experiment import cluster
            from rapallo.experiment.work import forget

            cluster.HELD.pop(sent.recipe.token, None)
            forget(sent.recipe)

    return Keeper()


def _dismiss(client: Any, running: list[Any], token: str) -> None:
    """Let the workers stop and forget; where the cluster is gone there is nothing to forget."""
    with suppress(Exception):
        client.cancel(running, force=True)
        client.unregister_worker_plugin(token)


HELD: dict[str, Sent] = {}
"""In a worker: what it has been sent."""

_ONE = threading.Lock()
"""One chunk at a time in a process: plans are shared within it."""


def _work(token: str, chunk: int) -> dict[str, bytes] | Failure:
    """Do one chunk in a worker; gives its tables as bytes, the one that says that it is whole last."""
    sent = HELD.get(token)
    if sent is None:
        return Failure("user", "a worker was never sent the recipe; is its scheduler the one that was asked?")
    here = program()
    for part, wanted in sent.program.items():
        if here[part] != wanted:
            return Failure("user", f"a worker has {part} {here[part]}, and here it is {wanted}; install the same there")
    try:
        with _ONE:
            recipe = _settle(sent)
            made = make_chunk(recipe, chunk)
        assert made is not None
        found = {}
        for name, table in made.items():
            stream = io.BytesIO()
            write_parquet(table, stream)
            found[name] = stream.getvalue()
        return found
    except RapalloError as error:
        return Failure("user", str(error))
    except OSError as error:
        return Failure("system", f"on a worker: {error.strerror or error}", error.errno)
    except Exception as error:
        return Failure("unexpected", f"{type(error).__name__}: {error}", details=traceback.format_exc())


_SETTLED: dict[str, Recipe] = {}


def _settle(sent: Sent) -> Recipe:
    """Make this worker ready once: the user's own files are written down here and imported."""
    token = sent.recipe.token
    if token not in _SETTLED:
        own = []
        if sent.own:
            folder = Path(tempfile.mkdtemp(prefix="rapallo-own-"))
            for name, text in sent.own.items():
                (folder / name).write_text(text, "utf-8")
                own.append(folder / name)
        recipe = replace(sent.recipe, own=tuple(own))
        make_ready_elsewhere(recipe)
        _SETTLED[token] = recipe
    return _SETTLED[token]
