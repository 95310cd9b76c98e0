"""Opposed standings."""

from rapallo.effects.effect import effect


@effect(reads=("status", "other_status"), changes="row and column", unit="1")
def opposed_status(view, sender, receiver):
    """Between states of opposed standing, such as one that lost the war and one that won it, ties are hard to make."""
    one_way = view.status[sender] > 0 and view.other_status[receiver] > 0
    other_way = view.status[receiver] > 0 and view.other_status[sender] > 0
    return 1.0 if one_way or other_way else 0.0
