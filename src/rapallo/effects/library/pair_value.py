"""What stands between two actors, by its amount."""

from rapallo.effects.effect import effect


@effect(
    reads="pair", changes="pair", unit="unit of the pair's value", aliases=("X", "inertia_weighted", "tie_weighted")
)
def pair_value(view, sender, receiver):
    """More of what stands between two actors moves the sender more."""
    return view.pair[sender, receiver]
