"""What is changed, in sentences: printed before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario


def state(model: Scenario, worlds: Iterable[str | Sequence[str]]) -> None:
    """Print each of some changed worlds: what its interventions say, and every change in words.

    Raises
    ------
    RapalloError
        If a change cannot be read, or cannot be made.
    """
    from rapallo.scenario.intervention import read_intervention

    for texts in worlds:
        made = read_intervention(model, texts)
        print(made.says or made.name)
        for sentence in made.sentences(model):
            print(f"  · {sentence}")
    print(flush=True)
