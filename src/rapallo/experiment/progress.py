"""How far an ensemble is, and how long it will honestly take."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

STAGES = ("loading", "compiling", "simulating", "writing", "done")

WINDOW = 20.0
"""Seconds over which the speed is taken that the time left rests on."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ensemble is.

    Parameters
    ----------
    stage
        One of ``STAGES``.
    done, total
        Runs finished, those of an earlier sitting among them, and runs asked for.
    word
        What is being done, in a few words.
    left
        Seconds left of the simulating at the speed of the last moments; ``None`` while too little is known.
    """

    stage: str
    done: int
    total: int
    word: str = ""
    left: float | None = None

    def __str__(self) -> str:
        if self.stage != "simulating":
            return self.word or self.stage
        left = "" if self.left is None else f", {duration(self.left)} left"
        return f"simulating: {self.done} of {self.total} histories{left}"


Watch = Callable[[Progress], None]


@dataclass(slots=True)
class Pace:
    """Speed of the last moments."""

    seen: deque[tuple[float, int]] = field(default_factory=deque)

    def left(self, done: int, total: int) -> float | None:
        """Note how many are done now, and give the seconds left."""
        now = time.monotonic()
        self.seen.append((now, done))
        while len(self.seen) > 2 and self.seen[0][0] < now - WINDOW:
            self.seen.popleft()
        then, before = self.seen[0]
        if done == total or done - before < 3 or now - then < 0.5:
            return None
        return (total - done) * (now - then) / (done - before)


def duration(seconds: float) -> str:
    """Say a length of time in words no more exact than it is known.

    Examples
    --------
    >>> duration(3.2), duration(48), duration(200), duration(9000)
    ('about 5 s', 'about 50 s', 'about 3 min', 'about 2.5 h')
    """
    if seconds < 90:
        return f"about {max(5, 5 * round(seconds / 5))} s"
    return f"about {round(seconds / 60)} min" if seconds < 5400 else f"about {seconds / 3600:.1f} h"


def one_line() -> Watch | None:
    """Give a watch that keeps one line of standard error up to date, where a person can see it."""
    if not (sys.stderr.isatty() or "ipykernel" in sys.modules):
        return None
    last = [0.0, 0.0]

    def watch(progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage == "simulating" and 0 < progress.done < progress.total and now - last[0] < 0.2:
            return
        text = "" if progress.stage == "done" else str(progress)
        sys.stderr.write("\r" + text.ljust(int(last[1])) + ("\r" if progress.stage == "done" else ""))
        sys.stderr.flush()
        last[:] = [now, len(text)]

    return watch
