"""Exchange in a ring, across two layers."""

from rapallo.effects.effect import effect


@effect(
    reads=("first", "second"),
    changes="row and column",
    unit="partners",
    cites="stadtfeld_hollway_block2017",
    aliases=("mixedCycle",),
)
def mixed_cycle(view, sender, receiver):
    """Something given in one kind comes round by a third in another."""
    partners = 0.0
    for other in range(view.actors):
        if view.first[other, sender] > 0 and view.second[receiver, other] > 0 and other != sender and other != receiver:
            partners += 1.0
    return partners
