"""Loading a scenario for a command."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario


def loaded(scenario: str, own: Sequence[Path] = ()) -> Scenario:
    """Load a scenario by name or folder, its measures checked, after importing the user's own files.

    Raises
    ------
    ScenarioError
        With every problem found.
    RapalloError
        If there is no such scenario, or a file of the user's own fails.
    """
    from rapallo.measures import measures
    from rapallo.scenario.load import load

    if own:
        from rapallo.experiment.own_source import import_own

        for path in own:
            import_own(path)
    return load(scenario, [each.name for each in measures()])
