"""Power that lies near."""

from rapallo.effects.effect import effect


@effect(
    reads=("capability", "distance"),
    changes="pair",
    unit="share of world capability, discounted by distance",
    cites="walt1987",
    settings={"scale": 1000.0},
)
def threat(view, sender, receiver):
    """Power threatens most where it is near."""
    return view.capability[receiver] * view.scale / (view.scale + view.distance[sender, receiver])
