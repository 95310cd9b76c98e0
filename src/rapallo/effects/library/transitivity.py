"""A partner's partner."""

from rapallo.effects.effect import effect


@effect(reads="network", changes="two-paths", unit="partners", cites="holland_leinhardt1971", aliases=("trans", "otp"))
def transitivity(view, sender, receiver):
    """Partners of my partners become mine."""
    partners = 0.0
    for other in range(view.actors):
        if (
            view.network[sender, other] > 0
            and view.network[other, receiver] > 0
            and other != sender
            and other != receiver
        ):
            partners += 1.0
    return partners
