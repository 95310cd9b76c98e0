"""One kind of decision: which organ, which layer, form or end, what moves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Weighting = Literal["intensity", "choice", "coordination", "toggle"]
CHANGES = ("form", "end", "expose", "discover", "refuse")


@dataclass(frozen=True, slots=True)
class Motive:
    """One effect in use: bound to what it reads, with the parameter that weighs it.

    Parameters
    ----------
    name
        The key under which it stands in ``scenario.toml``.
    effect
        The registered effect's name.
    reads
        What each name in the effect's ``reads`` is bound to: slot to layer, attribute, dyad or
        memory. A slot that is not bound is bound to its own name.
    settings
        Values of the effect's settings, where they differ from its defaults.
    parameter
        Full name of its parameter: ``process.name``, ``process.rate.name`` or ``process.consent.name``.
    """

    name: str
    effect: str
    reads: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, float], ...]
    parameter: str


@dataclass(frozen=True, slots=True)
class Process:
    """One kind of decision.

    Parameters
    ----------
    name
        Its name.
    says
        A sentence with ``{sender}`` and ``{receiver}``.
    organ
        The organ of the sender that decides, or the role that an organ of its own plays in each
        actor: ``ministry`` is everybody's unless ``organs.csv`` gives an actor another.
    layer, change
        What an act of it changes. ``expose`` makes a standing covert tie of the pair known to all;
        ``discover`` lets the sender know which ties the receiver has in the layer, and which no more.
    weighting
        Which form of the primitive turns effects into weights.
    senders, receivers
        A kind or group of actors, the name of an attribute (above zero), or a list of actor ids.
    allowed
        Conditions of the mask beyond existence and standing ties; all must hold. Each is
        ``[not ]NAME`` (a tie sender to receiver stands, a pair's value or memory is above zero),
        ``[not ]NAME reversed``, ``[not ]sender.ATTRIBUTE`` or ``[not ]receiver.ATTRIBUTE``.
    motives
        What moves it. For ``choice``, ``toggle`` and ``coordination`` these weigh the receivers.
    rate
        For ``choice``, ``toggle`` and ``coordination``: what moves how often the sender acts.
    consent
        What moves the receiver to agree, read with receiver and sender exchanged.
    given
        The record's acts of this process are carried out at their dates; it has no clock.
    system
        Numbers of the systems (design, first table) that it belongs to.
    """

    name: str
    says: str
    organ: str
    layer: str
    change: str
    weighting: Weighting
    senders: str | tuple[str, ...]
    receivers: str | tuple[str, ...]
    allowed: tuple[str, ...] = ()
    motives: tuple[Motive, ...] = ()
    rate: tuple[Motive, ...] = ()
    consent: tuple[Motive, ...] = ()
    given: bool = False
    system: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Yearly:
    """A flow or a stock, brought up to date on each first of January for the year that ended.

    A ``flow`` writes, for each pair of its domain, ``exp(θ · effects)`` times ``exp(noise · z)``,
    ``z`` a standard normal keyed by luck. A ``stock`` keeps ``retention`` of what an actor holds
    and adds, for each of its senders, the sum over receivers of ``θ · effects`` (not below zero).

    Parameters
    ----------
    writes
        The written quantity: a pair's for a flow, an actor's for a stock.
    noise
        Parameter name of the standard deviation on the log scale (flow), or an empty string.
    retention
        Parameter name of the share kept from one year to the next (stock), or an empty string.
    """

    name: str
    says: str
    kind: Literal["flow", "stock"]
    writes: str
    senders: str | tuple[str, ...]
    receivers: str | tuple[str, ...]
    allowed: tuple[str, ...] = ()
    motives: tuple[Motive, ...] = ()
    noise: str = ""
    retention: str = ""
    system: tuple[int, ...] = ()


def bound(motive: Motive) -> dict[str, Any]:
    """Give a motive's bindings as a dictionary: slot to name."""
    return dict(motive.reads)
