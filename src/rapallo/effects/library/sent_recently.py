"""What the sender did of late."""

from rapallo.effects.effect import effect


@effect(reads="memory", changes="row", unit="recent acts", cites="butts2008")
def sent_recently(view, sender, receiver):
    """Who has lately acted acts again, or has spent its force."""
    return view.memory[sender]
