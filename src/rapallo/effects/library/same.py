"""Likeness in kind."""

from rapallo.effects.effect import effect


@effect(reads="attribute", changes="row and column", unit="1", cites="mcpherson2001", aliases=("sameX",))
def same(view, sender, receiver):
    """Like seeks like."""
    return 1.0 if view.attribute[sender] == view.attribute[receiver] else 0.0
