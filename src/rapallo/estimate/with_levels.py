"""A scenario in which the level of a process differs from group to group, as a pooled fit found it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from rapallo.errors import RapalloError
from rapallo.record.edtf import read_date
from rapallo.record.rows import AttributeRow
from rapallo.scenario.parameter import Parameter
from rapallo.system.process import Motive
from rapallo.system.quantity import Quantity

if TYPE_CHECKING:
    from rapallo.estimate.pool import Pooled
    from rapallo.scenario.scenario import Scenario


def with_levels(scenario: Scenario, process: str, pooled: Pooled) -> Scenario:
    """Give each sender, receiver or year the deviation of a constant that a fit with ``pool=`` found.

    A deviation is an attribute of the actors, which a motive of weight one reads; of a year that the fit knows
    nothing of it is zero.

    Raises
    ------
    RapalloError
        If something else than a constant differs: the engine has one parameter for all.
    """
    kind = scenario.processes[process]
    quantities, parameters = dict(scenario.quantities), dict(scenario.parameters)
    rows: list[AttributeRow] = []
    for (term, by), table in pooled.deviations.groupby(["term", "by"], sort=False):
        of_rate = any(each.parameter == term for each in kind.rate)
        motives = kind.rate if of_rate else kind.motives
        motive = next((each for each in motives if each.parameter == term), None)
        if motive is None or motive.effect != "constant":
            raise RapalloError(
                f"`{term}` differs by {by}, and the engine has one parameter for all: of a process that was fitted "
                "with pool=… only a constant's deviations can be simulated; fit it as event data, or pool the constant"
            )
        name = f"{term} by {by}"
        quantities[name] = Quantity(name, "actor", f"deviation of {term} by {by}", missing="no deviation")
        parameters[name] = Parameter(name, 1.0, 1.0, 1.0, "assumed", "the deviations of a pooled fit, as they are")
        deviations = dict(zip(table["group"], table["deviation"], strict=True))
        rows += (_row(name, *each) for each in _values(scenario, str(by), deviations))
        effect = "receiver_value" if by == "receiver" else "sender_value"
        motives = (*motives, Motive(name, effect, (("attribute", name),), (), name))
        kind = replace(kind, rate=motives) if of_rate else replace(kind, motives=motives)
    tables = replace(scenario.tables, attributes=(*scenario.tables.attributes, *rows))
    processes = {**scenario.processes, process: kind}
    return replace(scenario, quantities=quantities, parameters=parameters, processes=processes, tables=tables, _kept={})


def _values(scenario: Scenario, by: str, deviations: dict[str, float]) -> Iterator[tuple[str, str, float]]:
    """Give actor, day and value of every change of a deviation."""
    if by != "year":
        yield from ((actor, "1000-01-01", float(value)) for actor, value in deviations.items())
        return
    own = {int(year): float(value) for year, value in deviations.items()}
    for year in sorted(own.keys() | {each + 1 for each in own}):
        for actor in scenario.tables.actor_ids:
            yield actor, f"{year}-01-01", own.get(year, 0.0)


def _row(name: str, actor: str, day: str, value: float) -> AttributeRow:
    said = (f"{name} {actor} {day}", actor, name, read_date(day), value, "1")
    return AttributeRow(*said, (), (), "", "invented", "low", "", (), "", 0)
