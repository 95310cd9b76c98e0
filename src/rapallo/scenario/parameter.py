"""A number of the model, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Origin = Literal["estimated", "published", "assumed"]


@dataclass(frozen=True, slots=True)
class Spell:
    """A span in which a parameter is another.

    Parameters
    ----------
    parameter
        Its full name.
    begins, ends
        Days since 1900-01-01; the end is not included, and either may be infinite.
    how
        ``set`` to the value, or ``scale`` by it.
    value
        The value or the factor.
    """

    parameter: str
    begins: float
    ends: float
    how: Literal["set", "scale"]
    value: float


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number: its value, how sure it is, and where it comes from.

    Parameters
    ----------
    name
        ``process.motive``, ``process.rate.motive`` or ``process.consent.motive``.
    value
        What the simulation uses.
    low, high
        The range within which it may reasonably lie.
    origin
        ``estimated`` (by a fit), ``published`` (a citation) or ``assumed``.
    why
        The reason for the value, in words.
    cites
        Bibliography keys.
    standard_error
        For estimates, else ``None``.
    fit
        For estimates: model, data, date and hash of the fit.
    tuned_on
        Observables that were looked at when the value was chosen; they are no evidence of fit.
    """

    name: str
    value: float
    low: float
    high: float
    origin: Origin
    why: str
    cites: tuple[str, ...] = ()
    standard_error: float | None = None
    fit: tuple[tuple[str, str], ...] = ()
    tuned_on: tuple[str, ...] = ()
