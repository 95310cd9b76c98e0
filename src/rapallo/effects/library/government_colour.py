"""The colour of the government."""

from rapallo.effects.effect import effect


@effect(reads="colour", changes="row", unit="-1 right to 1 left")
def government_colour(view, sender, receiver):
    """Governments further to the left act otherwise than those to the right."""
    return view.colour[sender]
