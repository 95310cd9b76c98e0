"""Which values of a scenario's quantities somebody recorded, so that the unknown never counts as zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.system.calendar import ATTRIBUTE, PAIR, Calendar
from rapallo.system.world import World

RULES = ("refuse", "default", "leave out")
"""Rules for what nobody recorded: refuse the fit, take the scenario's default, or leave such options out."""


class RecordedCells:
    """Marks the values that nobody has recorded yet.

    Parameters
    ----------
    scenario, world
        The model, and its state at the start.
    names
        What the process reads.
    rule
        One of ``RULES``.
    unknown
        Quantities whose unrecorded values are unknown whatever default the scenario gives them;
        beside these, all whose ``missing`` is ``unknown``.
    start
        Day of the world's state.
    """

    def __init__(
        self, scenario: Any, world: World, names: Sequence[str], rule: str, unknown: Sequence[str], start: float
    ) -> None:
        if rule not in RULES:
            raise UnknownNameError("rule for missing values", rule, RULES)
        for name in unknown:
            if name not in world.quantities:
                raise UnknownNameError("quantity", name, world.quantities)
        self.world = world
        self.warnings: list[str] = []
        self.known: dict[str, NDArray[np.bool_]] = {}
        for name in names:
            quantity = world.quantities.get(name)
            if quantity is None or quantity.written or quantity.counts:
                continue
            if quantity.missing == "unknown" or name in unknown:
                self.known[name] = np.zeros(world.reads(name, 0).shape, dtype=bool)
            else:
                self.warnings.append(
                    f"{name}: where nothing is recorded it counts as {quantity.default:g} ({quantity.missing})"
                )
        self._before(scenario, start)
        for known in self.known.values():
            if known.ndim == 2:
                np.fill_diagonal(known, True)
        if rule == "default":
            for name, known in self.known.items():
                quantity = world.quantities[name]
                count = int((~known).sum())
                self.warnings.append(
                    f"{name}: {count} of {known.size} values are unknown at the start and count as {quantity.default:g}"
                )
            self.known = {}
        elif rule == "refuse":
            for name, known in self.known.items():
                if not known.all():
                    where = np.argwhere(~known)[0]
                    who = " → ".join(world.actors[k] for k in where)
                    raise RapalloError(
                        f"{name} of {who} is not recorded at the start ({int((~known).sum())} such values); choose a "
                        "rule: missing='leave out' or 'default'"
                    )

    def _before(self, scenario: Any, start: float) -> None:
        """Note what the tables date before the start."""
        tables = getattr(scenario, "tables", None)
        if tables is None:
            return
        index = {name: k for k, name in enumerate(self.world.actors)}
        for row in tables.attributes:
            if row.attribute in self.known and _dated(row) < start:
                self.known[row.attribute][index[row.actor]] = True
        for row in tables.dyads:
            if row.attribute in self.known and _dated(row) < start:
                first, second = index[row.sender], index[row.receiver]
                self.known[row.attribute][first, second] = True
                if self.world.quantities[row.attribute].mutual:
                    self.known[row.attribute][second, first] = True

    def note(self, calendar: Calendar, place: int) -> None:
        """Note what an entry of the calendar records."""
        kind, what = calendar.kind[place], int(calendar.what[place])
        if kind == ATTRIBUTE:
            name = list(self.world.attributes)[what]
            if name in self.known:
                self.known[name][int(calendar.sender[place])] = True
        elif kind == PAIR:
            name = list(self.world.pairs)[what]
            filled = self.world.quantities[name].unrecorded == "middle" and not calendar.facts[place]
            if name in self.known and not filled:
                self.known[name][int(calendar.sender[place]), int(calendar.receiver[place])] = True

    def marked(self, name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the values with what nobody recorded as NaN."""
        if name not in self.known:
            return values
        return np.where(self.known[name], values, np.nan)


def _dated(row: Any) -> float:
    when = row.date
    if when.earliest is None and when.latest is None:
        return -np.inf
    return float(when.resolve("earliest" if when.earliest is not None else "latest"))
