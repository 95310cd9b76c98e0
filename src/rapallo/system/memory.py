"""What acts leave behind, fading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

By = Literal["pair", "sender", "receiver", "system"]


@dataclass(frozen=True, slots=True)
class Memory:
    """A decaying count of past acts.

    Each act adds one; what is there halves every ``half_life`` years. Between two ticks the
    value is a step, equal to the mean of the decaying curve over that stretch; below
    ``negligible`` it is zero.

    Parameters
    ----------
    name
        Its name, as effects read it.
    layer
        The layer whose acts are remembered.
    change
        Which change is remembered: ``form``, ``end``, ``expose``, ``discover`` or ``refuse``.
    by
        Kept per ``pair`` (a matrix), ``sender`` or ``receiver`` (a vector) or for the
        ``system`` (a vector of equal entries).
    half_life
        Years; ``inf`` never fades.
    process
        Only acts of this process, where given.
    weight
        The attribute of the act's sender that it adds instead of one, where given.
    """

    name: str
    layer: str
    change: str
    by: By
    half_life: float
    process: str = ""
    negligible: float = 0.03
    weight: str = ""
