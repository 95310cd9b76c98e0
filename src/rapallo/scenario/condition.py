"""One condition of a mask, in the grammar of ``allowed`` and ``when``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["pair", "reversed", "sender", "receiver"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition.

    Parameters
    ----------
    name
        The layer, pair quantity or attribute.
    side
        ``pair`` (a tie or value from sender to receiver), ``reversed`` (a tie from receiver to
        sender), ``sender`` or ``receiver`` (an attribute of one of them).
    negated
        It must not hold.
    """

    name: str
    side: Side
    negated: bool

    def __str__(self) -> str:
        held = "not " if self.negated else ""
        if self.side in ("sender", "receiver"):
            return f"{held}{self.side}.{self.name}"
        return f"{held}{self.name}{' reversed' * (self.side == 'reversed')}"


def read_condition(text: str) -> Condition | None:
    """Read ``[not ]NAME``, ``[not ]NAME reversed``, ``[not ]sender.NAME`` or ``[not ]receiver.NAME``.

    Gives ``None`` for anything else.

    Examples
    --------
    >>> read_condition("not alliance reversed")
    Condition(name='alliance', side='reversed', negated=True)
    >>> str(read_condition("receiver.victor"))
    'receiver.victor'
    """
    words = text.split()
    negated = bool(words) and words[0] == "not"
    words = words[negated:]
    side: Side = "pair"
    if len(words) == 2 and words[1] == "reversed":
        side, words = "reversed", words[:1]
    if len(words) != 1:
        return None
    name = words[0]
    head, dot, rest = name.partition(".")
    if dot:
        if side != "pair" or head not in ("sender", "receiver"):
            return None
        side, name = ("sender" if head == "sender" else "receiver"), rest
    return Condition(name, side, negated) if name.replace("_", "").isalnum() else None
