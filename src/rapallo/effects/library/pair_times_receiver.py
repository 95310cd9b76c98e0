"""What stands between two actors, by who receives."""

from rapallo.effects.effect import effect


@effect(reads=("pair", "attribute"), changes="pair", unit="product of the two units")
def pair_times_receiver(view, sender, receiver):
    """Ties and sums between two actors move a sender by what the receiver is."""
    return view.pair[sender, receiver] * view.attribute[receiver]
