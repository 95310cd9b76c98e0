"""A standing in common."""

from rapallo.effects.effect import effect


@effect(reads="status", changes="row and column", unit="1")
def joint_status(view, sender, receiver):
    """Two states of one standing, such as two that lost the war, have one cause."""
    return 1.0 if view.status[sender] > 0 and view.status[receiver] > 0 else 0.0
