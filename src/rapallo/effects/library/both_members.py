"""Members of one institution."""

from rapallo.effects.effect import effect


@effect(reads="membership", changes="row and column", unit="1", cites="keohane1984")
def both_members(view, sender, receiver):
    """Members of one institution deal with each other more easily."""
    for other in range(view.actors):
        if view.membership[sender, other] > 0 and view.membership[receiver, other] > 0:
            return 1.0
    return 0.0
