"""Reach."""

from rapallo.effects.effect import effect


@effect(reads="distance", changes="pair", unit="1 next door, falling to 0", settings={"scale": 1000.0})
def nearness(view, sender, receiver):
    """Near means within reach."""
    return view.scale / (view.scale + view.distance[sender, receiver])
