"""Membership plus rules: trigger, vote, obligation; or a restriction and its inspection."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Finding = Literal["each member", "unanimity", "majority"]
FINDINGS: tuple[Finding, ...] = ("each member", "unanimity", "majority")


@dataclass(frozen=True, slots=True)
class Trigger:
    """An act that opens a case.

    Parameters
    ----------
    layer, change
        The act's layer and change.
    when
        Conditions on the act's sender and receiver (the mask grammar of processes).
    after
        Days from the act to the finding.
    ends_with
        The change of the same layer that closes the case and lifts what it obliged.
    """

    layer: str
    change: str = "form"
    when: tuple[str, ...] = ()
    after: float = 0.0
    ends_with: str = "end"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of an institution: who finds, by which majority, and what it obliges members to.

    Parameters
    ----------
    name
        The rule's name (``article_16``).
    trigger
        What opens a case. The act's sender is the accused.
    finding
        ``each member`` finds for itself, or the council finds for all, by ``unanimity`` or
        ``majority`` of those who sit on it.
    layer
        The layer (not lasting) in which each finding is an act, voter to accused.
    obligation
        The written pair quantity set from each obliged member to the accused.
    obliges
        The value set: 1 trade, 2 trade and force.
    shock
        Parameter name of the standard deviation, on the log-odds scale, of what moves all voters of
        one case alike (its merits, the mood of the hour), or an empty string.
    active
        Whether the rule is in force; one that is not stands ready to be switched on.
    """

    name: str
    trigger: Trigger
    finding: Finding
    layer: str
    obligation: str
    obliges: float = 1.0
    active: bool = True
    shock: str = ""


@dataclass(frozen=True, slots=True)
class Institution:
    """An institution of the system.

    Parameters
    ----------
    name
        Its name (``league``, ``versailles``).
    says
        What it is, in one sentence.
    actor
        The actor that stands for it as receiver of membership ties, or an empty string.
    membership
        The layer of membership ties, member to ``actor``.
    council
        The attribute above zero for members of its council.
    rules
        Its rules.
    restricts
        The attribute above zero for an actor under its restriction, or an empty string.
    forbids
        Processes that a restricted actor may not carry out: their acts have weight zero.
    """

    name: str
    says: str
    actor: str = ""
    membership: str = ""
    council: str = ""
    rules: tuple[Rule, ...] = ()
    restricts: str = ""
    forbids: tuple[str, ...] = field(default=())
