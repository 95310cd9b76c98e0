"""Effects: one motive, one small file."""

from rapallo.effects.effect import Effect, effect, effects, get_effect

__all__ = ["Effect", "effect", "effects", "get_effect"]
