"""What each change of a network finds and leaves; which of them end a tie, and which only lessen it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rapallo.estimate.event_data import Network


def found_and_left(network: Network) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Follow a network's changes in order of time, rows of one instant in their order.

    Returns
    -------
    tuple of arrays
        For each change, in the order of the table, what the tie weighs before it and after it. What has no value
        counts as nothing.
    """
    changes, stands = network.changes, np.nan_to_num(network.initial, nan=0.0)
    values = np.nan_to_num(changes.value, nan=0.0)
    before, after = np.zeros(len(changes)), np.zeros(len(changes))
    for k in np.argsort(changes.time, kind="stable"):
        first, second = changes.first[k], changes.second[k]
        before[k] = stands[first, second]
        after[k] = values[k] + (before[k] if changes.adds[k] else 0.0)
        stands[first, second] = after[k]
        if not network.directed:
            stands[second, first] = after[k]
    return before, after


def endings(network: Network) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell the changes after which no tie stands from those that lessen one that goes on standing.

    Parameters
    ----------
    network
        Its ties at first and its changes, which are followed in order of time; rows of one instant in their order.

    Returns
    -------
    tuple of arrays
        For each change, in the order of the table, whether it is an ending, and whether it takes from a tie, or adds
        nothing to it, and leaves it standing. What takes from a pair without a tie passes for an ending, so that the
        fit refuses it with its row. What has no value is neither.

    Examples
    --------
    >>> from rapallo import EventData
    >>> steps = {"time": [1, 2, 3], "sender": list("aaa"), "receiver": list("bbb"), "increment": [2, -1, -1]}
    >>> [each.tolist() for each in endings(EventData(["a", "b"]).with_network("pact", changes=steps).networks["pact"])]
    [[False, False, True], [False, True, False]]
    """
    before, after = found_and_left(network)
    value = network.changes.value
    told, takes = ~np.isnan(value), value <= 0.0
    lessens = told & (after > 0.0) & (before > 0.0) & ((after < before) | takes)
    ends = told & ~(after > 0.0) & ((before > 0.0) | takes)
    return ends, lessens
