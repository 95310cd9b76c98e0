"""A partner's partner, across two layers."""

from rapallo.effects.effect import effect


@effect(
    reads=("first", "second"),
    changes={"first": "row", "second": "column"},
    unit="partners",
    cites="stadtfeld_hollway_block2017",
    aliases=("mixed_trans", "mixedTrans"),
)
def mixed_transitivity(view, sender, receiver):
    """Ties of one kind to someone with ties of another kind lead on to whom those reach."""
    partners = 0.0
    for other in range(view.actors):
        if view.first[sender, other] > 0 and view.second[other, receiver] > 0 and other != sender and other != receiver:
            partners += 1.0
    return partners
