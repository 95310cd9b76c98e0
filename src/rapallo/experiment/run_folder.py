"""A folder of runs on disk: begun, resumed, completed; never half written."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rapallo.errors import RapalloError
from rapallo.experiment import columns
from rapallo.experiment.manifest import FILE, differences, plain, read_manifest, write_manifest
from rapallo.experiment.own_source import FOLDER as OWN
from rapallo.experiment.work import DRAFT, RECORD_CHUNK, Recipe, written_whole

FAILURES = "failures"
"""The table of the runs that failed; there is none where none did."""

PARTS = "parts"
"""The folder of the finished chunks, until all are finished."""


class Interrupted(KeyboardInterrupt):
    """Work in a folder was interrupted; what was finished is kept.

    Parameters
    ----------
    folder
        Where it is kept.
    done, total
        Runs finished, and asked for.
    """

    def __init__(self, folder: Path, done: int, total: int) -> None:
        self.folder, self.done, self.total = folder, done, total
        super().__init__(
            f"{done} of {total} runs are finished and kept in {str(folder)!r}; the same call with resume=True goes on"
        )


class RunFolder:
    """One folder of runs, being made.

    Parameters
    ----------
    path
        The folder.
    manifest
        What it holds, or is to hold.
    """

    def __init__(self, path: Path, manifest: Mapping[str, Any]) -> None:
        self.path, self.manifest = path, plain(manifest)
        self.times: dict[str, Any] = {}

    @property
    def parts(self) -> Path:
        """The folder of the part files."""
        return self.path / PARTS

    @property
    def complete(self) -> bool:
        """Whether every run is there and the tables are whole."""
        return bool(self.times.get("finished"))

    def look(self, resume: bool) -> None:
        """Look at what is there already, and change nothing.

        Parameters
        ----------
        resume
            Go on with what is there.

        Raises
        ------
        RapalloError
            If there is something and it is not to be resumed, or would not give the same runs; the
            message names every difference.
        """
        self.times = {"started": _now(), "finished": None, "seconds": 0.0, "interruptions": 0}
        if not (self.path / FILE).exists():
            if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
                raise RapalloError(f"{str(self.path)!r} is no empty folder; name one that is new or empty")
            return
        before = read_manifest(self.path)
        if not resume:
            raise RapalloError(f"{str(self.path)!r} holds runs already; go on with --resume, or name another folder")
        self.times = dict(before["times"])
        found = differences(before, {**self.manifest, "times": self.times})
        if found:
            shown = found[:20] + ([f"… and {len(found) - 20} more"] if len(found) > 20 else [])
            raise RapalloError(
                f"the runs in {str(self.path)!r} cannot be resumed, for they would not be the same:\n  "
                + "\n  ".join(shown)
            )
        self.times["interruptions"] += not self.complete

    def begin(self, own: Mapping[str, str]) -> None:
        """Make the folder, or tidy one that was begun.

        Parameters
        ----------
        own
            The user's own effects and measures: file name to text.
        """
        self.parts.mkdir(parents=True, exist_ok=True)
        for draft in [*self.path.glob(f".*{DRAFT}"), *self.parts.glob(f".*{DRAFT}")]:
            draft.unlink()
        if own:
            (self.path / OWN).mkdir(exist_ok=True)
        for name, text in own.items():
            with written_whole(self.path / OWN / name) as draft:
                draft.write_text(text, "utf-8")
        write_manifest(self.path, self.manifest, self.times)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep a second process from working in the same folder.

        Raises
        ------
        RapalloError
            If one does.
        """
        try:
            import fcntl
        except ImportError:  # Windows: two at once waste work, and the last to finish a part wins with the same bytes
            yield
            return
        handle = os.open(self.path, os.O_RDONLY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                    raise RapalloError(f"another process is at work in {str(self.path)!r}") from None
            yield
        finally:
            os.close(handle)

    @contextmanager
    def filling(self, own: Mapping[str, str], jobs: int, done: Callable[[], int], total: int) -> Iterator[None]:
        """Begin the folder, keep it to this process while it is filled, and finish it; what was finished outlives all.

        Parameters
        ----------
        own
            Texts of the user's own effects and measures, by file name.
        jobs
            Processes at work, for the manifest.
        done, total
            How many runs are finished, asked when something ends the filling early; and how many are asked for.

        Raises
        ------
        Interrupted
            If it is interrupted.
        RapalloError
            If the folder cannot be written to, or another process is at work in it.
        """
        began = time.monotonic()
        try:
            self.begin(own)
            with self.alone():
                try:
                    yield
                    self.finish(time.monotonic() - began, jobs)
                except BaseException:
                    self.pause(time.monotonic() - began)
                    raise
        except KeyboardInterrupt:
            raise Interrupted(self.path, done(), total) from None
        except OSError as error:
            why = f"{str(self.path)!r} cannot be written to: {error.strerror or error}"
            if not done():
                raise RapalloError(f"{why}; name a folder that can") from None
            raise RapalloError(
                f"{why}. {done()} of {total} runs are finished and kept; make room, and go on with --resume"
            ) from None

    def merge(self, recipe: Recipe) -> None:
        """Write each table whole from its parts: the record, then the chunks in order, one row group each."""
        names = (*recipe.tables, FAILURES)
        with ThreadPoolExecutor(len(names)) as threads:  # no run is left to be made: the processors are free
            list(threads.map(lambda name: self._merge_table(recipe, name), names))

    def _merge_table(self, recipe: Recipe, name: str) -> None:
        import pyarrow.parquet

        parts = [recipe.part(name, chunk) for chunk in (RECORD_CHUNK, *range(recipe.chunks))]
        if name == FAILURES:
            parts = [part for part in parts if part.exists()]
            if not parts:
                (self.path / f"{name}.parquet").unlink(missing_ok=True)
                return
        schema = columns.schema(name, recipe.many)
        with (
            written_whole(self.path / f"{name}.parquet") as draft,
            pyarrow.parquet.ParquetWriter(
                str(draft),
                schema,
                version="2.6",
                compression="zstd",
                use_dictionary=[column for column in schema.names if column in columns.REPEATING],
            ) as writer,
        ):
            for part in parts:
                with pyarrow.parquet.ParquetFile(str(part)) as file:
                    table = file.read().cast(schema)
                if table.num_rows:
                    writer.write_table(table, row_group_size=table.num_rows)

    def refuse_where_all_failed(self, recipe: Recipe) -> None:
        """Refuse an ensemble of which no run is left; a sweep goes on, for its settings are questions of their own.

        Raises
        ------
        RapalloError
            With the first failure; all of them are in ``failures.parquet``, and resuming begins anew.
        """
        import pyarrow.parquet

        parts = [recipe.part(FAILURES, chunk) for chunk in range(recipe.chunks)]
        if recipe.many or not all(part.exists() for part in parts):
            return
        if sum(pyarrow.parquet.read_metadata(part).num_rows for part in parts) == recipe.total:
            first = pyarrow.parquet.read_table(parts[0])["message"][0]
            self._merge_table(recipe, FAILURES)
            shutil.rmtree(self.parts, ignore_errors=True)
            raise RapalloError(f"{first} (all {recipe.total} runs failed)")

    def finish(self, seconds: float, jobs: int) -> None:
        """Say that all is there, and clear the parts away."""
        self.times |= {"finished": _now(), "seconds": round(self.times["seconds"] + seconds, 3), "jobs": jobs}
        write_manifest(self.path, self.manifest, self.times)
        shutil.rmtree(self.parts, ignore_errors=True)

    def pause(self, seconds: float) -> None:
        """Note the time spent, where the folder can be written to at all."""
        self.times["seconds"] = round(self.times["seconds"] + seconds, 3)
        try:
            write_manifest(self.path, self.manifest, self.times)
        except OSError:
            pass


def new_folder(wanted: Path) -> Path:
    """Give a folder's path, with a number behind it if there is something at that place already."""
    path, number = wanted, 1
    while path.exists():
        number += 1
        path = wanted.with_name(f"{wanted.name}-{number}")
    return path


def latest_folder(wanted: Path) -> Path:
    """Give the last folder that :func:`new_folder` gave and that is not complete; else the last, else ``wanted``."""
    found, number = [], 1
    path = wanted
    while path.exists():
        found.append(path)
        number += 1
        path = wanted.with_name(f"{wanted.name}-{number}")
    begun = [each for each in found if (each / FILE).exists() and not read_manifest(each)["times"].get("finished")]
    return (begun or found or [wanted])[-1]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
