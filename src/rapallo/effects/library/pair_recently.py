"""What the sender did to the receiver of late."""

from rapallo.effects.effect import effect


@effect(reads="memory", changes="pair", unit="recent acts", cites="butts2008")
def pair_recently(view, sender, receiver):
    """Once done to someone, the same is likelier to be done to it again, or less so, for a while."""
    return view.memory[sender, receiver]
