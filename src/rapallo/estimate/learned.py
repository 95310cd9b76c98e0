"""What the record taught about the numbers of one process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import UnknownNameError
from rapallo.scenario.parameter import NORMAL_95, Origin

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.estimate.fit_result import FitResult
    from rapallo.scenario.scenario import Scenario

HALVED = 0.5
"""A parameter is estimated where the data leave at most this share of its prior's standard deviation."""

UNTOUCHED = 0.95
"""Where they leave more than this share it stays as it was assumed."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """The numbers of one process after a fit, beside what was assumed before.

    Parameters
    ----------
    process
        Its name.
    names
        Of the parameters that were free.
    prior_mean, prior_sd
        What was assumed before.
    mean, sd, covariance
        What the fit leaves: the top of the posterior and its curvature, combined over the draws.
    cases
        Acts that the likelihood runs over, those of one occasion counted once.
    missing
        Acts left out because something about them is unknown.
    ties
        How many ties an occasion makes on average.
    senders
        Whose acts the cases are.
    lost
        The acts left out, in words.
    drawn
        For each quantity the actors whose unrecorded values were drawn.
    imputations
        How many draws of these, of dates and of readings.
    risk_set
        Among whom, and when, in words.
    model
        ``intensity``, ``choice and rate``, …
    without_prior
        Parameters that the fit gave no prior.
    hash
        Of all that the fit rests on: rows, process, priors, switches.
    fits
        One for each part of the process, combined over the draws.
    """

    process: str
    names: tuple[str, ...]
    prior_mean: NDArray[np.float64]
    prior_sd: NDArray[np.float64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    covariance: NDArray[np.float64]
    cases: int
    missing: int
    ties: float
    senders: tuple[str, ...]
    lost: tuple[str, ...]
    drawn: dict[str, tuple[str, ...]]
    imputations: int
    risk_set: str
    model: str
    without_prior: tuple[str, ...]
    hash: str
    fits: tuple[FitResult, ...]

    @property
    def kept(self) -> NDArray[np.float64]:
        """Share of the prior's standard deviation that the data leave."""
        return self.sd / self.prior_sd

    @property
    def origins(self) -> tuple[Origin, ...]:
        """What each parameter may be called."""
        return tuple(
            "estimated" if kept <= HALVED else "assumed, updated" if kept <= UNTOUCHED else "assumed"
            for kept in self.kept.tolist()
        )

    @property
    def correlated(self) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """Give the parameters that the data moved, and how their errors are correlated."""
        moved = [k for k, origin in enumerate(self.origins) if origin != "assumed"]
        covariance = self.covariance[np.ix_(moved, moved)]
        sd = np.sqrt(np.diag(covariance))
        return tuple(self.names[k] for k in moved), covariance / np.outer(sd, sd)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the fit rests on, as ``parameters.toml`` states it."""
        how = "maximum likelihood" if len(self.without_prior) == len(self.names) else "maximum a posteriori"
        drawn = "".join(f", and of {name} of {len(actors)} actors" for name, actors in self.drawn.items())
        return (
            ("model", f"{self.model}, {how}"),
            ("data", f"acts of {self.process} in the record: {self.risk_set}"),
            ("cases", f"{self._cases}, and {self.missing} left out for something unknown"),
            *((("draws", f"{self.imputations} of dates and readings{drawn}"),) if self.imputations else ()),
            ("hash", self.hash),
        )

    @property
    def _cases(self) -> str:
        return f"{self.cases}" + (f" occasions of {self.ties:.2f} ties each" if self.ties > 1.0 else "")

    def __repr__(self) -> str:
        counts = [f"{self.origins.count(each)} {each}" for each in dict.fromkeys(self.origins)]
        return f"<Learned {self.process}: {self.cases} cases; {'; '.join(counts)}>"

    def to_frame(self) -> pd.DataFrame:
        """Give a tidy table: one row per parameter."""
        import pandas as pd

        return pd.DataFrame(
            {
                "parameter": self.names,
                "prior_mean": self.prior_mean,
                "prior_sd": self.prior_sd,
                "mean": self.mean,
                "sd": self.sd,
                "kept": self.kept,
                "origin": self.origins,
            }
        )

    def summary(self) -> str:
        """Give the table, with the cases used, those missing, and whose they were."""
        table = self.to_frame().to_string(index=False, float_format=lambda x: f"{x:.3f}")
        lines = [
            f"{self.process}: {self.model}; {self.risk_set}",
            table,
            f"cases: {self._cases}, by {len(self.senders)} actors: {', '.join(self.senders)}",
            f"{self.missing} acts left out for something unknown" + (f": {'; '.join(self.lost)}" if self.lost else ""),
        ]
        for name, actors in self.drawn.items():
            lines.append(
                f"{name} is unknown for {len(actors)} actors, drawn {self.imputations} times: {', '.join(actors)}"
            )
        if self.without_prior:
            lines.append(f"no prior: {', '.join(self.without_prior)}")
        said = dict.fromkeys(warning for fit in self.fits for warning in fit.warnings)
        return "\n".join([*lines, *(f"! {warning}" for warning in said), f"hash {self.hash}"])


def with_learned(scenario: Scenario, learned: Iterable[Learned]) -> Scenario:
    """Give the same scenario with what was learnt in place of what was assumed.

    What was assumed is kept beside it, so that learning again begins from the same prior. A
    parameter of which the data say next to nothing stays as it is.
    """
    parameters = dict(scenario.parameters)
    for each in learned:
        for k, (name, origin) in enumerate(zip(each.names, each.origins, strict=True)):
            if name not in parameters:
                raise UnknownNameError("parameter", name, parameters)
            before = parameters[name]
            low, high = before.prior_range or (before.low, before.high)
            assumed = before.value if before.prior_value is None else before.prior_value
            if origin == "assumed":
                parameters[name] = replace(
                    before,
                    value=assumed,
                    low=low,
                    high=high,
                    origin="assumed",
                    standard_error=None,
                    fit=(),
                    prior_value=None,
                    prior_range=None,
                    not_estimated=f"{each.cases} cases say next to nothing of it",
                )
                continue
            mean, sd = float(each.mean[k]), float(each.sd[k])
            parameters[name] = replace(
                before,
                value=mean,
                low=mean - NORMAL_95 * sd,
                high=mean + NORMAL_95 * sd,
                origin=origin,
                standard_error=sd,
                fit=each.facts,
                prior_value=assumed,
                prior_range=(low, high),
                not_estimated="",
            )
    return replace(
        scenario, parameters=parameters, _kept={key: kept for key, kept in scenario._kept.items() if key == "record"}
    )
