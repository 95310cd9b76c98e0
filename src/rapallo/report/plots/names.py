"""Names of actors, short enough for a plot."""

from __future__ import annotations

from typing import Any

SHORT = {"United Kingdom": "Britain", "Soviet Union": "USSR", "Dominican Republic": "Dominican Rep."}
"""Names that are longer than a label has room for, or not what the time said."""


def short_name(scenario: Any, actor: str) -> str:
    """Give an actor's English name, of its last spell; its id where it has none."""
    spells = scenario.tables.spells.get(actor, ())
    name = next((row.name_en for row in reversed(spells) if row.name_en), actor)
    return SHORT.get(name, name)
