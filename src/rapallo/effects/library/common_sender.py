"""Chosen by the same third."""

from rapallo.effects.effect import effect


@effect(reads="network", changes="row and column", unit="partners", cites="butts2008", aliases=("isp", "commonSender"))
def common_sender(view, sender, receiver):
    """Being chosen by the same third brings two actors together."""
    partners = 0.0
    for other in range(view.actors):
        if (
            view.network[other, sender] > 0
            and view.network[other, receiver] > 0
            and other != sender
            and other != receiver
        ):
            partners += 1.0
    return partners
