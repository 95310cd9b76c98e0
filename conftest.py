"""What every test needs, those of ``tests`` and the examples in docstrings."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest


@pytest.fixture(autouse=True)
def _names_last_no_longer_than_the_test() -> Iterator[None]:
    """Take back the effects and measures that a test registers: another one must not meet them."""
    from rapallo.effects import effects
    from rapallo.measures import measures

    list(effects()), list(measures())  # what ships is there before it is counted
    of_effects = import_module("rapallo.effects.effect")
    of_measures = import_module("rapallo.measures.measure")
    registers = [of_effects._EFFECTS, of_effects._ALIASES, of_measures._MEASURES]
    before = [dict(register) for register in registers]
    yield
    for register, kept in zip(registers, before, strict=True):
        register.clear()
        register.update(kept)
