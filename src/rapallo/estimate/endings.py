"""Which changes of a network end a tie, and which only lessen it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rapallo.estimate.event_data import Network


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
    changes, stands = network.changes, np.nan_to_num(network.initial, nan=0.0)
    ends, lessens = (np.zeros(len(changes), dtype=bool) for _ in range(2))
    for k in np.argsort(changes.time, kind="stable"):
        first, second, value = changes.first[k], changes.second[k], changes.value[k]
        before = stands[first, second]
        after = np.nan_to_num(value, nan=0.0) + (before if changes.adds[k] else 0.0)
        stands[first, second] = after
        if not network.directed:
            stands[second, first] = after
        if after > 0.0:
            lessens[k] = before > 0.0 and (after < before or value <= 0.0)
        else:
            ends[k] = before > 0.0 or value <= 0.0
        if np.isnan(value):
            ends[k] = lessens[k] = False
    return ends, lessens
