"""Subversion found out at home."""

from rapallo.effects.effect import effect


@effect(reads="memory", changes="pair", unit="recent exposures")
def exposure_at_home(view, sender, receiver):
    """Subversion by the receiver that the sender has exposed at home turns it away."""
    return view.memory[sender, receiver]
