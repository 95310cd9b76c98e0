"""Subversion found out abroad."""

from rapallo.effects.effect import effect


@effect(reads="memory", changes="row and column", unit="recent exposures")
def exposure_elsewhere(view, sender, receiver):
    """Subversion by the receiver, exposed in other countries, warns the sender too."""
    exposures = 0.0
    for other in range(view.actors):
        if other != sender and other != receiver and view.memory[receiver, other] > 0:
            exposures += view.memory[receiver, other]
    return exposures
