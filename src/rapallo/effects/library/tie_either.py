"""A tie in either direction."""

from rapallo.effects.effect import effect


@effect(reads="network", changes="pair", unit="tie")
def tie_either(view, sender, receiver):
    """Whichever of the two began it, what stands between them moves both."""
    return 1.0 if view.network[sender, receiver] > 0 or view.network[receiver, sender] > 0 else 0.0
