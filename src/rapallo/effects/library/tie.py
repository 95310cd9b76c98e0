"""A tie that stands."""

from rapallo.effects.effect import effect


@effect(reads="network", changes="pair", unit="tie", aliases=("inertia", "crprod"))
def tie(view, sender, receiver):
    """Whoever is tied already is dealt with otherwise than a stranger."""
    return 1.0 if view.network[sender, receiver] > 0 else 0.0
