"""The friend of my friend."""

from rapallo.effects.effect import effect


@effect(reads="alliance", changes="two-paths", unit="1", cites="heider1946")
def ally_of_ally(view, sender, receiver):
    """Friends of friends become friends."""
    for other in range(view.actors):
        if (
            view.alliance[sender, other] > 0
            and view.alliance[other, receiver] > 0
            and other != sender
            and other != receiver
        ):
            return 1.0
    return 0.0
