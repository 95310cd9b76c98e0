"""Rivals of each other."""

import numpy as np

from rapallo.effects.effect import effect


@effect(reads="rival", changes="pair", unit="rank of the rivalry", cites="diehl_goertz2000")
def rivalry(view, sender, receiver):
    """Rivals fight each other and keep apart in everything else."""
    return np.maximum(view.rival[sender, receiver], view.rival[receiver, sender])
