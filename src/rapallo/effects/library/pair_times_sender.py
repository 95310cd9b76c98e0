"""What stands between two actors, by who sends."""

from rapallo.effects.effect import effect


@effect(reads=("pair", "attribute"), changes="pair", unit="product of the two units")
def pair_times_sender(view, sender, receiver):
    """Ties and sums between two actors move a sender by what the sender is."""
    return view.pair[sender, receiver] * view.attribute[sender]
