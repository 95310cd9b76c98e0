"""The enemy of my friend."""

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
            # the max of a number and an unknown would be the number
            rivals += max(view.rival[other, receiver], view.rival[receiver, other])
            rivals += 0.0 * (view.rival[other, receiver] + view.rival[receiver, other])
    return rivals
