"""A scenario with what nobody recorded drawn, so that the unknown counts as unknown and not as zero."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rapallo.record.time import to_day

if TYPE_CHECKING:
    from rapallo.record.rows import AttributeRow, DyadRow
    from rapallo.scenario.scenario import Scenario


def completed(
    scenario: Scenario, quantities: Sequence[str], draw: int, seed: int = 0
) -> tuple[Scenario, dict[str, tuple[str, ...]]]:
    """Draw what the tables do not hold of some quantities, once.

    Parameters
    ----------
    scenario
        The scenario.
    quantities
        What to complete. An attribute: an actor whose rows do not reach back to the scenario's start
        is given those of another, drawn among those whose rows do, up to its own first (a hot deck of
        careers: governments keep their lengths and their company). Whose government was looked up
        only when it recognised would else be at risk only then. A number of pairs: towards each receiver
        that somebody has a row with, every actor without a row is given a value between nothing and
        the smallest that is recorded, level on the scale of ``log(1 + value)`` and from the earliest
        date recorded; towards a receiver that nobody has a row with there is nothing of the kind.
    draw
        Which of the draws; each actor's depends on this, ``seed`` and its own name alone.

    Returns
    -------
    tuple
        The completed scenario, and for each quantity the actors that were drawn for.
    """
    tables = scenario.tables
    attributes: list[AttributeRow] = []
    dyads: list[DyadRow] = []
    drawn: dict[str, tuple[str, ...]] = {}
    for name in quantities:
        if scenario.quantities[name].shape == "actor":
            rows = [row for row in tables.attributes if row.attribute == name]
            begins: dict[str, float] = {}
            for row in rows:
                begins[row.actor] = min(begins.get(row.actor, math.inf), row.date.earliest or -math.inf)
            opening = to_day(scenario.start)
            donors = sorted(actor for actor, day in begins.items() if day <= opening) or sorted(begins)
            lacking = [actor for actor in tables.actor_ids if begins.get(actor, math.inf) > opening]
            if not donors:
                continue
            for actor in lacking:
                donor = donors[int(_generator(seed, draw, name, actor).integers(len(donors)))]
                attributes += [
                    row._replace(actor=actor, id=f"{row.id}.{actor}", basis="invented", certainty="low")
                    for row in rows
                    if row.actor == donor and (row.date.earliest or -math.inf) < begins.get(actor, math.inf)
                ]
            drawn[name] = tuple(lacking)
        else:
            dated = [row for row in tables.dyads if row.attribute == name]
            whose: dict[str, None] = {}
            for receiver in sorted({row.receiver for row in dated}):
                own = [row for row in dated if row.receiver == receiver]
                creditors = {row.sender for row in own}
                least = min((row.value for row in own if row.value > 0), default=0.0)
                first = min(own, key=lambda row: (row.date.earliest is not None, row.date.earliest or 0.0))
                for actor in tables.actor_ids:
                    if actor != receiver and actor not in creditors:
                        share = _generator(seed, draw, name, actor).random()
                        value = math.expm1(share * math.log1p(least))
                        made = first._replace(
                            sender=actor,
                            value=value,
                            id=f"{first.id}.{actor}",
                            reading="",
                            basis="invented",
                            certainty="low",
                        )
                        dyads.append(made)
                        whose[actor] = None
            drawn[name] = tuple(whose)
    made_tables = replace(tables, attributes=(*tables.attributes, *attributes), dyads=(*tables.dyads, *dyads))
    return replace(scenario, tables=made_tables, _kept={}), drawn


def _generator(seed: int, draw: int, name: str, actor: str) -> np.random.Generator:
    stamp = hashlib.blake2b(f"{seed}|{draw}|{name}|{actor}".encode(), digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(stamp, "big"))
