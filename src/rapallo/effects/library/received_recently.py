"""What the receiver met with of late."""

from rapallo.effects.effect import effect


@effect(reads="memory", changes="column", unit="recent acts", cites="butts2008")
def received_recently(view, sender, receiver):
    """Acts that lately came to the receiver from anyone are followed by more."""
    return view.memory[receiver]
