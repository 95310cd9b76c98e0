"""A number of the model, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Origin = Literal["estimated", "assumed, updated", "assumed", "published"]
ORIGINS: tuple[Origin, ...] = get_args(Origin)
"""``assumed, updated`` is an assumption that a fit has moved, but not settled: less than half its spread is gone."""

NORMAL_95 = 1.959964
"""Quantile of the normal distribution: a stated range is read as the 95 per cent interval."""


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
        ``estimated`` (by a fit that at least halves the spread of what was assumed), ``assumed,
        updated`` (by a fit that does not), ``assumed``, or ``published`` (a citation).
    why
        The reason for what is assumed, in words: for the value, or where a fit has moved it, for
        ``prior_value``.
    cites
        Bibliography keys.
    standard_error
        Of an estimate or an update, else ``None``.
    fit
        For estimates and updates: model, data, date and hash of the fit.
    tuned_on
        Observables that were looked at when the value was chosen; they are no evidence of fit.
    prior_value, prior_range
        What was assumed before the fit; ``None`` where no fit has moved it. A fit begins from
        these, never from what an earlier fit has left, so that it can be run again.
    not_estimated
        Why no fit has moved it, where that is worth saying.
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
    prior_value: float | None = None
    prior_range: tuple[float, float] | None = None
    not_estimated: str = ""

    @property
    def prior(self) -> tuple[float, float]:
        """Mean and standard deviation of what was assumed before any fit; the range is read as its 95 per cent."""
        mean = self.value if self.prior_value is None else self.prior_value
        low, high = (self.low, self.high) if self.prior_range is None else self.prior_range
        return mean, (high - low) / (2.0 * NORMAL_95)
