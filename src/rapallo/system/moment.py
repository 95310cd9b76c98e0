"""The state of the system on one day of a history, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.system.calendar import replay
from rapallo.system.history import History, to_iso
from rapallo.system.world import World

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What is so on a day, or what one actor knows of it.

    Parameters
    ----------
    world
        The state, rebuilt from the history.
    day
        Days since 1900-01-01.
    observer
        Actor whose knowledge is meant, or an empty string for what is so.
    """

    world: World
    day: float
    observer: str = ""

    def __repr__(self) -> str:
        whose = f"as {self.observer} could know it" if self.observer else "as it was"
        standing = {name: len(self.ties(name)) for name, kind in self.world.layers.items() if kind.lasting}
        return f"<{to_iso(self.day)} {whose}: " + ", ".join(f"{n} {name}" for name, n in standing.items() if n) + ">"

    def seen_by(self, observer: str) -> Moment:
        """Give the same day as one actor could know it.

        Raises
        ------
        UnknownNameError
            For an actor that is not there.
        """
        if observer not in self.world.actors:
            raise UnknownNameError("actor", observer, self.world.actors)
        return Moment(self.world, self.day, observer)

    def ties(self, layer: str) -> pd.DataFrame:
        """List the ties standing in a layer; for a mutual layer each once.

        Raises
        ------
        UnknownNameError
            For a layer that is not there.
        """
        import numpy as np
        import pandas as pd

        if layer not in self.world.layers:
            raise UnknownNameError("layer", layer, self.world.layers)
        actors = self.world.actors
        observer = actors.index(self.observer) if self.observer else -1
        matrix = self.world.reads(layer, observer) if observer >= 0 else self.world.ties[layer]
        if self.world.layers[layer].mutual:
            matrix = np.triu(np.maximum(matrix, matrix.T))
        senders, receivers = np.nonzero(matrix > 0)
        return pd.DataFrame(
            {"layer": layer, "sender": [actors[s] for s in senders], "receiver": [actors[r] for r in receivers]}
        )

    def all_ties(self) -> pd.DataFrame:
        """List the standing ties of every lasting layer."""
        import pandas as pd

        return pd.concat([self.ties(name) for name, kind in self.world.layers.items() if kind.lasting])

    def attributes(self) -> pd.DataFrame:
        """Give every attribute of every actor that exists."""
        import pandas as pd

        table = pd.DataFrame(self.world.attributes, index=pd.Index(self.world.actors, name="actor"))
        return table[self.world.exists]

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.all_ties().to_html(index=False)}"


def moment_of(history: History, day: float) -> Moment:
    """Rebuild the state at the end of everything dated up to ``day``.

    Raises
    ------
    RapalloError
        For a day outside the history: what was so then is not told by it.
    """
    if not history.start <= day <= history.end:
        first, last = to_iso(history.start), to_iso(history.end - 1.0)
        raise RapalloError(f"{to_iso(day)} lies outside the history; give a day from {first} to {last}")
    return Moment(replay(history, day), day)
