"""The enemy of my friend."""

import numpy as np

from rapallo.effects.effect import effect


@effect(
    reads=("alliance", "rival"),
    changes={"alliance": "row", "rival": "row and column"},
    unit="allies that are the receiver's rivals, weighed by rank",
    cites="heider1946",
)
def allys_rival(view, sender, receiver):
    """My allies' rivals become mine."""
    rivals = 0.0
    for other in range(view.actors):
        if view.alliance[sender, other] > 0 and other != sender and other != receiver:
            rivals += np.maximum(view.rival[other, receiver], view.rival[receiver, other])
    return rivals
