"""Exchange in a ring."""

from rapallo.effects.effect import effect


@effect(
    reads="network", changes="row and column", unit="partners", cites="holland_leinhardt1971", aliases=("cycle3", "itp")
)
def cycle(view, sender, receiver):
    """Something given goes round by a third and comes back."""
    partners = 0.0
    for other in range(view.actors):
        if (
            view.network[receiver, other] > 0
            and view.network[other, sender] > 0
            and other != sender
            and other != receiver
        ):
            partners += 1.0
    return partners
