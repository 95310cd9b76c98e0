"""What went on everywhere of late."""

from rapallo.effects.effect import effect


@effect(reads="memory", changes="row", unit="recent acts", cites="strang1991")
def system_recently(view, sender, receiver):
    """Every such act, anywhere, is a sign to all."""
    return view.memory[sender]
