"""What membership demands."""

from rapallo.effects.effect import effect


@effect(reads="obligation", changes="pair", unit="level of the obligation", cites="martin1992")
def obligation(view, sender, receiver):
    """Members carry out what the institution has bound them to."""
    return view.obligation[sender, receiver]
