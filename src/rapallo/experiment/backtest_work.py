"""The origins of a backtest as chunks of work: each is forecast, scored and written by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.experiment.at_origin import CALENDARS, FORECASTERS, forecast_at, score_at
from rapallo.experiment.pool import run_chunks
from rapallo.experiment.question import Question, years_after
from rapallo.experiment.work import written_whole
from rapallo.record.time import to_text
from rapallo.scenario.as_known import as_known

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("pairs", "counts", "numbers")
"""The tables of an origin; the last is written last, and says that it is whole."""


class _Stopped(Exception):
    """The work is to be given up."""


@dataclass(frozen=True, slots=True, eq=False)
class BacktestWork:
    """All that a process needs to do any origin.

    Parameters
    ----------
    scenario
        The whole scenario.
    question
        What is asked.
    origins
        The days.
    runs, seed
        Of each forecaster, origin and calendar.
    parts
        Folder of the part files.
    own
        Files of the user's own effects.
    """

    scenario: Any
    question: Question
    origins: tuple[float, ...]
    runs: int
    seed: int
    parts: Path
    own: tuple[Path, ...] = ()

    @property
    def total(self) -> int:
        """Runs of the model in all."""
        return sum(self.size(chunk) for chunk in range(len(self.origins)))

    def part(self, table: str, chunk: int) -> Path:
        """Give the part file of one table of one origin."""
        return self.parts / f"{table}-{to_text(self.origins[chunk])}.parquet"

    def finished(self, chunk: int) -> bool:
        """Tell whether an origin is done and written."""
        return self.part(TABLES[-1], chunk).exists()

    def size(self, chunk: int) -> int:
        """Give the runs of the model that an origin takes."""
        return self.runs * len(CALENDARS) * len(FORECASTERS)

    def where(self, chunk: int) -> str:
        """Name an origin, for a message."""
        return f"the origin {to_text(self.origins[chunk])}"

    def ready(self) -> None:
        """Compile what the runs need, so that processes forked from this one have it."""
        from rapallo.engine.simulate import simulate

        origin = self.origins[-1]
        simulate(as_known(self.scenario, origin), start=origin, end=years_after(origin, 1))

    def ready_elsewhere(self) -> None:
        """Read the user's own effects."""
        from rapallo.experiment.own_source import import_own

        for path in self.own:
            import_own(path)

    def do(self, chunk: int, note: Callable[[int], None], stopped: Callable[[], bool]) -> bool:
        """Forecast and score one origin, and write its tables; false where it was given up."""
        done = [0]

        def one() -> None:
            if stopped():
                raise _Stopped
            done[0] += 1
            note(done[0])

        origin = self.origins[chunk]
        try:
            made = forecast_at(self.scenario, self.question, origin, runs=self.runs, seed=self.seed, note=one)
        except _Stopped:
            return False
        pairs, counts = score_at(self.scenario, self.question, origin, made)
        numbers = made.numbers.table().assign(origin=to_text(origin))
        for name, table in zip(TABLES, (pairs, counts, numbers), strict=True):
            _write(table, self.part(name, chunk))
        return True

    def run(self, todo: Sequence[int], jobs: int, tick: Callable[[int], None]) -> None:
        """Do origins, in this process or in several."""
        run_chunks(self, todo, jobs, tick, lambda: None)

    def merge(self, folder: Path) -> None:
        """Write each table whole, origin after origin."""
        import pandas as pd

        for name in TABLES:
            parts = [pd.read_parquet(self.part(name, chunk)) for chunk in range(len(self.origins))]
            _write(pd.concat(parts, ignore_index=True), folder / f"{name}.parquet")


def _write(table: pd.DataFrame, path: Path) -> None:
    with written_whole(path) as draft:
        table.to_parquet(draft, index=False)
