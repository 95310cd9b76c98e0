"""Small random views for the tests of effects."""

import re
from types import SimpleNamespace

import numpy as np

ACTORS = 6


def slot_shapes(effect):
    """Say for each slot whether the effect's text takes it as a matrix (2) or a vector (1)."""
    shapes = {}
    for slot in effect.reads:
        places = set(re.findall(rf"view\.{slot}\[([^\]]+)\]", effect.source))
        dimensions = {place.count(",") + 1 for place in places}
        assert len(dimensions) == 1, f"{effect.name}: slot {slot!r} is read as {places or 'nothing'}"
        shapes[slot] = dimensions.pop()
    return shapes


def random_matrix(rng):
    """Half zeros, half values between 0 and 3; nothing on the diagonal."""
    values = rng.uniform(0.1, 3.0, (ACTORS, ACTORS)) * (rng.random((ACTORS, ACTORS)) < 0.5)
    np.fill_diagonal(values, 0.0)
    return values


def random_vector(rng):
    """Values on both sides of zero, with ties and zeros among them."""
    return rng.choice([-1.0, -0.5, 0.0, 0.0, 0.5, 1.0, 2.0], ACTORS)


def random_view(effect, seed):
    """Give a view with a random array behind every slot, and the effect's default settings."""
    rng = np.random.default_rng(seed)
    slots = {
        slot: random_matrix(rng) if dimensions == 2 else random_vector(rng)
        for slot, dimensions in slot_shapes(effect).items()
    }
    return SimpleNamespace(actors=ACTORS, now=9000.0, **slots, **dict(effect.settings))


def statistics(effect, view):
    """Evaluate an effect for every pair of different actors; nan on the diagonal."""
    out = np.full((ACTORS, ACTORS), np.nan)
    for sender in range(ACTORS):
        for receiver in range(ACTORS):
            if sender != receiver:
                out[sender, receiver] = effect(view, sender, receiver)
    return out
