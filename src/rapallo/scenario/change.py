"""The vocabulary of interventions: every kind of change, and how one is read."""

from __future__ import annotations

import re

from rapallo.errors import RapalloError
from rapallo.scenario.change_actors import DropExistence, MoveExistence
from rapallo.scenario.change_facts import AddNumber, Drop, Move, MoveToBound, Read, SetQuantity
from rapallo.scenario.change_model import FixParameter, ScaleParameter, SetParameter, SwitchOff, SwitchOn
from rapallo.scenario.change_ties import Forbid, Force, Hold, Keep
from rapallo.scenario.contested import Contest
from rapallo.scenario.kind_of_change import Change

__all__ = [
    "KINDS",
    "AddNumber",
    "Change",
    "Contest",
    "Drop",
    "DropExistence",
    "FixParameter",
    "Forbid",
    "Force",
    "Hold",
    "Keep",
    "Move",
    "MoveExistence",
    "MoveToBound",
    "Read",
    "ScaleParameter",
    "SetParameter",
    "SetQuantity",
    "SwitchOff",
    "SwitchOn",
    "read_change",
]

KINDS: tuple[type[Change], ...] = (
    SetParameter,
    ScaleParameter,
    FixParameter,
    SwitchOff,
    SwitchOn,
    Forbid,
    Keep,
    Hold,
    AddNumber,
    Force,
    Drop,
    DropExistence,
    MoveExistence,
    Move,
    MoveToBound,
    Read,
    Contest,
    SetQuantity,
)
"""Every kind of change, in the order in which their grammars are tried."""


def read_change(text: str) -> Change:
    """Read one change.

    Raises
    ------
    RapalloError
        If no grammar fits; the message lists them.

    Examples
    --------
    >>> read_change("off comintern since 1924-01-01").parts["name"]
    'comintern'
    """
    words = " ".join(text.split())
    for kind in KINDS:
        found = re.fullmatch(kind.pattern, words)
        if found:
            return kind(words, {key: value for key, value in found.groupdict().items() if value is not None})
    raise RapalloError(f"{text!r} is no change; write one of: " + "; ".join(kind.right for kind in KINDS))
