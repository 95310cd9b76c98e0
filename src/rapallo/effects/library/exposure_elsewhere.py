"""Subversion found out abroad."""

from rapallo.effects.effect import effect


@effect(reads=("memory", "total"), changes={"memory": "pair", "total": "column"}, unit="recent exposures")
def exposure_elsewhere(view, sender, receiver):
    """Subversion by the receiver, exposed in other countries, warns the sender too."""
    elsewhere = view.total[receiver] - view.memory[receiver, sender]
    return elsewhere if elsewhere > 0 else 0.0
