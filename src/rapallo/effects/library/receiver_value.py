"""A property of the receiver."""

from rapallo.effects.effect import effect


@effect(
    reads="attribute",
    changes="column",
    unit="unit of the attribute",
    cites="butts2008",
    aliases=("alter", "altX", "receive"),
)
def receiver_value(view, sender, receiver):
    """Who the receiver is decides how much it is sought."""
    return view.attribute[receiver]
