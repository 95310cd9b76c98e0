"""An order whose truth is known: states that differ in zeal tie themselves to one receiver at constant rates."""

from __future__ import annotations

from rapallo.engine.simulate import simulate
from rapallo.record.folder import Folder
from rapallo.scenario.load import load_folder
from rapallo.scenario.scenario import Scenario

STATES = tuple(f"S{k:02d}" for k in range(24))
ZEAL = {name: (k % 6) / 5.0 for k, name in enumerate(STATES)}
"""From 0 to 1, four states each."""

MODEL = """
title = "An order whose truth is known"
says = "Invented states tie themselves to one, each at its own constant rate."
start = "1920-01-01"
end = "1939-12-31"
measures = []

[layers.tie]
says = "{sender} is tied to {receiver}"

[attributes.zeal]
says = "how eager a state is"
unit = "1"

[processes.join]
says = "{sender} ties itself to {receiver}"
layer = "tie"
weighting = "intensity"
senders = "state"
receivers = ["HUB"]

[processes.join.effects]
constant = {}
zeal = { effect = "sender_value", reads = { attribute = "zeal" } }

[processes.part]
says = "{sender} unties itself from {receiver}"
layer = "tie"
change = "end"
weighting = "intensity"
senders = "state"
receivers = ["HUB"]
effects.constant = {}
"""

NUMBERS = """
[join.constant]
value = -3.5
range = [-4.5, -2.5]
origin = "assumed"
why = "made up: a state without zeal ties itself once in thirty years"

[join.zeal]
value = 3.0
range = [2.0, 4.0]
origin = "assumed"
why = "made up: one with all the zeal there is, three times in five years"

[part.constant]
value = -2.0
range = [-3.0, -1.0]
origin = "assumed"
why = "made up: a tie lasts seven years"
"""

SOURCES = (
    "@misc{invented,\n  title = {Invented for this order},\n  author = {Nobody},\n  why = {made up for a test}\n}\n"
)
BACKED = "invented,,,invented,low"


def files(acts: str = "") -> dict[str, bytes]:
    """Give the files of the order with the acts given."""
    actors = "id,name_en,kind,from,to,source,look_up,locator,basis,certainty\n"
    actors += f"HUB,Hub,hub,1900-01-01,..,{BACKED}\n"
    actors += "".join(f"{name},State {name},state,1900-01-01,..,{BACKED}\n" for name in STATES)
    attributes = "id,actor,attribute,date,value,unit,source,look_up,locator,basis,certainty\n"
    attributes += "".join(f"Z{name},{name},zeal,1900,{ZEAL[name]},1,{BACKED}\n" for name in STATES)
    table = "id,date,layer,process,sender,receiver,change,source,look_up,locator,basis,certainty\n" + acts
    texts = {
        "scenario.toml": MODEL,
        "parameters.toml": NUMBERS,
        "sources.bib": SOURCES,
        "actors.csv": actors,
        "attributes.csv": attributes,
        "acts.csv": table,
    }
    return {name: text.encode() for name, text in texts.items()}


def acts_of(seed: int) -> str:
    """Let the order itself write its record."""
    history = simulate(load_folder(Folder("known", contents=files())), seed)
    rows = []
    for k, row in enumerate(history.acts().itertuples()):
        rows.append(f"A{k:04d},{row.date},tie,{row.process},{row.sender},{row.receiver},{row.change},{BACKED}\n")
    return "".join(rows)


def known_order(seed: int) -> Scenario:
    """Give the order with a record drawn from its own truth."""
    return load_folder(Folder("known", contents=files(acts_of(seed))))
