"""Acts of the record that the model calls impossible: errors of the model, or of the coding."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from rapallo.engine.reference import Reference
from rapallo.engine.why import refusal
from rapallo.system.calendar import ACT, HOLD, apply_entry
from rapallo.system.history import CHANGES, ORIGINS, History, to_iso
from rapallo.system.obligations import Obligations
from rapallo.system.world import World

if TYPE_CHECKING:
    import pandas as pd


def impossible_acts(history: History) -> pd.DataFrame:
    """List the acts of a history that have weight zero under the model at their moment.

    Parameters
    ----------
    history
        The record (``scenario.record``), whole or cut to a span.

    Returns
    -------
    pandas.DataFrame
        Columns ``act``, ``id``, ``date``, ``process``, ``sender``, ``receiver`` and ``reason``: one
        row for each act of a process with a clock whose mask forbids it. Such an act is carried out
        all the same, so that what follows is judged from what was so.
    """
    import pandas as pd

    scenario = history.scenario
    twin = Reference.__new__(Reference)
    twin.scenario, twin.actors = scenario, history.actors
    world: World = copy.deepcopy(history.calendar.opening)
    twin.world = world
    rows: list[dict[str, Any]] = []
    calendar, entry = history.calendar, 0
    obligations = Obligations(scenario)
    for act in range(len(history)):
        time = float(history.time[act])
        while entry < len(calendar) and calendar.time[entry] <= time:
            if calendar.kind[entry] not in (ACT, HOLD):
                world.now = float(calendar.time[entry])
                apply_entry(world, calendar, entry)
            entry += 1
        world.now = time
        if ORIGINS[history.origin[act]] == "lapse":
            obligations.follow(world, history, act)
            continue
        sender, receiver, code = int(history.sender[act]), int(history.receiver[act]), int(history.process[act])
        process = scenario.processes[history.processes[code]] if code >= 0 else None
        if process is not None and not process.given and receiver >= 0:
            reason = refusal(twin, process, sender, receiver)
            if reason:
                rows.append(
                    {
                        "act": act,
                        "id": "" if history.ids is None else history.ids[act],
                        "date": to_iso(time),
                        "process": process.name,
                        "sender": history.actors[sender],
                        "receiver": history.actors[receiver],
                        "reason": reason,
                    }
                )
        world.act(
            history.layers[history.layer[act]],
            CHANGES[history.change[act]],
            sender,
            receiver,
            process.name if process is not None else "",
            history.told(act),
        )
        obligations.follow(world, history, act)
    columns = ["act", "id", "date", "process", "sender", "receiver", "reason"]
    return pd.DataFrame(rows, columns=columns)
