"""What the acts of a history could choose among, counted by distinct vector of statistics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rapallo.estimate import places as at

Shape = Literal["listed", "running", "coordination", "senders", "moments"]


@dataclass(slots=True, eq=False)
class Cases:
    """A history, as the likelihood needs it.

    Parameters
    ----------
    statistics
        Distinct vectors of statistics, shape ``(vectors, statistics)``.
    shape
        ``listed``: each act lists its options; ``running``: each act lists how the counts of
        options changed since the one before; ``coordination`` and ``senders``: how each pair's vector changed;
        ``moments``: each case lists the vector of its act, where there is one, and of moments drawn before it.
    vectors, counts, ends
        The lists: act ``k`` has the entries from ``ends[k]`` to ``ends[k + 1]``.
    chosen
        For each act the vector chosen (a pair's place for ``coordination`` and ``senders``); ``places.LEFT_OUT``
        where a missing value leaves the act out, ``places.NO_ACT`` where time passed without one.
    exposure
        For each vector, how long how many options had it.
    act
        For each case, the position of its act among those given.
    actors
        How many there are.
    spent
        For each case the time that passed before it.
    elapsed
        Time between start and end.
    together
        For each case the number of the occasion that it is a part of, or -1; ``None``: there are none.
    drawn
        For ``moments``, how often moments of each entry's pair were drawn, in the unit of the weights.
    """

    statistics: NDArray[np.float64]
    shape: Shape
    vectors: NDArray[np.int64]
    counts: NDArray[np.int64]
    ends: NDArray[np.int64]
    chosen: NDArray[np.int64]
    exposure: NDArray[np.float64]
    act: NDArray[np.int64]
    actors: int
    spent: NDArray[np.float64]
    elapsed: float = 0.0
    together: NDArray[np.int64] | None = None
    drawn: NDArray[np.float64] | None = None
    _room: dict[str, NDArray[np.int64]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.chosen)

    @property
    def acts(self) -> NDArray[np.bool_]:
        """Which cases are acts."""
        return np.asarray(self.chosen != at.NO_ACT)

    def room(self, name: str) -> NDArray[np.int64]:
        """Give an array of one integer for each vector, the same one each time."""
        if name not in self._room:
            self._room[name] = np.zeros(len(self.statistics), dtype=np.int64)
        return self._room[name]
