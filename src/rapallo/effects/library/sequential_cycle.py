"""Exchange in a ring, in the order in which it goes round."""

from rapallo.effects.effect import effect


@effect(
    reads=("network", "formed"),
    changes="row and column",
    unit="partners",
    cites="holland_leinhardt1971",
    settings={"directly": 0.0},
    aliases=("cycle_sequential",),
)
def sequential_cycle(view, sender, receiver):
    """Something given, and after that passed on by a third, comes back."""
    partners = 0.0
    for other in range(view.actors):
        if (
            view.network[receiver, other] > 0
            and view.network[other, sender] > 0
            and other != sender
            and other != receiver
        ):
            # a tie has the number of the change that formed it; one that stood at first has the number 0
            later = view.formed[other, sender] - view.formed[receiver, other]
            if later > 0 and (view.directly <= 0 or (later == 1 and view.formed[receiver, other] > 0)):
                partners += 1.0
    return partners
