"""``rapallo explain SCENARIO``."""

from __future__ import annotations

from rapallo.cli.options import OwnFiles, ScenarioName
from rapallo.cli.outcome import told


@told
def explain(
    scenario: ScenarioName,
    own: OwnFiles = None,
) -> None:
    """Say in words what a scenario does.

    What is fixed, what may happen, what moves it and which way.
    """
    from rapallo.cli.loading import loaded

    print(str(loaded(scenario, own or ()).explain()), end="")
