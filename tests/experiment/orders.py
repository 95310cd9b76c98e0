"""A small scenario with measures of a user's own, and ways to look at folders of runs."""

from __future__ import annotations

import hashlib
from pathlib import Path

from rapallo.measures import measure, per_actor, yearly
from rapallo.scenario.load import load

NAMES = ("tie_years", "tied", "ties_begun", "first_tie")


@measure(unit="years", shape="number", needs="tie")
def tie_years(history):
    """How many years the first tie stood, all in all."""
    first, times, counts = history.changes_of("tie")
    edges = [history.start, *times.tolist(), history.end]
    return sum(
        count * (after - before) / 365.25
        for count, before, after in zip([first, *counts.tolist()], edges[:-1], edges[1:], strict=True)
    )


@measure(unit="ties", shape="yearly", needs="tie")
def tied(history):
    """How many ties stand at each year's end."""
    return yearly(history, lambda dates: history.count_at("tie", dates))


@measure(unit="ties", needs="tie")
def ties_begun(history):
    """How many ties are formed."""
    return float(len(history.select(layer="tie", change="form")))


@measure(unit="days", shape="actor", needs="tie")
def first_tie(history):
    """The day of the span on which an actor first forms a tie of its own doing."""
    acts = history.select(layer="tie", change="form")
    found = [float("nan")] * len(history.actors)
    for position in acts[::-1]:
        found[history.sender[position]] = history.time[position] - history.start
    return per_actor(history, found)


def pair():
    """Two states and one tie."""
    return load("pair")


def digests(folder: Path) -> dict[str, str]:
    """Hash the tables of a folder of runs."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.parquet"))}


def left_over(folder: Path) -> list[str]:
    """Name what should not be in a folder of runs that is complete."""
    wanted = {"manifest.json", "acts.parquet", "series.parquet", "measures.parquet", "own"}
    return sorted(path.name for path in folder.iterdir() if path.name not in wanted)


class StopAfter:
    """A watch that interrupts once so many runs are finished."""

    def __init__(self, runs: int) -> None:
        self.runs, self.stopped = runs, False

    def __call__(self, progress) -> None:
        if progress.stage == "simulating" and progress.done >= self.runs and not self.stopped:
            self.stopped = True
            raise KeyboardInterrupt
