"""What the examples in docstrings need, which are tests beside those of ``tests``."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest


@pytest.fixture(autouse=True)
def _registers_no_longer_than_it_runs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take back the effects and measures that an example in a docstring registers: others must not meet them."""
    if not isinstance(request.node, pytest.DoctestItem):
        yield
        return
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
