"""The baseline."""

from rapallo.effects.effect import effect


@effect(changes="pair", unit="1", aliases=("intercept", "1"))
def constant(view, sender, receiver):
    """Every pair starts from the same rate."""
    return 1.0
