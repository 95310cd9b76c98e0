"""An answer in proportion."""

from rapallo.effects.effect import effect


@effect(
    reads="pair", changes="pair", unit="unit of the pair's value", cites="gouldner1960", aliases=("recip_weighted",)
)
def reverse_value(view, sender, receiver):
    """Each answers what comes from the other, by its amount."""
    return view.pair[receiver, sender]
