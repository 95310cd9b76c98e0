"""An answer in kind."""

from rapallo.effects.effect import effect


@effect(reads="network", changes="pair", unit="tie", cites="gouldner1960", aliases=("recip", "crprodRecip"))
def reciprocity(view, sender, receiver):
    """Each does to the other what the other has done to it."""
    return 1.0 if view.network[receiver, sender] > 0 else 0.0
