"""Whether a run of a changed scenario takes anything else from its tables, and what is refused where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapallo.errors import RapalloError

if TYPE_CHECKING:
    from rapallo.scenario.intervention import Intervention
    from rapallo.scenario.scenario import Scenario


def reads_otherwise(
    scenario: Scenario, changed: Scenario, start: str | float | None = None, end: str | float | None = None
) -> bool:
    """Tell whether a run of the changed scenario takes anything else from its tables."""
    import numpy as np

    from rapallo.scenario.timeline import timeline

    one, other = timeline(scenario, start, end), timeline(changed, start, end)
    columns = ("time", "kind", "what", "sender", "receiver", "value", "change", "process")
    if any(not np.array_equal(getattr(one, name), getattr(other, name)) for name in columns):
        return True
    if one.known_to != other.known_to:
        return True
    worlds = one.opening, other.opening
    if not np.array_equal(worlds[0].exists, worlds[1].exists):
        return True
    return any(
        not np.array_equal(values, getattr(worlds[1], table)[name])
        for table in ("ties", "seen", "attributes", "pairs", "raw", "shown")
        for name, values in getattr(worlds[0], table).items()
    )


def refuse_beyond(
    scenario: Scenario, made: Intervention, changed: Scenario, start: str | float | None, end: str | float | None
) -> None:
    """Refuse a change that begins after a span ends, and leaves what is before as it is.

    Raises
    ------
    RapalloError
        With both days.
    """
    from rapallo.record.time import to_day, to_text
    from rapallo.scenario.timeline import span

    last = span(scenario, start, end)[1] - 1.0
    begins = made.begins(scenario)
    if to_day(begins) > last and not reads_otherwise(scenario, changed, start, end):
        raise RapalloError(
            f"{made.name!r} changes nothing before {begins}, and the span ends on {to_text(last)}; give an earlier "
            "date, or a later last day (--to)"
        )


def simulated_world(
    scenario: Scenario, made: Intervention, start: str | float | None, end: str | float | None
) -> Scenario:
    """Give the changed scenario that runs are to be made of.

    Raises
    ------
    RapalloError
        If no run would read a change: of an act that the model decides, or of what begins after the span.
    """
    _refuse_decided(scenario, made, start)
    changed = made.apply(scenario)
    refuse_beyond(scenario, made, changed, start, end)
    return changed


def _refuse_decided(model: Scenario, made: Intervention, start: str | float | None) -> None:
    """Refuse to change an act of the record that a simulation does not read, for the model decides it."""
    from rapallo.record.time import to_day
    from rapallo.scenario.change import Drop, Move, Read
    from rapallo.scenario.resolution import resolve

    first = to_day(model.start) if start is None else to_day(start) if isinstance(start, str) else float(start)
    for change in made.changes:
        if not isinstance(change, (Drop, Move, Read)):
            continue
        fact = change.parts.get("fact") or change.parts["shifted"]
        rows = [row for row in model.tables.acts if row.id == fact]
        numbers = fact in {*(row.id for row in model.tables.attributes), *(row.id for row in model.tables.dyads)}
        decided = [
            row
            for row in rows
            if row.process in model.processes
            and not model.processes[row.process].given
            and resolve(row.date, "begins") >= first
        ]
        if rows and not numbers and len(decided) == len(rows):
            raise RapalloError(
                f"{change.text!r}: {fact} is an act that the model itself decides after the start, so a simulation "
                f"does not read it from the record. The record's own luck does: rapallo counterfactual {model.name} "
                f'--if "{change.text}". Or forbid or force it here: "forbid {rows[0].layer} '
                f'{rows[0].sender}-{rows[0].receiver} …"'
            )
