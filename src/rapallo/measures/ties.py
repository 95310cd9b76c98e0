"""Which of some actors are tied, at any moment of a history."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapallo.system.history import CHANGES, History

_FORM, _END = CHANGES.index("form"), CHANGES.index("end")


def tied_at(
    history: History, layers: Sequence[str], dates: ArrayLike, actors: Sequence[str] | None = None
) -> NDArray[np.bool_]:
    """Say which pairs stand in a tie of any of some mutual layers at each date.

    Parameters
    ----------
    layers
        Mutual, lasting layers.
    dates
        Ascending days.
    actors
        The actors meant, in the order wanted; all of the history where not given.

    Returns
    -------
    ndarray
        Bool, shape ``(dates, actors, actors)``, symmetric.
    """
    days = np.asarray(dates, dtype=np.float64)
    everyone = np.arange(len(history.actors))
    codes = everyone if actors is None else np.array([history.code("actor", name) for name in actors])
    # one place more than there are actors, so that a receiver of -1 (none) finds no place
    place = np.full(len(history.actors) + 1, -1)
    place[codes] = np.arange(len(codes))
    stands = np.stack([history.initial[layer][np.ix_(codes, codes)] for layer in layers])
    rank = {history.code("layer", layer): k for k, layer in enumerate(layers)}
    fits = np.logical_or.reduce([history.layer == code for code in rank])
    fits &= (history.change == _FORM) | (history.change == _END)
    fits &= (place[history.sender] >= 0) & (place[history.receiver] >= 0)
    at = np.flatnonzero(fits)
    until = np.searchsorted(history.time[at], days, side="right").tolist()
    which = [rank[code] for code in history.layer[at].tolist()]
    first, second = place[history.sender[at]].tolist(), place[history.receiver[at]].tolist()
    forms = (history.change[at] == _FORM).tolist()
    snapshots = np.empty((len(days), *stands.shape), dtype=bool)
    done = 0
    for date, upto in enumerate(until):
        for act in range(done, upto):
            layer, one, other, form = which[act], first[act], second[act], forms[act]
            stands[layer, one, other] = stands[layer, other, one] = form
        done = upto
        snapshots[date] = stands
    return snapshots[:, 0] if len(layers) == 1 else np.asarray(snapshots.any(axis=1))
