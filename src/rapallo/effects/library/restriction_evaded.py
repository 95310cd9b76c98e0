"""Arms where nobody counts them."""

from rapallo.effects.effect import effect


@effect(reads=("restricted", "overseer"), changes="row and column", unit="1")
def restriction_evaded(view, sender, receiver):
    """Forbidden to arm at home, a state seeks a host who is not among the overseers."""
    return 1.0 if view.restricted[sender] > 0 and view.overseer[receiver] <= 0 else 0.0
