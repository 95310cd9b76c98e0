"""The record as far as a span reaches, so that it is measured as the runs are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rapallo.system.calendar import make_calendar, replay
from rapallo.system.history import History


def record_within(record: History, start: float, end: float) -> History:
    """Give the part of a record from one day to another, with the ties that stood when it begins.

    Parameters
    ----------
    record
        The record, or any history with its calendar.
    start, end
        Days since 1900-01-01, ``end`` exclusive. Where the record begins later or ends earlier, what
        is not recorded is not there.
    """
    initial, calendar = record.initial, record.calendar
    if start > record.start:
        opening = replay(record, float(np.nextafter(start, -np.inf)))
        opening.now = start
        initial = {name: ties > 0 for name, ties in opening.ties.items()}
        names = ("time", "kind", "what", "sender", "receiver", "value", "change", "process", "occasion")
        rest = np.flatnonzero(calendar.time >= start)
        entries = [
            {name: getattr(calendar, name)[k].item() for name in names}
            | {
                "fact": calendar.facts[k] if calendar.facts else "",
                "known_to": calendar.known_to[k] if calendar.known_to else (),
            }
            for k in rest
        ]
        calendar = make_calendar(start, end, opening, entries)
    keep = np.flatnonzero((record.time >= start) & (record.time < end))
    columns = ("time", "process", "layer", "change", "sender", "receiver", "occasion", "origin")
    return replace(
        record,
        **{name: getattr(record, name)[keep] for name in columns},
        ids=None if record.ids is None else record.ids[keep],
        known_to=None if record.known_to is None else record.known_to[keep],
        extra={name: values[keep] for name, values in record.extra.items()},
        start=start,
        end=end,
        initial=initial,
        calendar=calendar,
    )
