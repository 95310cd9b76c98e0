"""An adversary in common, by how much each minds it."""

from rapallo.effects.effect import effect


@effect(reads="rival", changes="row and column", unit="adversaries in common, weighed by rank", cites="walt1987")
def common_adversary(view, sender, receiver):
    """Adversaries in common draw two states together, whichever side named the other first."""
    adversaries = 0.0
    for other in range(view.actors):
        mine = max(view.rival[sender, other], view.rival[other, sender])
        if mine > 0 and other != sender and other != receiver:
            adversaries += mine * max(view.rival[receiver, other], view.rival[other, receiver])
    return adversaries
