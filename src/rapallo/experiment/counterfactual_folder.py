"""The folder of a counterfactual: its draws, the tables made of them, and what a person reads."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.errors import RapalloError
from rapallo.experiment.counterfactual_work import FAILED, FAILURES, SCHEMAS, Task, do_chunks
from rapallo.experiment.progress import Pace, Progress, Watch
from rapallo.experiment.run_folder import RunFolder
from rapallo.experiment.work import written_whole

if TYPE_CHECKING:
    from rapallo.experiment.counterfactual import Counterfactual


def fill_folder(place: RunFolder, task: Task, texts: Mapping[str, str], jobs: int, watch: Watch) -> None:
    """Make the draws that are not there yet, and write the tables.

    Raises
    ------
    RapalloError
        If every draw fails, a worker dies or the folder cannot be written to.
    Interrupted
        If it is interrupted.
    """

    def finished() -> int:
        return sum(len(task.draws_of(chunk)) for chunk in range(task.chunks) if task.finished(chunk))

    with place.filling(texts, jobs, finished, task.draws):
        todo = [chunk for chunk in range(task.chunks) if not task.finished(chunk)]
        kept = finished()
        pace = Pace()

        def tick(done: int) -> None:
            left = pace.left(kept + done, task.draws)
            watch(Progress("simulating", kept + done, task.draws, left=left))

        tick(0)
        do_chunks(task, todo, jobs, tick)
        _refuse_where_all_failed(place.path, task)
        watch(Progress("writing", task.draws, task.draws, "writing the tables"))
        _merge(place.path, task)


def _merge(folder: Path, task: Task) -> None:
    """Write each table whole from its parts, in the order of the draws."""
    import pyarrow as pa
    import pyarrow.parquet

    for name in SCHEMAS:
        pieces = []
        for chunk in range(task.chunks):
            pieces.append(pa.parquet.read_table(task.part(name, chunk)).cast(SCHEMAS[name]))
        whole = pa.concat_tables(pieces).unify_dictionaries()
        with written_whole(folder / f"{name}.parquet") as draft:
            pa.parquet.write_table(whole, str(draft), version="2.6", compression="zstd")
    _failures(folder, task)


def _failures(folder: Path, task: Task) -> Any:
    """Write the table of the draws that failed, where some did; gives it."""
    import pyarrow as pa
    import pyarrow.parquet

    parts = [task.part(FAILURES, chunk) for chunk in range(task.chunks)]
    found = [pa.parquet.read_table(part) for part in parts if part.exists()]
    if not found:
        (folder / f"{FAILURES}.parquet").unlink(missing_ok=True)
        return FAILED.empty_table()
    table = pa.concat_tables(found)
    with written_whole(folder / f"{FAILURES}.parquet") as draft:
        pa.parquet.write_table(table, str(draft), version="2.6", compression="zstd")
    return table


def _refuse_where_all_failed(folder: Path, task: Task) -> None:
    """Refuse an answer of which no draw is left; resuming it begins anew."""
    failed = _failures(folder, task)
    if len(failed) == task.draws:
        shutil.rmtree(task.parts, ignore_errors=True)
        raise RapalloError(f"{failed['message'][0]} (all {task.draws} draws failed)")


def write_answer(found: Counterfactual) -> None:
    """Leave what a person wants to read beside the draws."""
    tables = {
        "acts_of_the_record": found.acts(),
        "acts_gained": found.gained(),
        "measures_changed": found.table(),
        "impossible": found.impossible,
        "luck": found.luck,
    }
    for name, table in tables.items():
        with written_whole(found.folder / f"{name}.csv") as draft:
            table.to_csv(draft, index=False)
    with written_whole(found.folder / "answer.txt") as draft:
        draft.write_text("\n".join([found.intervention.says, *found.sentences, "", *found.says()]) + "\n", "utf-8")
