"""Who is ahead."""

from rapallo.effects.effect import effect


@effect(reads="attribute", changes="row and column", unit="unit of the attribute", aliases=("diffX",))
def receiver_lead(view, sender, receiver):
    """By how much the receiver is ahead of the sender decides whether it is sought."""
    return view.attribute[receiver] - view.attribute[sender]
