"""A partner's partner, found after the partner."""

from rapallo.effects.effect import effect


@effect(
    reads=("network", "formed"),
    changes="row and column",
    unit="partners",
    cites="holland_leinhardt1971",
    settings={"directly": 0.0},
    aliases=("trans_sequential",),
)
def sequential_transitivity(view, sender, receiver):
    """Whom a partner of mine finds after I have found that partner becomes mine."""
    partners = 0.0
    for other in range(view.actors):
        if (
            view.network[sender, other] > 0
            and view.network[other, receiver] > 0
            and other != sender
            and other != receiver
        ):
            # a tie has the number of the change that formed it; one that stood at first has the number 0
            later = view.formed[other, receiver] - view.formed[sender, other]
            if later > 0 and (view.directly <= 0 or (later == 1 and view.formed[sender, other] > 0)):
                partners += 1.0
    return partners
