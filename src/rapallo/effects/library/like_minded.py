"""Governments of one colour, or of opposed ones."""

from rapallo.effects.effect import effect


@effect(reads="colour", changes="row and column", unit="product of two colours, each -1 right to 1 left")
def like_minded(view, sender, receiver):
    """Governments of one colour are readier to deal, those of opposed colours slower."""
    return view.colour[sender] * view.colour[receiver]
