"""``rapallo measures``."""

from __future__ import annotations

from typing import Annotated

import typer

from rapallo.cli.outcome import told


@told
def measures(
    scenario: Annotated[str, typer.Argument(help="List only those that apply to this scenario.")] = "",
) -> None:
    """List measures: what they count, and in what."""
    from rapallo.measures import applies
    from rapallo.measures import measures as registered

    found = list(registered())
    if scenario:
        from rapallo.cli.loading import loaded

        model = loaded(scenario)
        found = [each for each in found if not applies(each, model)]
    for each in found:
        unit = f" ({each.unit})" if each.unit else ""
        print(f"{each.name}{unit}\n    {each.says}")
        if each.needs:
            print(f"    needs: {', '.join(each.needs)}")
