"""A property of the sender."""

from rapallo.effects.effect import effect


@effect(
    reads="attribute", changes="row", unit="unit of the attribute", cites="butts2008", aliases=("ego", "egoX", "send")
)
def sender_value(view, sender, receiver):
    """Who the sender is decides how much it acts."""
    return view.attribute[sender]
