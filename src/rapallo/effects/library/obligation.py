"""What membership demands."""

from rapallo.effects.effect import effect


@effect(reads="obligation", changes="pair", unit="1", cites="martin1992", settings={"level": 1.0})
def obligation(view, sender, receiver):
    """Members carry out what the institution has bound them to."""
    return 1.0 if view.obligation[sender, receiver] >= view.level else 0.0
