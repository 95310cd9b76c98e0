"""Two ties from the same third."""

from rapallo.effects.effect import effect


@effect(
    reads=("first", "second"),
    changes="row and column",
    unit="partners",
    cites="stadtfeld_hollway_block2017",
    aliases=("mixedCommonSender",),
)
def mixed_common_sender(view, sender, receiver):
    """Whoever holds one kind of tie to me and another to the receiver brings us together."""
    partners = 0.0
    for other in range(view.actors):
        if view.first[other, sender] > 0 and view.second[other, receiver] > 0 and other != sender and other != receiver:
            partners += 1.0
    return partners
