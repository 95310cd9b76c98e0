"""Choosing the same third."""

from rapallo.effects.effect import effect


@effect(
    reads="network", changes="row and column", unit="partners", cites="butts2008", aliases=("osp", "commonReceiver")
)
def common_receiver(view, sender, receiver):
    """Choosing the same third brings two actors together."""
    partners = 0.0
    for other in range(view.actors):
        if (
            view.network[sender, other] > 0
            and view.network[receiver, other] > 0
            and other != sender
            and other != receiver
        ):
            partners += 1.0
    return partners
