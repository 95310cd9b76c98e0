"""The progress of ``rapallo run`` on screen."""

from __future__ import annotations

import sys
import time
from typing import Any

from rapallo.experiment.progress import Progress, duration

QUIET = 15.0
"""Seconds between two lines where the output is no terminal."""


class RunBar:
    """Shows at once that something happens, then how many histories are finished and how long the rest will take.

    Until simulating begins a thread keeps a spinner turning, for compiling would stop it; then the
    bar moves by being told, without a thread, for workers are forked beside it.
    """

    def __init__(self) -> None:
        from rich.console import Console

        self.console = Console(stderr=True, highlight=False)
        self.alive = self.console.is_terminal
        self.bar: Any = None
        self.task: Any = None
        self.simulating = False
        self.last = ("", -1e9)

    def __call__(self, progress: Progress) -> None:
        """Show how far it is."""
        if not self.alive:
            self._plainly(progress)
            return
        simulating = progress.stage == "simulating"
        if self.bar is None or simulating != self.simulating:
            self.stop()
            self._start(simulating, progress.total)
        left = "" if progress.left is None else f"{duration(progress.left)} left"
        if simulating:
            self.bar.update(self.task, completed=progress.done, left=left)
            self.bar.refresh()
        else:
            self.bar.update(self.task, description=progress.word or progress.stage)
        if progress.stage == "done":
            self.stop()

    def stop(self) -> None:
        """Clear the bar away."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def _start(self, simulating: bool, total: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        self.simulating = simulating
        if simulating:
            columns: Any = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("histories"),
                TextColumn("{task.fields[left]}"),
            )
        else:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self.bar = Bars(*columns, console=self.console, auto_refresh=not simulating, transient=True)
        self.task = self.bar.add_task("simulating" if simulating else "", total=total if simulating else None, left="")
        self.bar.start()

    def _plainly(self, progress: Progress) -> None:
        """Write a line now and then, where there is no terminal to draw on."""
        now = time.monotonic()
        stage, then = self.last
        key = progress.stage if progress.stage == "simulating" else str(progress)
        if progress.stage == "done" or (key == stage and now - then < QUIET):
            return
        print(str(progress), file=sys.stderr, flush=True)
        self.last = (key, now)
