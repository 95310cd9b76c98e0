"""Forbidden works while the tie that shelters them stands."""

from rapallo.effects.effect import effect


@effect(reads=("memory", "tie"), changes="pair", unit="facilities")
def facilities_under_tie(view, sender, receiver):
    """Works built abroad in secret count while the cooperation that shelters them stands."""
    if view.tie[sender, receiver] <= 0:
        return 0.0
    return view.memory[sender, receiver] + view.memory[receiver, sender]
