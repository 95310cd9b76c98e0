"""What a backtest asks: which ties, of whom with whom, and which acts it counts beside them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.record.time import to_date, to_day

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario

HORIZONS = (1, 2, 5)
"""Years ahead."""

LEAST = 10
"""Occasions in the record below which the acts of a process are not counted: too few to score."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is forecast.

    Parameters
    ----------
    process, layer
        The process whose pairs are asked about, and the layer in which a tie may form.
    receiver
        The one with whom.
    counted
        Processes whose acts are counted beside.
    """

    process: str
    layer: str
    receiver: str
    counted: tuple[str, ...]


def ask(scenario: Scenario, process: str | None = None, receiver: str | None = None) -> Question:
    """Settle what a backtest of a scenario asks.

    Parameters
    ----------
    scenario
        The whole scenario.
    process
        A process that forms ties of a lasting layer; by default the one with the most recorded acts.
    receiver
        By default whoever receives most of its recorded acts.

    Raises
    ------
    UnknownNameError
        For a process or an actor that is not there.
    RapalloError
        If nothing can be asked: no such process has recorded acts, or the one named forms no lasting ties.

    Examples
    --------
    >>> from rapallo.scenario.load import load
    >>> ask(load("pair")).receiver
    'BOR'
    """
    facts = {(row.id, row.process, row.sender, row.receiver) for row in scenario.tables.acts if row.process}
    forming = {
        name: each
        for name, each in scenario.processes.items()
        if not each.given and each.change == "form" and scenario.layers[each.layer].lasting
    }
    acts = Counter(name for _, name, _, _ in facts)
    if process is None:
        recorded = [name for name in forming if acts[name]]
        if not recorded:
            raise RapalloError(f"{scenario.name!r} records no act of a process that forms lasting ties: nothing to ask")
        process = max(recorded, key=lambda name: acts[name])
    if process not in scenario.processes:
        raise UnknownNameError("process", process, scenario.processes)
    if process not in forming:
        raise RapalloError(
            f"the process {process!r} forms no lasting ties of its own; name one of {', '.join(forming)}"
        )
    received = Counter(each for _, name, _, each in facts if name == process)
    if receiver is None:
        if not received:
            raise RapalloError(f"no act of {process!r} is recorded; name a receiver, or another process")
        receiver = min(received, key=lambda name: (-received[name], name))
    if receiver not in scenario.tables.spells:
        raise UnknownNameError("actor", receiver, scenario.tables.actor_ids)
    counted = tuple(
        name
        for name, each in scenario.processes.items()
        if not each.given and not scenario.layers[each.layer].covert and _occasions(scenario, name) >= LEAST
    )
    return Question(process, scenario.processes[process].layer, receiver, counted)


def years_after(day: float, years: int) -> float:
    """Give the same day of a later year; of 29 February, 1 March where there is none.

    Examples
    --------
    >>> years_after(to_day("1924-02-01"), 2) == to_day("1926-02-01")
    True
    """
    then = to_date(day)
    try:
        return to_day(then.replace(year=then.year + years))
    except ValueError:
        return to_day(date(then.year + years, 3, 1))


def _occasions(scenario: Scenario, process: str) -> int:
    return len({row.occasion or row.id for row in scenario.tables.acts if row.process == process})
