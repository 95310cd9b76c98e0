"""What passed between the two of late."""

from rapallo.effects.effect import effect


@effect(reads="memory", changes="pair", unit="recent acts", cites="butts2008")
def pair_recently_either(view, sender, receiver):
    """Whatever passed between two actors of late, from either side, stays with both."""
    return view.memory[sender, receiver] + view.memory[receiver, sender]
