"""Company that the receiver minds."""

from rapallo.effects.effect import effect


@effect(
    reads=("rival", "network"),
    changes="row and column",
    unit="the receiver's rivals tied to the sender, weighed by rank",
    cites="cartwright_harary1956",
)
def receivers_rival_is_tied(view, sender, receiver):
    """Being close to a state's rivals keeps me from that state."""
    rivals = 0.0
    for other in range(view.actors):
        if view.network[sender, other] > 0 and other != sender and other != receiver:
            rivals += view.rival[receiver, other]
    return rivals
