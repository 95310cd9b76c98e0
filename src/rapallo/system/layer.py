"""A kind of tie."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
    """A kind of tie between actors.

    Parameters
    ----------
    name
        The layer's name, as acts and effects use it.
    says
        A verb phrase with ``{sender}`` and ``{receiver}``, for sentences about one tie.
    mutual
        A tie binds both: it stands in both directions or in neither.
    covert
        A tie is known to its two parties alone until it is exposed or discovered, and so is its
        end: of a tie that all knew all learn the end, who found it out alone must find out again.
    lasting
        A tie stands from its formation to its end. A layer that is not lasting holds
        events (a rising, a refusal): they leave traces in memories but no tie.
    views
        The layer keeps what each actor knows apart from what is so. True for every covert
        layer, and for a public one about which rumours are recorded.
    """

    name: str
    says: str
    mutual: bool = False
    covert: bool = False
    lasting: bool = True
    views: bool = False
