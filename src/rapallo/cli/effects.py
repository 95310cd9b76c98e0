"""``rapallo effects``."""

from __future__ import annotations

from typing import Annotated

import typer

from rapallo.cli.outcome import told


@told
def effects(
    name: Annotated[str, typer.Argument(help="Show this one only, with its text; other programs' names do.")] = "",
) -> None:
    """List effects: what they say and read."""
    from rapallo.effects import effects as registered
    from rapallo.effects import get_effect

    for each in [get_effect(name)] if name else registered():
        print(f"{each.name}\n    {each.says}")
        about = [f"reads {', '.join(each.reads)}"] if each.reads else []
        about += [f"unit: {each.unit}"] if each.unit else []
        about += (
            [f"settings: {', '.join(f'{key} = {value:g}' for key, value in each.settings)}"] if each.settings else []
        )
        about += [f"also called {', '.join(each.aliases)}"] if each.aliases else []
        about += [f"after {each.cites}"] if each.cites else []
        if about:
            print(f"    {'; '.join(about)}")
        if name and each.source:
            print("\n" + each.source, end="")
