"""Subversion found out at home."""

from rapallo.effects.effect import effect


@effect(reads="memory", changes="pair", unit="recent exposures")
def exposure_at_home(view, sender, receiver):
    """Subversion by the receiver, exposed in the sender's own country, turns it away."""
    return view.memory[receiver, sender]
