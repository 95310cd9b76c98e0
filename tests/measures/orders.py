"""Hand-made histories, act by act, whose measures can be worked out on paper."""

from types import SimpleNamespace

import numpy as np

from rapallo.record.edtf import read_date
from rapallo.system.calendar import ATTRIBUTE, PAIR, make_calendar
from rapallo.system.history import CHANGES, ORIGINS, History, as_day
from rapallo.system.layer import Layer
from rapallo.system.quantity import Quantity
from rapallo.system.world import World

ACTORS = ("BEL", "CZE", "DEU", "FRA", "GBR", "HUN", "ITA", "JPN", "LEAGUE", "NOR", "POL", "USSR")
MUTUAL = ("recognition", "trade_agreement", "treaty", "alliance", "cooperation")
EVENTS = ("negotiation", "exchange", "subversion", "rising", "exposure", "dispute", "finding")
DIRECTED = ("membership", "sanction", "war")


def small_scenario(hidden_unit="facility-years", without=(), coverage=()):
    """The nouns of the interwar order without a model; ``without`` leaves some out."""
    layers = {name: Layer(name, "", mutual=True, covert=name == "cooperation") for name in MUTUAL}
    layers |= {name: Layer(name, "", lasting=False) for name in EVENTS}
    layers |= {name: Layer(name, "") for name in DIRECTED}
    quantities = {
        each.name: each
        for each in (
            Quantity("colour", "actor", "colour"),
            Quantity("great_power", "actor", "a great power"),
            Quantity("victor", "actor", "a victor"),
            Quantity("vanquished", "actor", "one of the vanquished"),
            Quantity("rival", "pair", "a rival"),
            Quantity("capability", "actor", "capability", "share"),
            Quantity("hidden_capability", "actor", "hidden", hidden_unit, written=True),
            Quantity("trade", "pair", "trade", written=True),
        )
    }
    actors = tuple(name for name in ACTORS if name not in without)
    rows = [
        SimpleNamespace(table="acts", about=layer, begins=read_date(begins), ends=read_date(ends))
        for layer, begins, ends in coverage
    ]
    return SimpleNamespace(
        name="small",
        layers={name: layer for name, layer in layers.items() if name not in without},
        quantities={name: each for name, each in quantities.items() if name not in without},
        tables=SimpleNamespace(actor_ids=actors, coverage=tuple(rows)),
    )


def history_of(
    *acts,
    start="1921-01-01",
    end="1924-01-01",
    standing=(),
    opening=(),
    changes=(),
    series=None,
    known=(),
    record=False,
    **scenario,
):
    """A history from acts ``(date, layer, change, sender, receiver[, occasion[, origin]])``.

    ``standing`` are ties ``(layer, sender, receiver)`` at the start, ``opening`` attributes
    ``(name, actor, value)``, ``changes`` dated ones ``(date, name, actor, value)``, or of a pair
    ``(date, name, "SENDER-RECEIVER", value)``; ``known``
    covert ties ``(observer, layer, sender, receiver)`` known at the start (``all`` for all);
    ``series`` maps a name to rows ``(year, sender, receiver, value)``.
    """
    made = small_scenario(**scenario)
    actors = made.tables.actor_ids
    code = {name: k for k, name in enumerate(actors)} | {"": -1}
    world = World(actors, made.layers, made.quantities, {})
    world.now = as_day(start)
    world.exists[:] = True
    for layer, sender, receiver in standing:
        world.act(layer, "form", code[sender], code[receiver])
    for observer, layer, sender, receiver in known:
        if observer == "all":
            world.act(layer, "expose", code[sender], code[receiver])
        else:
            world.act(layer, "discover", code[observer], code[receiver])
    for name, actor, value in opening:
        world.attributes[name][code[actor]] = value
    entries = []
    for date, name, who, value in changes:
        sender, _, receiver = who.partition("-")
        kind, table = (PAIR, world.pairs) if receiver else (ATTRIBUTE, world.attributes)
        entry = {"time": as_day(date), "kind": kind, "what": list(table).index(name), "sender": code[sender]}
        entries.append({**entry, "receiver": code[receiver], "value": value})
    rows = [(*act, *(-1, "simulated")[len(act) - 5 :]) for act in acts]
    rows.sort(key=lambda row: row[0])
    layers = tuple(made.layers)
    return History(
        scenario=made,
        actors=actors,
        layers=layers,
        processes=(),
        # noon, so that nothing falls on the border between two days
        time=np.array([as_day(row[0]) + 0.5 for row in rows], dtype=float),
        process=np.full(len(rows), -1, dtype=np.int16),
        layer=np.array([layers.index(row[1]) for row in rows], dtype=np.int16),
        change=np.array([CHANGES.index(row[2]) for row in rows], dtype=np.int8),
        sender=np.array([code[row[3]] for row in rows], dtype=np.int16),
        receiver=np.array([code[row[4]] for row in rows], dtype=np.int16),
        occasion=np.array([row[5] for row in rows], dtype=np.int32),
        origin=np.array([ORIGINS.index(row[6]) for row in rows], dtype=np.int8),
        start=as_day(start),
        end=as_day(end),
        initial={name: ties > 0 for name, ties in world.ties.items()},
        series={
            name: {
                "year": np.array([row[0] for row in found]),
                "sender": np.array([code[row[1]] for row in found], dtype=np.int16),
                "receiver": np.array([code[row[2]] for row in found], dtype=np.int16),
                "value": np.array([row[3] for row in found], dtype=float),
            }
            for name, found in (series or {}).items()
        },
        label="record" if record else "run 0",
        ids=np.array([f"F{k}" for k in range(len(rows))], dtype=object) if record else None,
        calendar=make_calendar(as_day(start), as_day(end), world, entries),
    )


def by_year(result):
    """A yearly series as ``{ISO date: value}``."""
    return {date.date().isoformat(): value for date, value in result.items()}


def values(result):
    """The numbers of a yearly series, NaN as None, so that equality can be asked."""
    return [None if np.isnan(value) else float(value) for value in result]
