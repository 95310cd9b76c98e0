"""Two things that stand between two actors, together."""

from rapallo.effects.effect import effect


@effect(reads=("pair", "other_pair"), changes="pair", unit="product of the two units")
def pair_times_pair(view, sender, receiver):
    """Two things that stand between two actors matter only together."""
    return view.pair[sender, receiver] * view.other_pair[sender, receiver]
