"""When a secret tie was first found out."""

from __future__ import annotations

import numpy as np

from rapallo.system.history import CHANGES, History


def first_known(history: History, layer: str, *, observer: str = "", public: bool = False) -> float:
    """Give the moment at which a standing covert tie was first known to others than its parties.

    Parameters
    ----------
    layer
        The covert layer.
    observer
        Only what this actor knows; a tie of its own does not count.
    public
        Only what all know.

    Returns
    -------
    float
        Days; the start of the span for what was known when it opens; NaN where nothing was found
        out while it stood.
    """
    matrix = history.initial[layer]
    standing = {(min(s, r), max(s, r)) for s, r in np.argwhere(matrix).tolist()}
    wanted = history.code("actor", observer) if observer else -1
    if any(_known_at_start(history, layer, pair, wanted, public) for pair in standing):
        return history.start
    at = history.select(layer=layer)
    for act, time, change, sender, receiver in zip(
        at.tolist(),
        history.time[at].tolist(),
        history.change[at].tolist(),
        history.sender[at].tolist(),
        history.receiver[at].tolist(),
        strict=True,
    ):
        pair = (min(sender, receiver), max(sender, receiver))
        kind = CHANGES[change]
        if kind == "form":
            standing.add(pair)
            if wanted not in pair and _told(history, act, pair, wanted, public):
                return float(time)
        elif kind == "end":
            standing.discard(pair)
        elif kind == "expose":
            if pair in standing and wanted not in pair:
                return float(time)
        elif kind == "discover" and not public and wanted in (-1, sender):
            if any(receiver in each and sender not in each for each in standing):
                return float(time)
    return float("nan")


def _told(history: History, act: int, pair: tuple[int, int], observer: int, public: bool) -> bool:
    told = set(history.told(act)) - set(pair)
    if public:
        return len(told) == len(history.actors) - len(set(pair))
    return observer in told if observer >= 0 else bool(told)


def _known_at_start(history: History, layer: str, pair: tuple[int, int], observer: int, public: bool) -> bool:
    opening = getattr(history.calendar, "opening", None)
    if opening is None or layer not in opening.seen or observer in pair:
        return False
    first, second = pair
    if opening.known[layer][first, second] or public:
        return bool(opening.known[layer][first, second])
    seen = opening.seen[layer][:, first, second] > 0
    if observer >= 0:
        return bool(seen[observer])
    seen[list(pair)] = False
    return bool(seen.any())
