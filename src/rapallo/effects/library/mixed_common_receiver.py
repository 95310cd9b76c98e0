"""Two ties to the same third."""

from rapallo.effects.effect import effect


@effect(
    reads=("first", "second"),
    changes="row and column",
    unit="partners",
    cites="stadtfeld_hollway_block2017",
    aliases=("mixedCommonReceiver",),
)
def mixed_common_receiver(view, sender, receiver):
    """When my tie of one kind and the receiver's of another meet in the same third, we are brought together."""
    partners = 0.0
    for other in range(view.actors):
        if view.first[sender, other] > 0 and view.second[receiver, other] > 0 and other != sender and other != receiver:
            partners += 1.0
    return partners
