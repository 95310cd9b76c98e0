"""What the record covers of a process: among which pairs, and when, a missing row means that nothing happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.record.time import to_date, to_day

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Covered:
    """Where a process can be estimated.

    Parameters
    ----------
    pairs
        Bool, shape ``(actors, actors)``: at least one of the two is covered.
    start, end
        ISO dates, both included: the scenario's own span, within the coverage.
    says
        The same in words.
    """

    pairs: NDArray[np.bool_]
    start: str
    end: str
    says: str


def covered_pairs(scenario: Scenario, process: str) -> Covered:
    """Find the pairs and the span for which the coverage table calls the acts of a process complete.

    Where a scenario says nothing of the extent of its coverage, all of it counts as complete.

    Raises
    ------
    RapalloError
        If the table says that the acts of this kind are a selection, wherever they are: what has no
        row may have happened, so that the acts there are do not tell what moved them.
    """
    if process not in scenario.processes:
        raise UnknownNameError("process", process, scenario.processes)
    layer = scenario.processes[process].layer
    actors = scenario.tables.actor_ids
    index = {name: k for k, name in enumerate(actors)}
    rows = [row for row in scenario.tables.coverage if row.table == "acts" and row.about == layer and row.extent]
    complete = [row for row in rows if row.extent == "complete"]
    first, last = to_day(scenario.start), to_day(scenario.end)
    pairs = np.ones((len(actors), len(actors)), dtype=bool)
    says = "all pairs"
    if rows:
        if not complete:
            notes = " ".join(row.note for row in rows if not row.actors) or rows[0].note
            raise RapalloError(
                f"the record holds a selection of the acts of {process!r}, and nowhere all of them: {notes} "
                "Give allowed=…, the pairs among which it holds all"
            )
        pairs[:] = False
        for row in complete:
            own = [index[name] for name in row.actors if name in index] if row.actors else list(range(len(actors)))
            pairs[own, :] = True
            pairs[:, own] = True
        first = max(first, min(_day(row.begins, first) for row in complete))
        last = min(last, max(_day(row.ends, last, late=True) for row in complete))
        if all(row.actors for row in complete):
            says = f"pairs with {', '.join(dict.fromkeys(name for row in complete for name in row.actors))}"
    start, end = to_date(first).isoformat(), to_date(last).isoformat()
    return Covered(pairs, start, end, f"{says}, {start} to {end}")


def _day(when: object, otherwise: float, late: bool = False) -> float:
    found = getattr(when, "latest" if late else "earliest", None)
    return otherwise if found is None else float(found)
