"""Manoeuvre against the main adversary."""

from rapallo.effects.effect import effect


@effect(reads="rival", changes="row and column", unit="rivals' rivals, weighed by rank", cites="walt1987")
def rival_of_rival(view, sender, receiver):
    """My main rival's rivals are the ones to draw to my side."""
    drawn = 0.0
    for other in range(view.actors):
        if view.rival[sender, other] > 0 and other != sender and other != receiver:
            drawn += view.rival[sender, other] * max(view.rival[other, receiver], view.rival[receiver, other])
    return drawn
