"""News from those who count."""

import math

from rapallo.effects.effect import effect


@effect(
    reads=("memory", "weight"),
    changes={"memory": "column", "weight": "everything"},
    unit="log of one plus recent acts, by the weight of who did them",
    cites="strang1991",
)
def weighty_recently(view, sender, receiver):
    """Whatever those of weight have just done, others hasten to do."""
    news = 0.0
    for other in range(view.actors):
        if other != sender and other != receiver:
            news += view.memory[other, receiver] * view.weight[other]
    return math.log1p(max(news, 0.0))
