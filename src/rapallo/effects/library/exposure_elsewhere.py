"""Subversion found out abroad."""

from rapallo.effects.effect import effect


@effect(reads=("memory", "total"), changes={"memory": "pair", "total": "column"}, unit="recent exposures")
def exposure_elsewhere(view, sender, receiver):
    """Subversion by the receiver that others have exposed warns the sender too."""
    elsewhere = view.total[receiver] - view.memory[sender, receiver]
    return elsewhere if elsewhere > 0 else 0.0
