"""Rivals of each other."""

from rapallo.effects.effect import effect


@effect(reads="rival", changes="pair", unit="rank of the rivalry", cites="diehl_goertz2000")
def rivalry(view, sender, receiver):
    """Rivals fight each other and keep apart in everything else."""
    mine, theirs = view.rival[sender, receiver], view.rival[receiver, sender]
    return max(mine, theirs) + 0.0 * (mine + theirs)  # the max of a number and an unknown would be the number
